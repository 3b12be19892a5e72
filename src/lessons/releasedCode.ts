import { gammaEffect, lesson } from './lesson.ts';

/** Samples that share their first answer share its reward, which no comparison among them can see. */
export const releasedCode = lesson({
  id: 'releasedCode',
  preset: 'released-code',
  changes: { steps: 2, evalEvery: 2, evalTasks: 32, promptsPerUpdate: 8 },
  counter: { objective: 'paper' },
  hides: ['charts'],
  watch: [],
  prediction: { options: ['faster', 'nothing', 'cheats'], right: 'nothing' },
  predicate: [{ id: 'effect', measure: { metric: gammaEffect, take: 'end' }, atMost: 1e-9 }],
});
