import { lesson } from './lesson.ts';

/** A third answer has to have been seen before it can be rewarded. */
export const threeTurns = lesson({
  id: 'threeTurns',
  preset: 'default',
  changes: {
    model: 'three-turns',
    turns: 3,
    history: 'all',
    gamma: 1,
    promptsPerUpdate: 8,
    steps: 10,
    evalEvery: 10,
    evalTasks: 64,
  },
  counter: { model: 'boost' },
  hides: ['settings'],
  watch: [],
  prediction: { options: ['rises', 'falls', 'same'], right: 'rises' },
  predicate: [
    {
      id: 'third',
      measure: { metric: 'train/tests_passed@t3', less: 'train/tests_passed@t2', take: 'mean' },
      atLeast: 0,
    },
  ],
  applied: [
    { id: 'second', measure: { metric: 'eval/accuracy@t2', take: 'end' } },
    { id: 'thirdSolved', measure: { metric: 'eval/accuracy@t3', take: 'end' } },
  ],
});
