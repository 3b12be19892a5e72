/** What the editable files of an exported project are written against. It is copied into the project as engine/engine.d.ts. */

/** What came of a unit test: 'error' is an exception, 'timeout' a hang. */
export type TestStatus = 'pass' | 'fail' | 'error' | 'timeout' | 'infra';

/** A task: what the model reads, and the unit tests that its answers have to pass. */
export interface Task {
  /** Unique among the tasks. */
  readonly id: string;
  /** Where it comes from, in a word. */
  readonly source: string;
  /** What the model reads, in English. */
  readonly instruction: string;
  /** Name of the function that the tests call. */
  readonly entryPoint: string;
  /** A program that passes every test. */
  readonly reference: string;
  /** Python that is run before the tests; '' for none. */
  readonly setup: string;
  /** Python `assert` statements, one unit test each: `assert total([1, 2]) == 3`. */
  readonly tests: readonly string[];
  /** Which of the built-in families it is of; all three '' and 0 for a task of your own. */
  readonly composition: string;
  readonly family: string;
  readonly level: number;
}

/** What experiment.json says, as far as these files read it; it holds every other field too. */
export interface Settings {
  /** γ and α of the accumulated reward. */
  readonly gamma: number;
  readonly alpha: number;
  /** Answers an episode has, T. */
  readonly turns: number;
  readonly seed: number;
  readonly trainTasks: number;
  readonly evalTasks: number;
  readonly level: 'all' | '1' | '2' | '3' | '4';
}

/** Which tasks of the built-in families are drawn. */
export interface TaskOptions {
  readonly count: number;
  readonly seed: number;
  /** Training and held-out tasks have no composition in common. */
  readonly split: 'train' | 'heldout';
  readonly level: Settings['level'];
}

/** How returns lie; those that could not be judged are left out. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Divided by n − 1. */
  readonly std: number;
}

/** A = scale · (R − baseline). */
export interface Estimate {
  readonly baseline: number;
  /** Judged tries in the baseline. */
  readonly count: number;
  readonly scale: number;
  readonly advantage: number;
}

export interface Estimator {
  /** Who is in the baseline: the other tries at the same task, all tries at it, or all tries of the update. */
  readonly comparedWith: 'others' | 'group' | 'batch';
  /** Where the KL penalty is: taken off the return, or a term of the loss for every token. */
  readonly klIn: 'reward' | 'loss';
  /** Whether a try's push is divided by its tokens. */
  readonly dividesByLength: boolean;
  /** @param R the return of one try @param group returns of all tries at the same task @param batch of all tries of the update */
  readonly compare: (R: number, group: Spread, batch: Spread) => Estimate;
}

/** The three files that are yours, as train.ts hands them over. */
export interface Own {
  readonly tasks: {
    readonly trainTasks: (settings: Settings) => Iterable<Task>;
    readonly heldOutTasks: (settings: Settings) => Iterable<Task>;
  };
  readonly reward: {
    readonly reward: (statuses: readonly TestStatus[]) => number;
    /** The reward of an episode, or … */
    readonly accumulate?: (r: readonly number[], settings: Settings) => number;
    /** … a return for each of its turns. */
    readonly perTurn?: (r: readonly number[], settings: Settings) => readonly number[];
  };
  readonly algorithm: {
    readonly sharedTurns: number;
    readonly estimator: Estimator;
  };
}
