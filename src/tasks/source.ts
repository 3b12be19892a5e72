/**
 * Where the tasks of a run come from: the built-in families, or problems of the user's own. Whoever trains asks for tasks by their
 * place and does not know which it is.
 */
import { longestSequence } from '../config/episodeLength.ts';
import { field, type Experiment } from '../config/fields.ts';
import { longestPrompt } from './longestPrompt.ts';
import { digestOfProblems, leftOutWords, splitProblems, type LeftOut } from './ownProblems.ts';
import type { ProblemSet } from './problemSet.ts';
import { generatedLists } from './taskList.ts';
import type { ModelReader, Task, Tasks } from './types.ts';

export type { LeftOut, ModelReader, Tasks };

export interface TaskSource {
  /** An update takes the next ones, in a shuffled order. */
  readonly train: Tasks;
  /** Those of an evaluation, always all of them and in this order. */
  readonly heldOut: Tasks;
  /** Which those are, where they are problems of the user's own: what fits depends on the model and on many fields. */
  readonly heldOutDigest?: string;
  /** Problems of the user's own that are not used, each with the reason; none of generated tasks. */
  readonly leftOut: readonly LeftOut[];
  /** Problems that could be used and are not, because there are more than `trainTasks` or `evalTasks`. */
  readonly spare: { readonly train: number; readonly heldOut: number };
  /** Tokens of the longest first prompt, or one or two more. */
  readonly longestPrompt: number;
}

/** A context with so many tokens to spare holds whatever the tasks say; with fewer, all tasks are made and looked at. */
const spareTokens = 16;

/**
 * @param problems those that the experiment names, where its tasks are the user's own
 * @throws Error when prompts and answers do not fit the model's context, or no problem is left to train or to evaluate on
 */
export function openTasks(e: Experiment, reader: ModelReader, problems: ProblemSet | null): TaskSource {
  return e.tasks === 'own' ? ownTasks(e, reader, problems) : generatedTasks(e, reader);
}

function generatedTasks(e: Experiment, reader: ModelReader): TaskSource {
  const { train, heldOut } = generatedLists(e);
  const prompt = longestPrompt(reader, [...train.specs, ...heldOut.specs]);
  if (longest(e, reader, prompt) + spareTokens > reader.context)
    checkContext(e, reader, longestOf(reader, [...train.slice(), ...heldOut.slice()]));
  return { train, heldOut, leftOut: [], spare: { train: 0, heldOut: 0 }, longestPrompt: prompt };
}

function ownTasks(e: Experiment, reader: ModelReader, problems: ProblemSet | null): TaskSource {
  if (problems?.name !== e.problems)
    throw new Error(
      `problems: those of the experiment (${e.problems}) are not here. Open the file they came from.`,
    );
  const { train, heldOut, leftOut, spare } = splitProblems(problems.problems, e, reader);
  return {
    train: new FixedTasks(train),
    heldOut: new FixedTasks(heldOut),
    heldOutDigest: digestOfProblems(heldOut),
    leftOut,
    spare,
    longestPrompt: longestOf(reader, [...train, ...heldOut]),
  };
}

/** How many problems are used, why the others are not, and what is new to the model; nothing is to be said of generated tasks. */
export function notesOn(
  { train, heldOut, leftOut, spare }: TaskSource,
  problems: ProblemSet | null,
  reader: ModelReader,
): readonly string[] {
  if (!problems) return [];
  const none = heldOut.at(0) === train.at(0);
  const many = problems.problems.length;
  const held = !none
    ? `Held out: ${heldOut.length}.`
    : heldOut.length === train.length
      ? 'No problem is held out, so accuracy is measured on those that are trained on.'
      : `No problem is held out, so accuracy is measured on ${heldOut.length} of those that are trained on.`;
  const use = [
    `Trained on: ${train.length} of ${many} ${many === 1 ? 'problem' : 'problems'}.`,
    held,
    spare.train > 0 ? `${spare.train} more could be trained on (“${field('trainTasks').label}”).` : '',
    spare.heldOut > 0 && !none
      ? `${spare.heldOut} more held out, but not measured on (“${field('evalTasks').label}”).`
      : '',
    ...leftOutWords(leftOut),
  ]
    .filter((words) => words !== '')
    .join(' ');
  const texts = [...train.slice(), ...heldOut.slice()].map(({ instruction }) => instruction);
  const read = reader.familiarity?.(texts);
  const isNew =
    read && read.unread > 0
      ? [
          `${read.unread} of the ${read.words} different words and signs of their texts were in no text that the starting models learned from: they read them letter by letter, without a meaning. Where they do not learn, say it in words of the generated tasks.`,
        ]
      : [];
  return [use, ...isNew];
}

/** Tokens of the longest sequence that can follow a prompt, it included. */
const longest = (e: Experiment, reader: ModelReader, prompt: number): number =>
  longestSequence(e, prompt, reader.longestCorrection(e.feedback === 'tests'));

const longestOf = (reader: ModelReader, tasks: readonly Task[]): number =>
  tasks.reduce((most, task) => Math.max(most, reader.promptTokens(task)), 0);

/** @throws Error when the model cannot read the longest sequence */
function checkContext(e: Experiment, reader: ModelReader, prompt: number): void {
  const { context } = reader;
  const needed = longest(e, reader, prompt);
  if (needed <= context) return;
  throw new Error(
    `maxNewTokens: an episode can reach ${needed} tokens, the model reads ${context}. ` +
      'Choose shorter answers, fewer turns, history latest, or no feedback.',
  );
}

/** Tasks that are there already. */
class FixedTasks implements Tasks {
  readonly #tasks: readonly Task[];

  constructor(tasks: readonly Task[]) {
    this.#tasks = tasks;
  }

  get length(): number {
    return this.#tasks.length;
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
