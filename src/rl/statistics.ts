/** Means and deviations that say NaN when there is nothing to measure. */

/** Mean; NaN of nothing. Exactly x when every value is x: deviations from equal values are exactly 0. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const origin = values[0];
  return origin + values.reduce((sum, x) => sum + (x - origin), 0) / values.length;
}

/** Sample standard deviation (divided by n − 1); 0 for one value, NaN of nothing. */
export function std(values: readonly number[]): number {
  if (values.length < 2) return values.length === 1 ? 0 : NaN;
  const m = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - m) ** 2, 0) / (values.length - 1));
}

/** Euclidean norm; 0 of nothing. `Math.hypot` would differ between browsers in its last digit, and a link shows the same in all. */
export function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
}

/** The values that are no NaN: what could be scored. */
export function scored(values: readonly number[]): number[] {
  return values.filter((x) => !Number.isNaN(x));
}

/** How values lie, those left out that could not be scored. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly std: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const known = scored(values);
  return { count: known.length, mean: mean(known), std: std(known) };
}
