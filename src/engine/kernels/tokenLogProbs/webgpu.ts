/**
 * Output head on the GPU: TensorFlow.js' matrix product makes the logits, one workgroup per token does the rest. The backward
 * pass makes the logits again and turns them into their gradient in place, so one [tokens × vocabulary] buffer lives at a time.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import { GROUP, reductions, runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import { holesName, scoreCode, type Allowed, type IdRange } from '../banned.ts';

const uniforms = { n: 'i32', vocabulary: 'i32', allowedFrom: 'i32', inverseT: 'f32' } as const;

/** With z = (logit − max)/T and Z = Σ e^z over allowed ids: rows of `result` are logp, entropy = log Z − Σ e^z·z/Z, Σ p². */
const statistics = (holes: readonly IdRange[]): GpuKernel => ({
  name: `headStatistics ${holesName(holes)}`,
  inputs: ['logits', 'targets'],
  uniforms,
  code: `${reductions}
  ${scoreCode(holes, 'logits')}
  fn main(index : i32) {
    let row = index / ${GROUP};
    let start = row * uniforms.vocabulary;
    let first = uniforms.allowedFrom + i32(localId.x);
    var best = -3.0e38;
    for (var i = first; i < uniforms.vocabulary; i += ${GROUP}) { best = max(best, scoreOf(start, i)); }
    let top = groupMax(best);
    var sums = 0.0;
    var squares = 0.0;
    var weighted = 0.0;
    for (var i = first; i < uniforms.vocabulary; i += ${GROUP}) {
      let z = (scoreOf(start, i) - top) * uniforms.inverseT;
      let e = exp(z);
      sums += e;
      squares += e * e;
      weighted += e * z;
    }
    let sum = groupSum(sums);
    let square = groupSum(squares);
    let weight = groupSum(weighted);
    if (localId.x == 0u && row < uniforms.n) {
      let y = targets[row];
      var z = -1.0e9;
      if (y >= uniforms.allowedFrom && !isHole(y)) { z = (logits[start + y] - top) * uniforms.inverseT; }
      result[row] = z - log(sum);
      result[uniforms.n + row] = log(sum) - weight / sum;
      result[2 * uniforms.n + row] = square / (sum * sum);
    }
  }`,
});

/** `result` holds logits and gets dlogp·(1[target] − p)/T. */
const backward = (holes: readonly IdRange[]): GpuKernel => ({
  name: `headBackward ${holesName(holes)}`,
  inputs: ['targets', 'dlogp'],
  uniforms,
  code: `${reductions}
  ${scoreCode(holes, 'result')}
  fn main(index : i32) {
    let row = index / ${GROUP};
    let start = row * uniforms.vocabulary;
    var best = -3.0e38;
    for (var i = uniforms.allowedFrom + i32(localId.x); i < uniforms.vocabulary; i += ${GROUP}) {
      best = max(best, scoreOf(start, i));
    }
    let top = groupMax(best);
    var sums = 0.0;
    for (var i = uniforms.allowedFrom + i32(localId.x); i < uniforms.vocabulary; i += ${GROUP}) {
      sums += exp((scoreOf(start, i) - top) * uniforms.inverseT);
    }
    let sum = groupSum(sums);
    if (row < uniforms.n) {
      let slope = dlogp[row] * uniforms.inverseT;
      for (var i = i32(localId.x); i < uniforms.vocabulary; i += ${GROUP}) {
        var d = 0.0;
        if (i >= uniforms.allowedFrom && !isHole(i)) {
          d = -slope * exp((result[start + i] - top) * uniforms.inverseT) / sum;
          if (i == targets[row]) { d += slope; }
        }
        result[start + i] = d;
      }
    }
  }`,
});

/** [3, N]: logp, entropy, Σ p². */
export function headGpu(
  gpu: WebGPUBackend,
  x: Tensor2D,
  table: Tensor2D,
  targets: Tensor1D,
  temperature: number,
  { allowedFrom, holes }: Allowed,
): Tensor2D {
  const n = x.shape[0];
  const logits = tf.matMul(x, table, false, true);
  const scalars = [n, table.shape[0], allowedFrom, 1 / temperature];
  const packed = runGpu<Tensor2D>(gpu, statistics(holes), [logits, targets], scalars, {
    shape: [3, n],
    groups: n,
  });
  logits.dispose();
  return packed;
}

/** [dx, dtable], or [dx] of a frozen table; the first N values of `dlogp` are the gradient of logp. */
export function headGpuBackward(
  gpu: WebGPUBackend,
  x: Tensor2D,
  table: Tensor2D,
  targets: Tensor1D,
  dlogp: Tensor2D,
  temperature: number,
  { allowedFrom, holes }: Allowed,
  frozen: boolean,
): Tensor2D[] {
  const n = x.shape[0];
  const logits = tf.matMul(x, table, false, true);
  const scalars = [n, table.shape[0], allowedFrom, 1 / temperature];
  runGpu(gpu, backward(holes), [targets, dlogp], scalars, { into: logits, groups: n });
  const gradients: Tensor2D[] = [tf.matMul(logits, table)];
  if (!frozen) gradients.push(tf.matMul(logits, x, true, false));
  logits.dispose();
  return gradients;
}
