/** What a chart on the page would be on paper. */
import type { ChartPicture, DrawnLine } from '../../exports/chart.ts';
import { significant } from '../format.ts';
import type { Level, Mark } from './annotate.ts';
import { axisRange, logRange, type Axes, type ChartData, type Joined } from './series.ts';
import { say } from '../say.svelte.ts';

interface Shown {
  readonly title: string;
  readonly unit: string;
  readonly data: ChartData;
  readonly ghost: { readonly label: string; readonly data: ChartData } | null;
  /** What is in front are trailing means. */
  readonly smooth: boolean;
  readonly marks: readonly Mark[];
  readonly level: Level | null;
  readonly axes: Axes;
  readonly range: readonly [number, number] | undefined;
  readonly share: boolean;
  readonly points: boolean;
  readonly lastStep: number;
  readonly plotted: Joined;
  /** The values, or their means. */
  readonly drawn: readonly (readonly number[])[];
}

export function pictureOf(shown: Shown): ChartPicture {
  const { title, unit, data, ghost, smooth, marks, level, axes, range, share, points, plotted, drawn } =
    shown;
  const lines = data.series.map(({ label, look }, i): DrawnLine => ({
    ...{ label, color: look.color, dash: look.dash },
    values: drawn[i] ?? [],
  }));
  const raw = smooth
    ? lines.map((line, i) => ({ ...line, dash: [], faint: true, values: plotted.lines[i] ?? [] }))
    : [];
  const before = (ghost?.data.series ?? []).map(({ label, look }, i): DrawnLine => ({
    ...{ label, color: look.color, dash: look.dash, faint: true },
    values: plotted.ghosts[i] ?? [],
  }));
  const behind = [...before, ...raw];
  const drawable = (value: number) => Number.isFinite(value) && (!axes.log || value > 0);
  const known = [...lines, ...behind].flatMap(({ values }) => values.filter(drawable));
  const [min, max] = known.length === 0 ? [null, null] : [Math.min(...known), Math.max(...known)];
  const around = (value: number | null, end: typeof Math.min) => end(value ?? 0, level?.value ?? 0);
  const notes = [
    smooth ? say('Bold: the mean of {window} updates.', { window: axes.window }) : '',
    ghost && before.length > 0 ? say('Faint: {label}.', { label: ghost.label }) : '',
  ];
  return {
    ...{ title, unit, steps: plotted.steps, lines, behind, points, marks, level, log: axes.log },
    note: notes.filter((note) => note !== '').join(' '),
    xRange: axes.span ?? [0, Math.max(shown.lastStep, plotted.steps.at(-1) ?? 0, 1)],
    yRange: axes.log
      ? logRange(min, max)
      : (range ?? axisRange(around(min, Math.min), around(max, Math.max))),
    tick: (value) => significant(share ? 100 * value : value),
  };
}
