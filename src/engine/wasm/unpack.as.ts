/** Matrices in blocks as float32 again: for products with the transpose, C = A·Wᵀ, and for rows of tables. */
import { BLOCK, halves4, INT8, panelBytes, tileBytes } from './blocks.as';
import { TILE_BYTES, multiply, packedBytes } from './gemm.as';

/** Columns of W that are unpacked at once. */
const UNPACKED: i32 = 256;

export function gemmBlocksTransposedScratch(k: i32): usize {
  return TILE_BYTES + packedBytes(k, UNPACKED);
}

/**
 * C[m, k] = A[m, n]·Wᵀ for `k` inputs from `first` on, a multiple of 32, of a matrix with `inputs`.
 *
 * @param rsa, rsc bytes from row to row of A and C; C is at the first of these columns
 */
export function gemmBlocksTransposed(
  type: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rsa: usize,
  tiles: usize,
  inputs: i32,
  first: i32,
  c: usize,
  rsc: usize,
  scratch: usize,
): void {
  const packed = scratch + TILE_BYTES;
  const stride = panelBytes(type, inputs);
  const skipped = <usize>(first / BLOCK) * tileBytes(type);
  for (let n0 = 0; n0 < n; n0 += UNPACKED) {
    const nc = min(UNPACKED, n - n0);
    const room = ((<usize>nc + 7) & ~7) << 5;
    for (let j = 0; j < nc; j += 8) {
      unpack(type, k, tiles + (<usize>(n0 + j) >> 3) * stride + skipped, packed + ((<usize>j) << 5), room);
    }
    multiply(m, k, nc, a + ((<usize>n0) << 2), rsa, 4, packed, room, c, rsc, n0 > 0, scratch);
  }
}

/** Inputs of 8 columns of W: of each, 8 next to each other, a column after the other; `room` bytes further the next 8. */
function unpack(type: i32, k: i32, tile: usize, to: usize, room: usize): void {
  for (let first = 0; first < k; first += BLOCK, tile += tileBytes(type)) {
    const eights = min(4, (k - first + 7) >> 3);
    for (let column: usize = 0; column < 8; column++) {
      const d = half(tile + (column << 1));
      const m = type == INT8 ? f32x4.splat(0) : half(tile + 16 + (column << 1));
      let w = tile + (type == INT8 ? 16 : 32) + (column << 2);
      let at = to + (column << 5);
      for (let e = 0; e < eights; e++, at += room, w += type == INT8 ? 64 : 32) {
        let low: v128;
        let high: v128;
        if (type == INT8) {
          low = i16x8.extend_low_i8x16_s(v128.load32_zero(w));
          high = i16x8.extend_low_i8x16_s(v128.load32_zero(w, 32));
        } else {
          const both = v128.load32_zero(w);
          low = i16x8.extend_low_i8x16_u(v128.and(both, i8x16.splat(15)));
          high = i16x8.extend_low_i8x16_u(v128.and(i16x8.shr_u(both, 4), i8x16.splat(15)));
        }
        v128.store(at, value(low, d, m));
        v128.store(at, value(high, d, m), 16);
      }
    }
    to += room << 2;
  }
}

function value(q: v128, d: v128, m: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(q)), d), m);
}

/** One number of 16 bits in four lanes. */
function half(at: usize): v128 {
  return v128.shuffle<i32>(halves4(at), i32x4.splat(0), 0, 0, 0, 0);
}

/** Rows of a table [rows, d], which are columns of the matrix in tiles. @returns the first place with an id outside, or −1 */
export function gatherBlocks(type: i32, n: i32, rows: i32, d: i32, tiles: usize, ids: usize, y: usize): i32 {
  for (let i = 0; i < n; i++) {
    const id = i32.load(ids + ((<usize>i) << 2));
    if (<u32>id >= <u32>rows) return i;
    columnOf(type, d, tiles, id, y + ((<usize>(i * d)) << 2));
  }
  return -1;
}

/** One column of the matrix in tiles, as k floats. */
export function columnOf(type: i32, k: i32, tiles: usize, column: i32, to: usize): void {
  const own = <usize>(column & 7);
  let tile = tiles + <usize>(column >> 3) * panelBytes(type, k);
  for (let i = 0; i < k; i++) {
    const within = i & 31;
    if (i > 0 && within == 0) tile += tileBytes(type);
    const d = f32x4.extract_lane(halves4(tile + (own << 1)), 0);
    let q: i32;
    let m: f32 = 0;
    if (type == INT8) {
      q = i32.load8_s(tile + 16 + ((<usize>(within >> 2)) << 5) + (own << 2) + <usize>(within & 3));
    } else {
      m = f32x4.extract_lane(halves4(tile + 16 + (own << 1)), 0);
      const both = i32.load8_u(tile + 32 + ((<usize>(within >> 3)) << 5) + (own << 2) + <usize>(within & 3));
      q = within & 4 ? both >> 4 : both & 15;
    }
    f32.store(to + ((<usize>i) << 2), <f32>q * d + m);
  }
}
