/**
 * What the model is asked. Each function gives a list of tasks, or is a generator of them; engine/engine.d.ts says what a task is.
 * The built-in families are drawn here; a task of your own looks like this:
 *
 *   { id: 'mine-1', source: 'mine', instruction: 'Return twice the number n.', entryPoint: 'twice',
 *     reference: 'def twice(n):\n    return 2 * n', setup: '', tests: ['assert twice(2) == 4', 'assert twice(-1) == -2'],
 *     composition: '', family: '', level: 0 }
 *
 * The small model reads instructions in the words of its families, of at most about 60 tokens; what it cannot read is refused.
 */
import { makeTasks, type Settings, type Task } from './engine.ts';

/** What it learns from. */
export function trainTasks({ trainTasks, seed, level }: Settings): Iterable<Task> {
  return makeTasks({ count: trainTasks, seed, split: 'train', level });
}

/** What it is judged by. The same for every seed, so that runs can be compared. */
export function heldOutTasks({ evalTasks, level }: Settings): Iterable<Task> {
  return makeTasks({ count: evalTasks, seed: 999, split: 'heldout', level });
}
