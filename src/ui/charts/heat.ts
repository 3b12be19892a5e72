/** Layers × updates as plain data; HeatMap draws it. */
import type { Point } from './series.ts';
import { say } from '../say.svelte.ts';

const prefix = 'train/layer_grad_norm@';

export interface HeatRow {
  readonly label: string;
  /** One a column; NaN where nothing is measured. */
  readonly values: readonly number[];
}

export interface Heat {
  /** The updates of each column, both included. */
  readonly columns: readonly { readonly from: number; readonly to: number }[];
  /** From the model's input to its output. */
  readonly rows: readonly HeatRow[];
  readonly max: number;
}

/** "embedding", "2 attention" */
const labelOf = (part: string): string =>
  part === 'embed'
    ? say('embedding')
    : part === 'norm'
      ? say('last norm')
      : part.replace('.', ' ').replace('mlp', 'MLP').replace('attention', say('attention'));

/**
 * @param span the updates that the map is wide, both included
 * @param most columns; more updates than that share them, and a column has their mean
 */
export function heatOf(points: readonly Point[], { from, to }: Heat['columns'][number], most: number): Heat {
  const count = to - from + 1;
  const width = Math.max(1, Math.ceil(count / most));
  const columns = Array.from({ length: Math.ceil(count / width) }, (_, i) => ({
    from: from + i * width,
    to: Math.min(to, from + (i + 1) * width - 1),
  }));
  const keys = Object.keys(points.at(-1)?.metrics ?? {}).filter((key) => key.startsWith(prefix));
  const sums = keys.map(() => columns.map(() => ({ sum: 0, count: 0 })));
  for (const { step, metrics } of points)
    keys.forEach((key, row) => {
      const cell = sums[row]?.[Math.floor((step - from) / width)];
      const value = metrics[key] ?? NaN;
      if (!cell || !Number.isFinite(value)) return;
      cell.sum += value;
      cell.count++;
    });
  const rows = keys.map((key, row) => ({
    label: labelOf(key.slice(prefix.length)),
    values: (sums[row] ?? []).map(({ sum, count }) => (count === 0 ? NaN : sum / count)),
  }));
  const known = rows.flatMap(({ values }) => values.filter(Number.isFinite));
  return { columns, rows, max: known.reduce((a, b) => Math.max(a, b), 0) };
}

/** How dark a value is, 0…1; half as dark is a quarter as much, so that small ones can be told apart. */
export const shade = (value: number, max: number): number => (max > 0 ? Math.sqrt(value / max) : 0);
