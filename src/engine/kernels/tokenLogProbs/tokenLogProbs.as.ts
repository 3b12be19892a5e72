/**
 * Output head fused with log-softmax on WASM. Logits are never kept: the forward pass has those of 64 tokens at a time, the
 * backward pass computes them again, of some hundred tokens at a time. That costs less than a tenth of a training step and
 * saves the [tokens × vocabulary] buffer.
 */
import { gemmBlocks, gemmBlocksScratch } from '../../wasm/blocks.as';
import { multiply, pack, packedBytes, TILE_BYTES } from '../../wasm/gemm.as';
import { exp4, expRow, log, maxOf, scaleRow, sum4 } from '../../wasm/math.as';
import { gemmBlocksTransposed, gemmBlocksTransposedScratch } from '../../wasm/unpack.as';
import { isHole, MASKED, maskHoles } from '../banned.as';

const ROWS: i32 = 64;

/** Bytes from one row of logits to the next: room to fill the last vector, wherever the allowed ids start. */
function rowBytes(vocabulary: i32): usize {
  return (<usize>(vocabulary + 4)) << 2;
}

export function headForwardScratch(d: i32, vocabulary: i32): usize {
  return TILE_BYTES + packedBytes(vocabulary, d) + <usize>ROWS * rowBytes(vocabulary);
}

export function headBackwardScratch(d: i32, vocabulary: i32): usize {
  return TILE_BYTES + packedBytes(vocabulary, d) + packedBytes(d, vocabulary);
}

/** The first place whose target is outside the vocabulary, or −1. */
export function firstBadTarget(n: i32, vocabulary: i32, targets: usize): i32 {
  for (let i = 0; i < n; i++) {
    if (<u32>i32.load(targets + ((<usize>i) << 2)) >= <u32>vocabulary) return i;
  }
  return -1;
}

/** Outputs are [n] each. With z = (logit − max)/T and Z = Σ e^z: logp = z_y − log Z, entropy = log Z − Σ e^z·z/Z. */
export function headForward(
  n: i32,
  d: i32,
  vocabulary: i32,
  inverseT: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  x: usize,
  table: usize,
  targets: usize,
  logp: usize,
  entropy: usize,
  sumSq: usize,
  scratch: usize,
): void {
  const bytes = (<usize>d) << 2;
  const stride = rowBytes(vocabulary);
  const tableT = scratch + TILE_BYTES;
  const logits = tableT + packedBytes(vocabulary, d);
  pack(vocabulary, d, table, 4, bytes, tableT);
  for (let first = 0; first < n; first += ROWS) {
    const rows = min(ROWS, n - first);
    multiply(
      rows,
      vocabulary,
      d,
      x + <usize>first * bytes,
      bytes,
      4,
      tableT,
      <usize>d * 32,
      logits,
      stride,
      false,
      scratch,
    );
    statistics(
      rows,
      first,
      vocabulary,
      inverseT,
      allowedFrom,
      holeCount,
      holes,
      logits,
      targets,
      logp,
      entropy,
      sumSq,
    );
  }
}

/** What is asked of so many rows of logits, of which the first stands at `first` in the outputs. */
function statistics(
  rows: i32,
  first: i32,
  vocabulary: i32,
  inverseT: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  logits: usize,
  targets: usize,
  logp: usize,
  entropy: usize,
  sumSq: usize,
): void {
  const stride = rowBytes(vocabulary);
  const start = (<usize>allowedFrom) << 2;
  const allowed = vocabulary - allowedFrom;
  const factor = f32x4.splat(inverseT);
  for (let r = 0; r < rows; r++) {
    const row = logits + <usize>r * stride;
    const out = (<usize>(first + r)) << 2;
    const target = i32.load(targets + out);
    maskHoles(row, 0, holeCount, holes);
    const top = maxOf(row + start, allowed);
    const end = row + ((<usize>vocabulary) << 2);
    v128.store(end, f32x4.splat(MASKED));
    const top4 = f32x4.splat(top);
    let sums = f32x4.splat(0);
    let squares = sums;
    let weighted = sums;
    for (let p = row + start; p < end; p += 16) {
      const z = f32x4.mul(f32x4.sub(v128.load(p), top4), factor);
      const e = exp4(z);
      sums = f32x4.add(sums, e);
      squares = f32x4.add(squares, f32x4.mul(e, e));
      weighted = f32x4.add(weighted, f32x4.mul(e, z));
    }
    const sum = sum4(sums);
    const logSum = log(sum);
    const banned = target < allowedFrom || isHole(target, holeCount, holes);
    const z: f32 = banned ? MASKED : (f32.load(row + ((<usize>target) << 2)) - top) * inverseT;
    f32.store(logp + out, z - logSum);
    f32.store(entropy + out, logSum - sum4(weighted) / sum);
    f32.store(sumSq + out, sum4(squares) / (sum * sum));
  }
}

/**
 * dlogits = dlogp·(1[target] − p)/T;  dx = dlogits·table. `dlogits` is [n, vocabulary + 4], the last four columns without
 * meaning; the caller adds dlogitsᵀ·x to the table's gradient.
 */
export function headBackward(
  n: i32,
  d: i32,
  vocabulary: i32,
  inverseT: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  x: usize,
  table: usize,
  targets: usize,
  dlogp: usize,
  dx: usize,
  dlogits: usize,
  scratch: usize,
): void {
  const bytes = (<usize>d) << 2;
  const stride = rowBytes(vocabulary);
  const tableT = scratch + TILE_BYTES;
  const tablePacked = tableT + packedBytes(vocabulary, d);
  pack(vocabulary, d, table, 4, bytes, tableT);
  pack(d, vocabulary, table, bytes, 4, tablePacked);
  for (let first = 0; first < n; first += ROWS) {
    const rows = min(ROWS, n - first);
    const logits = dlogits + <usize>first * stride;
    const xBlock = x + <usize>first * bytes;
    const dxBlock = dx + <usize>first * bytes;
    multiply(rows, vocabulary, d, xBlock, bytes, 4, tableT, <usize>d * 32, logits, stride, false, scratch);
    slopes(rows, first, vocabulary, inverseT, allowedFrom, holeCount, holes, logits, targets, dlogp);
    const panel = <usize>vocabulary * 32;
    multiply(rows, d, vocabulary, logits, stride, 4, tablePacked, panel, dxBlock, bytes, false, scratch);
  }
}

/** Logits of so many rows become dlogits. */
function slopes(
  rows: i32,
  first: i32,
  vocabulary: i32,
  inverseT: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  logits: usize,
  targets: usize,
  dlogp: usize,
): void {
  const stride = rowBytes(vocabulary);
  const start = (<usize>allowedFrom) << 2;
  const allowed = vocabulary - allowedFrom;
  for (let r = 0; r < rows; r++) {
    const row = logits + <usize>r * stride;
    const at = (<usize>(first + r)) << 2;
    const slope = f32.load(dlogp + at) * inverseT;
    const target = i32.load(targets + at);
    maskHoles(row, 0, holeCount, holes);
    const sum = expRow(row + start, allowed, maxOf(row + start, allowed), inverseT);
    memory.fill(row, 0, start);
    scaleRow(row + start, allowed, -slope / sum);
    if (target >= allowedFrom && !isHole(target, holeCount, holes)) {
      const y = row + ((<usize>target) << 2);
      f32.store(y, f32.load(y) + slope);
    }
  }
}

export function headBlocksScratch(d: i32, vocabulary: i32): usize {
  return max(gemmBlocksScratch(ROWS, d), gemmBlocksTransposedScratch(d)) + <usize>ROWS * rowBytes(vocabulary);
}

/** `headForward` with a table in blocks of this type. */
export function headBlocksForward(
  type: i32,
  n: i32,
  d: i32,
  vocabulary: i32,
  inverseT: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  x: usize,
  tiles: usize,
  targets: usize,
  logp: usize,
  entropy: usize,
  sumSq: usize,
  scratch: usize,
): void {
  const bytes = (<usize>d) << 2;
  const stride = rowBytes(vocabulary);
  const small = scratch + <usize>ROWS * stride;
  for (let first = 0; first < n; first += ROWS) {
    const rows = min(ROWS, n - first);
    const own = x + <usize>first * bytes;
    gemmBlocks(type, rows, vocabulary, d, own, bytes, tiles, scratch, stride, small);
    statistics(
      rows,
      first,
      vocabulary,
      inverseT,
      allowedFrom,
      holeCount,
      holes,
      scratch,
      targets,
      logp,
      entropy,
      sumSq,
    );
  }
}

/** dx of `headBackward` with a table in blocks of this type, which is never trained. */
export function headBlocksBackward(
  type: i32,
  n: i32,
  d: i32,
  vocabulary: i32,
  inverseT: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  x: usize,
  tiles: usize,
  targets: usize,
  dlogp: usize,
  dx: usize,
  scratch: usize,
): void {
  const bytes = (<usize>d) << 2;
  const stride = rowBytes(vocabulary);
  const small = scratch + <usize>ROWS * stride;
  for (let first = 0; first < n; first += ROWS) {
    const rows = min(ROWS, n - first);
    const own = <usize>first * bytes;
    gemmBlocks(type, rows, vocabulary, d, x + own, bytes, tiles, scratch, stride, small);
    slopes(rows, first, vocabulary, inverseT, allowedFrom, holeCount, holes, scratch, targets, dlogp);
    gemmBlocksTransposed(type, rows, vocabulary, d, scratch, stride, tiles, d, 0, dx + own, bytes, small);
  }
}
