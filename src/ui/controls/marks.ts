/** Verdicts on unit tests: in words, and as shapes that can be told apart without their colour. */
import type { TurnRecord } from '../../rl/records.ts';

export type TestStatus = TurnRecord['verdict']['status'];

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
  readonly d: string;
  /** Of the line; 2.4 unless given. */
  readonly width?: number;
  readonly dash?: string;
}

export const markStrokes: Readonly<Record<TestStatus, readonly Stroke[]>> = {
  pass: [{ d: 'M2.5 8.5 6.3 12.5 13.5 3.8' }],
  fail: [{ d: 'M3.5 3.5 12.5 12.5 M12.5 3.5 3.5 12.5' }],
  error: [{ d: 'M8 2.5V9.5' }, { d: 'M8 13.2V13.3' }],
  timeout: [
    { d: 'M8 2.8a5.7 5.7 0 1 1 0 11.4a5.7 5.7 0 1 1 0-11.4', width: 1.6 },
    { d: 'M8 5V8.8L10.5 10.2', width: 1.6 },
  ],
  infra: [{ d: 'M3.5 8H12.5', dash: '2.5 3' }],
};
