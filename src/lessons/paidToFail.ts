import { lesson } from './lesson.ts';

/** At γ = 0 a first answer that fails is worth as much as one that is right, and more once it is repaired. */
export const paidToFail = lesson({
  id: 'paidToFail',
  preset: 'cheating',
  changes: { learningRate: 6e-4, steps: 20, evalEvery: 10, evalTasks: 64 },
  counter: { gamma: 1 },
  hides: ['settings', 'charts'],
  prediction: { options: ['bothRise', 'firstFalls', 'bothFall'], right: 'firstFalls' },
  predicate: [
    { id: 'first', measure: { metric: 'eval/tests_passed@t1', take: 'rise' }, atMost: -0.05 },
    { id: 'last', measure: { metric: 'eval/tests_passed@t2', take: 'rise' }, atLeast: -0.05 },
  ],
});
