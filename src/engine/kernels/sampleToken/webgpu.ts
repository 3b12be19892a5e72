/**
 * Sampling on the GPU, one workgroup per row and one dispatch. The nucleus is found without sorting: its smallest
 * probability by bisection over the bits of a float (positive floats order like integers).
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GROUP, reductions, runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';

/** Row 0 of `result` is the id as a float, row 1 its log-probability. */
const sample: GpuKernel = {
  name: 'sampleToken',
  inputs: ['logits', 'uniformsOf'],
  uniforms: { batch: 'i32', vocabulary: 'i32', allowedFrom: 'i32', temperature: 'f32', topP: 'f32' },
  code: `${reductions}
  fn main(index : i32) {
    let row = index / ${GROUP};
    let start = row * uniforms.vocabulary;
    let first = uniforms.allowedFrom + i32(localId.x);
    let greedy = uniforms.temperature == 0.0;
    let scale = select(1.0 / uniforms.temperature, 1.0, greedy);
    var best = -3.0e38;
    for (var i = first; i < uniforms.vocabulary; i += ${GROUP}) { best = max(best, logits[start + i]); }
    let top = groupMax(best);
    var sums = 0.0;
    for (var i = first; i < uniforms.vocabulary; i += ${GROUP}) { sums += exp((logits[start + i] - top) * scale); }
    let sum = groupSum(sums);
    var low = 0;
    var kept = sum;
    if (uniforms.topP < 1.0) {
      var high = bitcast<i32>(2.0);
      for (var step = 0; step < 31; step++) {
        let middle = (low + high) / 2;
        var mass = 0.0;
        for (var i = first; i < uniforms.vocabulary; i += ${GROUP}) {
          let e = exp((logits[start + i] - top) * scale);
          if (e >= bitcast<f32>(middle)) { mass += e; }
        }
        if (groupSum(mass) >= uniforms.topP * sum) { low = middle; } else { high = middle; }
      }
      var mass = 0.0;
      for (var i = first; i < uniforms.vocabulary; i += ${GROUP}) {
        let e = exp((logits[start + i] - top) * scale);
        if (e >= bitcast<f32>(low)) { mass += e; }
      }
      kept = groupSum(mass);
    }
    if (localId.x == 0u && row < uniforms.batch) {
      let threshold = uniformsOf[row] * kept * (1.0 - 1e-6);
      var cumulative = 0.0;
      var chosen = uniforms.vocabulary - 1;
      for (var i = uniforms.allowedFrom; i < uniforms.vocabulary; i++) {
        let x = logits[start + i];
        if (greedy) {
          if (x == top) { chosen = i; break; }
        } else {
          let e = exp((x - top) * scale);
          if (e > 0.0 && e >= bitcast<f32>(low)) {
            chosen = i;
            cumulative += e;
            if (cumulative > threshold) { break; }
          }
        }
      }
      result[row] = f32(chosen);
      result[uniforms.batch + row] = (logits[start + chosen] - top) * scale - log(sum);
    }
  }`,
};

/** [2, B]: ids as floats (exact below 2²⁴), log-probabilities. */
export function sampleGpu(
  gpu: WebGPUBackend,
  logits: Tensor2D,
  uniforms: Tensor1D,
  temperature: number,
  topP: number,
  allowedFrom: number,
): Tensor2D {
  const [batch, vocabulary] = logits.shape;
  const scalars = [batch, vocabulary, allowedFrom, temperature, topP];
  return runGpu<Tensor2D>(gpu, sample, [logits, uniforms], scalars, { shape: [2, batch], groups: batch });
}
