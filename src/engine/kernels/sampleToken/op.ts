import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { allowedOf, banned, holesAt, holesTensor, type IdRange } from '../banned.ts';
import { oneHotRows } from '../oneHot.ts';

export interface SampleOptions {
  /** Softmax temperature; 0 takes the most probable allowed token. */
  readonly temperature: number;
  /** Nucleus sampling (arXiv 1904.09751): keep the likeliest tokens whose probabilities first reach this sum; 1 keeps all. */
  readonly topP: number;
  /** Ids that are never sampled, ascending, without overlaps. */
  readonly banned: readonly IdRange[];
}

export interface SampledTokens {
  /** int32 [B] */
  readonly ids: Tensor1D;
  /**
   * Log-probability of the sampled id over all allowed ids at `temperature`, before top-p, [B]: what
   * `tokenLogProbs` recomputes in training. At temperature 0 it is taken at temperature 1.
   */
  readonly logp: Tensor1D;
}

/** A uniform of almost 1 must still land inside the cumulative sum, whose last digits are rounded. */
const BELOW_ONE = 1 - 1e-6;

/**
 * Draws one token per row by inverting the cumulative distribution in id order: the first id whose cumulative
 * probability exceeds uniform × total. Not differentiable.
 *
 * Tokens exactly as probable as the last one of the nucleus are kept too, so the nucleus does not depend on a sort order.
 *
 * @param logits [B, V], before temperature
 * @param uniforms [B], each in [0, 1); ignored at temperature 0
 */
export function sampleToken(logits: Tensor2D, uniforms: Tensor1D, options: SampleOptions): SampledTokens {
  const { temperature, topP } = options;
  checkSampling(options);
  const wasm = wasmKernels();
  if (wasm) return sampleTokenWasm(wasm, logits, uniforms, options);
  const gpu = runningGpu();
  if (!gpu) return sampleTokenReference(logits, uniforms, options);
  const [ids, logp] = tf.tidy(() => {
    const packed = gpu.kernels.sampleGpu(gpu.backend, logits, uniforms, temperature, topP, options.banned);
    const [id, logProb] = tf.unstack(packed) as [Tensor1D, Tensor1D];
    return [tf.cast(id, 'int32'), logProb] as [Tensor1D, Tensor1D];
  });
  return { ids, logp };
}

/** @throws when no token can be drawn with these */
export function checkSampling({ temperature, topP }: SampleOptions): void {
  if (!(temperature >= 0)) throw new Error(`sampleToken: temperature must be 0 or more, got ${temperature}.`);
  if (!(topP > 0 && topP <= 1)) throw new Error(`sampleToken: topP must be in (0, 1], got ${topP}.`);
}

function sampleTokenWasm(
  wasm: WasmKernels,
  logits: Tensor2D,
  uniforms: Tensor1D,
  { temperature, topP, banned }: SampleOptions,
): SampledTokens {
  const [batch, vocabulary] = logits.shape;
  const { allowedFrom, holes } = allowedOf('sampleToken', banned, vocabulary);
  const held = holesTensor(holes);
  const ids = wasm.output<Tensor1D>([batch], 'int32');
  const logp = wasm.output<Tensor1D>([batch]);
  const scratch = wasm.scratch(wasm.run.sampleScratch(vocabulary));
  const [pl, pu] = [wasm.address(logits), wasm.address(uniforms)];
  const settings = [batch, vocabulary, temperature, topP, allowedFrom, ...holesAt(wasm, held)] as const;
  wasm.run.sample(...settings, pl, pu, wasm.address(ids), wasm.address(logp), scratch);
  held?.dispose();
  return { ids, logp };
}

export function sampleTokenReference(
  logits: Tensor2D,
  uniforms: Tensor1D,
  options: SampleOptions,
): SampledTokens {
  const { temperature, topP } = options;
  const [ids, logp] = tf.tidy(() => {
    const [batch, vocabulary] = logits.shape;
    const scaled = banned(logits.div(temperature || 1), options.banned);
    const logProbs = scaled.sub<Tensor2D>(scaled.max(1, true)).logSoftmax();
    const chosen = temperature === 0 ? logProbs.argMax(1) : draw(logProbs.exp(), uniforms, topP);
    const picked = logProbs.mul(oneHotRows(chosen as Tensor1D, vocabulary)).sum(1);
    return [chosen.reshape([batch]).toInt(), picked];
  }) as [Tensor1D, Tensor1D];
  return { ids, logp };
}

function draw(p: Tensor2D, uniforms: Tensor1D, topP: number): Tensor1D {
  const [batch, vocabulary] = p.shape;
  let kept = p;
  if (topP < 1) {
    const sorted = tf.topk(p, vocabulary, true).values as Tensor2D;
    const inNucleus = tf.cumsum(sorted, 1, true).less(topP);
    const smallest = tf.where(inNucleus, sorted, tf.onesLike(sorted)).min(1, true);
    kept = tf.where(p.greaterEqual(smallest), p, tf.zerosLike(p)) as Tensor2D;
  }
  const cumulative = tf.cumsum(kept, 1);
  const total = cumulative.slice([0, vocabulary - 1], [batch, 1]);
  const threshold = uniforms.reshape([batch, 1]).mul(total).mul(BELOW_ONE);
  return cumulative.greater(threshold).toInt().argMax(1);
}
