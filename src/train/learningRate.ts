/** How long the step of an update is. */
import type { Experiment } from '../config/fields.ts';

/**
 * The learning rate of one update: linear warm-up, then constant or half a cosine down to 0 when `steps` updates are done.
 * It depends on nothing but the experiment as it is now and the update, so a run that is stopped and resumed has the same rates;
 * one that is extended follows the longer curve from there on. Past the end it stays 0.
 * Source: the cosine is that of transformers' get_cosine_schedule_with_warmup, from the end of warm-up on. Our warm-up is one
 * update ahead of theirs, which spends its first at a rate of 0.
 * @param step updates done, from 0
 */
export function learningRate(
  e: Pick<Experiment, 'learningRate' | 'warmupSteps' | 'lrSchedulerType' | 'steps'>,
  step: number,
): number {
  const warm = Math.min(1, (step + 1) / Math.max(1, e.warmupSteps));
  if (e.lrSchedulerType === 'constant' || step < e.warmupSteps) return e.learningRate * warm;
  const progress = Math.min(1, (step - e.warmupSteps) / Math.max(1, e.steps - e.warmupSteps));
  // float32: the last digit of Math.cos differs between browsers.
  return e.learningRate * Math.fround(0.5 * (1 + Math.cos(Math.PI * progress)));
}
