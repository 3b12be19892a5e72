/** From the rewards of the turns to the reward of the episode. Which rule an experiment asks for; no other file asks. */
import type { Experiment } from '../../config/fields.ts';
import type { Linear } from '../../config/formula/index.ts';
import { cocosRule } from './cocos.ts';
import { formula } from './formula.ts';
import { best, last, score } from './others.ts';
import type { AccumulationRule } from './rule.ts';

const rules: Readonly<Record<Experiment['accumulate'], AccumulationRule>> = {
  cocos: cocosRule,
  last,
  best,
  score,
  formula,
};

/** What accumulating reads of an experiment. */
export type Accumulating = Pick<Experiment, 'accumulate' | 'gamma' | 'alpha' | 'formula'>;

const masked = (r: readonly number[]) => r.some(Number.isNaN);

/** R. @param r r_1 … r_T. A NaN (masked turn) makes R NaN, even where its weight is 0. */
export function accumulate(r: readonly number[], e: Accumulating): number {
  return masked(r) ? NaN : rules[e.accumulate].reward(r, e);
}

/** ∂R/∂r_t at these rewards, [turn]; NaN where one of them is and it would depend on that. */
export function weightsAt(r: readonly number[], e: Accumulating): readonly number[] {
  const rule = rules[e.accumulate];
  return rule.linear(r.length, e)?.weights ?? (masked(r) ? r.map(() => NaN) : rule.slopes(r, e));
}

/** R = constant + Σ_t w_t r_t, where it is so whatever the rewards; else null. */
export function linearOf({ turns, ...e }: Accumulating & Pick<Experiment, 'turns'>): Linear | null {
  return rules[e.accumulate].linear(turns, e);
}

/** R in symbols where it is no weighted sum: "max(r₁, r₂)". */
export function writtenOf({ turns, ...e }: Accumulating & Pick<Experiment, 'turns'>): string {
  return rules[e.accumulate].written(turns, e);
}
