import { describe, expect, it } from 'vitest';
import { joined, readAt, turnLook, type ChartData } from '../../../src/ui/charts/series.ts';

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
