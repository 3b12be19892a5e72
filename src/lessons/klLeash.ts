import { lesson } from './lesson.ts';

/** What a model pays for moving away from its reference holds it near. */
export const klLeash = lesson({
  id: 'klLeash',
  preset: 'default',
  changes: { beta: 1, learningRate: 6e-4, promptsPerUpdate: 8, steps: 20, evalEvery: 20, evalTasks: 64 },
  counter: { beta: 0 },
  hides: ['settings'],
  prediction: { options: ['faster', 'held', 'forgets'], right: 'held' },
  predicate: [{ id: 'distance', measure: { metric: 'train/kl@t1', take: 'end' }, atMost: 0.1 }],
});
