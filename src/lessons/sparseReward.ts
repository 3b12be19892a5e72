import { lesson } from './lesson.ts';

/** A reward that nearly no answer earns gives nothing to compare. */
export const sparseReward = lesson({
  id: 'sparseReward',
  preset: 'default',
  changes: { model: 'beginner', level: '4', promptsPerUpdate: 8, steps: 20, evalEvery: 20, evalTasks: 64 },
  counter: { reward: 'binary' },
  hides: ['settings'],
  watch: ['zero-std', 'reward'],
  prediction: { options: ['same', 'binaryAhead', 'binaryStuck'], right: 'binaryStuck' },
  compares: true,
  predicate: [
    { id: 'alike', measure: { metric: 'train/zero_std', take: 'mean' }, atMost: 0.75 },
    { id: 'tests', measure: { metric: 'eval/tests_passed@t2', take: 'rise' }, atLeast: 0.05 },
  ],
  applied: [{ id: 'solved', measure: { metric: 'eval/accuracy@t2', take: 'end' } }],
});
