/** From specs to tasks: six unit tests whose inputs tell the right program from its plausible wrong ones. */
import { testsPerTask } from '../config/possibleRewards.ts';
import { compilePython } from './python/evaluate.ts';
import { equals, PyError, repr, type Value } from './python/values.ts';
import { Stream } from './random.ts';
import {
  bugSites,
  compositionOf,
  drawSpec,
  levelOf,
  mutateSpec,
  renderInstruction,
  renderProgram,
  splitOf,
  type Spec,
  type Split,
} from './spec.ts';
import type { Task } from './types.ts';

const inputSetCount = 6;
const mutantCount = 6;
/** A novice's mistake counts as much as this many mutants when inputs are compared. */
const bugWeight = 3;
/** Further inputs tried for a novice's mistake that no test has caught. */
const extraInputCount = 100;
/** Repeated compositions drawn in a row after which the others count as used up. */
const patience = 300;

/** A task with what it was made from, for checks and for the supervised corpus. */
export interface FamilyTask {
  readonly task: Task;
  readonly spec: Spec;
  /** Arguments of each test. */
  readonly inputs: readonly Value[][];
  /** Value the reference gives, per test. */
  readonly expected: readonly Value[];
}

export interface TaskOptions {
  /** Number of tasks. */
  readonly count: number;
  readonly seed: number;
  readonly split: Split;
  /** See `levelOf`. */
  readonly level: 'all' | '1' | '2' | '3' | '4';
  /** One task per composition, as far as there are compositions. Default: for the held-out split only. */
  readonly unique?: boolean;
}

/** Tasks of the built-in families; the same options always give the same tasks. */
export function makeTasks(options: TaskOptions): Task[] {
  return makeFamilyTasks(options).map((made) => made.task);
}

/** Like `makeTasks`, with each task's spec, inputs and expected values. */
export function makeFamilyTasks(options: TaskOptions): FamilyTask[] {
  return [...drawTasks(options)].map(makeDrawn);
}

/** A task that is chosen and not made yet. */
export interface DrawnTask {
  readonly spec: Spec;
  /** What the rest of it is drawn from; making the task uses it up. */
  readonly stream: Stream;
  readonly id: string;
}

export const makeDrawn = ({ spec, stream, id }: DrawnTask): FamilyTask => makeTask(spec, stream, id);

/** Which tasks `makeFamilyTasks` makes, one after the other: choosing takes a hundredth of the time of making. */
export function* drawTasks(options: TaskOptions): Generator<DrawnTask, void> {
  const { count, seed, split, level, unique = split === 'heldout' } = options;
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`count must be a whole number ≥ 0, got ${count}`);
  const seen = new Set<string>();
  let misses = 0;
  for (let index = 0, drawn = 0; drawn < count; index++) {
    const stream = new Stream(seed, index);
    const spec = drawSpec(stream);
    if (splitOf(spec) !== split || (level !== 'all' && levelOf(spec) !== Number(level))) continue;
    const composition = compositionOf(spec);
    if (unique && misses < patience) {
      misses = seen.has(composition) ? misses + 1 : 0;
      if (misses > 0) continue;
    }
    seen.add(composition);
    drawn++;
    yield { spec, stream, id: `${split}-${seed}-${index}` };
  }
}

/** Adds tests to a spec. Inputs are drawn several times; the set that separates most wrong programs is kept. */
export function makeTask(spec: Spec, stream: Stream, id: string): FamilyTask {
  const reference = renderProgram(spec);
  const wrong = [
    ...bugSites(spec).map((site) => ({ code: renderProgram(spec, new Set([site])), weight: bugWeight })),
    ...Array.from({ length: mutantCount }, () => ({
      code: renderProgram(mutateSpec(spec, stream)),
      weight: 1,
    })),
  ].map(({ code, weight }) => ({ run: runner(code), weight }));
  const perfect = wrong.reduce((sum, { weight }) => sum + weight, 0) + testsPerTask / 2;
  const right = compilePython(reference);
  let best: { score: number; inputs: Value[][]; expected: Value[] } | null = null;
  for (let set = 0; set < inputSetCount && (best === null || best.score < perfect); set++) {
    const inputs = drawInputs(spec, stream);
    const expected = inputs.map((input) => right(...input)); // a reference never raises
    let score = new Set(expected.map(repr)).size / 2;
    for (const { run, weight } of wrong) {
      if (inputs.some((input, i) => !passes(run(input), expected[i]!))) score += weight;
    }
    if (best === null || score > best.score) best = { score, inputs, expected };
  }
  const { inputs, expected } = best!;
  const bugs = wrong.filter(({ weight }) => weight === bugWeight).map(({ run }) => run);
  catchSilentBugs(spec, stream, right, bugs, inputs, expected);
  const entryPoint = spec.family.entryPoint(spec.choice);
  const task: Task = {
    id,
    source: 'families',
    instruction: renderInstruction(spec, stream),
    entryPoint,
    reference,
    setup: '',
    tests: inputs.map((input, i) => `assert ${callText(entryPoint, input)} == ${repr(expected[i]!)}`),
    composition: compositionOf(spec),
    family: spec.family.name,
    level: levelOf(spec),
  };
  return { task, spec, inputs, expected };
}

/**
 * Replaces tests, from the last on, until every mistake fails one, as far as an input that shows it is found. A test is
 * only given up when every mistake caught so far stays caught.
 */
function catchSilentBugs(
  spec: Spec,
  stream: Stream,
  right: (...input: Value[]) => Value,
  bugs: readonly ((input: readonly Value[]) => Value | undefined)[],
  inputs: Value[][],
  expected: Value[],
): void {
  const shows = (bug: (typeof bugs)[number], input: readonly Value[], value: Value) =>
    !passes(bug(input), value);
  const caught = (bug: (typeof bugs)[number], without = -1) =>
    inputs.some((input, i) => i !== without && shows(bug, input, expected[i]!));
  for (const silent of bugs.filter((bug) => !caught(bug))) {
    const safe = inputs.findLastIndex((_, i) => bugs.every((bug) => !caught(bug) || caught(bug, i)));
    if (safe < 0) return;
    for (let tries = 0; tries < extraInputCount && !caught(silent); tries++) {
      const input = spec.family.input(stream, spec.constants);
      const value = right(...input);
      if (!shows(silent, input, value)) continue;
      inputs[safe] = input;
      expected[safe] = value;
    }
  }
}

function callText(entryPoint: string, input: readonly Value[]): string {
  return `${entryPoint}(${input.map(repr).join(', ')})`;
}

/** Different inputs of one task; the family's input space holds more than enough. */
function drawInputs(spec: Spec, stream: Stream): Value[][] {
  const inputs = new Map<string, Value[]>();
  while (inputs.size < testsPerTask) {
    const input = spec.family.input(stream, spec.constants);
    inputs.set(repr(input), input);
  }
  return [...inputs.values()];
}

/** A program as a function of a test's arguments: the value it returns, or undefined where Python raises. */
function runner(code: string): (input: readonly Value[]) => Value | undefined {
  const compiled = compilePython(code);
  return (input) => {
    try {
      return compiled(...input);
    } catch (error) {
      if (error instanceof PyError) return undefined;
      throw error;
    }
  };
}

function passes(value: Value | undefined, expected: Value): boolean {
  return value !== undefined && equals(value, expected);
}

export interface Outcome {
  readonly passed: boolean;
  /** The call, e.g. `total([1, 2])`. */
  readonly expression: string;
  /** repr of the right value. */
  readonly expected: string;
  /** repr of the value given, or the name of the exception. */
  readonly got: string;
}

/** What each test of the task says about a program, predicted without Python. @throws SyntaxError outside the subset. */
export function predictOutcomes({ task, inputs, expected }: FamilyTask, code: string): Outcome[] {
  const compiled = compilePython(code);
  return inputs.map((input, i) => {
    const expression = callText(task.entryPoint, input);
    const right = { expression, expected: repr(expected[i]!) };
    try {
      const value = compiled(...input);
      return { passed: equals(value, expected[i]!), ...right, got: repr(value) };
    } catch (error) {
      if (!(error instanceof PyError)) throw error;
      return { passed: false, ...right, got: error.type };
    }
  });
}

/** Which tests the task's program passes when it carries these bugs (sites of `bugSites`; none: the reference). */
export function predictedPasses(made: FamilyTask, bugs: ReadonlySet<string>): boolean[] {
  return predictOutcomes(made, renderProgram(made.spec, bugs)).map((outcome) => outcome.passed);
}
