import { lesson, withBroughtModel } from './lesson.ts';

/** Improvement alone is paid at γ = 0, and a model that repeats its first answer never improves. */
export const realModel = lesson({
  id: 'realModel',
  preset: withBroughtModel,
  changes: {
    ...{ gamma: 0, beta: 0, temperature: 0.5 },
    ...{ promptsPerUpdate: 4, steps: 3, evalEvery: 3, evalTasks: 8 },
  },
  counter: { gamma: 1 },
  hides: ['settings'],
  watch: ['edit', 'zero-std'],
  prediction: { options: ['better', 'repairs', 'nothing'], right: 'nothing' },
  predicate: [
    { id: 'copies', measure: { metric: 'train/copy_rate', take: 'mean' }, atLeast: 0.75 },
    { id: 'alike', measure: { metric: 'train/zero_std', take: 'mean' }, atLeast: 0.6 },
  ],
});
