/** What the starting model makes of the user's own problems, away from the page's thread. */
import * as v from 'valibot';
import { experimentSchema, type Experiment } from '../config/experiment.ts';
import { readerOf } from '../tasks/episode.ts';
import { unfamiliar } from '../tasks/familiar.ts';
import { readProblemSet } from '../tasks/problemSet.ts';
import { NothingLeftError, roomForAnswers } from '../tasks/ownProblems.ts';
import { notesOn, openTasks } from '../tasks/source.ts';
import type { EpisodeFormat } from '../tasks/formats/format.ts';
import { oursFormat } from '../tasks/formats/ours.ts';
import { Tokenizer } from '../tasks/tokenizer.ts';
import type { Task } from '../tasks/types.ts';
import { formatOf } from '../train/modelFormat.ts';
import { openKeptModel } from './keptModel.ts';

const asked = v.object({
  id: v.number(),
  /** Absolute address of the folder that holds models/. */
  assets: v.string(),
  experiment: experimentSchema,
  /** Problems as they are kept: do they fit? */
  problems: v.optional(v.string()),
  /** Not whether they fit: which are trained on, and which are measured? */
  parted: v.optional(v.boolean(), false),
  /** What a problem says: how is it read? */
  text: v.optional(v.string()),
});
export type Asked = v.InferInput<typeof asked>;

/** How problems can be used in an experiment. */
export interface Fit {
  /** A sentence each; none where nothing can be trained on. */
  readonly notes: readonly string[];
  /** Why nothing can be trained on; '' when something can. */
  readonly refused: string;
  /** Problems that are left out, the first hundreds, and why. */
  readonly leftOut: readonly { readonly name: string; readonly message: string }[];
  /** How many are left out in all. */
  readonly leftOutCount: number;
  /** With how many tokens an answer would have room for more of the solutions; null: none is left out for that. */
  readonly roomForAnswers: number | null;
}

/** How the model reads a text. */
export interface Look {
  /** Its pieces, which give the text when they are joined. */
  readonly tokens: readonly string[];
  /** Words that no starting model has read; null: nobody knows what this one has. */
  readonly unread: readonly string[] | null;
}

/** The problems of an experiment as it uses them. */
export interface Parted {
  readonly train: readonly Task[];
  readonly heldOut: readonly Task[];
}

export type Answered = { readonly id: number } & (
  | { readonly fit: Fit }
  | { readonly parted: Parted }
  | { readonly look: Look }
  | { readonly failed: string }
);

const listed = 300;

interface Reader {
  readonly format: EpisodeFormat;
  readonly context: number;
  readonly pieces: (text: string) => string[];
}
const models = new Map<string, Promise<Reader>>();

async function fetched(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function readShipped(folder: string): Promise<Reader> {
  const [file, config] = await Promise.all(
    ['tokenizer.json', 'config.json'].map((name) => fetched(folder + name)),
  );
  const { max_position_embeddings: context } = v.parse(
    v.object({ max_position_embeddings: v.number() }),
    JSON.parse(new TextDecoder().decode(config)),
  );
  const tokenizer = Tokenizer.fromBytes(file);
  const pieces = (text: string) => tokenizer.encode(text).map((id) => tokenizer.tokenText(id));
  return { format: oursFormat(tokenizer), context, pieces };
}

/** One that others trained: how it is written to, and no weights. */
async function readOther(text: string): Promise<Reader> {
  const { opened, close } = await openKeptModel(text);
  try {
    const { tokenizer } = opened;
    return {
      ...{ format: formatOf(opened), context: opened.config.max_position_embeddings },
      pieces: (words) => tokenizer.encode(words, false).map((id) => tokenizer.tokenText(id)),
    };
  } finally {
    await close();
  }
}

function model(assets: string, { model: name, otherModel }: Experiment) {
  const key = name === 'other' ? otherModel : `${assets}models/${name}/`;
  const known = models.get(key) ?? (name === 'other' ? readOther(key) : readShipped(key));
  models.set(key, known);
  known.catch(() => models.delete(key));
  return known;
}

async function fitOf(experiment: Experiment, text: string, assets: string): Promise<Fit> {
  const { format, context } = await model(assets, experiment);
  const set = await readProblemSet(text);
  const reader = readerOf(format, context);
  try {
    const source = openTasks({ ...experiment, tasks: 'own', problems: set.name }, reader, set);
    const leftOut = source.leftOut.slice(0, listed).map(({ task, message }) => ({ name: task.id, message }));
    return {
      ...{ notes: notesOn(source, set, reader), refused: '', leftOut },
      leftOutCount: source.leftOut.length,
      roomForAnswers: roomForAnswers(source.leftOut),
    };
  } catch (error) {
    return {
      notes: [],
      refused: error instanceof Error ? error.message : String(error),
      leftOut: [],
      leftOutCount: 0,
      roomForAnswers: error instanceof NothingLeftError ? roomForAnswers(error.leftOut) : null,
    };
  }
}

/** @throws Error when they are others than those of the experiment, or none can be used */
async function partedFor(experiment: Experiment, text: string, assets: string): Promise<Parted> {
  const { format, context } = await model(assets, experiment);
  const set = await readProblemSet(text);
  const { train, heldOut } = openTasks(experiment, readerOf(format, context), set);
  return { train: train.slice(), heldOut: heldOut.slice() };
}

async function lookAt(experiment: Experiment, text: string, assets: string): Promise<Look> {
  const { format, pieces } = await model(assets, experiment);
  return { tokens: pieces(text), unread: format.familiarity ? unfamiliar(text) : null };
}

const answer = (answered: Answered): void => self.postMessage(answered);

self.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const { id, assets, experiment, problems, parted, text } = v.parse(asked, data);
  const failed = (error: unknown) =>
    answer({ id, failed: error instanceof Error ? error.message : String(error) });
  if (problems !== undefined && parted)
    void partedFor(experiment, problems, assets).then((found) => answer({ id, parted: found }), failed);
  else if (problems !== undefined)
    void fitOf(experiment, problems, assets).then((fit) => answer({ id, fit }), failed);
  else void lookAt(experiment, text ?? '', assets).then((look) => answer({ id, look }), failed);
});
