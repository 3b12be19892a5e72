/** What one unit test is worth: the returns of an episode with that test flipped, less the returns as they are. */
import type { Experiment } from '../config/fields.ts';
import type { TestStatus } from '../sandbox/types.ts';
import { algorithmOf } from './algorithms/index.ts';
import type { Accumulating } from './accumulated/index.ts';
import { reward } from './rewards.ts';

interface Tested {
  readonly verdict: { readonly tests: readonly { readonly status: TestStatus }[] };
}

/** A number before and after. */
export interface Flip {
  /** r₂, R, G₁ … as `Return.name` has it. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface Flipped {
  /** Whether the test would pass. */
  readonly passes: boolean;
  readonly reward: Omit<Flip, 'name'>;
  /** R, or the G_t that the turn's reward is in. */
  readonly sums: readonly Flip[];
}

/**
 * Exact for any reward and any rule of accumulation; ±w_t/K for a weighted sum and the progressive share.
 * @param turns all answers of the episode
 * @param at turn from 1, test from 0
 * @returns null where a test of the episode could not be run, or there is none at that place
 */
export function flippedTest(
  turns: readonly Tested[],
  at: { readonly turn: number; readonly test: number },
  e: Accumulating & Pick<Experiment, 'reward' | 'rewardScale' | 'objective' | 'returns' | 'trainTests'>,
): Flipped | null {
  const statuses = turns.map(({ verdict }) => verdict.tests.map(({ status }) => status));
  const own = statuses[at.turn - 1];
  const status = own?.[at.test];
  if (!own || status === undefined) return null;
  const passes = status !== 'pass';
  const rewards = statuses.map((all) => reward(all, e));
  const flipped = rewards.with(at.turn - 1, reward(own.with(at.test, passes ? 'pass' : 'fail'), e));
  if ([...rewards, ...flipped].some(Number.isNaN)) return null;
  const algorithm = algorithmOf(e);
  const after = algorithm.earns(flipped, e);
  return {
    passes,
    reward: { from: rewards[at.turn - 1], to: flipped[at.turn - 1] },
    sums: algorithm
      .earns(rewards, e)
      .map(({ name, value, terms }, i) => ({ name, from: value, to: after[i].value, terms }))
      .filter(({ terms }) => terms.some(({ turn }) => turn === at.turn))
      .map(({ name, from, to }) => ({ name, from, to })),
  };
}
