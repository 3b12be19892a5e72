/** The recorded metrics as a file: the same lines as the command line's metrics.jsonl. */
import type { RunState } from './state/run.svelte.ts';

/** One JSON object per recorded step, in order: `step`, `train/…` of the update and `eval/…` where it was measured; NaN is null. */
export function metricsLines(run: Pick<RunState, 'train' | 'evals'>): string {
  const rows = new Map<number, Record<string, number>>();
  for (const point of [...run.train, ...run.evals]) {
    rows.set(point.step, { ...(rows.get(point.step) ?? { step: point.step }), ...point.metrics });
  }
  return [...rows.keys()]
    .sort((a, b) => a - b)
    .map((step) => `${JSON.stringify(rows.get(step))}\n`)
    .join('');
}

export function downloadMetrics(run: Pick<RunState, 'train' | 'evals'>): void {
  if (run.train.length === 0 && run.evals.length === 0) return;
  const url = URL.createObjectURL(new Blob([metricsLines(run)], { type: 'application/jsonl' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: 'metrics.jsonl' });
  link.click();
  URL.revokeObjectURL(url);
}
