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

/** Student's t for a two-sided 95 % interval, by degrees of freedom from 1. */
const students = [
  ...[
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  ],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
] as const;

/** The mean of values that are drawn independently, such as one a seed, and half the width of its 95 % interval; NaN below two values. */
export function intervalOf(values: readonly number[]): { readonly mean: number; readonly half: number } {
  const { count, mean, std } = spreadOf(values);
  // Above 30 degrees of freedom the series in 1/df is right to three digits.
  const t = students[count - 2] ?? (count > 1 ? 1.96 + 2.4 / (count - 1) : NaN);
  return { mean, half: (t * std) / Math.sqrt(count) };
}
