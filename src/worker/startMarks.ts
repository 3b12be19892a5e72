/**
 * What there is to tell of a page's start, on the clock of whoever reaches it: the browser's own `performance.mark`, which its
 * profiler shows and `npm run bench -- --start` reads. Each is set once, the first time.
 */

const namespace = 'cocos:';

/** In the page and its worker, in the order in which they are to be told. */
export const startMarks = {
  worker: 'the trainer’s script runs',
  backend: 'back end',
  model: 'model read',
  python: 'Python ready',
  begun: 'run begun (tasks, weights)',
  firstTry: 'first real try, with verdicts',
  ready: 'Ready',
  firstEvaluation: 'evaluation 0',
} as const;
export type StartMark = keyof typeof startMarks;

/** Sets a mark, unless it was set before. */
export function markStart(mark: StartMark): void {
  const name = namespace + mark;
  if (performance.getEntriesByName(name, 'mark').length === 0) performance.mark(name);
}
