/**
 * What the model is asked: the problems of problems.jsonl, a line each, split as heldOut and splitSeed of experiment.json say. Each
 * function gives a list of tasks, or is a generator of them; engine/engine.d.ts says what a task is.
 */
import { problemTasks, type Task } from './engine.ts';

/** What it learns from. */
export function trainTasks(): Iterable<Task> {
  return problemTasks().train;
}

/** What it is judged by. */
export function heldOutTasks(): Iterable<Task> {
  return problemTasks().heldOut;
}
