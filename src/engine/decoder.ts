/** The layers of a Llama-style decoder: embedding → [RMSNorm → rotary attention → RMSNorm → SwiGLU] × layers → RMSNorm. */
import type { Table } from './blockMatrix.ts';
import { gatherRows } from './kernels/gatherRows/op.ts';
import { linear } from './kernels/linear/op.ts';
import { recomputed } from './kernels/recomputed.ts';
import { rmsNorm } from './kernels/rmsNorm/op.ts';
import { rope } from './kernels/rope/op.ts';
import type { RopeShape } from './kernels/shape.ts';
import { swiglu } from './kernels/swiglu/op.ts';
import { tf } from './tf.ts';
import type { Tensor, Tensor1D, Tensor2D } from './tf.ts';
import type { FrozenPanels } from './frozenPanels.ts';
import type { Weight } from './weight.ts';

/** Matrices are stored [in, out]. With d features, f hidden ones of the MLP and the widths of `shape`: */
export interface DecoderLayer {
  /** [d] */
  readonly attnNorm: Tensor1D;
  /** [d, (heads + 2·kvHeads)·headDim] */
  readonly qkv: Weight;
  /** [(heads + 2·kvHeads)·headDim], added to that product. */
  readonly qkvBias?: Tensor1D;
  /** [heads·headDim, d] */
  readonly out: Weight;
  /** [d] */
  readonly mlpNorm: Tensor1D;
  /** [d, 2·f] */
  readonly gateUp: Weight;
  /** [f, d] */
  readonly down: Weight;
}

export interface DecoderModel {
  readonly shape: RopeShape;
  /** Added to the mean square in every RMSNorm. */
  readonly eps: number;
  /** [V, d] */
  readonly embed: Table;
  /** [V, d]: scores are x·headᵀ. The embedding itself where they are tied. */
  readonly head: Table;
  /** No gradient for embedding and head. */
  readonly frozen?: boolean;
  readonly layers: readonly DecoderLayer[];
  /** [d], before the head. */
  readonly norm: Tensor1D;
  /** Of a model whose matrices never change: what a back end makes of them for itself; its owner disposes of it. */
  readonly panels?: FrozenPanels;
}

export interface ForwardOptions {
  /** int32 [M], the rows that are wanted; what no wanted row needs is then not computed in the last layer. */
  readonly only?: Tensor1D | undefined;
  /** Each layer is computed again on the way back: the same numbers, in less memory and more time. */
  readonly recompute?: boolean | undefined;
  /** What `attention` is given to read: on the way back it may not be there any more. */
  readonly reads?: readonly Tensor1D[];
}

/**
 * Hidden states after the last norm. Differentiable in the weights if `attention` is.
 *
 * @param ids, positions int32 [N]
 * @param attention from a layer's rotated query/key/value rows [N, (heads + 2·kvHeads)·headDim] to [N, heads·headDim]
 * @returns [N, d], or [M, d]
 */
export function decoderForward(
  { shape, eps, embed, layers, norm }: DecoderModel,
  ids: Tensor1D,
  positions: Tensor1D,
  attention: (layer: number, qkv: Tensor2D, reads: readonly Tensor1D[]) => Tensor2D,
  { only, recompute = false, reads = [] }: ForwardOptions = {},
): Tensor2D {
  let x = gatherRows(embed, ids);
  layers.forEach((w, layer) => {
    const before = x;
    const constants = [positions, ...reads, ...(only && layer === layers.length - 1 ? [only] : [])];
    const compute = (before: Tensor2D, [positions, ...read]: readonly Tensor1D[]): Tensor2D => {
      const wanted = read[reads.length];
      const projected = linear(rmsNorm(before, w.attnNorm, eps), w.qkv);
      const qkv = rope(w.qkvBias ? tf.add(projected, w.qkvBias) : projected, positions, shape);
      let [kept, mixed] = [before, attention(layer, qkv, read)];
      if (wanted) [kept, mixed] = [gatherRows(kept, wanted), gatherRows(mixed, wanted)];
      const attended: Tensor2D = tf.add(kept, linear(mixed, w.out));
      return tf.add(attended, linear(swiglu(linear(rmsNorm(attended, w.mlpNorm, eps), w.gateUp)), w.down));
    };
    // What a layer computes on the way is freed with it, but for what its gradient has saved: of thirty layers it is gigabytes.
    x = tf.tidy(() =>
      recompute ? recomputed(before, trainedOf(w), constants, compute) : compute(before, constants),
    );
    before.dispose();
  });
  return rmsNorm(x, norm, eps);
}

/** What gets a gradient in a layer: adapters, and what is not frozen. */
function trainedOf(layer: DecoderLayer): Tensor[] {
  const { attnNorm, qkv, qkvBias, out, mlpNorm, gateUp, down } = layer;
  const weights = [qkv, out, gateUp, down].flatMap((weight): Tensor[] => {
    const adapters = (weight.lora ?? []).flatMap(({ a, b }): Tensor[] => [a, b]);
    return weight.dtype === 'f32' && !weight.frozen ? [weight.base, ...adapters] : adapters;
  });
  const isFrozen = qkv.dtype !== 'f32' || qkv.frozen === true;
  return isFrozen ? weights : [attnNorm, mlpNorm, ...(qkvBias ? [qkvBias] : []), ...weights];
}
