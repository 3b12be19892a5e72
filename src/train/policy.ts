/**
 * What the update asks of the model: log-probabilities of answers, and the gradient of a weighted sum of them.
 *
 * Every policy-gradient method here is the same call, −Σ c·log π(token), with its own coefficients c; they are computed on
 * the host, in rl/. Answers that stand in one sequence are read in one pass, and sequences in micro-batches, over which gradients are
 * summed: sorted by length, so that little is spent on padding, or as trees of what they have in common.
 */
import {
  gatherRows,
  releaseUnused,
  tf,
  tokenLogProbs,
  type HeadOptions,
  type Scalar,
  type Tensor,
} from '../engine/index.ts';
import { attentionShare } from '../config/memory.ts';
import type { Llama, RowBatch } from '../model/llama.ts';
import { recomputes, widthsOf } from './workload.ts';

/** An answer where it stands. */
export interface Placed {
  readonly place: {
    /** Tokens as the model sees them. Answers that share this very array are read together. */
    readonly sequence: readonly number[];
    /** First token and number of tokens of the answer, its end-of-answer token included. */
    readonly start: number;
    readonly length: number;
  };
}

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
  /** Ids that have probability 0, as in sampling. */
  readonly banned: HeadOptions['banned'];
  readonly pad: number;
  /** Upper bound of a micro-batch: of batch·time, or of as much memory in a tree. */
  readonly maxTokens: number;
  /** Lets the event loop (messages, pause, abort) run between micro-batches. */
  readonly breathe?: () => Promise<void>;
}

/** What the model found for each of the answers it was asked about. @throws Error for any other answer */
export type StatsOf<A> = (answer: A) => AnswerStats;

interface MicroBatch {
  /** Indices into the sequences given. */
  readonly members: readonly number[];
  readonly time: number;
}

/** A sequence and the answers in it, both in the order in which they were given. */
interface Sequence<A> {
  readonly ids: readonly number[];
  readonly answers: readonly A[];
}

function sequencesOf<A extends Placed>(answers: readonly A[]): Sequence<A>[] {
  const bySequence = new Map<readonly number[], A[]>();
  for (const answer of answers) {
    const { sequence } = answer.place;
    const together = bySequence.get(sequence);
    if (together) together.push(answer);
    else bySequence.set(sequence, [answer]);
  }
  return [...bySequence].map(([ids, inIt]) => ({ ids, answers: inIt }));
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

/** The sequences of a micro-batch, padded, and rows and targets of their answers' tokens: logits at p−1 predict the token at p. */
function pack<A extends Placed>(
  sequences: readonly Sequence<A>[],
  { members, time: width }: MicroBatch,
  pad: number,
) {
  // The last token of a sequence is a target only, never an input.
  const time = width - 1;
  const batch = members.length;
  const ids = new Int32Array(batch * time).fill(pad);
  const rows: number[] = [];
  const targets: number[] = [];
  const answers: A[] = [];
  members.forEach((member, b) => {
    const sequence = sequences[member];
    ids.set(sequence.ids.slice(0, time), b * time);
    for (const answer of sequence.answers) {
      const { start, length } = answer.place;
      for (let p = start; p < start + length; p++) {
        rows.push(b * time + p - 1);
        targets.push(sequence.ids[p]);
      }
      answers.push(answer);
    }
  });
  return { batch, time, ids, answers, rows: Int32Array.from(rows), targets: Int32Array.from(targets) };
}

function* packed<A extends Placed>(
  model: Llama,
  answers: readonly A[],
  { maxTokens, pad }: PassOptions,
): Generator<RowBatch<A>, void> {
  const sequences = sequencesOf(answers);
  if (model.sharing)
    return yield* model.sharing.batches(sequences, maxTokens, attentionShare(widthsOf(model.config)));
  const lengths = sequences.map(({ ids }) => ids.length);
  for (const one of microBatches(lengths, maxTokens)) {
    const { ids, batch, time, ...rest } = pack(sequences, one, pad);
    const hidden: RowBatch<A>['hidden'] = (model, options) =>
      model.hidden(tf.tensor1d(ids, 'int32'), batch, time, options);
    yield { ...rest, computed: batch * time, hidden };
  }
}

function forward(
  model: Llama,
  { hidden: hiddenOf, computed, rows, targets }: RowBatch<unknown>,
  options: PassOptions,
) {
  const hidden = hiddenOf(model, { recompute: recomputes(model.config, computed) });
  return tokenLogProbs(
    gatherRows(hidden, tf.tensor1d(rows, 'int32')),
    model.head,
    tf.tensor1d(targets, 'int32'),
    { temperature: options.temperature, banned: options.banned, frozen: model.frozen },
  );
}

/** The statistics of a whole pass, a micro-batch at a time. */
class Found<A extends Placed> {
  readonly #stats = new Map<A, AnswerStats>();

  /** Cuts flat per-token arrays back into answers; the tensors are disposed. */
  async add(answers: readonly A[], stats: { logp: Tensor; entropy: Tensor; sumSq: Tensor }): Promise<void> {
    const [logp, entropy, sumSq] = await Promise.all(
      [stats.logp, stats.entropy, stats.sumSq].map(async (t) => Float32Array.from(await t.data())),
    );
    tf.dispose([stats.logp, stats.entropy, stats.sumSq]);
    let at = 0;
    for (const answer of answers) {
      const end = at + answer.place.length;
      const part = (a: Float32Array) => a.subarray(at, end);
      this.#stats.set(answer, { logp: part(logp), entropy: part(entropy), sumSq: part(sumSq) });
      at = end;
    }
  }

  /** Answers without a token skip the model: some back ends have no empty tensors. */
  addNothing(answers: readonly A[]): void {
    const none = new Float32Array();
    for (const answer of answers) this.#stats.set(answer, { logp: none, entropy: none, sumSq: none });
  }

  readonly of: StatsOf<A> = (answer) => {
    const stats = this.#stats.get(answer);
    if (!stats) throw new Error('The model was not asked about this answer.');
    return stats;
  };
}

/** Statistics of every answer's tokens under `model`; no gradient. */
export async function scoreAnswers<A extends Placed>(
  model: Llama,
  answers: readonly A[],
  options: PassOptions,
): Promise<StatsOf<A>> {
  const found = new Found<A>();
  await score(model, answers, options, found);
  return found.of;
}

async function score<A extends Placed>(
  model: Llama,
  answers: readonly A[],
  options: PassOptions,
  found: Found<A>,
): Promise<void> {
  for (const batch of packed(model, answers, options)) {
    if (batch.targets.length === 0) {
      found.addNothing(batch.answers);
      continue;
    }
    const stats = tf.tidy(() => ({ ...forward(model, batch, options) }));
    await found.add(batch.answers, stats);
    releaseUnused();
    await options.breathe?.();
  }
}

export type Gradients = Record<string, Tensor>;

/** What the loss multiplies log π of each token of an answer with; 0 = no gradient through it. */
export interface Weighted {
  readonly coefficients: readonly number[];
}

/**
 * Gradient of loss = −Σ c · log π(token) over the tokens of all answers, c the token's coefficient.
 * @returns gradients by name of all that is trained (dispose them), the loss, and the statistics of the same forward pass
 * @throws RangeError when an answer has not as many coefficients as tokens
 */
export async function weightedLogProbGradient<A extends Placed & Weighted>(
  model: Llama,
  answers: readonly A[],
  options: PassOptions,
): Promise<{ gradients: Gradients; loss: number; stats: StatsOf<A> }> {
  const names = Object.keys(model.trained);
  const variables = names.map((name) => model.trained[name]);
  const found = new Found<A>();
  let loss = 0;
  let total: Gradients | undefined;
  const [pushed, left] = model.sharing ? pushedAndLeft(answers) : [answers, []];
  await score(model, left, options, found);
  for (const batch of packed(model, pushed, options)) {
    if (batch.targets.length === 0) {
      found.addNothing(batch.answers);
      continue;
    }
    const weights = Float32Array.from(batch.answers.flatMap(coefficientsOf));
    let stats: ReturnType<typeof forward> | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const tokens = forward(model, batch, options);
      stats = {
        logp: tf.keep(tokens.logp.clone()),
        entropy: tf.keep(tokens.entropy.clone()),
        sumSq: tf.keep(tokens.sumSq.clone()),
      };
      return tf.neg(tf.sum(tf.mul(tokens.logp, tf.tensor1d(weights)))) as Scalar;
    }, variables);
    // Read together: a device answers each question late.
    const [[lossOfBatch]] = await Promise.all([value.data(), stats && found.add(batch.answers, stats)]);
    loss += lossOfBatch;
    value.dispose();
    const gradients: Gradients = Object.fromEntries(
      names.map((name) => [name, grads[model.trained[name].name]]),
    );
    total = total ? addInto(total, gradients) : gradients;
    releaseUnused();
    await options.breathe?.();
  }
  total ??= Object.fromEntries(names.map((name) => [name, tf.zerosLike(model.trained[name])]));
  return { gradients: total, loss, stats: found.of };
}

/** Sequences that nothing is learned from, because every coefficient in them is 0, need no gradient: it would be 0. */
function pushedAndLeft<A extends Placed & Weighted>(answers: readonly A[]): readonly [A[], A[]] {
  const pushed = new Set(
    answers
      .filter((answer) => coefficientsOf(answer).some((c) => c !== 0))
      .map(({ place }) => place.sequence),
  );
  const isPushed = ({ place }: A) => pushed.has(place.sequence);
  return [answers.filter(isPushed), answers.filter((answer) => !isPushed(answer))];
}

function coefficientsOf({ place, coefficients }: Placed & Weighted): readonly number[] {
  if (coefficients.length === place.length) return coefficients;
  throw new RangeError(`${coefficients.length} coefficients for an answer of ${place.length} tokens.`);
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
