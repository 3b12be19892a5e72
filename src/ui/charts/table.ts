/** A chart as a table with every value: a row for each update at which something was measured. */
import { joined, type ChartData, type Series } from './series.ts';
import { say } from '../say.svelte.ts';

export interface ChartTable {
  /** Names of the columns after the first, which is the update. */
  readonly columns: readonly string[];
  /** The same as files call them, in English whatever the page speaks. */
  readonly names: readonly string[];
  /** One value per column; NaN where there is none. */
  readonly rows: readonly { readonly step: number; readonly values: readonly number[] }[];
}

/** @param ghost the run before, or null: its lines follow as "…, before" */
export function tableOf(data: ChartData, ghost: ChartData | null): ChartTable {
  const { steps, lines, ghosts } = joined(data, ghost);
  const all = [...lines, ...ghosts];
  const before = ghost?.series ?? [];
  const nameOf = ({ name, label }: Series) => name ?? label;
  return {
    columns: [
      ...data.series.map(({ label }) => label),
      ...before.map(({ label }) => say('{label}, before', { label })),
    ],
    names: [...data.series.map(nameOf), ...before.map((line) => `${nameOf(line)}, before`)],
    rows: steps.map((step, i) => ({ step, values: all.map((values) => values[i] ?? NaN) })),
  };
}

/** As comma-separated values (RFC 4180), every digit kept; a cell without a value is empty. */
export function csvOf({ names, rows }: ChartTable): string {
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    ['update', ...names].map(quoted),
    ...rows.map(({ step, values }) => [step, ...values].map((x) => (Number.isFinite(x) ? String(x) : ''))),
  ];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}
