import { lesson } from './lesson.ts';

/** With few tasks, a model learns what passes the test it is paid for. */
export const hiddenTests = lesson({
  id: 'hiddenTests',
  preset: 'default',
  changes: {
    trainTests: '1',
    trainTasks: 16,
    learningRate: 6e-4,
    steps: 20,
    evalEvery: 20,
    evalTasks: 64,
  },
  counter: { trainTasks: 1000 },
  hides: ['settings'],
  watch: ['paid-tests', 'hidden-tests'],
  prediction: { options: ['same', 'gap', 'hiddenAhead'], right: 'gap' },
  predicate: [
    {
      id: 'gap',
      measure: { metric: 'train/trained_tests_passed@t2', less: 'train/tests_passed@t2', take: 'end' },
      atLeast: 0.05,
    },
  ],
});
