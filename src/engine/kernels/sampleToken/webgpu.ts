/**
 * Sampling on the GPU, one workgroup per row and one dispatch. The nucleus is found without sorting: its smallest
 * probability by bisection over the bits of a float (positive floats order like integers). The token is found in steps, so that
 * no invocation walks over the whole vocabulary: a few runs of ids are added up, each by neighbours who read neighbouring ids; that in
 * which the cumulative sum passes the threshold is shared out among all, and the first invocation looks for the id in it.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { each, firstsOf, GROUP, reductionsOf, runGpu } from '../../webgpu/program.ts';
import { allowedOf, holesName, scoreCode, type IdRange } from '../banned.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';

/**
 * WGSL: draws from the row of `logits` that begins at `start`. Every invocation of a workgroup of `threads` must call it; all
 * get the result. `greedy` takes the likeliest; `scale` is 1/temperature.
 */
export function drawToken(holes: readonly IdRange[], threads: number): string {
  const sums = firstsOf(threads);
  const neighbours = threads / sums;
  return `${reductionsOf(threads)}
  ${scoreCode(holes, 'logits')}
  struct Drawn { id : i32, logp : f32 }
  var<workgroup> drawn : Drawn;
  // A run of ids, and the sum before it.
  struct Passed { at : i32, before : f32 }

  // What counts in the cumulative sum: a probability of the nucleus, times a constant. Nothing that is banned, even where no
  // score is a number and that of a hole is the largest.
  fn massOf(start : i32, id : i32, top : f32, greedy : bool, scale : f32, smallest : i32) -> f32 {
    if (isHole(id)) { return 0.0; }
    let logit = scoreOf(start, id);
    if (greedy) { return select(0.0, 1.0, logit == top); }
    let e = exp((logit - top) * scale);
    return select(0.0, e, e >= bitcast<f32>(smallest));
  }

  fn scoresOf(start : i32, id : i32, stride : i32, last : i32) -> vec4f {
    return vec4f(
      scoreOf(start, id),
      scoreOf(start, min(id + stride, last)),
      scoreOf(start, min(id + 2 * stride, last)),
      scoreOf(start, min(id + 3 * stride, last)),
    );
  }
  fn most(four : vec4f) -> f32 { return max(max(four.x, four.y), max(four.z, four.w)); }
  fn total(four : vec4f) -> f32 { return (four.x + four.y) + (four.z + four.w); }
  // Of the sums in \`firsts\`, each of ${neighbours} in \`partial\`, the first that with those before it passes \`threshold\`.
  fn passingSome(threshold : f32, before : f32) -> Passed {
    var passed = Passed(0, before);
    for (; passed.at < ${sums - 1} && passed.before + firsts[passed.at] <= threshold; passed.at++) {
      passed.before += firsts[passed.at];
    }
    return passed;
  }
  // The same, of those in \`partial\`, one an invocation.
  fn passing(threshold : f32, before : f32) -> Passed {
    var passed = passingSome(threshold, before);
    passed.at *= ${neighbours};
    let end = passed.at + ${neighbours - 1};
    for (; passed.at < end && passed.before + partial[passed.at] <= threshold; passed.at++) {
      passed.before += partial[passed.at];
    }
    return passed;
  }
  // Every invocation's sum for \`passing\`.
  fn share(mass : f32) {
    let me = i32(localId.x);
    workgroupBarrier(); // everybody has read what was there
    partial[me] = mass;
    workgroupBarrier();
    if (me < ${sums}) {
      var some = 0.0;
      for (var i = me * ${neighbours}; i < (me + 1) * ${neighbours}; i++) { some += partial[i]; }
      firsts[me] = some;
    }
    workgroupBarrier();
  }

  fn drawToken(
    start : i32, vocabulary : i32, allowedFrom : i32, greedy : bool, scale : f32, topP : f32, uniform01 : f32
  ) -> Drawn {
    let me = i32(localId.x);
    let first = allowedFrom + me;
    var best = -3.0e38;
    // Sixteen at a time, so that one does not wait for the other; beyond the end the last one is read again.
    let last = vocabulary - 1;
    for (var i = first; i < vocabulary; i += ${16 * threads}) {
      ${each(4, (j) => `let four${j} = scoresOf(start, min(i + ${4 * j * threads}, last), ${threads}, last);`)}
      best = max(best, most(max(max(four0, four1), max(four2, four3))));
    }
    let top = groupMax(best);
    var sums = 0.0;
    for (var i = first; i < vocabulary; i += ${16 * threads}) {
      ${each(4, (j) => `let four${j} = scoresOf(start, min(i + ${4 * j * threads}, last), ${threads}, last);`)}
      let from0 = vec4i(i, i + ${threads}, i + ${2 * threads}, i + ${3 * threads});
      ${each(4, (j) => `sums += total(select(vec4f(), exp((four${j} - top) * scale), from0 + ${4 * j * threads} < vec4i(vocabulary)));`)}
    }
    let sum = groupSum(sums);
    var smallest = 0;
    if (topP < 1.0) {
      var high = bitcast<i32>(2.0);
      for (var step = 0; step < 31; step++) {
        let middle = (smallest + high) / 2;
        var mass = 0.0;
        for (var i = first; i < vocabulary; i += ${threads}) {
          mass += massOf(start, i, top, false, scale, middle);
        }
        if (groupSum(mass) >= topP * sum) { smallest = middle; } else { high = middle; }
      }
    }
    // ${sums} runs of ids, of each every ${neighbours}th an invocation's.
    let run = (vocabulary - allowedFrom + ${sums - 1}) / ${sums};
    let begin = allowedFrom + me / ${neighbours} * run;
    var mass = 0.0;
    let end = min(begin + run, vocabulary);
    for (var i = begin + me % ${neighbours}; i < end; i += ${8 * neighbours}) {
      ${each(8, (j) => `let mass${j} = massOf(start, min(i + ${j * neighbours}, end - 1), top, greedy, scale, smallest);`)}
      ${each(8, (j) => `mass += select(0.0, mass${j}, i + ${j * neighbours} < end);`)}
    }
    share(mass);
    var kept = 0.0;
    for (var i = 0; i < ${sums}; i++) { kept += firsts[i]; }
    let threshold = select(uniform01 * kept * (1.0 - 1e-6), 0.0, greedy);
    let its = passingSome(threshold, 0.0);
    // Within that run, one after the other.
    let part = (run + ${threads - 1}) / ${threads};
    let itsFirst = min(allowedFrom + its.at * run, vocabulary);
    let until = min(itsFirst + run, vocabulary);
    mass = 0.0;
    for (var i = itsFirst + me * part; i < min(itsFirst + (me + 1) * part, until); i++) {
      mass += massOf(start, i, top, greedy, scale, smallest);
    }
    share(mass);
    if (me == 0) {
      let passed = passing(threshold, its.before);
      // Rounded differently, the sums within the run may all together not pass what their sum passed.
      let begins = min(itsFirst + passed.at * part, until);
      var before = passed.before;
      var chosen = -1;
      for (var i = begins; i < vocabulary; i++) {
        let own = massOf(start, i, top, greedy, scale, smallest);
        if (own > 0.0) {
          chosen = i;
          before += own;
          if (before > threshold) { break; }
        }
      }
      // Rounded sums may pass over all that is left: then it is the last one that counts.
      for (var i = begins - 1; i >= allowedFrom && chosen < 0; i--) {
        if (massOf(start, i, top, greedy, scale, smallest) > 0.0) { chosen = i; }
      }
      // None does where scores are no numbers; what is written is allowed even then.
      for (var i = allowedFrom; i < vocabulary && chosen < 0; i++) {
        if (!isHole(i)) { chosen = i; }
      }
      drawn = Drawn(chosen, (logits[start + chosen] - top) * scale - log(sum));
    }
    workgroupBarrier();
    return drawn;
  }`;
}

/** Row 0 of `result` is the id as a float, row 1 its log-probability. */
const sample = (holes: readonly IdRange[]): GpuKernel => ({
  name: `sampleToken ${holesName(holes)}`,
  inputs: ['logits', 'uniformsOf'],
  uniforms: { batch: 'i32', vocabulary: 'i32', allowedFrom: 'i32', temperature: 'f32', topP: 'f32' },
  code: `${drawToken(holes, GROUP)}
  fn main(index : i32) {
    let row = index / ${GROUP};
    let u = uniforms;
    let greedy = u.temperature == 0.0;
    let scale = select(1.0 / u.temperature, 1.0, greedy);
    let draw = drawToken(row * u.vocabulary, u.vocabulary, u.allowedFrom, greedy, scale, u.topP, uniformsOf[row]);
    if (localId.x == 0u && row < u.batch) {
      result[row] = f32(draw.id);
      result[u.batch + row] = draw.logp;
    }
  }`,
});

/** [2, B]: ids as floats (exact below 2²⁴), log-probabilities. */
export function sampleGpu(
  gpu: WebGPUBackend,
  logits: Tensor2D,
  uniforms: Tensor1D,
  temperature: number,
  topP: number,
  banned: readonly IdRange[],
): Tensor2D {
  const [batch, vocabulary] = logits.shape;
  const { allowedFrom, holes } = allowedOf('sampleToken', banned, vocabulary);
  const scalars = [batch, vocabulary, allowedFrom, temperature, topP];
  return runGpu<Tensor2D>(gpu, sample(holes), [logits, uniforms], scalars, {
    shape: [2, batch],
    groups: batch,
  });
}
