/**
 * How much memory an experiment needs, in bytes, before it is begun. One formula a part; `test/engine/estimate.test.ts`
 * compares them with what is really allocated.
 */
import * as v from 'valibot';
import { backendNames } from './backends.ts';
import { answersInView, longestSequence } from './episodeLength.ts';
import { field, type Experiment, type FieldName } from './fields.ts';

const count = v.pipe(v.number(), v.minValue(0));

/** What the formulas must know of the model, the tasks and the machine. */
export const memoryFactsSchema = v.object({
  backend: v.picklist(backendNames),
  parameters: count,
  /** Those that are trained; all of them unless given. */
  trained: v.optional(count),
  /** Bytes of those that are not, as they are held; four a number, and WebAssembly's copy of the head, unless given. */
  heldBytes: v.optional(count),
  layers: count,
  vocabulary: count,
  /** Width of a hidden state, of the hidden layer of an MLP, of a token's keys, and of its query, key and value together. */
  width: count,
  mlpWidth: count,
  keyWidth: count,
  qkvWidth: count,
  /** Tokens of the longest prompt. */
  longestPrompt: count,
  /** Most tokens between two answers; those of our own models unless given. */
  longestCorrection: v.optional(count),
  /** Tokens that go through the model at once while it learns. */
  microBatch: count,
  /** Tasks that are evaluated at once. */
  evalBatch: count,
  /** Bytes the back end can have, and the largest single buffer; null = not known. */
  limit: v.nullable(count),
  largestBuffer: v.nullable(count),
});
export type MemoryFacts = v.InferOutput<typeof memoryFactsSchema>;

export type TokenWidths = Pick<MemoryFacts, 'layers' | 'width' | 'qkvWidth' | 'mlpWidth'>;

export interface MemoryPart {
  readonly label: string;
  /** One plain sentence. */
  readonly help: string;
  readonly bytes: number;
}

export interface MemoryEstimate {
  /** At the worst moment: the sum of the parts. */
  readonly peak: number;
  /** What is held at that moment. */
  readonly parts: readonly MemoryPart[];
  /** The largest single buffer. */
  readonly largest: number;
}

const float = 4;

/** States of a run that are kept to go back to (train/checkpointRing.ts), and their bytes, at most; but never fewer than two. */
export const ringLimits: { readonly count: number; readonly bytes: number } = { count: 32, bytes: 96e6 };

/** Tokens of the longest sequence: the cache keeps a place for each, and it is what is learned from. */
const longest = (e: Experiment, f: MemoryFacts): number =>
  longestSequence(e, f.longestPrompt, f.longestCorrection);

/** Keys and values of `rows` sequences, in every layer. */
const cacheBytes = (e: Experiment, f: MemoryFacts, rows: number): number =>
  float * rows * longest(e, f) * f.layers * 2 * f.keyWidth;

/** Numbers that one token leaves behind on its way through a layer: its intermediate results. */
const perLayer = (f: TokenWidths): number => 7 * f.width + 2 * f.qkvWidth + 3 * f.mlpWidth;

/**
 * The part of it that attention reads and gives. Of tokens that are one row (model/rowTree.ts) everything is kept once, but this at
 * every place where the row stands.
 */
export const attentionShare = (f: TokenWidths): number => (2 * f.qkvWidth) / perLayer(f);

/** And on its way through all of them. */
const perToken = (f: TokenWidths): number => f.layers * perLayer(f) + 3 * f.width;

/** Bytes of the intermediate results that one token leaves behind for the way back. */
const bytesPerToken = (f: TokenWidths): number => float * perToken(f);

/** Bytes of intermediate results that one pass through the model may leave behind. */
const passBytes = 5e8;

/**
 * Tokens in one pass through the model. A GPU wants large batches; a CPU wants activations that stay in its cache; and what a large
 * model leaves behind on the way forward must fit beside it.
 */
export const tokensAtOnce = (backend: MemoryFacts['backend'], f: TokenWidths): number =>
  Math.min(backend === 'webgpu' ? 16_384 : 2048, Math.max(1, Math.floor(passBytes / bytesPerToken(f))));

/** More than this is not kept: of each layer only what goes into it is, and the rest is computed again on the way back. */
const keptBytes = 1.5e9;

/** Whether a pass of so many tokens does so: only in WebAssembly's memory, which ends at 4 GB, and where one sequence alone is that long. */
export const recomputesLayers = (backend: string, f: TokenWidths, tokens: number): boolean =>
  backend === 'wasm' && tokens * bytesPerToken(f) > keptBytes;

/** Reading `rows` prompts at once, without a gradient: what a layer leaves behind is freed before the next (engine/decoder.ts). */
const promptBytes = (f: MemoryFacts, rows: number): number =>
  float * rows * f.longestPrompt * (perLayer(f) + 3 * f.width);

/** Tokens of one micro-batch: as many as are read at once, but no more than there are, and one sequence at least. */
function microBatchTokens(e: Experiment, f: MemoryFacts): number {
  const one = longest(e, f);
  return Math.max(one, Math.min(f.microBatch, e.promptsPerUpdate * e.k * one));
}

/**
 * Every intermediate result is kept for the way back, or what goes into each layer and one layer's results; gradients of their
 * size are there for about a layer at a time.
 */
function activationBytes(e: Experiment, f: MemoryFacts): number {
  const tokens = microBatchTokens(e, f);
  const kept = recomputesLayers(f.backend, f, tokens)
    ? float * ((f.layers + 3) * f.width + perLayer(f))
    : bytesPerToken(f);
  return tokens * (kept + float * perLayer(f));
}

/** Tokens of one micro-batch that belong to answers: only they are scored. */
const scoredTokens = (e: Experiment, f: MemoryFacts): number =>
  microBatchTokens(e, f) * ((answersInView(e) * e.maxNewTokens) / longest(e, f));

/** Logits that a GPU makes at once; of 512 ids, where that is more (kernels/tokenLogProbs/webgpu.ts). */
const gpuLogits = 2 ** 24;

/**
 * Logits over the vocabulary. WebAssembly makes them for 512 tokens at a time; a GPU for a whole micro-batch, of large vocabularies
 * some ids at a time, and their gradient in the same place; plain JavaScript keeps about eight copies of them, forward and back.
 */
function logitBytes(e: Experiment, f: MemoryFacts): number {
  const tokens = scoredTokens(e, f);
  const all = tokens * f.vocabulary;
  const at = {
    wasm: Math.min(512 * f.vocabulary, all),
    webgpu: Math.min(all, Math.max(gpuLogits, 512 * tokens)),
    cpu: 8 * all,
  };
  return float * at[f.backend];
}

/** Bytes of what a run trains, once: every weight, or an adapter. */
const trainedBytes = (f: MemoryFacts): number => float * (f.trained ?? f.parameters);

/** What runs over one model have in common: its weights where an adapter is trained, and WebAssembly's packed copy of the head. */
function sharedBytes(f: MemoryFacts): number {
  if ((f.trained ?? f.parameters) === f.parameters) return 0;
  return f.heldBytes ?? float * (f.parameters + (f.backend === 'wasm' ? f.vocabulary * f.width : 0));
}

/** What a run holds from its beginning to its end. */
function alwaysHeld(f: MemoryFacts): MemoryPart[] {
  const trained = trainedBytes(f);
  const shared = sharedBytes(f);
  return [
    {
      label: 'Weights',
      help: shared > 0 ? 'The model, and the adapter that learns.' : 'The model that learns.',
      bytes: shared + trained,
    },
    {
      label: 'Reference',
      help: 'The frozen model of the KL penalty.',
      bytes: shared > 0 ? 0 : trained,
    },
    { label: 'Optimiser', help: 'AdamW’s two averages for each weight.', bytes: 2 * trained },
    {
      label: 'Copy of the weights',
      help: 'Weights and averages after the last update, kept in case the GPU is lost.',
      bytes: 3 * trained,
    },
  ];
}

/** The estimate for an experiment. Its phases come one after the other: the largest counts. */
export function estimateMemory(e: Experiment, f: MemoryFacts): MemoryEstimate {
  const always = alwaysHeld(f);
  const cache = (rows: number): MemoryPart => ({
    label: 'Keys and values',
    help: 'What the model remembers of each sequence while it writes.',
    bytes: cacheBytes(e, f, rows),
  });
  const reading = (rows: number): MemoryPart[] => [
    cache(rows),
    {
      label: 'Reading prompts',
      help: 'Intermediate results for all prompts that are read together.',
      bytes: promptBytes(f, rows),
    },
  ];
  const writing = [cache(e.promptsPerUpdate * e.k)];
  const learning: MemoryPart[] = [
    {
      label: 'Gradients',
      help: 'One number for each weight, and one more to add them up.',
      bytes: 2 * trainedBytes(f),
    },
    {
      label: 'Activations',
      help: 'Intermediate results of one micro-batch, and a layer’s gradients.',
      bytes: activationBytes(e, f),
    },
    {
      label: 'Logits',
      help: 'One number for each token of the vocabulary, at each position.',
      bytes: logitBytes(e, f),
    },
  ];
  const phases = [
    reading(e.promptsPerUpdate),
    writing,
    learning,
    reading(Math.min(f.evalBatch, e.evalTasks)),
  ];
  const worst = phases.reduce((a, b) => (sum(b) > sum(a) ? b : a));
  const parts = [...always, ...worst];
  return { peak: sum(parts), parts, largest: largestBuffer(e, f) };
}

const sum = (parts: readonly MemoryPart[]): number => parts.reduce((total, { bytes }) => total + bytes, 0);

export interface MemoryOfRuns {
  /** What the back end needs at the worst moment, bytes: runs take turns, so what only an update needs counts once. */
  readonly peak: number;
  /** States of one run to go back to, outside the back end, at most. */
  readonly ring: number;
}

/** What several runs over one model need together. @param runs one at least */
export function memoryOfRuns(runs: readonly Experiment[], f: MemoryFacts): MemoryOfRuns {
  const each = alwaysHeld(f).reduce((total, { bytes }) => total + bytes, 0);
  const work = Math.max(...runs.map((e) => estimateMemory(e, f).peak - each));
  const state = 3 * trainedBytes(f);
  const ring = Math.max(2 * state, Math.min(ringLimits.count * state, ringLimits.bytes));
  const shared = sharedBytes(f);
  return { peak: shared + runs.length * (each - shared) + work, ring };
}

/** A buffer cannot be split: the embedding, one layer's keys, the logits, or the widest intermediate result. */
function largestBuffer(e: Experiment, f: MemoryFacts): number {
  const tokens = Math.max(
    microBatchTokens(e, f),
    f.longestPrompt * Math.max(e.promptsPerUpdate, Math.min(f.evalBatch, e.evalTasks)),
  );
  const values = [
    f.vocabulary * f.width,
    e.promptsPerUpdate * e.k * longest(e, f) * f.keyWidth,
    f.backend === 'wasm' ? 0 : scoredTokens(e, f) * f.vocabulary,
    tokens * Math.max(2 * f.mlpWidth, f.qkvWidth),
  ];
  return float * Math.max(...values);
}

export interface MemoryProblem {
  /** What is too large: everything together, or the largest buffer. */
  readonly of: 'all' | 'buffer';
  readonly needs: number;
  readonly has: number;
}

/** Why the experiment will not fit; null when it fits, or nothing is known against it. */
export function memoryProblem(e: Experiment, f: MemoryFacts): MemoryProblem | null {
  const { peak, largest } = estimateMemory(e, f);
  if (f.limit !== null && peak > f.limit) return { of: 'all', needs: peak, has: f.limit };
  if (f.largestBuffer === null || largest <= f.largestBuffer) return null;
  return { of: 'buffer', needs: largest, has: f.largestBuffer };
}

/** Fields whose value drives memory. */
const drivers: readonly FieldName[] = ['k', 'promptsPerUpdate', 'maxNewTokens', 'turns', 'evalTasks'];

/** The fields to lower for less memory, the most useful first: those whose half saves a tenth or more. */
export function memoryDrivers(e: Experiment, f: MemoryFacts): FieldName[] {
  const { peak } = estimateMemory(e, f);
  const saved = (name: FieldName): number => {
    const { [name]: value } = e;
    const row = field(name);
    if (typeof value !== 'number' || row.kind !== 'int') return 0;
    const half = { ...e, [name]: Math.max(row.min, Math.floor(value / 2)) };
    return peak - estimateMemory(half, f).peak;
  };
  return drivers.filter((name) => saved(name) >= 0.1 * peak).sort((a, b) => saved(b) - saved(a));
}
