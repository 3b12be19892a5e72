/** Grades one program in one interpreter: loads it, evaluates each test's leaves, compares out here. */
import { BlockedError, DeadlineError } from './firewall.ts';
import type { Entry, Interpreter } from './interpreter.ts';
import { AFTER_TIMEOUT, REPR_CAP, type Limits } from './limits.ts';
import { parseAnswer, parsePlans, type Answer, type Plan } from './plan.ts';
import type { GradeRequest, TestVerdict } from './types.ts';
import { shown, type Shown } from './verdict.ts';
import { numberOf, pythonEqual, pythonRepr, pythonTruth, type Encoded } from './values.ts';

/** A request, or what is left of one after its worker had to be ended. */
export interface Job extends GradeRequest {
  /** Tests that have their verdict already. */
  readonly skip: readonly number[];
  /** Milliseconds left for the program. */
  readonly budgetMs: number;
  /** Milliseconds for each test, and for the module code. */
  readonly perTestMs: number;
}

/** Told to the watchdog: what starts now (-2 cutting the tests, -1 the module code, else a test), and each verdict. */
export interface Progress {
  stage(test: number, shown: Shown): void;
  verdict(test: number, verdict: TestVerdict): void;
}

type Outcome = Pick<TestVerdict, 'status'> & Partial<TestVerdict>;
type Cuttable = Extract<Plan, { kind: 'compare' | 'truth' }>;
/** What one call into the interpreter gave; `broken` means the memory must be rolled back before anything else. */
type Called = { answer: Answer } | { broken: true; outcome: Outcome };

const PLANS_KEPT = 500;
const UNKNOWN: Shown = { expression: '', expected: '' };

export class Grader {
  readonly #python: Interpreter;
  readonly #limits: Limits;
  readonly #plans = new Map<string, Plan[]>();

  constructor(python: Interpreter, limits: Limits) {
    this.#python = python;
    this.#limits = limits;
  }

  /** Grades a job and leaves the interpreter as it was. Returns what the program printed. */
  grade(job: Job, progress: Progress): string {
    progress.stage(-2, UNKNOWN);
    const plans = this.#plansFor(job);
    const end = this.#python.now() + job.budgetMs;
    const replays: { test: number; plan: Cuttable; values: Record<string, Encoded>; ms: number }[] = [];
    let stdout = '';
    let patience = job.perTestMs;
    let loaded = false;
    let every: Outcome | null = null; // once the module code failed, every test has this outcome
    for (const [test, plan] of plans.entries()) {
      if (job.skip.includes(test)) continue;
      const started = this.#python.now();
      const done = (outcome: Outcome): void => {
        const ms = this.#python.now() - started;
        progress.verdict(test, { ...shown(plan), got: '', exception: null, ms, ...outcome });
      };
      if (plan.kind === 'refused') {
        done(infra(plan.reason));
        continue;
      }
      if (!every && started >= end) every = outOfTime('the program used up its time');
      if (!every && !loaded) {
        progress.stage(-1, UNKNOWN);
        every = this.#load(job, Math.min(started + patience, end));
        loaded = !every;
      }
      if (every) {
        done(every);
        continue;
      }
      progress.stage(test, shown(plan));
      const deadline = Math.min(this.#python.now() + patience, end);
      const result = this.#test(plan, deadline);
      if ('values' in result)
        replays.push({ test, plan: result.plan, values: result.values, ms: this.#python.now() - started });
      else done(result.outcome);
      if ('broken' in result) {
        if (result.outcome.status === 'timeout') patience = this.#limits.perTestMs * AFTER_TIMEOUT;
        stdout ||= this.#python.stdout;
        this.#python.rollBack();
        loaded = false;
      }
    }
    stdout ||= this.#python.stdout;
    this.#python.rollBack();
    for (const { test, plan, values, ms } of replays) {
      progress.stage(test, shown(plan));
      const started = this.#python.now();
      const outcome = this.#replay(job.setup, plan, values);
      const took = ms + this.#python.now() - started;
      progress.verdict(test, { ...shown(plan), got: '', exception: null, ms: took, ...outcome });
    }
    return stdout;
  }

  #plansFor(job: Job): Plan[] {
    const key = JSON.stringify([job.setup, job.tests]);
    const known = this.#plans.get(key);
    if (known) return known;
    this.#python.begin();
    let plans: Plan[];
    try {
      const deadline = this.#python.now() + this.#limits.perProgramMs;
      const text = JSON.stringify({ setup: job.setup, tests: job.tests });
      plans = parsePlans(this.#python.call('prepare', text, deadline));
      if (plans.length !== job.tests.length) throw new Error('one plan per test expected');
    } catch (error) {
      plans = job.tests.map((test) => ({
        ...refused(`the tests could not be read: ${messageOf(error)}`),
        expression: test,
      }));
    }
    this.#python.rollBack();
    if (this.#plans.size >= PLANS_KEPT) this.#plans.clear();
    this.#plans.set(key, plans);
    return plans;
  }

  /** Runs the candidate's module code, then the task's setup. Null when both went well. */
  #load(job: Job, deadline: number): Outcome | null {
    this.#python.begin();
    for (const [entry, code] of [['load', job.code] as const, ['setup', job.setup] as const]) {
      if (entry === 'setup' && code === '') continue;
      const called = this.#call(entry, code, deadline);
      if ('broken' in called) {
        this.#python.rollBack();
        return called.outcome;
      }
      if (called.answer.error) return raised(called.answer.error);
    }
    return null;
  }

  #test(
    plan: Exclude<Plan, { kind: 'refused' }>,
    deadline: number,
  ): { outcome: Outcome; broken?: true } | { plan: Cuttable; values: Record<string, Encoded> } {
    if (plan.kind === 'inside') {
      const called = this.#call('inside', plan.source, deadline);
      if ('broken' in called) return called;
      const { error, failed } = called.answer;
      return {
        outcome: { ...(error ? raised(error) : { status: failed ? 'fail' : 'pass' }), tier: 'inside' },
      };
    }
    const values: Record<string, Encoded> = {};
    for (const [name, source] of Object.entries(plan.leaves)) {
      const called = this.#call('leaf', source, deadline);
      if ('broken' in called) return called;
      if (called.answer.error) return { outcome: raised(called.answer.error) };
      if (called.answer.value === undefined) return { outcome: forged('no value') };
      values[name] = called.answer.value;
    }
    const only = Object.values(values)[0];
    if (
      plan.kind === 'compare' &&
      plan.target !== undefined &&
      only !== undefined &&
      Object.keys(values).length === 1
    )
      return { outcome: near(plan, only, plan.target) };
    if (plan.kind === 'truth' && plan.objects && Object.values(values).every(isOpaque)) {
      const whole = `assert ${plan.expression}`;
      return this.#test({ kind: 'inside', expression: plan.expression, source: whole }, deadline);
    }
    if (plan.rest === '' && only !== undefined) {
      if (plan.kind === 'truth' || !(needsPython(plan.expected) || needsPython(only)))
        return { outcome: decide(plan, only) };
      const rest = `_got ${plan.operator} _expected`;
      const compare: Cuttable = { ...plan, kind: 'truth', negate: false, objects: false, rest, leaves: {} };
      return { plan: compare, values: { _got: only, _expected: plan.expected } };
    }
    return { plan, values };
  }

  /** The rest of a test, on plain data in the clean interpreter. */
  #replay(setup: string, plan: Cuttable, values: Record<string, Encoded>): Outcome {
    const opaque = Object.values(values).find((x) => Array.isArray(x) && x[0] === 'o');
    if (opaque !== undefined) return { status: 'fail', got: pythonRepr(opaque, REPR_CAP) };
    const rest = plan.rest || Object.keys(plan.leaves)[0] || 'None';
    const text = { setup, source: rest, values, truth: plan.kind === 'truth' };
    this.#python.begin();
    const called = this.#call('replay', JSON.stringify(text), this.#python.now() + this.#limits.perTestMs);
    this.#python.rollBack();
    if ('broken' in called) return called.outcome;
    if (called.answer.error) return raised({ ...called.answer.error, line: 0 });
    const value = called.answer.value;
    if (value === undefined) return infra('the rest of the test gave no value');
    return decide(plan, value);
  }

  #call(entry: Entry, argument: string, deadline: number): Called {
    const allowed = Math.round(deadline - this.#python.now());
    try {
      return { answer: parseAnswer(this.#python.call(entry, argument, deadline)) };
    } catch (error) {
      if (error instanceof DeadlineError)
        return { broken: true, outcome: outOfTime(`stopped after ${allowed} ms`) };
      return { broken: true, outcome: { status: 'error', exception: crash(error) } };
    }
  }
}

/** Decimal, Fraction, dates: Python compares them, also with other numbers. */
const needsPython = (value: Encoded): boolean => JSON.stringify(value).includes('["v"');
const isOpaque = (value: Encoded): boolean => Array.isArray(value) && value[0] === 'o';

function decide(plan: Cuttable, value: Encoded): Outcome {
  const got = pythonRepr(value, REPR_CAP);
  if (plan.kind === 'truth') return { status: pythonTruth(value) !== plan.negate ? 'pass' : 'fail', got };
  const ordering = ['<', '<=', '>', '>='].includes(plan.operator);
  if (ordering && numberOf(value) === null && !isOpaque(value))
    return { status: 'error', got, exception: exception('TypeError', 'the result is no number') };
  return { status: holds(plan.operator, value, plan.expected) ? 'pass' : 'fail', got };
}

function holds(
  operator: Extract<Plan, { kind: 'compare' }>['operator'],
  got: Encoded,
  expected: Encoded,
): boolean {
  // An object that is no data is equal to nothing and different from nothing: it cannot win either way.
  if (isOpaque(got)) return false;
  const a = numberOf(got) ?? NaN;
  const b = numberOf(expected) ?? NaN;
  switch (operator) {
    case '==':
      return pythonEqual(got, expected);
    case '!=':
      return !pythonEqual(got, expected);
    case 'is':
      return got === expected;
    case 'is not':
      return got !== expected;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return operator satisfies never;
  }
}

/** abs(got - target) < expected, on real numbers. */
function near(plan: Extract<Plan, { kind: 'compare' }>, value: Encoded, target: Encoded): Outcome {
  const [got, aim, tolerance] = [numberOf(value), numberOf(target), numberOf(plan.expected)];
  const seen = {
    got: pythonRepr(value, REPR_CAP),
    expected: `${pythonRepr(target)} ± ${pythonRepr(plan.expected)}`,
  };
  if (got === null || aim === null || tolerance === null) return { status: 'fail', ...seen };
  const distance = Math.abs(Number(got) - Number(aim));
  const within = plan.operator === '<' ? distance < Number(tolerance) : distance <= Number(tolerance);
  return { status: within ? 'pass' : 'fail', ...seen };
}

function raised(error: NonNullable<Answer['error']>): Outcome {
  const parts = Array.isArray(error.args) && error.args[0] === 't' ? error.args.slice(1) : [];
  const texts = parts.map((x) =>
    Array.isArray(x) && x[0] === 's' && typeof x[1] === 'string'
      ? x[1]
      : typeof x === 'string'
        ? x
        : pythonRepr(x, REPR_CAP),
  );
  return {
    status: 'error',
    exception: { ...exception(error.type, texts.join(', ').slice(0, REPR_CAP)), line: error.line },
  };
}

const exception = (type: string, message: string): NonNullable<TestVerdict['exception']> => ({
  type,
  message,
  line: 0,
});
const outOfTime = (why: string): Outcome => ({ status: 'timeout', exception: exception('Timeout', why) });
const infra = (why: string): Outcome => ({ status: 'infra', exception: exception('SandboxFault', why) });
const forged = (why: string): Outcome => ({
  status: 'error',
  exception: exception('SandboxError', `the program broke the grader: ${why}`),
});
const refused = (reason: string): Extract<Plan, { kind: 'refused' }> => ({
  kind: 'refused',
  expression: '',
  reason,
});
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function crash(error: unknown): NonNullable<TestVerdict['exception']> {
  if (error instanceof BlockedError) return exception('SandboxError', error.message);
  if (error instanceof RangeError) return exception('RecursionError', 'the program used up the stack');
  return exception('Crash', `the program broke the interpreter: ${messageOf(error)}`);
}
