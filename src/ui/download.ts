/** What the page hands out as files: JSON lines, the same as the command line writes. */
import { metricsLines } from '../exports/metrics.ts';
import type { RunState } from './state/run.svelte.ts';

/** What is recorded of a run, beside its episodes. */
export type Recorded = Pick<RunState, 'train' | 'evals' | 'changes'>;

/** See `metricsLines` of exports/metrics.ts. */
export const metricsOf = ({ train, evals, changes }: Recorded): string =>
  metricsLines({ updates: train, evaluations: evals, changes });

export function downloadMetrics(run: Recorded): void {
  if (run.train.length > 0 || run.evals.length > 0) downloadLines('metrics.jsonl', metricsOf(run));
}

/** Hands `lines`, JSON lines, to the browser as a file to save. */
export function downloadLines(name: string, lines: string): void {
  download(name, lines, 'application/jsonl');
}

/** How long a file to save is kept, ms: Safari reads it only after the click, and a user may be asked first where to. */
export const savingMs = 60_000;

/** Hands `content` to the browser as a file to save. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), savingMs);
}
