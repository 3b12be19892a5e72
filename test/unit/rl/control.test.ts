/** Rewards shuffled within groups. */
import { describe, expect, it } from 'vitest';
import { dealtOut } from '../../../src/rl/control.ts';
import type { Episode, Group } from '../../../src/rl/episode.ts';

const task: Group<unknown>['task'] = {
  ...{ id: 'a', source: 'own', instruction: '', entryPoint: 'f', reference: '', setup: '' },
  ...{ tests: [], composition: '', family: '', level: 0 },
};
const group = (...rewards: readonly (readonly number[])[]) => ({
  task,
  trajectories: rewards.map((turns, i) => ({
    turns: turns.map((reward) => ({ reward, text: `answer ${i}` })),
  })),
});
const rewardsOf = ({ trajectories }: Group<Episode<{ readonly reward: number }>>) =>
  trajectories.map(({ turns }) => turns.map(({ reward }) => reward));

describe('dealtOut', () => {
  it('gives each trajectory the rewards of another, all of its turns together, and nothing else of it', () => {
    const groups = [group([0, 1], [0.5, 0.25], [1, 0.75]), group([0.1, 0.2], [0.3, 0.4], [0.5, 0.6])];
    const orders = [
      [2, 0, 1],
      [1, 2, 0],
    ];
    const dealt = dealtOut(groups, (at, n) => {
      expect(n).toBe(3);
      return orders[at] ?? [];
    });
    expect(dealt.map(rewardsOf)).toEqual([
      [
        [1, 0.75],
        [0, 1],
        [0.5, 0.25],
      ],
      [
        [0.3, 0.4],
        [0.5, 0.6],
        [0.1, 0.2],
      ],
    ]);
    expect(dealt[0]?.trajectories.map(({ turns }) => turns[0]?.text)).toEqual([
      'answer 0',
      'answer 1',
      'answer 2',
    ]);
    expect(rewardsOf(groups[0]!)[0]).toEqual([0, 1]);
  });

  it('leaves what could not be judged where it is: nobody learns from it, and it does not count as wrong', () => {
    const [dealt] = dealtOut([group([0, 1], [NaN, 0], [1, 0.5])], (_, judged) => {
      expect(judged).toBe(2);
      return [1, 0];
    });
    expect(dealt && rewardsOf(dealt)).toEqual([
      [1, 0.5],
      [NaN, 0],
      [0, 1],
    ]);
  });
});
