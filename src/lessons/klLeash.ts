import { lesson } from './lesson.ts';

/** What a model pays for its distance from the reference pulls it back. */
export const klLeash = lesson({
  id: 'klLeash',
  preset: 'cheating',
  changes: { beta: 0.3, learningRate: 6e-4, promptsPerUpdate: 8, steps: 20, evalEvery: 20, evalTasks: 32 },
  counter: { beta: 0 },
  hides: ['settings'],
  watch: ['kl'],
  prediction: { options: ['further', 'back', 'stays'], right: 'back' },
  predicate: [{ id: 'distance', measure: { metric: 'train/kl@t1', take: 'rise' }, atMost: -1 }],
  applied: [{ id: 'solved', measure: { metric: 'eval/accuracy@t2', take: 'end' } }],
});
