/**
 * Problems of the user's own as tasks: which are held out, and which a model can be trained on at all. The split comes first and does
 * not depend on the model, so that runs with other models, turns or lengths are measured on the same problems, as far as they can read them.
 */
import { longestSequence } from '../config/episodeLength.ts';
import { field, fields, type Experiment } from '../config/fields.ts';
import type { Problem } from './problemSet.ts';
import { taskOf } from './problemSet.ts';
import { hashText } from './random.ts';
import type { ModelReader, Task } from './types.ts';

export type Side = 'train' | 'heldOut';

/** A problem that is not used. */
export interface LeftOut {
  readonly task: Task;
  readonly side: Side;
  /** The field or property it is because of. */
  readonly why: 'same' | 'prompt' | 'answer' | 'tests';
  /** What is wrong, as a clause: "its text has 300 tokens …". */
  readonly message: string;
  /** Where an answer may be too short for its solution: how many tokens that has, its end included. */
  readonly tokens?: number;
}

/** None of the problems can be used. */
export class NothingLeftError extends Error {
  override name = 'NothingLeftError';
  readonly leftOut: readonly LeftOut[];

  constructor(message: string, leftOut: readonly LeftOut[]) {
    super(message);
    this.leftOut = leftOut;
  }
}

type Fields = Pick<
  Experiment,
  | 'heldOut'
  | 'splitSeed'
  | 'trainTasks'
  | 'evalTasks'
  | 'trainTests'
  | 'turns'
  | 'maxNewTokens'
  | 'history'
  | 'feedback'
>;

export interface SplitProblems {
  /** At most `trainTasks`. */
  readonly train: readonly Task[];
  /** At most `evalTasks`; where nothing is held out, of those that are trained on. */
  readonly heldOut: readonly Task[];
  readonly leftOut: readonly LeftOut[];
  /** Problems that could be used and are not, because there are more than `trainTasks` or `evalTasks`. */
  readonly spare: { readonly train: number; readonly heldOut: number };
}

/** How many of so many problems are held out: at least one, and not all. */
export const heldOutCount = (problems: number, { heldOut }: Pick<Fields, 'heldOut'>): number =>
  heldOut === 0 ? 0 : Math.min(problems - 1, Math.max(1, Math.round((problems * heldOut) / 100)));

/** @throws NothingLeftError naming the field, when none is left to train on, or to evaluate on */
export function splitProblems(problems: readonly Problem[], e: Fields, reader: ModelReader): SplitProblems {
  const leftOut: LeftOut[] = [];
  const different = new Map<string, Task>();
  for (const task of problems.map(taskOf)) {
    const first = different.get(contentOf(task));
    if (!first) different.set(contentOf(task), task);
    else leftOut.push({ task, side: 'train', why: 'same', message: `it is the same as ${first.id}` });
  }
  // By a hash of each, so that a problem more moves few others to the other side.
  const drawn = [...different]
    .map(([content, task]) => ({ task, at: hashText(`${e.splitSeed} ${content}`) }))
    .sort((a, b) => a.at - b.at)
    .map(({ task }) => task);
  const held = heldOutCount(drawn.length, e);
  const usable = (side: Side, tasks: readonly Task[]): Task[] =>
    tasks.filter((task) => {
      const bar = barOf(task, e, reader);
      if (bar) leftOut.push({ task, side, ...bar });
      return bar === null;
    });
  const heldOut = usable('heldOut', drawn.slice(0, held));
  const train = usable('train', drawn.slice(held));
  if (train.length === 0) throw nothingLeft('train', drawn.length - held, leftOut);
  if (held > 0 && heldOut.length === 0) throw nothingLeft('heldOut', held, leftOut);
  const judged = held > 0 ? heldOut : train;
  return {
    train: train.slice(0, e.trainTasks),
    heldOut: judged.slice(0, e.evalTasks),
    leftOut,
    spare: {
      train: Math.max(0, train.length - e.trainTasks),
      heldOut: Math.max(0, judged.length - e.evalTasks),
    },
  };
}

/** What makes two problems the same, whatever they are called and however they are solved. */
const contentOf = ({ instruction, entryPoint, setup, tests }: Task): string =>
  JSON.stringify([instruction, entryPoint, setup, tests]);

/** What tells held-out problems from others: the same digits, the same problems in the same order, with very little doubt. */
export const digestOfProblems = (tasks: readonly Task[]): string =>
  hashText(tasks.map(contentOf).join('\n')).toString(16).padStart(8, '0');

/** Why a model cannot be trained on a task; null when it can. */
function barOf(
  task: Task,
  e: Fields,
  reader: ModelReader,
): Pick<LeftOut, 'why' | 'message' | 'tokens'> | null {
  if (e.trainTests !== 'all' && task.tests.length <= Number(e.trainTests)) {
    const message = `it has ${counted(task.tests.length, 'test')}, and none would be left to judge by (“${field('trainTests').label}”: ${e.trainTests})`;
    return { why: 'tests', message };
  }
  const prompt = reader.promptTokens(task);
  const needed = longestSequence(e, prompt, reader.longestCorrection(e.feedback === 'tests'));
  if (needed > reader.context) {
    const message = `its text has ${prompt} tokens; with ${counted(e.turns, 'answer')} an episode can reach ${needed}, and the model reads ${reader.context}`;
    return { why: 'prompt', message };
  }
  const answer = task.reference === '' ? 0 : reader.textTokens(task.reference) + 1; // and its end
  if (answer <= e.maxNewTokens) return null;
  return {
    why: 'answer',
    tokens: answer,
    message: `its solution has ${answer} tokens, and an answer at most ${e.maxNewTokens} (“${field('maxNewTokens').label}”)`,
  };
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** What can be done about each reason, beside choosing other problems. */
const remedies: Readonly<Record<LeftOut['why'], string>> = {
  same: '',
  prompt: 'Fewer turns, history latest, no feedback or shorter answers leave more room for the text.',
  answer: `A larger “${field('maxNewTokens').label}” allows longer answers.`,
  tests: `With “${field('trainTests').label}: All”, every test is rewarded and judges.`,
};

function nothingLeft(side: Side, count: number, leftOut: readonly LeftOut[]): NothingLeftError {
  const reasons = leftOut.filter((one) => one.side === side && one.why !== 'same');
  const all = counted(count, 'problem');
  const none =
    side === 'train'
      ? `problems: none of the ${all} to train on can be used.`
      : `problems: none of the ${all} that are held out can be used.`;
  const first = reasons[0];
  const because = first ? ` ${first.task.id}: ${first.message}.` : '';
  const kinds = [...new Set(reasons.map(({ why }) => remedies[why]))];
  const other =
    side === 'train'
      ? []
      : [
          `Another “${field('splitSeed').label}” or a larger “${field('heldOut').label}” holds out others; 0 holds out none.`,
        ];
  const words = [`${none}${because}`, ...kinds, ...other];
  return new NothingLeftError(words.join(' '), leftOut);
}

/**
 * The shortest “Longest answer” that has room for the solutions that are too long now, as far as the field allows any; null where a
 * longer one would help none.
 */
export function roomForAnswers(leftOut: readonly LeftOut[]): number | null {
  const { max } = fields.maxNewTokens;
  const tokens = leftOut.flatMap((one) =>
    one.tokens !== undefined && one.tokens <= max ? [one.tokens] : [],
  );
  return tokens.length > 0 ? Math.max(...tokens) : null;
}

/** How many were left out for each reason, as a sentence's end: "12 have solutions that are too long, 3 …"; '' for none. */
export function leftOutWords(leftOut: readonly LeftOut[]): string[] {
  const kinds = [
    ['answer', 'Left out: {n} whose solution is longer than an answer may be.'],
    ['prompt', 'Left out: {n} whose text does not fit the model’s context.'],
    ['tests', 'Left out: {n} that would have no test left to judge by.'],
    ['same', 'Left out: {n} that are the same as another.'],
  ] as const;
  return kinds
    .map(([why, words]) => ({ count: leftOut.filter((one) => one.why === why).length, words }))
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => words.replace('{n}', String(count)));
}
