/**
 * Causal attention on WASM, one head at a time, 32 queries at a time: the largest thing kept is a 32 × time block of scores.
 * The backward pass recomputes the probabilities instead of storing them, so nothing but `qkv` is saved in between.
 */
import { multiply, pack, packedBytes, TILE_BYTES } from '../../wasm/gemm.as';
import { expRow, maxOf, scaleRow } from '../../wasm/math.as';

const ROWS: i32 = 32;

/** Bytes from one row of a score block to the next: whole vectors. */
function scoreStride(time: i32): usize {
  return (<usize>(time + 3) & ~3) << 2;
}

export function attentionForwardScratch(time: i32, headDim: i32): usize {
  return (
    TILE_BYTES + packedBytes(time, headDim) + packedBytes(headDim, time) + <usize>ROWS * scoreStride(time)
  );
}

export function attentionBackwardScratch(time: i32, headDim: i32): usize {
  return (
    TILE_BYTES +
    2 * packedBytes(time, headDim) +
    packedBytes(headDim, time) +
    packedBytes(headDim, ROWS) +
    2 * <usize>ROWS * scoreStride(time)
  );
}

/** Scores of queries first..first+rows−1 → their causal softmax, zeros after the diagonal. */
function causalSoftmax(scores: usize, stride: usize, first: i32, rows: i32, scale: f32): void {
  for (let r = 0; r < rows; r++, scores += stride) {
    const seen = first + r + 1;
    const sum = expRow(scores, seen, maxOf(scores, seen), scale);
    scaleRow(scores, seen, <f32>1 / sum);
    // A loop, not memory.fill: that is a call out of WebAssembly, and these rows are short.
    const to = scores + stride;
    for (let p = scores + ((<usize>(seen + 3) & ~3) << 2); p < to; p += 16) v128.store(p, f32x4.splat(0));
  }
}

export function attentionForward(
  batch: i32,
  time: i32,
  heads: i32,
  kvHeads: i32,
  headDim: i32,
  qkv: usize,
  out: usize,
  scratch: usize,
): void {
  const row = (<usize>((heads + 2 * kvHeads) * headDim)) << 2;
  const outRow = (<usize>(heads * headDim)) << 2;
  const head = (<usize>headDim) << 2;
  const stride = scoreStride(time);
  const keys = scratch + TILE_BYTES;
  const values = keys + packedBytes(time, headDim);
  const scores = values + packedBytes(headDim, time);
  const scale = <f32>1 / sqrt<f32>(<f32>headDim);
  const perGroup = heads / kvHeads;
  for (let b = 0; b < batch; b++, qkv += <usize>time * row, out += <usize>time * outRow) {
    for (let g = 0; g < kvHeads; g++) {
      pack(time, headDim, qkv + <usize>(heads + g) * head, 4, row, keys);
      pack(headDim, time, qkv + <usize>(heads + kvHeads + g) * head, row, 4, values);
      for (let h = g * perGroup; h < (g + 1) * perGroup; h++) {
        for (let first = 0; first < time; first += ROWS) {
          const rows = min(ROWS, time - first);
          const end = first + rows;
          const q = qkv + <usize>first * row + <usize>h * head;
          const o = out + <usize>first * outRow + <usize>h * head;
          multiply(rows, end, headDim, q, row, 4, keys, <usize>headDim * 32, scores, stride, false, scratch);
          causalSoftmax(scores, stride, first, rows, scale);
          multiply(
            rows,
            headDim,
            end,
            scores,
            stride,
            4,
            values,
            <usize>time * 32,
            o,
            outRow,
            false,
            scratch,
          );
        }
      }
    }
  }
}

/** dS = P ∘ (dP − Σ P∘dP)·scale, written over dP. */
function softmaxBackward(p: usize, dp: usize, stride: usize, rows: i32, end: i32, scale: f32): void {
  for (let r = 0; r < rows; r++, p += stride, dp += stride) {
    let dot: f32 = 0;
    for (let i: usize = 0; i < (<usize>end) << 2; i += 4) dot += f32.load(p + i) * f32.load(dp + i);
    const dot4 = f32x4.splat(dot);
    const scale4 = f32x4.splat(scale);
    for (let i: usize = 0; i < (<usize>end) << 2; i += 16) {
      const t = f32x4.mul(v128.load(p + i), f32x4.sub(v128.load(dp + i), dot4));
      v128.store(dp + i, f32x4.mul(t, scale4));
    }
  }
}

/** `dqkv` must start as zeros: several query blocks (and heads of a group) add to the same keys and values. */
export function attentionBackward(
  batch: i32,
  time: i32,
  heads: i32,
  kvHeads: i32,
  headDim: i32,
  qkv: usize,
  dout: usize,
  dqkv: usize,
  scratch: usize,
): void {
  const row = (<usize>((heads + 2 * kvHeads) * headDim)) << 2;
  const outRow = (<usize>(heads * headDim)) << 2;
  const head = (<usize>headDim) << 2;
  const panel = <usize>headDim * 32;
  const stride = scoreStride(time);
  const keysT = scratch + TILE_BYTES;
  const valuesT = keysT + packedBytes(time, headDim);
  const keys = valuesT + packedBytes(time, headDim);
  const rowsPacked = keys + packedBytes(headDim, time);
  const p = rowsPacked + packedBytes(headDim, ROWS);
  const ds = p + <usize>ROWS * stride;
  const scale = <f32>1 / sqrt<f32>(<f32>headDim);
  const perGroup = heads / kvHeads;
  const sample = <usize>time * row;
  for (let b = 0; b < batch; b++, qkv += sample, dqkv += sample, dout += <usize>time * outRow) {
    for (let g = 0; g < kvHeads; g++) {
      const atKey = <usize>(heads + g) * head;
      const atValue = <usize>(heads + kvHeads + g) * head;
      pack(time, headDim, qkv + atKey, 4, row, keysT);
      pack(time, headDim, qkv + atValue, 4, row, valuesT);
      pack(headDim, time, qkv + atKey, row, 4, keys);
      for (let h = g * perGroup; h < (g + 1) * perGroup; h++) {
        const atQuery = <usize>h * head;
        for (let first = 0; first < time; first += ROWS) {
          const rows = min(ROWS, time - first);
          const end = first + rows;
          const q = qkv + <usize>first * row + atQuery;
          const dq = dqkv + <usize>first * row + atQuery;
          const d = dout + <usize>first * outRow + atQuery;
          const block = <usize>rows * 32;
          multiply(rows, end, headDim, q, row, 4, keysT, panel, p, stride, false, scratch);
          causalSoftmax(p, stride, first, rows, scale);
          multiply(rows, end, headDim, d, outRow, 4, valuesT, panel, ds, stride, false, scratch);
          pack(headDim, rows, d, outRow, 4, rowsPacked);
          multiply(end, headDim, rows, p, 4, stride, rowsPacked, block, dqkv + atValue, row, true, scratch);
          softmaxBackward(p, ds, stride, rows, end, scale);
          multiply(rows, headDim, end, ds, stride, 4, keys, <usize>time * 32, dq, row, false, scratch);
          pack(headDim, rows, q, row, 4, rowsPacked);
          multiply(end, headDim, rows, ds, 4, stride, rowsPacked, block, dqkv + atKey, row, true, scratch);
        }
      }
    }
  }
}
