/** What a chart shows, as plain data; LineChart draws it. */

/** How a line looks: a turn's colour, a verdict's, or plain ink; `dash` keeps lines apart without colour. */
export interface LineLook {
  /** Name of a CSS custom property, e.g. '--turn-1'. */
  readonly color: string;
  readonly dash: readonly number[];
}

export interface Series {
  readonly label: string;
  /** What files call it, in English whatever the page speaks; its label unless given. */
  readonly name?: string;
  readonly look: LineLook;
  /** One value per step of the chart; NaN where there is none. */
  readonly values: readonly number[];
}

/** The metrics of one update or one evaluation, by full name; `step`: updates done. */
export interface Point {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface ChartData {
  /** Shared horizontal axis: updates done. */
  readonly steps: readonly number[];
  readonly series: readonly Series[];
}

/** The dash of each turn: turn 1 solid, turn 2 dashed, ... so that no line is told apart by hue alone. */
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

export function turnLook(turn: number): LineLook {
  return { color: `--turn-${turn}`, dash: dashes[turn - 1] ?? [] };
}

/** First, latest, smallest and largest value of a line, for the text alternative. */
export function summarise(values: readonly number[]) {
  const known = values.filter((x) => Number.isFinite(x));
  return {
    first: known.at(0) ?? NaN,
    latest: known.at(-1) ?? NaN,
    min: known.length > 0 ? Math.min(...known) : NaN,
    max: known.length > 0 ? Math.max(...known) : NaN,
  };
}

/** A run's lines on one horizontal axis with those of the run before. */
export interface Joined {
  readonly steps: readonly number[];
  /** One value per step for each line; NaN where it has none. */
  readonly lines: readonly (readonly number[])[];
  readonly ghosts: readonly (readonly number[])[];
}

/** @param ghost the run before, or null; its steps need not be the same */
export function joined(data: ChartData, ghost: ChartData | null): Joined {
  const steps = ghost ? [...new Set([...data.steps, ...ghost.steps])].sort((a, b) => a - b) : data.steps;
  const onto = (from: ChartData) => {
    const at = new Map(from.steps.map((step, i) => [step, i]));
    return from.series.map(({ values }) => steps.map((step) => values[at.get(step) ?? -1] ?? NaN));
  };
  return { steps, lines: onto(data), ghosts: ghost ? onto(ghost) : [] };
}

/** What lines say at one place. */
export interface Reading {
  /** One of their own; undefined: they have none by then. */
  readonly step: number | undefined;
  /** One per line, of that step; NaN where there is none. */
  readonly values: readonly number[];
}

/** Reads lines where one of them has a value for the last time up to `at`: the steps between are another run's. */
export function readAt(steps: readonly number[], lines: readonly (readonly number[])[], at: number): Reading {
  const place = steps.findLastIndex(
    (step, i) => step <= at && lines.some((values) => Number.isFinite(values[i])),
  );
  return { step: steps[place], values: lines.map((values) => values[place] ?? NaN) };
}

/** The step at which other lines are read, where it is another than that of the lines themselves; null for `at`: the latest of each. */
export function stepApart(
  steps: readonly number[],
  lines: readonly (readonly number[])[],
  others: readonly (readonly number[])[],
  at: number | null,
): number | undefined {
  const { step } = readAt(steps, others, at ?? Infinity);
  return step === readAt(steps, lines, at ?? Infinity).step ? undefined : step;
}

/** Moves labels at these heights apart, to at least `gap`, the order kept, within `from`…`to` as long as there is room. */
export function spread(heights: readonly number[], gap: number, from: number, to: number): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed = [...heights];
  let floor = from;
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? 0, floor);
    floor = (placed[i] ?? 0) + gap;
  }
  let ceiling = to;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i] ?? 0, ceiling);
    ceiling = (placed[i] ?? 0) - gap;
  }
  return placed;
}

/** A place in a picture, across and down. */
export type Spot = readonly [number, number];

/**
 * Where a line ends to the eye: its last spot between two edges, or where it goes on beyond the right one.
 * @param spots of the line, from left to right
 * @returns null where it cannot be seen there
 */
export function endInSight(spots: readonly Spot[], left: number, right: number): Spot | null {
  const last = spots.findLast(([x]) => x <= right);
  const next = spots.find(([x]) => x > right);
  if (last && next) return [right, last[1] + ((next[1] - last[1]) * (right - last[0])) / (next[0] - last[0])];
  return last && last[0] >= left ? last : null;
}

/** Heights that are taken, from and to. */
export type Taken = readonly [number, number];

/** The height nearest to this one at which a label that reaches `half` up and down lies on nothing that is taken; the same where there is none. */
export function clearOf(
  height: number,
  half: number,
  taken: readonly Taken[],
  top: number,
  bottom: number,
): number {
  const free = [height, ...taken.flatMap(([from, to]) => [from - half, to + half])].filter(
    (at) =>
      at - half >= top &&
      at + half <= bottom &&
      taken.every(([from, to]) => at + half <= from || at - half >= to),
  );
  return free.reduce((a, b) => (Math.abs(b - height) < Math.abs(a - height) ? b : a), free[0] ?? height);
}

/** Differences below this are rounding, as in a KL before the first step: an axis drawn to them would magnify nothing. */
const rounding = 1e-6;

/** The ends of a vertical axis for values from `min` to `max` (null: none): 0 is always in sight, with a little air beyond. */
export function axisRange(min: number | null, max: number | null): [number, number] {
  const low = Math.min(0, min ?? 0);
  const high = Math.max(0, max ?? 0);
  if (high - low < rounding) return [0, 0.5];
  const air = (high - low) * 0.08;
  return [low < 0 ? low - air : 0, high > 0 ? high + air : air];
}

/** Updates that a smoothed line averages. */
export const smoothingWindow = 10;

/** The ends of a logarithmic axis for values from `min` to `max` (null: none), as far as they are above 0. */
export function logRange(min: number | null, max: number | null): [number, number] {
  const high = max !== null && max > 0 ? max : 1;
  const low = min !== null && min > 0 ? min : high / 10;
  return [low / 1.25, Math.max(high, 1.01 * low) * 1.25];
}

/** How a chart is drawn, as the reader wants it. */
export interface Axes {
  /** From and to which update; null: all. */
  readonly span: readonly [number, number] | null;
  /** A logarithmic vertical axis; values of 0 and less are left out. */
  readonly log: boolean;
  /** Updates that a smoothed line averages. */
  readonly window: number;
}
export const plainAxes: Axes = { span: null, log: false, window: smoothingWindow };

/** Where the axis of updates ends, for a run of so many updates that has come to `step`: it grows with the run. */
export const axisEnd = (steps: number, step: number): number =>
  Math.max(step, Math.min(steps, Math.max(20, step)), 1);

/** Mean of the known values of the last `window` steps up to each; NaN where there are none, and after the last known one. */
export function trailingMean(values: readonly number[], window = smoothingWindow): number[] {
  const last = values.findLastIndex(Number.isFinite); // another line may go on
  return values.map((_, i) => {
    if (i > last) return NaN;
    const known = values.slice(Math.max(0, i + 1 - window), i + 1).filter((x) => Number.isFinite(x));
    return known.length === 0 ? NaN : known.reduce((sum, x) => sum + x, 0) / known.length;
  });
}

/** Distances between ticks of a horizontal axis: there is no half update. */
export const wholeSteps = [1, 2, 5]
  .flatMap((n) => [1, 10, 100, 1000].map((scale) => n * scale))
  .sort((a, b) => a - b);

/** Room for the names at the ends of lines, rem. */
export const endRoom = (series: readonly Pick<Series, 'label'>[]): number =>
  1.1 + 0.42 * Math.max(0, ...series.map(({ label }) => label.length));
