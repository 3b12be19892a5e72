import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import { flippedTest } from '../../../src/rl/flippedTest.ts';
import * as fixtures from './fixtures.ts';

/** 2 of 4, then 3 of 4; p: passes, f: fails, i: could not be run. */
const turns = [fixtures.turn('ppff'), fixtures.turn('pppf')];
const flip = (turn: number, test: number, changes: Partial<Experiment> = {}, of = turns) =>
  flippedTest(of, { turn, test }, { ...defaultExperiment, ...changes });

describe('a flipped test', () => {
  it('changes R by ±w_t/K, and the reward by ±1/K', () => {
    const down = flip(1, 0);
    expect(down?.passes).toBe(false);
    expect(down?.reward).toEqual({ from: 0.5, to: 0.25 });
    expect(down?.sums.map(({ name, from, to }) => [name, to - from])).toEqual([['R', 0.25 / 4]]);
    const up = flip(2, 3);
    expect(up?.passes).toBe(true);
    expect(up?.sums.map(({ from, to }) => to - from)).toEqual([1 / 4]);
  });

  it.each([
    [{ reward: 'binary' }, 2, 3, [1]],
    [{ reward: 'binary' }, 1, 3, [0]],
    [{ rewardScale: 'count' }, 1, 2, [-0.25]],
    [{ accumulate: 'best' }, 1, 2, [0]],
    [{ accumulate: 'best' }, 2, 3, [0.25]],
    [{ accumulate: 'score' }, 1, 2, [-9 / 4]],
    [{ accumulate: 'formula', formula: 'r[1] * r[2]' }, 1, 2, [0.75 / 4]],
    [{ returns: 'per-turn', gamma: 0.5 }, 1, 2, [0.25]],
    [{ returns: 'per-turn', gamma: 0.5 }, 2, 3, [0.125, 0.25]],
  ] as const)('%j, turn %d, test %d: %j', (changes, turn, test, expected) => {
    const sums = flip(turn, test, changes)?.sums ?? [];
    expect(sums.map(({ from, to }) => to - from)).toEqual(expected);
  });

  it('is nothing where something could not be run, or is not there', () => {
    expect(flip(1, 0, {}, [fixtures.turn('pf'), fixtures.turn('pi')])).toBeNull();
    expect(flip(3, 0)).toBeNull();
    expect(flip(1, 9)).toBeNull();
  });
});
