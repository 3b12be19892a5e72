/** What the page hands out as files: JSON lines, the same as the command line writes. */
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
  if (run.train.length > 0 || run.evals.length > 0) downloadLines('metrics.jsonl', metricsLines(run));
}

/** Hands `lines`, JSON lines, to the browser as a file to save. */
export function downloadLines(name: string, lines: string): void {
  download(name, lines, 'application/jsonl');
}

/** Hands `text` to the browser as a file to save. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
