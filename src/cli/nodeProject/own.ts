/**
 * The user's own files in an exported project: what train.ts handed over, and the one way in which the engine calls it. The
 * modules beside this one (ownRewards.ts, …) stand in the bundled engine where this project has its own; kit.ts says which.
 */
import type { Experiment } from '../../config/fields.ts';
import { splitProblems, type SplitProblems } from '../../tasks/ownProblems.ts';
import type { ProblemSet } from '../../tasks/problemSet.ts';
import type { ModelReader } from '../../tasks/types.ts';
import type { Own, Settings } from './parts/api.ts';

let handed: Own | null = null;
let problems: ProblemSet | null = null;
let readBy: { readonly e: Experiment; readonly reader: ModelReader } | null = null;

/** Those of problems.jsonl, where the project has some. */
export const useProblems = (set: ProblemSet): void => void (problems = set);

/** Whose tasks are asked for next, and who is to read them. */
export const reading = (e: Experiment, reader: ModelReader): void => void (readBy = { e, reader });

/** The problems of problems.jsonl that the model can read, split as the experiment says. @throws Error when there are none */
export function problemTasks(): SplitProblems {
  if (!problems) throw new Error('there is no problems.jsonl in this project.');
  if (!readBy) throw new Error('problemTasks is for trainTasks and heldOutTasks: call it inside them.');
  return splitProblems(problems.problems, readBy.e, readBy.reader);
}

/** @throws Error naming the file and what it must export */
export function useOwn(own: Own): void {
  const needed: readonly (readonly [string, string, unknown, string])[] = [
    ['tasks.ts', 'trainTasks', own.tasks.trainTasks, 'function'],
    ['tasks.ts', 'heldOutTasks', own.tasks.heldOutTasks, 'function'],
    ['reward.ts', 'reward', own.reward.reward, 'function'],
    ['reward.ts', 'accumulate or perTurn', own.reward.accumulate ?? own.reward.perTurn, 'function'],
    ['algorithm.ts', 'sharedTurns', own.algorithm.sharedTurns, 'number'],
    ['algorithm.ts', 'estimator', own.algorithm.estimator, 'object'],
    ['algorithm.ts', 'estimator.compare', own.algorithm.estimator?.compare, 'function'],
  ];
  for (const [file, name, value, type] of needed)
    if (typeof value !== type || value === null)
      throw new Error(`${file} must export ${name} (a ${type}), and ${describe(value)} was found.`);
  if (own.reward.accumulate && own.reward.perTurn)
    throw new Error('reward.ts exports accumulate and perTurn: keep one of the two.');
  const { sharedTurns } = own.algorithm;
  if (!Number.isInteger(sharedTurns) || sharedTurns < 0)
    throw new Error(`algorithm.ts: sharedTurns must be a whole number from 0, not ${sharedTurns}.`);
  handed = own;
}

/** @throws Error when nothing was handed over */
export function own(): Own {
  if (!handed) throw new Error('train.ts must call start({ tasks, reward, algorithm }).');
  return handed;
}

/**
 * Calls the user's code.
 * @throws Error naming the file, and the line where it is known, when it throws
 */
export function asking<T>(file: string, call: (own: Own) => T): T {
  try {
    return call(own());
  } catch (error) {
    if (!(error instanceof Error)) throw new Error(`${file}: ${String(error)}`, { cause: error });
    const [, line] = new RegExp(`${file.replace('.', '\\.')}:(\\d+)`).exec(error.stack ?? '') ?? [];
    throw new Error(`${file}${line === undefined ? '' : `, line ${line}`}: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * A number that the user's code gave.
 * @param what in words, asked for only when it is none
 * @throws Error naming the file and what it gave
 */
export function finite(file: string, what: () => string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`${file}: ${what()} must be a finite number, and is ${describe(value)}.`);
}

/** What the user's code is told of an experiment. */
export const settingsOf = <E extends Partial<Settings>>(experiment: E): E & Settings => ({
  ...{
    gamma: NaN,
    alpha: NaN,
    turns: NaN,
    seed: NaN,
    trainTasks: NaN,
    evalTasks: NaN,
    level: 'all' as const,
  },
  ...experiment,
});

function describe(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'number') return String(value);
  return typeof value === 'object' || typeof value === 'function'
    ? `a ${typeof value}`
    : (JSON.stringify(value) ?? String(value));
}
