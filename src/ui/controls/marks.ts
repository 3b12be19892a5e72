/** Verdicts on unit tests: in words, and as shapes that can be told apart without their colour. */
import type { TurnRecord } from '../../rl/records.ts';

export type TestStatus = TurnRecord['verdict']['status'];

/** In the order of a legend. */
export const testStatuses: readonly TestStatus[] = ['pass', 'fail', 'error', 'timeout', 'infra'];

/** The verdict in words, for people and screen readers. */
export const verdictWords = {
  pass: 'passed',
  fail: 'wrong value',
  error: 'exception',
  timeout: 'timeout',
  infra: 'not run',
} as const satisfies Readonly<Record<TestStatus, string>>;

/** A stroke of a shape, in a square of 16. */
export interface Stroke {
  /** Begins at the square's corner and is relative throughout, so that a shape can be put anywhere. */
  readonly d: string;
  /** Of the line; 2.4 unless given. */
  readonly width?: number;
  readonly dash?: string;
}

export const markStrokes: Readonly<Record<TestStatus, readonly Stroke[]>> = {
  pass: [{ d: 'm2.5 8.5 3.8 4 7.2-8.7' }],
  fail: [{ d: 'm3.5 3.5 9 9m0-9-9 9' }],
  error: [{ d: 'm8 2.5v7' }, { d: 'm8 13.2v.1' }],
  timeout: [
    { d: 'm8 2.8a5.7 5.7 0 1 1 0 11.4a5.7 5.7 0 1 1 0-11.4', width: 1.6 },
    { d: 'm8 5v3.8l2.5 1.4', width: 1.6 },
  ],
  infra: [{ d: 'm3.5 8h9', dash: '2.5 3' }],
};
