import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  defaultExperiment,
  sameEvaluation,
  withChanges,
  type Experiment,
} from '../../../src/config/experiment.ts';
import { readerOf } from '../../../src/tasks/episode.ts';
import { familiarity, unfamiliar } from '../../../src/tasks/familiar.ts';
import { makeTasks } from '../../../src/tasks/makeTasks.ts';
import { NothingLeftError, roomForAnswers, splitProblems } from '../../../src/tasks/ownProblems.ts';
import { problemLine, problemSetOf, readProblemSet, type Problem } from '../../../src/tasks/problemSet.ts';
import { readProblems } from '../../../src/tasks/readers/index.ts';
import { notesOn, openTasks } from '../../../src/tasks/source.ts';
import { oursFormat } from '../../../src/tasks/formats/ours.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';
import fc from '../../property.ts';

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const reader = readerOf(format, 512);

const problem = (n: number, changes: Partial<Problem> = {}): Problem => ({
  id: `p${n}`,
  instruction: `Write add${n}(x): x plus ${n}.`,
  entryPoint: `add${n}`,
  reference: `def add${n}(x):\n    return x + ${n}`,
  setup: '',
  tests: [`assert add${n}(1) == ${1 + n}`, `assert add${n}(0) == ${n}`],
  ...changes,
});
const some = (count: number): Problem[] => Array.from({ length: count }, (_, i) => problem(i));
const ids = (tasks: readonly { readonly id: string }[]) => tasks.map(({ id }) => id);

describe('problems as they are kept', () => {
  it('come back as they were, under the name of their content', async () => {
    const problems = [problem(1), problem(2, { reference: '', setup: 'import math' })];
    const set = await problemSetOf(problems);
    expect(set.name).toMatch(/^sha256-[0-9a-f]{64}$/);
    const back = await readProblemSet(set.text, set.name);
    expect(back).toEqual(set);
    expect((await problemSetOf([problem(1), problem(3)])).name).not.toBe(set.name);
  });

  it('are records of the plain format, which its reader reads as the same', () => {
    const check =
      'def check(candidate):\n    for n in range(3):\n        assert candidate(n) == n + 3\ncheck(add3)';
    const problems = [
      problem(1),
      problem(2, { reference: '', setup: 'import math' }),
      problem(3, { tests: ['assert add3(1) == 4', check] }),
    ];
    const text = problems.map(problemLine).join('\n');
    const read = readProblems(text);
    expect(read.format).toBe('plain');
    expect(read.problems).toEqual([]);
    expect(read.tasks.map(problemLine)).toEqual(problems.map(problemLine));
  });

  it('are refused with the line and the field, or as others than those expected', async () => {
    const { text, name } = await problemSetOf(some(2));
    await expect(readProblemSet(text.replace('"tests"', '"test"'))).rejects.toThrow(/line 1 .*field tests?:/);
    await expect(readProblemSet('{')).rejects.toThrow('line 1 of the problems is not JSON');
    await expect(readProblemSet('')).rejects.toThrow('no problems');
    const long = problem(1, { tests: new Array<string>(251).fill('assert add1(1) == 2') });
    await expect(problemSetOf([long])).rejects.toThrow('“p1” has 251 tests; at most 250 are used.');
    await expect(readProblemSet(problemLine(long))).rejects.toThrow(/line 1 .*field tests/);
    await expect(readProblemSet(text.replace('x + 1', 'x + 2'), name)).rejects.toThrow('not those of the');
  });
});

describe('the split', () => {
  const e = withChanges(defaultExperiment, { heldOut: 20 });

  it('parts all that fit, depends on its own seed alone, and moves few when a problem is added', () => {
    const of = (count: number, changes = {}) => splitProblems(some(count), { ...e, ...changes }, reader);
    const parts = of(50);
    expect(parts.heldOut).toHaveLength(10);
    expect(new Set([...ids(parts.train), ...ids(parts.heldOut)]).size).toBe(50);
    expect(ids(of(50, { seed: 7, turns: 1 }).heldOut)).toEqual(ids(parts.heldOut));
    expect(ids(of(50, { splitSeed: 2 }).heldOut)).not.toEqual(ids(parts.heldOut));
    const moved = ids(of(51).heldOut).filter((id) => !ids(parts.heldOut).includes(id));
    expect(moved.length).toBeLessThanOrEqual(1);
  });

  it('holds out at least one and never all; at 0 it measures on those that are trained on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 90 }), (count, heldOut) => {
        const { train, heldOut: held } = splitProblems(some(count), { ...e, heldOut }, reader);
        expect(train.length).toBeGreaterThan(0);
        expect(held.length).toBeGreaterThan(0);
      }),
    );
    const none = splitProblems(some(3), { ...e, heldOut: 0 }, reader);
    expect(ids(none.heldOut)).toEqual(ids(none.train));
  });

  it('leaves out what the model cannot be trained on, each with the reason', () => {
    const odd = [
      problem(90, { reference: `def add90(x):\n    return ${'x + '.repeat(80)}90` }),
      problem(91, { instruction: 'many words '.repeat(200) }),
      problem(92, { tests: ['assert add92(1) == 93'] }),
      problem(93, { ...problem(1), id: 'again' }),
    ];
    const { leftOut } = splitProblems([...some(8), ...odd], { ...e, trainTests: '1' }, reader);
    expect(Object.fromEntries(leftOut.map(({ task, why }) => [task.id, why]))).toEqual({
      p90: 'answer',
      p91: 'prompt',
      p92: 'tests',
      again: 'same',
    });
    expect(leftOut.find(({ why }) => why === 'answer')?.message).toMatch(/“Longest answer”/);
  });

  it('refuses by name when nothing is left, and says what to do', () => {
    const long = [1, 2].map((n) =>
      problem(n, { reference: `def add${n}(x):\n    return ${'x + '.repeat(80)}1` }),
    );
    expect(() => splitProblems(long, e, reader)).toThrow(
      /^problems: none of the .*p\d: its solution has .*A larger “Longest answer”/s,
    );
  });

  it('says how long an answer would have to be, as far as the field allows any', () => {
    const long = (n: number, terms: number) =>
      problem(n, { reference: `def add${n}(x):\n    return ${'x + '.repeat(terms)}1` });
    const roomFor = (...problems: Problem[]) => {
      try {
        return roomForAnswers(splitProblems(problems, e, reader).leftOut);
      } catch (error) {
        return error instanceof NothingLeftError ? roomForAnswers(error.leftOut) : error;
      }
    };
    const room = roomFor(long(1, 30), long(2, 40), long(3, 400));
    if (typeof room !== 'number') throw new Error(String(room));
    const { leftOut } = splitProblems(
      [long(1, 30), long(2, 40), long(3, 400)],
      { ...e, heldOut: 0, maxNewTokens: room },
      reader,
    );
    expect(leftOut.map(({ task, why }) => [task.id, why])).toEqual([['p3', 'answer']]);
    expect(() =>
      splitProblems([long(2, 40)], { ...e, heldOut: 0, maxNewTokens: room - 1 }, reader),
    ).toThrow();
    expect(roomFor(...some(3))).toBeNull();
    expect(roomFor(...some(3), long(4, 400))).toBeNull();
  });
});

describe('evaluations on problems of one’s own', () => {
  const set = problemSetOf([
    ...some(20),
    ...[30, 31, 32, 33].map((n) =>
      problem(n, { reference: `def add${n}(x):\n    return ${'x + '.repeat(9)}${n}` }),
    ),
  ]);
  const own = async (changes: Partial<Experiment>) => {
    const { name } = await set;
    const experiment = withChanges(defaultExperiment, {
      tasks: 'own',
      problems: name,
      heldOut: 50,
      ...changes,
    });
    const { heldOutDigest } = openTasks(experiment, reader, await set);
    return { experiment, heldOutDigest };
  };

  it('are of the same where the same problems could be used, and else are not', async () => {
    const base = await own({ maxNewTokens: 40 });
    expect(sameEvaluation(base, await own({ maxNewTokens: 40, seed: 7, feedback: 'tests' }))).toBe(true);
    expect(sameEvaluation(base, await own({ maxNewTokens: 24 }))).toBe(false);
    expect(sameEvaluation(base, await own({ maxNewTokens: 40, splitSeed: 2 }))).toBe(false);
  });

  it('count as of others where nobody has looked at what can be used', async () => {
    const { experiment } = await own({});
    const other = (changes: Partial<Experiment>) =>
      sameEvaluation({ experiment }, { experiment: withChanges(experiment, changes) });
    expect(other({ gamma: 0 })).toBe(true);
    expect(other({ maxNewTokens: 24 })).toBe(false);
    expect(other({ history: 'all', turns: 3 })).toBe(false);
    expect(other({ model: 'beginner' })).toBe(false);
  });
});

describe('a task source', () => {
  it('gives the generated tasks as ever, and says nothing of them', () => {
    const e = withChanges(defaultExperiment, { trainTasks: 16, evalTasks: 8 });
    const source = openTasks(e, reader, null);
    expect(source.train.slice()).toEqual(
      makeTasks({ count: 16, seed: e.seed, split: 'train', level: 'all' }),
    );
    expect(source.heldOut.slice()).toEqual(
      makeTasks({ count: 8, seed: 999, split: 'heldout', level: 'all' }),
    );
    expect(notesOn(source, null, reader)).toEqual([]);
  });

  it('gives one’s own, and accounts for every one of them', async () => {
    const set = await problemSetOf([
      ...some(30),
      problem(90, { instruction: 'Find the quotient.'.repeat(90) }),
    ]);
    const e = withChanges(defaultExperiment, {
      tasks: 'own',
      problems: set.name,
      trainTasks: 16,
      evalTasks: 4,
    });
    const source = openTasks(e, reader, set);
    const used = source.train.length + source.heldOut.length + source.leftOut.length;
    expect(used + source.spare.train + source.spare.heldOut).toBe(31);
    const [use, words] = notesOn(source, set, reader);
    expect(use).toMatch(
      /^Trained on: 16 of 31 problems\. Held out: 4\. .*“Training tasks”.*“Held-out tasks”.*Left out: 1 whose text/,
    );
    expect(words).toMatch(/letter by letter/);
    expect(source.longestPrompt).toBe(
      Math.max(...[...source.train.slice(), ...source.heldOut.slice()].map((t) => reader.promptTokens(t))),
    );
  });

  it('refuses problems that are not those of the experiment', async () => {
    const set = await problemSetOf(some(3));
    const e = withChanges(defaultExperiment, { tasks: 'own', problems: `sha256-${'0'.repeat(64)}` });
    expect(() => openTasks(e, reader, set)).toThrow(/^problems: those of the experiment .* are not here/);
    expect(() => withChanges(defaultExperiment, { tasks: 'own' })).toThrow(/^tasks: must not be own/);
    expect(() => withChanges(defaultExperiment, { problems: 'mine.jsonl' })).toThrow(
      /^problems: must be none, or sha256/,
    );
  });
});

it('knows which words no starting model has read', () => {
  expect(unfamiliar('Write total(xs): the sum of the prime numbers in xs.')).toEqual(['prime']);
  expect(familiarity(['the sum', 'the quotient'])).toEqual({ words: 3, unread: 1 });
});
