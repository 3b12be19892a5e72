/** Stands for the engine of an exported project, where the editable files are read, checked and tried inside this one. */
import { makeTasks as make } from '../../../tasks/makeTasks.ts';
import type { Task, TaskOptions } from './api.ts';

export type * from './api.ts';

/** Tasks of the built-in families; the same options always give the same tasks. */
export const makeTasks = (options: TaskOptions): Task[] => make(options);

/** The problems of problems.jsonl, split as the experiment says. */
export { problemTasks } from '../own.ts';
