/** What the page hands out as files: JSON lines, the same as the command line writes. */
import type { RunState } from './state/run.svelte.ts';

/** What is recorded of a run, beside its episodes. */
export type Recorded = Pick<RunState, 'train' | 'evals' | 'changes'>;

/**
 * One JSON object per recorded step, in order: `step`, `train/…` of the update and `eval/…` where it was measured; NaN is null.
 * After it, on a line of their own, the fields that were changed then: `{"step": 12, "changes": {"gamma": 0.5}}`.
 */
export function metricsLines(run: Recorded): string {
  const rows = new Map<number, Record<string, number> & { step: number }>();
  for (const point of [...run.train, ...run.evals]) {
    rows.set(point.step, { ...(rows.get(point.step) ?? { step: point.step }), ...point.metrics });
  }
  const changes = run.changes.map(({ step, changes }) => ({
    step,
    changes: Object.fromEntries(changes.map(({ field, to }) => [field, to])),
  }));
  return [...rows.values(), ...changes]
    .sort((a, b) => a.step - b.step) // stable: changes after the update
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

export function downloadMetrics(run: Recorded): void {
  if (run.train.length > 0 || run.evals.length > 0) downloadLines('metrics.jsonl', metricsLines(run));
}

/** Hands `lines`, JSON lines, to the browser as a file to save. */
export function downloadLines(name: string, lines: string): void {
  download(name, lines, 'application/jsonl');
}

/** Hands `content` to the browser as a file to save. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
