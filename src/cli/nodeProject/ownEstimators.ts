/** Stands in an exported project for rl/estimators.ts: how a return is compared is what the project's algorithm.ts says. */
import type { Estimator } from '../../rl/estimators.ts';
import { asking, finite, own } from './own.ts';

export * from '../../rl/estimators.ts'; // but for estimatorOf, which is below

const masked = { baseline: NaN, count: NaN, scale: NaN, advantage: NaN };

export function estimatorOf(): Estimator {
  const { estimator } = own().algorithm;
  return {
    ...estimator,
    compare(R, group, batch) {
      if (Number.isNaN(R)) return masked;
      const estimate = asking('algorithm.ts', ({ algorithm }) =>
        algorithm.estimator.compare(R, group, batch),
      );
      finite('algorithm.ts', () => `the advantage of a try with R = ${R}`, estimate?.advantage);
      return estimate;
    },
  };
}
