/** Grades one program in one interpreter: loads it, evaluates each test's leaves, decides out here. */
import { decide, hasNature, isOpaque, kindOf, near, needsPython, some } from './decide.ts';
import { Deadline } from './deadline.ts';
import { DeadlineError } from './firewall.ts';
import type { Entry, Interpreter } from './interpreter.ts';
import { afterTimeout, reprCap, type Limits } from './limits.ts';
import { crash, forged, infra, messageOf, outOfTime, raised, type Outcome } from './outcomes.ts';
import {
  parseAnswer,
  parsePrepared,
  type Answer,
  type Choice,
  type Compare,
  type Part,
  type Plan,
  type Prepared,
  type Truth,
} from './plan.ts';
import type { GradeRequest, TestVerdict } from './types.ts';
import { shown, type Shown } from './verdict.ts';
import { isNan, pythonRepr, type Encoded } from './values.ts';

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

/** What one call into the interpreter gave; `broken` means the memory must be rolled back before anything else. */
type Broken = { readonly broken: true; readonly outcome: Outcome };
type Called = { readonly answer: Answer } | Broken;
/** A test whose rest is computed when the candidate is gone. */
interface Later {
  readonly plan: Compare | Truth;
  readonly values: Readonly<Record<string, Encoded>>;
  /** An expression over `values`, to be compared as the plan says. */
  readonly rest: string;
  readonly outcome: Partial<Outcome>;
  /** The test holds if this does not. */
  readonly flip: boolean;
}
/** Leaves were evaluated of which it matters when they are used: the test must be run whole, and the program started afresh. */
type Redo = { readonly redo: true };
type Tested = { readonly outcome: Outcome } | Broken | Redo | { readonly later: Later };

const plansKept = 500;
/** A program is started afresh this often for single tests; then all its tests are run whole. */
const maxRedos = 4;
const unknownTest: Shown = { expression: '', expected: '' };

export class Grader {
  readonly #python: Interpreter;
  readonly #limits: Limits;
  readonly #prepared = new Map<string, Prepared>();

  constructor(python: Interpreter, limits: Limits) {
    this.#python = python;
    this.#limits = limits;
  }

  /** Grades a job and leaves the interpreter as it was. Returns what the program printed. */
  grade(job: Job, progress: Progress): string {
    const end = this.#python.now() + job.budgetMs;
    let beside: number[] = [];
    for (;;) {
      progress.stage(-2, unknownTest);
      const prepared = this.#prepare(job, beside);
      if (prepared === null) {
        // Cut once, but not again as this program needs it: its doing.
        const outcome = forged('its tests cannot be judged in time');
        for (const [test, expression] of job.tests.entries())
          if (!job.skip.includes(test))
            progress.verdict(test, { expression, expected: '', got: '', exception: null, ms: 0, ...outcome });
        return '';
      }
      const run = this.#run(job, prepared, end, progress);
      if (typeof run === 'string') return run;
      beside = beside.length < maxRedos ? [...beside, run.beside] : [...job.tests.keys()];
    }
  }

  /** One go at a program: what it printed, or the test that must not be cut. */
  #run(job: Job, prepared: Prepared, end: number, progress: Progress): string | { readonly beside: number } {
    const replays: { test: number; plan: Plan; later: Later; ms: number }[] = [];
    let stdout = '';
    let patience = job.perTestMs;
    const until = (from: number): Deadline =>
      new Deadline(Math.min(from + patience, end), Math.min(from + this.#limits.perTestMs, end));
    let loaded = false;
    let every: Outcome | null = null; // once the module code failed, every test has this outcome
    for (const [test, plan] of prepared.plans.entries()) {
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
        progress.stage(-1, unknownTest);
        every = this.#load(job.code, prepared, until(started));
        loaded = !every;
      }
      if (every) {
        done(every);
        continue;
      }
      progress.stage(test, shown(plan));
      const result = this.#test(plan, until(this.#python.now()));
      if ('redo' in result || ('outcome' in result && unfinished(plan, result.outcome))) {
        this.#python.rollBack();
        return { beside: test };
      }
      if ('later' in result)
        replays.push({ test, plan, later: result.later, ms: this.#python.now() - started });
      else done(result.outcome);
      if ('broken' in result) {
        if (result.outcome.status === 'timeout') patience = this.#limits.perTestMs * afterTimeout;
        stdout ||= this.#python.stdout;
        this.#python.rollBack();
        loaded = false;
      }
    }
    stdout ||= this.#python.stdout;
    this.#python.rollBack();
    if (replays.length > 0) this.#python.begin();
    const last = this.#python.now() + this.#limits.perProgramMs;
    for (const { test, plan, later, ms } of replays) {
      progress.stage(test, shown(plan));
      const started = this.#python.now();
      let outcome: Outcome;
      try {
        outcome = this.#replay(prepared.own, later, last);
      } catch (error) {
        outcome = { status: 'error', exception: crash(error) };
      }
      if (unfinished(plan, outcome)) {
        this.#python.rollBack();
        return { beside: test };
      }
      const took = ms + this.#python.now() - started;
      progress.verdict(test, { ...shown(plan), got: '', exception: null, ms: took, ...outcome });
    }
    if (replays.length > 0) this.#python.rollBack();
    return stdout;
  }

  /** @returns null when the tests cannot be cut again with some of them whole; the first time each is refused with the reason */
  #prepare(job: Job, beside: readonly number[]): Prepared | null {
    const key = JSON.stringify([job.setup, job.tests, ...beside]);
    const known = this.#prepared.get(key);
    if (known) return known;
    this.#python.begin();
    try {
      const deadline = new Deadline(this.#python.now() + this.#limits.perProgramMs);
      const text = JSON.stringify({ setup: job.setup, tests: job.tests, beside });
      const prepared = parsePrepared(this.#python.call('prepare', text, deadline));
      if (prepared.plans.length !== job.tests.length) throw new Error('one plan per test expected');
      if (this.#prepared.size >= plansKept) this.#prepared.clear();
      this.#prepared.set(key, prepared);
      return prepared;
    } catch (error) {
      if (beside.length > 0) return null;
      const reason = `the tests could not be read: ${messageOf(error)}`;
      const plans = job.tests.map((expression): Plan => ({ kind: 'refused', expression, reason }));
      return { plans, own: '', imports: '', theirs: '' }; // not kept: the machine may have been busy
    } finally {
      this.#python.rollBack();
    }
  }

  /** Runs the candidate's module code, then what the task's setup gives to it. Null when both went well. */
  #load(code: string, { imports, theirs }: Prepared, deadline: Deadline): Outcome | null {
    this.#python.begin();
    for (const [entry, text] of [
      ['load', code] as const,
      ['setup', JSON.stringify({ imports, theirs })] as const,
    ]) {
      if (entry === 'setup' && imports + theirs === '') continue;
      const called = this.#call(entry, text, deadline);
      if ('broken' in called) {
        this.#python.rollBack();
        return called.outcome;
      }
      if (called.answer.error) return raised(called.answer.error);
    }
    return null;
  }

  #test(plan: Exclude<Plan, { kind: 'refused' }>, deadline: Deadline): Tested {
    try {
      if (plan.kind === 'choice') return this.#choice(plan, deadline);
      if (plan.kind !== 'inside') return this.#cut(plan, deadline, false);
      const { needs, source } = plan;
      const called = this.#call('inside', JSON.stringify({ needs, source }), deadline);
      if ('broken' in called) return called;
      const { error, failed } = called.answer;
      return {
        outcome: { ...(error ? raised(error) : { status: failed ? 'fail' : 'pass' }), tier: 'inside' },
      };
    } catch (error) {
      // The comparison itself broke on what the program gave: its doing.
      return { broken: true, outcome: { status: 'error', exception: crash(error) } };
    }
  }

  /** `and`, `or`: the parts that Python would come to. */
  #choice({ parts, every, negate }: Choice, deadline: Deadline): Tested {
    let tier: TestVerdict['tier'];
    let seen: Partial<Outcome> = {};
    for (const [i, part] of parts.entries()) {
      const last = i === parts.length - 1;
      const tested = this.#part(part, deadline, !last);
      if ('broken' in tested || 'redo' in tested) return tested;
      if ('later' in tested) {
        const { later } = tested;
        const outcome = { ...later.outcome, ...(tier ? { tier } : {}) };
        return { later: { ...later, outcome, flip: negate !== later.flip } };
      }
      seen = tested.outcome;
      tier ??= seen.tier;
      if (seen.status !== 'pass' && seen.status !== 'fail') return tested;
      if ((seen.status === 'pass') !== every || last) break;
    }
    const holds = (seen.status === 'pass') !== negate;
    return { outcome: { ...seen, ...(tier ? { tier } : {}), status: holds ? 'pass' : 'fail' } };
  }

  #part(part: Part, deadline: Deadline, now: boolean): Tested {
    if (part.kind === 'known') return { outcome: { status: part.value ? 'pass' : 'fail' } };
    return part.kind === 'choice' ? this.#choice(part, deadline) : this.#cut(part, deadline, now);
  }

  /** A cut test. @param now it must be decided before anything else of the candidate runs */
  #cut(plan: Compare | Truth, deadline: Deadline, now: boolean): Tested {
    const values: Record<string, Encoded> = {};
    let loose = false;
    for (const [i, [name, source]] of Object.entries(plan.leaves).entries()) {
      const called = this.#call('leaf', `${i} ${source}`, deadline);
      if ('broken' in called) return called;
      if (called.answer.error) return { outcome: raised(called.answer.error) };
      if (called.answer.value === undefined) return { outcome: forged('no value') };
      values[name] = called.answer.value;
      loose ||= called.answer.loose === true;
    }
    const all = Object.values(values);
    const only = all.length === 1 ? all[0] : undefined;
    const ask = (): Tested => (only === undefined || plan.own ? { redo: true } : this.#ask(plan, deadline));
    if (all.length > 1) {
      const called = this.#call('changed', '', deadline);
      if ('broken' in called) return called;
      // Values that share objects are compared by what they are, not only by what they hold.
      if (called.answer.value !== false || all.some((x) => some(x, isNan))) return ask();
    }
    if (all.some((x) => kindOf(x) === 'u') || (plan.textual && loose)) return ask();
    if (plan.rest !== '' && all.some((x) => some(x, (y) => kindOf(y) === 'I'))) {
      if (only === undefined || kindOf(only) !== 'I' || !plan.consumed || plan.textual) return ask();
      const called = this.#call('drain', '', deadline);
      if ('broken' in called) return called;
      const items = called.answer.value;
      if (items === undefined || kindOf(items) !== 'v' || some(items, (x) => kindOf(x) === 'I')) return ask();
      values['_leaf0'] = items;
    }
    const opaque = this.#opaque(plan, Object.values(values));
    if (opaque !== null) return opaque === 'ask' ? ask() : { outcome: opaque };
    if (plan.kind === 'compare' && plan.target !== undefined && only !== undefined) {
      const outcome = near(plan, only, plan.target);
      if (outcome) return { outcome };
    }
    if (plan.rest === '' && only !== undefined) {
      const python = needsPython(only) || (plan.kind === 'compare' && needsPython(plan.expected));
      if (!python) return { outcome: decide(plan, only) };
    }
    if (now) return ask();
    return {
      later: { plan, values, rest: plan.rest || '_leaf0', outcome: {}, flip: false },
    };
  }

  /**
   * A test whose leaves gave an object that is not data. It is equal to nothing, unless it may be asked itself. Null when that does
   * not matter.
   */
  #opaque(plan: Compare | Truth, values: readonly Encoded[]): Outcome | 'ask' | null {
    const object = values.find(isOpaque);
    const { rest, ask, judged } = plan;
    if (rest === '') {
      if (object === undefined || (plan.kind === 'compare' && plan.operator.startsWith('is'))) return null;
      if (ask || (hasNature(object, 'x') && plan.kind === 'compare' && plan.operator !== '==')) return 'ask';
      if (plan.kind === 'compare' || !hasNature(object, 'b')) return null;
      return plan.negate ? { status: 'fail', got: pythonRepr(object, reprCap) } : 'ask';
    }
    if (object !== undefined) {
      if (rest === 'callable(_leaf0)' && plan.kind === 'truth')
        return {
          status: hasNature(object, 'c') !== plan.negate ? 'pass' : 'fail',
          got: pythonRepr(object, reprCap),
        };
      const passive = !judged && !hasNature(object, 'p');
      return ask || passive || hasNature(object, 'x')
        ? 'ask'
        : { status: 'fail', got: pythonRepr(object, reprCap) };
    }
    const holder = values.find((x) => some(x, isOpaque));
    if (holder === undefined || /^len\(_leaf0\)$/.test(rest)) return null;
    const lies =
      plan.kind === 'truth' && !ask && some(holder, (x) => hasNature(x, 'e') && !hasNature(x, 'x'));
    return lies ? { status: 'fail', got: pythonRepr(holder, reprCap) } : 'ask';
  }

  /** The weaker tier: the rest of a test next to the candidate, on the leaves' own objects. What is expected stays here if it can. */
  #ask(plan: Compare | Truth, deadline: Deadline): Tested {
    let left = plan.rest || '_leaf0';
    const tier = { tier: 'inside' } as const;
    let called: Called;
    if (plan.kind === 'compare' && plan.rest !== '') {
      called = this.#call('again', left, deadline);
      if ('broken' in called) return called;
      const { error, value } = called.answer;
      if (error) return { outcome: { ...raised(error), ...tier } };
      if (value === undefined) return { outcome: forged('no value') };
      left = '_got'; // too much to be read: compared where it is
      if (kindOf(value) !== 'u') {
        if (!needsPython(value) && !needsPython(plan.expected))
          return { outcome: { ...decide(plan, value), ...tier } };
        return { later: { plan, values: { _got: value }, rest: '_got', outcome: tier, flip: false } };
      }
    }
    const whole = plan.kind === 'compare' ? `(${left}) ${plan.operator} (${plan.right})` : left;
    called = this.#call('again', `not not (${whole})`, deadline);
    if ('broken' in called) return called;
    const { error, value } = called.answer;
    if (error) return { outcome: { ...raised(error), ...tier } };
    if (typeof value !== 'boolean') return { outcome: forged('no truth value') };
    const holds = plan.kind === 'truth' ? value !== plan.negate : value;
    return { outcome: { status: holds ? 'pass' : 'fail', ...tier } };
  }

  /** The rest of a test, on plain data in the clean interpreter. All of a program are computed in one go, until `last`. */
  #replay(setup: string, { plan, values, rest, outcome: known, flip }: Later, last: number): Outcome {
    const evaluate = (source: string, truth: boolean): Called => {
      const text = JSON.stringify({ setup, source, values, truth });
      const deadline = new Deadline(Math.min(this.#python.now() + this.#limits.perTestMs, last));
      const called = this.#call('replay', text, deadline);
      if ('broken' in called) {
        this.#python.rollBack();
        this.#python.begin();
      }
      return called;
    };
    let value = plan.kind === 'compare' ? values[rest] : undefined;
    if (value === undefined) {
      const first = evaluate(rest, plan.kind === 'truth');
      if ('broken' in first) return first.outcome;
      if (first.answer.error) return { ...raised({ ...first.answer.error, line: 0 }), ...known };
      value = first.answer.value;
    }
    if (value === undefined) return infra('the rest of the test gave no value');
    let outcome: Outcome;
    if (
      plan.kind === 'compare' &&
      (needsPython(value) || needsPython(plan.expected) || kindOf(value) === 'u')
    ) {
      const whole = evaluate(`(${rest}) ${plan.operator} (${plan.right})`, true);
      if ('broken' in whole) return whole.outcome;
      if (whole.answer.error) return { ...raised({ ...whole.answer.error, line: 0 }), ...known };
      outcome = { status: whole.answer.value === true ? 'pass' : 'fail', got: pythonRepr(value, reprCap) };
    } else outcome = decide(plan, value);
    if (flip && (outcome.status === 'pass' || outcome.status === 'fail'))
      outcome = { ...outcome, status: outcome.status === 'pass' ? 'fail' : 'pass' };
    return { ...outcome, ...known };
  }

  #call(entry: Entry, argument: string, deadline: Deadline): Called {
    const allowed = deadline.left(this.#python.now());
    try {
      const answer = parseAnswer(this.#python.call(entry, argument, deadline));
      if (deadline.passed(this.#python.now())) throw new DeadlineError('out of time'); // reading it counts too
      return { answer };
    } catch (error) {
      if (error instanceof DeadlineError)
        return { broken: true, outcome: outOfTime(`stopped after ${allowed} ms`) };
      return { broken: true, outcome: { status: 'error', exception: crash(error) } };
    }
  }
}

/**
 * What later tests see may be otherwise in Python: a failed test whose message calls the candidate once more, or an error in the rest
 * before the last leaf.
 */
const unfinished = (plan: Plan, { status }: Outcome): boolean =>
  (status === 'fail' && 'message' in plan && plan.message) ||
  (status === 'error' && 'staged' in plan && plan.staged);
