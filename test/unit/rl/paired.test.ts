/** Two evaluations of the same tasks, compared task by task. */
import { describe, expect, it } from 'vitest';
import { paired } from '../../../src/rl/paired.ts';

const before = [
  [4, 1, 2],
  [4, 4, 4],
  [4, 0, 0],
  [4, 2, null],
];
const after = [
  [4, 1, 4],
  [4, 4, 4],
  [4, 0, 1],
  [4, 4, 4],
];

describe('paired', () => {
  it('is the mean difference and its standard error, over the tasks that both could judge', () => {
    const { count, before: b, after: a, gain, error } = paired([{ before, after }], 2, 'tests_passed');
    expect({ count, b, a, gain }).toEqual({ count: 3, b: 0.5, a: 0.75, gain: 0.25 });
    // Differences ½, 0, ¼: deviation ¼.
    expect(error).toBeCloseTo(0.25 / Math.sqrt(3), 12);
  });

  it('counts whole tasks as accuracy does', () => {
    expect(paired([{ before, after }], 1, 'accuracy')).toMatchObject({ count: 4, before: 0.25, after: 0.5 });
    expect(paired([{ before, after }], 2, 'accuracy').gain).toBeCloseTo(1 / 3, 12);
  });

  it('averages several runs for each task before it asks how tasks differ', () => {
    const worse = { before: after, after: before };
    const { gain, error } = paired([{ before, after }, worse], 2, 'tests_passed');
    expect([gain, error]).toEqual([0, 0]);
  });

  it('says nothing of none, and refuses what is not of the same tasks', () => {
    expect(paired([{ before: [], after: [] }], 1, 'accuracy')).toMatchObject({ count: 0, gain: NaN });
    expect(() => paired([{ before, after: after.slice(1) }], 1, 'accuracy')).toThrow('the same tasks');
  });
});
