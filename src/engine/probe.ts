/** A short trial: how long an update like that of an experiment would take on the running back end. */
import { decoderForward } from './decoder.ts';
import type { DecoderLayer, DecoderModel } from './decoder.ts';
import { causalAttention } from './kernels/causalAttention/op.ts';
import { openDecoder } from './kernels/decodeTurn/open.ts';
import { qkvWidth } from './kernels/shape.ts';
import type { RopeShape } from './kernels/shape.ts';
import { tokenLogProbs } from './kernels/tokenLogProbs/op.ts';
import { KVCache } from './kvCache.ts';
import { tf } from './tf.ts';
import type { Tensor, Tensor1D, Tensor2D, Variable } from './tf.ts';

/** What an update consists of, as far as its time depends on it. */
export interface Workload {
  readonly shape: RopeShape;
  /** Features, and those of the MLP. */
  readonly width: number;
  readonly hidden: number;
  readonly layers: number;
  readonly vocabulary: number;
  /** Sequences that are written at once, and tokens that each of them writes in an update. */
  readonly rows: number;
  readonly written: number;
  /** Tokens that an update trains. */
  readonly trained: number;
}

/** Of the work so much is done: enough for a ratio, little enough for a second. */
const most = { layers: 2, vocabulary: 4096, rows: 64, written: 12, sequences: 4, time: 48 } as const;
/** Each half is repeated for so long, milliseconds; the fastest counts. The first time, when code is compiled, does not. */
const patience = 150;

/** @returns milliseconds of an update, roughly: of some of its tokens in some of the layers, times how many there are */
export async function probe(work: Workload, now = () => performance.now()): Promise<number> {
  const layers = Math.min(work.layers, most.layers);
  const weights: Variable[] = [];
  const random = (...shape: number[]) => {
    const weight = tf.tidy(() =>
      tf.variable(tf.randomUniform(shape, -0.1, 0.1, 'float32', weights.length + 1)),
    );
    weights.push(weight);
    return weight as Tensor;
  };
  const model = randomModel(work, layers, random);
  try {
    const token = (await fastest(() => write(model, work, layers), now)) / most.written;
    const { sequences, time } = most;
    const step = (await fastest(() => train(model, work, weights), now)) / (sequences * time);
    return (work.layers / layers) * (work.written * token + work.trained * step);
  } finally {
    tf.dispose(weights);
  }
}

function randomModel(
  { shape, width: d, hidden, vocabulary }: Workload,
  layers: number,
  random: (...shape: number[]) => Tensor,
): DecoderModel & { readonly embed: Tensor2D } {
  const weight = (rows: number, columns: number) => ({
    dtype: 'f32' as const,
    base: random(rows, columns) as Tensor2D,
  });
  const gain = () => random(d) as Tensor1D;
  const layer = (): DecoderLayer => ({
    attnNorm: gain(),
    qkv: weight(d, qkvWidth(shape)),
    out: weight(shape.heads * shape.headDim, d),
    mlpNorm: gain(),
    gateUp: weight(d, 2 * hidden),
    down: weight(hidden, d),
  });
  const embed = random(Math.min(vocabulary, most.vocabulary), d) as Tensor2D;
  return {
    shape,
    eps: 1e-5,
    embed,
    head: embed,
    layers: Array.from({ length: layers }, layer),
    norm: gain(),
  };
}

async function fastest(work: () => Promise<void>, now: () => number): Promise<number> {
  await work();
  let best = Infinity;
  const began = now();
  do {
    const start = now();
    await work();
    best = Math.min(best, now() - start);
  } while (now() - began < patience);
  return best;
}

/** A turn of some tokens. */
async function write(model: DecoderModel, { shape, width, rows }: Workload, layers: number): Promise<void> {
  const batch = Math.min(rows, most.rows);
  const cache = new KVCache({ layers, batch, slots: most.written, shape });
  const last = tf.zeros<tf.Rank.R2>([batch, width]);
  const decoder = openDecoder(model, cache);
  const turn = decoder.startTurn(
    { last, positions: new Int32Array(batch) },
    {
      ...{ temperature: 1, topP: 1, banned: [], stops: [], maxNewTokens: most.written },
      uniforms: new Float32Array(most.written * batch).fill(0.5),
    },
  );
  try {
    turn.advance(most.written);
    await turn.read();
  } finally {
    turn.dispose();
    decoder.dispose();
    cache.dispose();
    last.dispose();
  }
}

/** Log-probabilities of some sequences and their gradient. */
async function train(
  model: ReturnType<typeof randomModel>,
  { shape }: Workload,
  weights: Variable[],
): Promise<void> {
  const { sequences: batch, time } = most;
  const range = Int32Array.from({ length: batch * time }, (_, i) => i % time);
  const ids = tf.tensor1d(
    range.map((i) => i % model.embed.shape[0]),
    'int32',
  );
  const positions = tf.tensor1d(range, 'int32');
  const { value, grads } = tf.variableGrads(() => {
    const attention = (_: number, qkv: Tensor2D) => causalAttention(qkv, { ...shape, batch, time });
    const hidden = decoderForward(model, ids, positions, attention);
    return tokenLogProbs(hidden, model.embed, ids, { temperature: 1, banned: [] }).logp.sum();
  }, weights);
  // A device computes in order: with the embedding's gradient, which comes last, all are there.
  const last = Object.values(grads)[0];
  const small = tf.tidy(() => (last ? last.sum() : value));
  await small.data();
  tf.dispose([grads, value, ids, positions, small]);
}
