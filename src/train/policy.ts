/**
 * What the update asks of the model: log-probabilities of answers, and the gradient of a weighted sum of them.
 *
 * Every policy-gradient method here is the same call, −Σ c·log π(token), with its own coefficients c; they are computed on
 * the host, in rl/. Sequences are sorted by length and split into micro-batches, so that little is spent on padding;
 * gradients are summed over the micro-batches.
 */
import { gatherRows, releaseUnused, tf, tokenLogProbs, type Scalar, type Tensor } from '../engine/index.ts';
import type { Llama } from '../model/llama.ts';
import type { EpisodeSequence } from '../tasks/episode.ts';

/** Per token of one answer. */
export interface AnswerStats {
  /** log π(token), nats. */
  readonly logp: Float32Array;
  /** Entropy of π, nats. */
  readonly entropy: Float32Array;
  /** Σ p² over the vocabulary. */
  readonly sumSq: Float32Array;
}

export interface PassOptions {
  readonly temperature: number;
  /** Ids below this one have probability 0, as in sampling. */
  readonly allowedFrom: number;
  readonly pad: number;
  /** Upper bound of batch·time per micro-batch. */
  readonly maxTokens: number;
  /** Lets the event loop (messages, pause, abort) run between micro-batches. */
  readonly breathe?: () => Promise<void>;
}

interface MicroBatch {
  /** Indices into the sequences given. */
  readonly members: readonly number[];
  readonly time: number;
}

/** Sorts by length and cuts where batch·time would pass `maxTokens`; a pure function of the lengths. */
export function microBatches(lengths: readonly number[], maxTokens: number): MicroBatch[] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[a] - lengths[b] || a - b);
  const batches: { members: number[]; time: number }[] = [];
  for (const i of order) {
    const open = batches.at(-1);
    // Sorted upwards, so the newcomer sets the batch's width.
    if (open && (open.members.length + 1) * lengths[i] <= maxTokens) {
      open.members.push(i);
      open.time = lengths[i];
    } else {
      batches.push({ members: [i], time: lengths[i] });
    }
  }
  return batches;
}

/** Rows and targets of a micro-batch's answer tokens: the logits at position p−1 predict the token at p. */
function pack(batch: MicroBatch, sequences: readonly EpisodeSequence[], pad: number) {
  // The last token of a sequence is a target only, never an input.
  const time = batch.time - 1;
  const ids = new Int32Array(batch.members.length * time).fill(pad);
  const rows: number[] = [];
  const targets: number[] = [];
  batch.members.forEach((member, b) => {
    const sequence = sequences[member];
    ids.set(sequence.ids.slice(0, time), b * time);
    for (const { start, length } of sequence.answers) {
      for (let p = start; p < start + length; p++) {
        rows.push(b * time + p - 1);
        targets.push(sequence.ids[p]);
      }
    }
  });
  return { time, ids, rows: Int32Array.from(rows), targets: Int32Array.from(targets) };
}

function forward(model: Llama, packed: ReturnType<typeof pack>, batch: number, options: PassOptions) {
  const hidden = model.hidden(tf.tensor1d(packed.ids, 'int32'), batch, packed.time);
  return tokenLogProbs(
    gatherRows(hidden, tf.tensor1d(packed.rows, 'int32')),
    model.embedding,
    tf.tensor1d(packed.targets, 'int32'),
    { temperature: options.temperature, allowedFrom: options.allowedFrom },
  );
}

/** Cuts flat per-token arrays back into [sequence][answer]. */
async function unpack(
  stats: { logp: Tensor; entropy: Tensor; sumSq: Tensor },
  batch: MicroBatch,
  sequences: readonly EpisodeSequence[],
  out: AnswerStats[][],
): Promise<void> {
  const [logp, entropy, sumSq] = await Promise.all(
    [stats.logp, stats.entropy, stats.sumSq].map(async (t) => Float32Array.from(await t.data())),
  );
  tf.dispose([stats.logp, stats.entropy, stats.sumSq]);
  let at = 0;
  for (const member of batch.members) {
    out[member] = sequences[member].answers.map(({ length }) => {
      const part = (a: Float32Array) => a.subarray(at, at + length);
      const answer = { logp: part(logp), entropy: part(entropy), sumSq: part(sumSq) };
      at += length;
      return answer;
    });
  }
}

/** The statistics of sequences without an answer token. They skip the model: some back ends have no empty tensors. */
function nothing(batch: MicroBatch, sequences: readonly EpisodeSequence[], out: AnswerStats[][]): void {
  const none = new Float32Array();
  for (const member of batch.members) {
    out[member] = sequences[member].answers.map(() => ({ logp: none, entropy: none, sumSq: none }));
  }
}

/** Statistics of every answer token under `model`, [sequence][answer]; no gradient. */
export async function scoreAnswers(
  model: Llama,
  sequences: readonly EpisodeSequence[],
  options: PassOptions,
): Promise<AnswerStats[][]> {
  const out: AnswerStats[][] = [];
  for (const batch of microBatches(
    sequences.map((s) => s.ids.length),
    options.maxTokens,
  )) {
    const packed = pack(batch, sequences, options.pad);
    if (packed.targets.length === 0) {
      nothing(batch, sequences, out);
      continue;
    }
    const stats = tf.tidy(() => ({ ...forward(model, packed, batch.members.length, options) }));
    await unpack(stats, batch, sequences, out);
    releaseUnused();
    await options.breathe?.();
  }
  return out;
}

export type Gradients = Record<string, Tensor>;

/**
 * Gradient of loss = −Σ_sequences Σ_answers c[sequence][answer] · Σ_tokens log π(token).
 * @param coefficients [sequence][answer]; 0 = no gradient through that answer
 * @returns gradients by parameter name (dispose them), the loss, and the statistics of the same forward pass
 */
export async function weightedLogProbGradient(
  model: Llama,
  sequences: readonly EpisodeSequence[],
  coefficients: readonly (readonly number[])[],
  options: PassOptions,
): Promise<{ gradients: Gradients; loss: number; stats: AnswerStats[][] }> {
  const names = Object.keys(model.weights);
  const variables = names.map((name) => model.weights[name]);
  const out: AnswerStats[][] = [];
  let loss = 0;
  let total: Gradients | undefined;
  for (const batch of microBatches(
    sequences.map((s) => s.ids.length),
    options.maxTokens,
  )) {
    const packed = pack(batch, sequences, options.pad);
    if (packed.targets.length === 0) {
      nothing(batch, sequences, out);
      continue;
    }
    const weights = Float32Array.from(
      batch.members.flatMap((member) =>
        sequences[member].answers.flatMap(({ length }, a) =>
          new Array<number>(length).fill(coefficients[member][a]),
        ),
      ),
    );
    let stats: ReturnType<typeof forward> | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const tokens = forward(model, packed, batch.members.length, options);
      stats = {
        logp: tf.keep(tokens.logp.clone()),
        entropy: tf.keep(tokens.entropy.clone()),
        sumSq: tf.keep(tokens.sumSq.clone()),
      };
      return tf.neg(tf.sum(tf.mul(tokens.logp, tf.tensor1d(weights)))) as Scalar;
    }, variables);
    loss += (await value.data())[0];
    value.dispose();
    if (stats) await unpack(stats, batch, sequences, out);
    const gradients: Gradients = Object.fromEntries(
      names.map((name) => [name, grads[model.weights[name].name]]),
    );
    total = total ? addInto(total, gradients) : gradients;
    releaseUnused();
    await options.breathe?.();
  }
  total ??= Object.fromEntries(names.map((name) => [name, tf.zerosLike(model.weights[name])]));
  return { gradients: total, loss, stats: out };
}

function addInto(total: Gradients, more: Gradients): Gradients {
  return Object.fromEntries(
    Object.entries(total).map(([name, a]) => {
      const sum = tf.add(a, more[name]);
      tf.dispose([a, more[name]]);
      return [name, sum];
    }),
  );
}
