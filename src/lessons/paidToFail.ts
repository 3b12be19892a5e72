import { lesson } from './lesson.ts';

/** At γ = 0 a first answer that fails is worth as much as one that is right, and more once it is repaired. */
export const paidToFail = lesson({
  id: 'paidToFail',
  preset: 'cheating',
  changes: { learningRate: 6e-4, steps: 20, evalEvery: 10, evalTasks: 64 },
  counter: { gamma: 1 },
  hides: ['settings', 'charts'],
  watch: ['reward'],
  prediction: { options: ['recovers', 'fails', 'bothFall'], right: 'fails' },
  predicate: [
    {
      id: 'gap',
      measure: { metric: 'train/tests_passed@t2', less: 'train/tests_passed@t1', take: 'end' },
      atLeast: 0.25,
    },
    { id: 'first', measure: { metric: 'train/tests_passed@t1', take: 'rise' }, atMost: 0.05 },
  ],
});
