import { describe, expect, it } from 'vitest';
import {
  clearOf,
  endInSight,
  joined,
  readAt,
  stepApart,
  turnLook,
  type ChartData,
} from '../../../src/ui/charts/series.ts';

const line = (steps: readonly number[], values: readonly number[]): ChartData => ({
  steps,
  series: [{ label: 'turn 1', look: turnLook(1), values }],
});

describe('what a chart with another run behind it reads', () => {
  const { steps, lines, ghosts } = joined(line([0, 10], [0.3, 0.5]), line([0, 3, 12], [0.2, 0.34, 0.4]));

  it('is of the run’s own last evaluation by then, and of the other’s own', () => {
    expect(readAt(steps, lines, 6)).toEqual({ step: 0, values: [0.3] });
    expect(readAt(steps, ghosts, 6)).toEqual({ step: 3, values: [0.34] });
    expect(readAt(steps, lines, 10)).toEqual({ step: 10, values: [0.5] });
    expect(readAt(steps, lines, 99)).toEqual({ step: 10, values: [0.5] });
    expect(readAt(steps, ghosts, 99)).toEqual({ step: 12, values: [0.4] });
  });

  it('says where another run is read, if that is elsewhere', () => {
    expect(stepApart(steps, lines, ghosts, 6)).toBe(3);
    expect(stepApart(steps, lines, lines, 6)).toBeUndefined();
    expect(stepApart(steps, lines, [], 6)).toBeUndefined();
    // Nothing is looked at: each says its latest.
    const further = [[0.3, 0.34, NaN]];
    expect(stepApart(steps, lines, further, null)).toBe(3);
    expect(stepApart(steps, further, lines, null)).toBe(10);
  });

  it('is nothing before the first, or of no lines', () => {
    expect(readAt([4], [[1]], 3)).toEqual({ step: undefined, values: [NaN] });
    expect(readAt(steps, [], 6)).toEqual({ step: undefined, values: [] });
  });

  it('keeps apart what one line has not measured there', () => {
    const lines = [
      [1, 2],
      [3, NaN],
    ];
    expect(readAt([1, 2], lines, 2)).toEqual({ step: 2, values: [2, NaN] });
  });
});

describe('a name at the end of a line', () => {
  const spots = [
    [0, 10],
    [10, 20],
    [20, 0],
  ] as const;

  it('stands where the line ends to the eye', () => {
    expect(endInSight(spots, 0, 30)).toEqual([20, 0]);
    expect(endInSight(spots, 12, 15)).toEqual([15, 10]); // between two values
    expect(endInSight(spots, 21, 30)).toBeNull();
    expect(endInSight(spots, -9, -1)).toBeNull();
    expect(endInSight([], 0, 1)).toBeNull();
  });

  it('moves off what is taken, as little as it must, and stays in the frame', () => {
    expect(clearOf(50, 5, [], 0, 100)).toBe(50);
    expect(clearOf(50, 5, [[48, 51]], 0, 100)).toBe(56);
    expect(
      clearOf(
        50,
        5,
        [
          [48, 51],
          [58, 60],
        ],
        0,
        100,
      ),
    ).toBe(43);
    expect(clearOf(6, 5, [[4, 9]], 0, 100)).toBe(14);
    expect(clearOf(50, 5, [[0, 100]], 0, 100)).toBe(50);
  });
});
