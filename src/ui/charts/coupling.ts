/** When the coupling crossed its threshold, in words. */
import { couplingThreshold } from '../../rl/metrics.ts';
import { smoothingWindow, trailingMean, type Point } from './series.ts';
import { say } from '../say.svelte.ts';

/** On which side of its threshold the coupling is from an update on. */
export interface Crossing {
  readonly step: number;
  readonly side: 'above' | 'below';
}

/**
 * Where the bold line, a mean over updates, first stands on a side of the threshold, and each time it changes sides. The threshold is
 * that of each update's own weights; where there is none, nothing is said.
 */
export function crossingsOf(points: readonly Point[]): Crossing[] {
  const line = trailingMean(points.map(({ metrics }) => metrics['train/coupling'] ?? NaN));
  const crossings: Crossing[] = [];
  points.forEach(({ step, metrics }, i) => {
    if (i + 1 < smoothingWindow) return; // a mean of too few
    const weights = [metrics['train/weight@t1'] ?? NaN, metrics['train/weight@t2'] ?? NaN];
    const above = (line[i] ?? NaN) - couplingThreshold(weights);
    if (Number.isNaN(above)) return;
    const side = above < 0 ? 'below' : 'above';
    if (crossings.at(-1)?.side !== side) crossings.push({ step, side });
  });
  return crossings;
}

const meaning = {
  below: 'a better first answer is pushed down more than it is repaid',
  above: 'a better first answer pays',
} as const;
/** A mean of fewer updates may well have stood on the other side. */
const allAlong = {
  below: 'Below its threshold since update {step}, the first with a mean of {n} updates',
  above: 'Above its threshold since update {step}, the first with a mean of {n} updates',
} as const;
const since = {
  below: 'Crossed its threshold at update {step} and has been below it since',
  above: 'Crossed its threshold at update {step} and has been above it since',
} as const;

/** '' while there are too few updates. */
export function couplingWords(points: readonly Point[]): string {
  const crossings = crossingsOf(points);
  const last = crossings.at(-1);
  if (!last) return '';
  const { step, side } = last;
  const when =
    crossings.length === 1 ? say(allAlong[side], { n: smoothingWindow, step }) : say(since[side], { step });
  return `${when}: ${say(meaning[side])}.`;
}
