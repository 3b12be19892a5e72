/** The tasks of a run, each made when it is first asked for: a run of few updates needs few of them, the first screen eight. */
import type { Experiment } from '../config/fields.ts';
import { drawTasks, makeDrawn, type DrawnTask, type TaskOptions } from './makeTasks.ts';
import type { Spec } from './spec.ts';
import type { Task, Tasks } from './types.ts';

export class TaskList implements Tasks {
  readonly #drawn: readonly DrawnTask[];
  readonly #made: Task[] = [];

  /** The same tasks at the same places as in `makeTasks(options)`. @throws as that */
  constructor(options: TaskOptions) {
    this.#drawn = [...drawTasks(options)];
  }

  get length(): number {
    return this.#drawn.length;
  }

  /** What the tasks are made from. */
  get specs(): readonly Spec[] {
    return this.#drawn.map(({ spec }) => spec);
  }

  /** @throws RangeError when there is no such task */
  at(index: number): Task {
    const drawn = this.#drawn[index];
    if (!drawn) throw new RangeError(`There is no task ${index}; there are ${this.length}.`);
    return (this.#made[index] ??= makeDrawn(drawn).task);
  }

  /** Those from `first` up to, without it, `end`, as far as there are any. */
  slice(first = 0, end = this.length): Task[] {
    return this.#drawn.slice(first, end).map((_, i) => this.at(first + i));
  }
}

/** Held-out tasks are the same for every seed, so that runs can be compared. */
const heldOutSeed = 999;

/** The generated tasks of an experiment. */
export function generatedLists({
  level,
  seed,
  trainTasks,
  evalTasks,
}: Pick<Experiment, 'level' | 'seed' | 'trainTasks' | 'evalTasks'>): {
  readonly train: TaskList;
  readonly heldOut: TaskList;
} {
  return {
    train: new TaskList({ count: trainTasks, seed, split: 'train', level }),
    heldOut: new TaskList({ count: evalTasks, seed: heldOutSeed, split: 'heldout', level }),
  };
}
