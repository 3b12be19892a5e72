/**
 * Which of a task's unit tests count for what. With `trainTests` n, the reward is earned on the first n and the model is judged by
 * the others, which it is never rewarded for nor told of; with `all`, every test does both.
 */
import type { Experiment } from '../config/fields.ts';

type Split = Pick<Experiment, 'trainTests'>;

/** How many of a task's tests come first; all of them where nothing is hidden. */
const firstOf = (K: number, { trainTests }: Split): number => (trainTests === 'all' ? K : Number(trainTests));

/** Those that the reward is earned on, of a list with one entry per test. */
export const trainedOn = <T>(tests: readonly T[], e: Split): readonly T[] =>
  tests.slice(0, firstOf(tests.length, e));

/** Those that accuracy and every other metric of tests is measured on. */
export const judgedOn = <T>(tests: readonly T[], e: Split): readonly T[] =>
  e.trainTests === 'all' ? tests : tests.slice(firstOf(tests.length, e));

/** Whether a test, from 0, is one the reward is not earned on. */
export const isHidden = (test: number, e: Split): boolean =>
  e.trainTests !== 'all' && test >= Number(e.trainTests);

/** @throws Error naming the field and the task, when no test would be left to judge by */
export function checkTests(
  { id, tests }: { readonly id: string; readonly tests: readonly unknown[] },
  e: Split,
) {
  if (e.trainTests === 'all' || tests.length > Number(e.trainTests)) return;
  throw new Error(
    `trainTests: must be less than ${tests.length}, or all: task ${id} has ${tests.length} unit ` +
      `${tests.length === 1 ? 'test' : 'tests'}, and at ${e.trainTests} none would be left to judge it by.`,
  );
}
