/** Cached attention on WASM: writes the new keys and values into the cache in place, then one query per head over the slots. */
import { expRow, maxOf, sum4 } from '../../wasm/math.as';

/** Bytes that come from memory at once. */
const LINE: usize = 64;

export function attendScratch(depth: i32): usize {
  return (<usize>(depth + 4)) << 2;
}

function dot(a: usize, b: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  let sum = sum4(sums);
  for (; i < bytes; i += 4) sum += f32.load(a + i) * f32.load(b + i);
  return sum;
}

/** out[s] = q·key_s·scale. Four slots at a time: one load of q serves four keys, and four sums share one transpose. */
function scoreSlots(
  q: usize,
  key: usize,
  width: usize,
  head: usize,
  live: i32,
  scale: f32,
  out: usize,
): void {
  const scale4 = f32x4.splat(scale);
  let s = 0;
  if ((head & 15) == 0) {
    for (; s + 4 <= live; s += 4, key += 4 * width, out += 16) {
      let a = f32x4.splat(0);
      let b = a;
      let c = a;
      let d = a;
      for (let i: usize = 0; i < head; i += 16) {
        const x = v128.load(q + i);
        const at = key + i;
        a = f32x4.add(a, f32x4.mul(x, v128.load(at)));
        b = f32x4.add(b, f32x4.mul(x, v128.load(at + width)));
        c = f32x4.add(c, f32x4.mul(x, v128.load(at + 2 * width)));
        d = f32x4.add(d, f32x4.mul(x, v128.load(at + 3 * width)));
      }
      const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
      const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
      const sums = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      v128.store(out, f32x4.mul(sums, scale4));
    }
  }
  for (; s < live; s++, key += width, out += 4) f32.store(out, dot(q, key, head) * scale);
}

/** out = Σ_s weight_s·value_s·factor. Sixteen dimensions at a time stay in registers while the slots run by. */
function mixValues(
  weights: usize,
  value: usize,
  width: usize,
  head: usize,
  live: i32,
  factor: f32,
  out: usize,
): void {
  const end = weights + ((<usize>live) << 2);
  const factor4 = f32x4.splat(factor);
  let i: usize = 0;
  for (; i + 64 <= head; i += 64) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let from = value + i;
    for (let at = weights; at < end; at += 4, from += width) {
      const w = v128.load32_splat(at);
      a = f32x4.add(a, f32x4.mul(w, v128.load(from)));
      b = f32x4.add(b, f32x4.mul(w, v128.load(from, 16)));
      c = f32x4.add(c, f32x4.mul(w, v128.load(from, 32)));
      d = f32x4.add(d, f32x4.mul(w, v128.load(from, 48)));
    }
    v128.store(out + i, f32x4.mul(a, factor4));
    v128.store(out + i, f32x4.mul(b, factor4), 16);
    v128.store(out + i, f32x4.mul(c, factor4), 32);
    v128.store(out + i, f32x4.mul(d, factor4), 48);
  }
  for (; i < head; i += 4) {
    let sum: f32 = 0;
    let from = value + i;
    for (let at = weights; at < end; at += 4, from += width) sum += f32.load(at) * f32.load(from);
    f32.store(out + i, sum * factor);
  }
}

/**
 * Reads keys and values of a row from end to end, one number of each line. A group of heads reads a part of each slot only, and where
 * reading leaps, a processor fetches little ahead: a token of SmolLM2 waited a twentieth of its time for that.
 *
 * @param bytes of either
 * @param scratch takes a number that nobody wants, for what is not used is not read
 */
export function fetchAhead(keys: usize, values: usize, bytes: usize, scratch: usize): void {
  let seen = 0;
  for (let i: usize = 0; i < bytes; i += LINE) seen |= i32.load(keys + i) | i32.load(values + i);
  i32.store(scratch, seen);
}

/**
 * One row: writes its keys and values into slot `slot` of its cache, then attends over slots 0..slot.
 *
 * @param qkv rotated, one row
 * @param keys, values of this row, slot 0
 */
export function attendRow(
  slot: i32,
  heads: i32,
  kvHeads: i32,
  headDim: i32,
  qkv: usize,
  keys: usize,
  values: usize,
  out: usize,
  scratch: usize,
): void {
  const head = (<usize>headDim) << 2;
  const width = <usize>kvHeads * head;
  const shared = heads / kvHeads;
  fetchAhead(keys, values, <usize>slot * width, scratch);
  for (let group = 0; group < kvHeads; group++) {
    const own = <usize>group * head;
    const queries = <usize>shared * own;
    const key = qkv + <usize>heads * head + own;
    attendGroup(
      slot,
      shared,
      head,
      width,
      qkv + queries,
      key,
      key + width,
      keys + own,
      values + own,
      out + queries,
      scratch,
    );
  }
}

/**
 * The same for `heads` heads that have a key and a value in common, `head` bytes each; `width` bytes lie between two slots of the
 * cache.
 */
export function attendGroup(
  slot: i32,
  heads: i32,
  head: usize,
  width: usize,
  queries: usize,
  key: usize,
  value: usize,
  keys: usize,
  values: usize,
  out: usize,
  scratch: usize,
): void {
  const live = slot + 1;
  const scale = <f32>1 / sqrt<f32>(<f32>(head >> 2));
  memory.copy(keys + <usize>slot * width, key, head);
  memory.copy(values + <usize>slot * width, value, head);
  for (let h = 0; h < heads; h++, queries += head, out += head) {
    scoreSlots(queries, keys, width, head, live, scale, scratch);
    const sum = expRow(scratch, live, maxOf(scratch, live), 1);
    mixValues(scratch, values, width, head, live, <f32>1 / sum, out);
  }
}

/** Copies keys and values of whole sequences, `time` rows of qkv each, into the slots 0..time−1 of their caches. */
export function fillCache(
  batch: i32,
  time: i32,
  depth: i32,
  heads: i32,
  kvHeads: i32,
  headDim: i32,
  qkv: usize,
  keys: usize,
  values: usize,
): void {
  const skipped = (<usize>(heads * headDim)) << 2;
  const width = (<usize>(kvHeads * headDim)) << 2;
  const cached = <usize>depth * width;
  for (let b = 0; b < batch; b++, keys += cached, values += cached) {
    for (let t: usize = 0; t < <usize>time * width; t += width) {
      qkv += skipped;
      memory.copy(keys + t, qkv, width);
      memory.copy(values + t, qkv + width, width);
      qkv += 2 * width;
    }
  }
}

/** `slots` are int32, one a row; rows of −1 are left out. */
export function attend(
  batch: i32,
  depth: i32,
  heads: i32,
  kvHeads: i32,
  headDim: i32,
  slots: usize,
  qkv: usize,
  keys: usize,
  values: usize,
  out: usize,
  scratch: usize,
): void {
  const rowBytes = (<usize>(heads * headDim)) << 2;
  const width = (<usize>(kvHeads * headDim)) << 2;
  const cached = <usize>depth * width;
  for (let b = 0; b < batch; b++, slots += 4) {
    const slot = i32.load(slots);
    if (slot >= 0) attendRow(slot, heads, kvHeads, headDim, qkv, keys, values, out, scratch);
    qkv += rowBytes + 2 * width;
    out += rowBytes;
    keys += cached;
    values += cached;
  }
}
