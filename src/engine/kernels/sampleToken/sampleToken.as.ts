/**
 * Sampling on WASM. The nucleus is found without sorting: its smallest probability is searched by bisection over the bits of
 * a float (positive floats order like integers), 31 sums over the row.
 */
import { expRow, log, maxOf, sum4 } from '../../wasm/math.as';
import { maskHoles } from '../banned.as';

/** As in the reference: a uniform of almost 1 must stay inside the rounded cumulative sum. */
const BELOW_ONE: f32 = 1 - 1e-6;

export function sampleScratch(vocabulary: i32): usize {
  return (<usize>(vocabulary + 4)) << 2;
}

/** Sum of the n values that are at least `least`; values after n, up to a whole vector, must be 0. */
function sumFrom(at: usize, n: i32, least: f32): f32 {
  const bound = f32x4.splat(least);
  let sum = f32x4.splat(0);
  for (const end = at + ((<usize>n) << 2); at < end; at += 16) {
    const v = v128.load(at);
    sum = f32x4.add(sum, v128.and(v, f32x4.ge(v, bound)));
  }
  return sum4(sum);
}

/** The largest value whose equals and betters sum to at least `mass`. */
function nucleusBound(at: usize, n: i32, mass: f32): f32 {
  let low: i32 = 0;
  let high: i32 = reinterpret<i32>(<f32>2);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sumFrom(at, n, reinterpret<f32>(middle)) >= mass) low = middle;
    else high = middle;
  }
  return reinterpret<f32>(low);
}

/** Samples one id per row; temperature 0 takes the first most probable one. */
export function sample(
  batch: i32,
  vocabulary: i32,
  temperature: f32,
  topP: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  logits: usize,
  uniforms: usize,
  ids: usize,
  logp: usize,
  scratch: usize,
): void {
  const allowed = vocabulary - allowedFrom;
  const scale: f32 = temperature > 0 ? <f32>1 / temperature : 1;
  for (let b = 0; b < batch; b++) {
    const at = (<usize>b) << 2;
    const row = logits + (<usize>b * <usize>vocabulary + <usize>allowedFrom) * 4;
    memory.copy(scratch, row, (<usize>allowed) << 2);
    maskHoles(scratch, allowedFrom, holeCount, holes);
    const top = maxOf(scratch, allowed);
    const sum = expRow(scratch, allowed, top, scale);
    let chosen = allowed - 1;
    if (temperature > 0) {
      const least: f32 = topP < 1 ? nucleusBound(scratch, allowed, topP * sum) : 0;
      const threshold = f32.load(uniforms + at) * sumFrom(scratch, allowed, least) * BELOW_ONE;
      let cumulative: f32 = 0;
      for (let i = 0; i < allowed; i++) {
        const p = f32.load(scratch + ((<usize>i) << 2));
        if (p == 0 || p < least) continue;
        chosen = i;
        cumulative += p;
        if (cumulative > threshold) break;
      }
    } else {
      for (let i = 0; i < allowed; i++) {
        const cell = (<usize>i) << 2;
        // The likeliest has e⁰ in the scratch memory, what is banned 0.
        if (f32.load(row + cell) == top && f32.load(scratch + cell) > 0) {
          chosen = i;
          break;
        }
      }
    }
    i32.store(ids + at, allowedFrom + chosen);
    f32.store(logp + at, (f32.load(row + ((<usize>chosen) << 2)) - top) * scale - log(sum));
  }
}
