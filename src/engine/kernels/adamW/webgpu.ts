/** AdamW on the GPU: one dispatch per parameter, which changes it and both moments in place. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../../tf.ts';
import type { Tensor } from '../../tf.ts';
import { bind, record } from '../../webgpu/record.ts';
import type { Stage } from '../../webgpu/record.ts';

const THREADS = 256;
/** What a device promises in one dimension; larger parameters are walked through in several strides. */
const MAX_GROUPS = 65_535;

/**
 * m ← β1·m + (1−β1)·clip·g,  v ← β2·v + (1−β2)·(clip·g)²,  θ ← keep·θ − step·m/(√(v·correct) + eps)
 *
 * The factors come in a buffer and not as constants, because they change with every step.
 */
const update = {
  name: 'adamW',
  buffers: {
    param: 'read_write f32',
    m: 'read_write f32',
    v: 'read_write f32',
    grad: 'read f32',
    factors: 'read f32',
  },
  threads: THREADS,
  code: `
  fn main() {
    let n = arrayLength(&param);
    let stride = ${THREADS}u * min(${MAX_GROUPS}u, (n + ${THREADS - 1}u) / ${THREADS}u);
    for (var i = workgroupId.x * ${THREADS}u + localId.x; i < n; i += stride) {
      let g = grad[i] * factors[0];
      let mean = factors[1] * m[i] + factors[2] * g;
      let square = factors[3] * v[i] + factors[4] * g * g;
      m[i] = mean;
      v[i] = square;
      param[i] = factors[5] * param[i] - factors[6] * mean / (sqrt(square * factors[7]) + factors[8]);
    }
  }`,
} as const satisfies Stage;

export interface AdamFactors {
  readonly clip: number;
  readonly beta1: number;
  readonly beta2: number;
  /** 1 − lr·λ */
  readonly keep: number;
  /** lr/(1 − β1^t) */
  readonly step: number;
  /** 1/(1 − β2^t) */
  readonly correct: number;
  readonly eps: number;
}

export function adamWGpu(
  gpu: WebGPUBackend,
  tensors: { readonly param: Tensor; readonly m: Tensor; readonly v: Tensor; readonly grad: Tensor },
  { clip, beta1, beta2, keep, step, correct, eps }: AdamFactors,
): void {
  const factors = tf.tensor1d([clip, beta1, 1 - beta1, beta2, 1 - beta2, keep, step, correct, eps]);
  const groups = Math.min(MAX_GROUPS, Math.ceil(tensors.param.size / THREADS));
  record(gpu, [bind(gpu, update, { ...tensors, factors }, [groups, 1])]);
  factors.dispose();
}
