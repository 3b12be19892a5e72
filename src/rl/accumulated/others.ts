/** The rules beside CoCoS that are short enough to stand together. */
import { subscript } from '../symbols.ts';
import { weighted, type AccumulationRule } from './rule.ts';

/** R = r_T: the last answer only. CoCoS with γ = 1. */
export const last = weighted((T) => Array.from({ length: T }, (_, t) => (t === T - 1 ? 1 : 0)));

/** R = r_1 + r_2 + α (r_2 − r_1), two turns only. Source: SCoRe, stage II (arXiv 2409.12917). */
export const score = weighted((_, { alpha }) => [1 - alpha, 1 + alpha]);

/** R = max_t r_t; the first maximal turn has the slope 1, the others 0. */
export const best: AccumulationRule = {
  reward: (r) => Math.max(...r),
  slopes: (r) => {
    const first = r.indexOf(Math.max(...r));
    return r.map((_, t) => (t === first ? 1 : 0));
  },
  linear: (T) => (T === 1 ? { constant: 0, weights: [1] } : null),
  written: (T) => `max(${Array.from({ length: T }, (_, t) => `r${subscript(t + 1)}`).join(', ')})`,
};
