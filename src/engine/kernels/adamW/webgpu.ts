/**
 * AdamW on the GPU: one dispatch per gradient for the norm, one per parameter for the update, which changes it and both moments
 * in place.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../../tf.ts';
import type { Tensor, Tensor1D } from '../../tf.ts';
import { GROUP, reductions } from '../../webgpu/program.ts';
import { bind, readBack, record, run, unfilled } from '../../webgpu/record.ts';
import type { Stage } from '../../webgpu/record.ts';

/** Workgroups a gradient; each leaves one number, and the host adds them up in double precision. */
const SUMS = 64;

const squares = {
  name: 'squaredNorm',
  buffers: { grad: 'read f32', sums: 'read_write f32' },
  uniforms: {},
  threads: GROUP,
  code: `${reductions}
  fn main() {
    var sum = 0.0;
    // Four at a time, so that one does not wait for the other.
    let n = arrayLength(&grad);
    for (var i = workgroupId.x * ${GROUP}u + localId.x; i < n; i += ${4 * SUMS * GROUP}u) {
      let at = vec4u(i, i + ${SUMS * GROUP}u, i + ${2 * SUMS * GROUP}u, i + ${3 * SUMS * GROUP}u);
      let near = min(at, vec4u(n - 1u));
      let four = select(vec4f(), vec4f(grad[near.x], grad[near.y], grad[near.z], grad[near.w]), at < vec4u(n));
      sum += dot(four, four);
    }
    let all = groupSum(sum);
    if (localId.x == 0u) { sums[workgroupId.x] = all; }
  }`,
} as const satisfies Stage;

/** Σ g². */
export interface SquaredNorms {
  /** Of each gradient, in the order given. */
  readonly each: readonly number[];
  /** Over all gradients. */
  readonly sum: number;
}

export async function squaredNormsGpu(gpu: WebGPUBackend, grads: readonly Tensor[]): Promise<SquaredNorms> {
  const sums = unfilled<Tensor1D>(gpu, [SUMS * grads.length]);
  try {
    const bound = grads.map((grad, i) =>
      bind(gpu, squares, { grad, sums: { tensor: sums, offset: SUMS * i, size: SUMS } }, {}, [SUMS, 1]),
    );
    record(gpu, bound);
    const parts = await readBack(gpu, sums, 0, sums.size);
    const add = (some: Float32Array) => some.reduce((a, b) => a + b, 0);
    return { each: grads.map((_, i) => add(parts.subarray(SUMS * i, SUMS * (i + 1)))), sum: add(parts) };
  } finally {
    sums.dispose();
  }
}

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
  uniforms: {},
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
  /** lr/(1 − β1^t) */
  readonly step: number;
  /** 1/(1 − β2^t) */
  readonly correct: number;
  readonly eps: number;
}

export interface AdamTensors {
  readonly param: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
  readonly grad: Tensor;
  /** 1 − lr·λ */
  readonly keep: number;
}

/** One step of all parameters. */
export function adamWGpu(
  gpu: WebGPUBackend,
  all: readonly AdamTensors[],
  { clip, beta1, beta2, step, correct, eps }: AdamFactors,
): void {
  // An upload costs more than an update: the factors go up once for all that decay alike.
  const byKeep = new Map<number, Tensor1D>();
  for (const { keep, ...tensors } of all) {
    const factors =
      byKeep.get(keep) ?? tf.tensor1d([clip, beta1, 1 - beta1, beta2, 1 - beta2, keep, step, correct, eps]);
    byKeep.set(keep, factors);
    const groups = Math.min(MAX_GROUPS, Math.ceil(tensors.param.size / THREADS));
    run(gpu, update, { ...tensors, factors }, {}, [groups, 1]);
  }
  tf.dispose([...byKeep.values()]);
}
