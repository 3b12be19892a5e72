import { lesson } from './lesson.ts';

/** What one update is made of: samples that differ. */
export const firstUpdate = lesson({
  id: 'firstUpdate',
  preset: 'default',
  changes: { steps: 3, evalEvery: 3, evalTasks: 32 },
  counter: { temperature: 0.1 },
  hides: ['settings', 'charts', 'details'],
  watch: [],
  prediction: { options: ['all', 'none', 'first'], right: 'none' },
  predicate: [{ id: 'alike', measure: { metric: 'train/zero_std', take: 'mean' }, atMost: 0.6 }],
});
