/** What was measured, as files: a row an update, as JSON lines or comma-separated, under our names or TRL's. */
import type { Experiment } from '../config/fields.ts';
import type { ChangeRecord } from '../rl/records.ts';
import { trlNameOf } from '../rl/trlNames.ts';

/** What a log's entries are, and what a page knows of a run. */
export interface Measured {
  readonly updates: readonly Point[];
  readonly evaluations: readonly Point[];
  readonly changes: readonly ChangeRecord[];
  /** In force after so many updates. */
  readonly experimentAt: (step: number) => Experiment;
}
interface Point {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Milliseconds by stage; absent where they are not known. */
  readonly timing?: Readonly<Record<string, number>>;
}

export const names = ['ours', 'trl'] as const;
/** 'ours': those of docs/metrics.md. 'trl': those of Hugging Face's TRL, for what means the same there. */
export type Names = (typeof names)[number];

export type Row = Readonly<Record<string, number>> & { readonly step: number };

/** One row for each step that was measured, in order: the update's `train/…` and `time/…`, and `eval/…` where it was measured. */
export function rowsOf(measured: Pick<Measured, 'updates' | 'evaluations'>): Row[] {
  const rows = new Map<number, Row>();
  for (const { step, metrics, timing } of [...measured.updates, ...measured.evaluations]) {
    const times = Object.entries(timing ?? {}).map(
      ([stage, ms]) => [`time/${stage}_ms`, Math.round(ms)] as const,
    );
    rows.set(step, { ...rows.get(step), step, ...metrics, ...Object.fromEntries(times) });
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** The rows under TRL's names, as its trainer logs them: updates only, what means the same only. */
export function trlRowsOf({ updates, experimentAt }: Measured): Row[] {
  return updates.map(({ step, metrics, timing }) => {
    const e = experimentAt(step - 1);
    const renamed = Object.entries(metrics).flatMap(([key, value]) => {
      const name = trlNameOf(key, e);
      return name === undefined ? [] : [[name, value] as const];
    });
    const row: Row = { step, ...Object.fromEntries(renamed) };
    return timing?.['total'] === undefined ? row : { ...row, step_time: timing['total'] / 1000 };
  });
}

/**
 * One JSON object a line; NaN is null. Under our names each change of fields follows on a line of its own:
 * `{"step": 12, "changes": {"gamma": 0.5}}`.
 */
export function metricsJsonLines(measured: Measured, under: Names): string {
  return under === 'trl' ? trlRowsOf(measured).map(jsonLine).join('') : metricsLines(measured);
}

/** Those under our names. */
export function metricsLines(measured: Omit<Measured, 'experimentAt'>): string {
  const changes = measured.changes.map(({ step, changes }) => ({
    step,
    changes: Object.fromEntries(changes.map(({ field, to }) => [field, to])),
  }));
  return [...rowsOf(measured), ...changes]
    .sort((a, b) => a.step - b.step) // stable: a change stands after its update
    .map(jsonLine)
    .join('');
}

/** Comma-separated, with a head; every number in full, what was not measured is empty. */
export function metricsCsv(measured: Measured, under: Names): string {
  const rows = under === 'trl' ? trlRowsOf(measured) : rowsOf(measured);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? '' : String(value);
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\n`).join('');
}

/** JSON has no NaN: what could not be measured is null. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
