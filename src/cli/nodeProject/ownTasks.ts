/** Stands in an exported project for tasks/taskList.ts: the tasks are what the project's tasks.ts says. */
import * as v from 'valibot';
import type { TaskOptions } from '../../tasks/makeTasks.ts';
import type { Task } from '../../tasks/types.ts';
import { asking, settingsOf } from './own.ts';
import type { Settings } from './parts/api.ts';

const text = v.pipe(v.string(), v.regex(/\S/, 'must not be empty'));
const taskSchema = v.object({
  ...{
    id: text,
    source: v.string(),
    instruction: text,
    entryPoint: text,
    reference: v.string(),
    setup: v.string(),
  },
  tests: v.pipe(v.array(text), v.minLength(1, 'must have a test')),
  ...{ composition: v.string(), family: v.string(), level: v.number() },
});

/** The same places as those of the project's list. */
export class TaskList {
  readonly #tasks: readonly Task[];

  /** @throws Error naming tasks.ts, the task and the field */
  constructor({ count, split, ...rest }: TaskOptions) {
    const name = split === 'train' ? 'trainTasks' : 'heldOutTasks';
    this.#tasks = listed(
      name,
      settingsOf({ ...rest, [name === 'trainTasks' ? 'trainTasks' : 'evalTasks']: count }),
    );
  }

  get length(): number {
    return this.#tasks.length;
  }

  /** What the longest prompt is read from. */
  get specs(): readonly Task[] {
    return this.#tasks;
  }

  at(index: number): Task {
    const task = this.#tasks[index];
    if (!task) throw new RangeError(`There is no task ${index}; there are ${this.length}.`);
    return task;
  }

  slice(first = 0, end = this.length): Task[] {
    return this.#tasks.slice(first, end);
  }
}

/** The tasks that a function of tasks.ts gives, each checked. */
function listed(name: 'trainTasks' | 'heldOutTasks', settings: Settings): Task[] {
  const given = asking('tasks.ts', ({ tasks }) => [...tasks[name](settings)]);
  if (given.length === 0) throw new Error(`tasks.ts: ${name} gives no task.`);
  const seen = new Set<string>();
  return given.map((task, at) => {
    const parsed = v.safeParse(taskSchema, task);
    if (!parsed.success) {
      const issue = parsed.issues[0];
      throw new Error(
        `tasks.ts: task ${at + 1} of ${name}: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`,
      );
    }
    if (seen.has(parsed.output.id))
      throw new Error(`tasks.ts: ${name} gives two tasks called ${parsed.output.id}.`);
    seen.add(parsed.output.id);
    return parsed.output;
  });
}
