/** How a run went, as alarms see it: means over windows of updates, how far these differ by chance, the best of them. */
import { findMetric } from './metricTable.ts';
import type { Metrics } from './metrics.ts';
import type { UpdateRecord } from './records.ts';

/** Updates that are averaged before anything is concluded: one update alone is too noisy. */
export const signatureWindow = 10;

/** A number of each update: one of its metrics, or made of several. */
export interface Quantity {
  /** Its name; no two have the same. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Shown as a percentage. */
  readonly share: boolean;
  /** NaN where it was not measured. */
  readonly of: (metrics: Metrics) => number;
}

/** @throws Error when the metric table has no such metric */
export function metricOf(name: string): Quantity {
  const found = findMetric(`train/${name}`);
  if (!found) throw new Error(`There is no metric train/${name}.`);
  const { metric, turn } = found;
  return {
    name,
    label: turn === null ? metric.label : `${metric.label}, turn ${turn}`,
    share: metric.unit === 'share',
    of: (metrics) => metrics[`train/${name}`] ?? NaN,
  };
}

/** The metrics of an update, and how many updates were done with it. */
export type Measured = Pick<UpdateRecord, 'step' | 'metrics'>;

/** Every list has one number per update, oldest first; NaN where nothing can be said, as in the first updates of a run. */
export class Course {
  readonly steps: readonly number[];
  /** T, read off the names of the metrics. */
  readonly turns: number;
  readonly #updates: readonly Measured[];
  /** What was asked before: several alarms read the same. */
  readonly #known = new Map<string, readonly number[]>();

  /** @param updates of one run, oldest first */
  constructor(updates: readonly Measured[]) {
    this.#updates = updates;
    this.steps = updates.map(({ step }) => step);
    const last = updates.at(-1)?.metrics ?? {};
    let turns = 0;
    while (`train/reward@t${turns + 1}` in last) turns++;
    this.turns = turns;
  }

  /** The number itself. */
  values(what: Quantity): readonly number[] {
    return this.#once(`values ${what.name}`, () => this.#updates.map(({ metrics }) => what.of(metrics)));
  }

  /** Mean over the window that ends with each update, of what was measured there. */
  means(what: Quantity): readonly number[] {
    return this.#once(`means ${what.name}`, () => {
      const values = this.values(what);
      return values.map((_, i) => {
        if (i < signatureWindow - 1) return NaN;
        let [sum, count] = [0, 0];
        for (let j = i + 1 - signatureWindow; j <= i; j++) {
          if (Number.isNaN(values[j])) continue;
          sum += values[j];
          count++;
        }
        return count === 0 ? NaN : sum / count;
      });
    });
  }

  /** The update, as an index, whose window had the largest mean so far; −1 before there is one. */
  best(what: Quantity): readonly number[] {
    return this.#once(`best ${what.name}`, () => {
      const means = this.means(what);
      let at = -1;
      return means.map((mean, i) => {
        if (!Number.isNaN(mean) && (at < 0 || mean > means[at])) at = i;
        return at;
      });
    });
  }

  /**
   * How far two window means may differ by chance: so many standard errors of their difference, and at least `least`. The scatter of
   * one update is taken from the steps between neighbours so far, to which a slow rise or fall hardly adds.
   */
  chance(what: Quantity, { errors = 2, least = 0.05 } = {}): readonly number[] {
    return this.#once(`chance ${errors} ${least} ${what.name}`, () => {
      const values = this.values(what);
      let [count, sum, squares] = [0, 0, 0];
      return values.map((value, i) => {
        const step = i === 0 ? NaN : value - values[i - 1];
        if (!Number.isNaN(step)) {
          count++;
          sum += step;
          squares += step * step;
        }
        if (count < 2) return least;
        const variance = Math.max(0, (squares - (sum * sum) / count) / (count - 1));
        // A step has the scatter of two updates, and so has a difference of two windows, but for the number averaged.
        return Math.max(least, (errors * Math.sqrt(variance)) / Math.sqrt(signatureWindow));
      });
    });
  }

  #once(key: string, make: () => readonly number[]): readonly number[] {
    const known = this.#known.get(key);
    if (known) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }
}
