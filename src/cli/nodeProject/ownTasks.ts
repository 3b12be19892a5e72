/** Stands in an exported project for tasks/source.ts: the tasks are what the project's tasks.ts says. */
import * as v from 'valibot';
import type { Experiment } from '../../config/fields.ts';
import { longestSequence } from '../../config/episodeLength.ts';
import type { ModelReader, TaskSource } from '../../tasks/source.ts';
import type { Task, Tasks } from '../../tasks/types.ts';
import { asking, reading } from './own.ts';

export * from '../../tasks/source.ts'; // but for openTasks, which is below

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

/** @throws Error naming tasks.ts, the task and the field; also when the model cannot read a task */
export function openTasks(e: Experiment, reader: ModelReader): TaskSource {
  reading(e, reader);
  const train = listed('trainTasks', e);
  const heldOut = listed('heldOutTasks', e);
  for (const task of [...train, ...heldOut]) {
    const needed = longestSequence(e, reader.promptTokens(task));
    if (needed > reader.context)
      throw new Error(
        `tasks.ts: an episode of the task ${task.id} can reach ${needed} tokens, and the model reads ${reader.context}. ` +
          'Shorten its instruction, or set fewer turns or a smaller maxNewTokens in experiment.json.',
      );
  }
  return {
    train: fixed(train),
    heldOut: fixed(heldOut),
    leftOut: [],
    spare: { train: 0, heldOut: 0 },
    longestPrompt: Math.max(...[...train, ...heldOut].map((task) => reader.promptTokens(task))),
  };
}

/** Tasks that are all there. */
const fixed = (tasks: readonly Task[]): Tasks => ({
  length: tasks.length,
  at(index) {
    const task = tasks[index];
    if (!task) throw new RangeError(`There is no task ${index}; there are ${tasks.length}.`);
    return task;
  },
  slice: (first, end) => tasks.slice(first, end),
});

/** The tasks that a function of tasks.ts gives, each checked. */
function listed(name: 'trainTasks' | 'heldOutTasks', e: Experiment): Task[] {
  const given = asking('tasks.ts', ({ tasks }) => [...tasks[name](e)]);
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
