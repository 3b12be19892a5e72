/**
 * Products with a frozen matrix in blocks of 32 values (`blocks.ts` has the layout of its tiles).
 *
 * Forward, C = A·W: each run of 32 values of a row of A becomes whole numbers of 16 bits with one scale, so that a block is a sum of
 * exact integer products, twice as many in an instruction as float32 has. What is lost is 2⁻¹⁶ of the largest value of the run,
 * less than float16 would lose. A result depends on its own row and column only, not on how many are computed together.
 */
import { TILE_BYTES } from './gemm.as';

/** Values of a block. */
export const BLOCK: i32 = 32;
/** Types of blocks; 0 is float32. */
export const INT8: i32 = 1;
export const INT4: i32 = 2;
/** Rows of A that are made integers at once. */
const ROWS: i32 = 32;

/** Bytes of 8 columns of a block: scales, minimums, values. */
export function tileBytes(type: i32): usize {
  return type == INT8 ? 272 : 160;
}

function blocksOf(k: i32): i32 {
  return (k + BLOCK - 1) / BLOCK;
}

/** Bytes from one panel of 8 columns to the next. */
export function panelBytes(type: i32, k: i32): usize {
  return <usize>blocksOf(k) * tileBytes(type);
}

/** Rows of A as integers: [rows, blocks·32] of 16 bits, then scales and sums of each block [rows, blocks]; and a place for tails. */
export function gemmBlocksScratch(m: i32, k: i32): usize {
  return TILE_BYTES + <usize>min(m, ROWS) * <usize>blocksOf(k) * (2 * BLOCK + 8) + 4 * BLOCK;
}

/** C[m,n] = A[m,k]·W. Rows of A lie `rsa` bytes apart, those of C `rsc`. */
export function gemmBlocks(
  type: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rsa: usize,
  tiles: usize,
  c: usize,
  rsc: usize,
  scratch: usize,
): void {
  const blocks = blocksOf(k);
  const most = <usize>min(m, ROWS);
  const whole = scratch + TILE_BYTES;
  const xs = whole + ((most * <usize>blocks) << 6);
  const sums = xs + ((most * <usize>blocks) << 2);
  const tail = sums + ((most * <usize>blocks) << 2);
  const stride = panelBytes(type, k);
  for (let m0 = 0; m0 < m; m0 += ROWS) {
    const rows = min(ROWS, m - m0);
    for (let r = 0; r < rows; r++) {
      const to = <usize>(r * blocks);
      toIntegers(k, a + <usize>(m0 + r) * rsa, whole + (to << 6), xs + (to << 2), sums + (to << 2), tail);
    }
    let panel = tiles;
    for (let j = 0; j < n; j += 8, panel += stride) {
      const width = min(8, n - j);
      const column = c + <usize>m0 * rsc + ((<usize>j) << 2);
      for (let r = 0; r < rows;) {
        const at = <usize>(r * blocks);
        const x = whole + (at << 6);
        const s = xs + (at << 2);
        const t = sums + (at << 2);
        const to = column + <usize>r * rsc;
        const four = r + 4 <= rows;
        const out = width == 8 ? to : scratch;
        const apart: usize = width == 8 ? rsc : 32;
        if (four) {
          if (type == INT8) {
            four8(blocks, x, s, panel, 0, out, apart);
            four8(blocks, x, s, panel, 8, out + 16, apart);
          } else {
            four4(blocks, x, s, t, panel, 0, out, apart);
            four4(blocks, x, s, t, panel, 8, out + 16, apart);
          }
        } else if (type == INT8) {
          one8(blocks, x, s, panel, out);
        } else {
          one4(blocks, x, s, t, panel, out);
        }
        const done = four ? 4 : 1;
        if (width < 8) {
          for (let i: usize = 0; i < <usize>done; i++) {
            memory.copy(to + i * rsc, scratch + (i << 5), (<usize>width) << 2);
          }
        }
        r += done;
      }
    }
  }
}

/** A row of k floats: integers, and of each block its scale and the sum of what the integers stand for. */
function toIntegers(k: i32, x: usize, to: usize, scales: usize, sums: usize, tail: usize): void {
  for (let first = 0; first < k; first += BLOCK, to += 64, scales += 4, sums += 4) {
    let from = x + ((<usize>first) << 2);
    if (k - first < BLOCK) {
      memory.fill(tail, 0, 4 * BLOCK);
      memory.copy(tail, from, (<usize>(k - first)) << 2);
      from = tail;
    }
    // As integers, magnitudes stand in their order, and what is not finite above all others.
    const magnitude = i32x4.splat(0x7fffffff);
    let top = i32x4.splat(0);
    for (let i: usize = 0; i < 128; i += 16) top = i32x4.max_s(top, v128.and(v128.load(from + i), magnitude));
    const bits = max(
      max(i32x4.extract_lane(top, 0), i32x4.extract_lane(top, 1)),
      max(i32x4.extract_lane(top, 2), i32x4.extract_lane(top, 3)),
    );
    const largest = reinterpret<f32>(bits);
    const scale: f32 = bits < 0x7f800000 ? largest / 32767 : NaN;
    // The quotient of the smallest numbers is no number that helps.
    const inverse: f32 = largest > <f32>1e-30 ? 32767 / largest : 0;
    const factor = f32x4.splat(inverse);
    const shift = f32x4.splat(12582912);
    const bias = i32x4.splat(0x4b400000);
    let sum = i32x4.splat(0);
    for (let i: usize = 0; i < 64; i += 16) {
      const p = f32x4.mul(v128.load(from + (i << 1)), factor);
      const q = f32x4.mul(v128.load(from + (i << 1), 16), factor);
      const low = i32x4.sub(f32x4.add(p, shift), bias);
      const high = i32x4.sub(f32x4.add(q, shift), bias);
      sum = i32x4.add(sum, i32x4.add(low, high));
      v128.store(to + i, i16x8.narrow_i32x4_s(low, high));
    }
    const total =
      i32x4.extract_lane(sum, 0) +
      i32x4.extract_lane(sum, 1) +
      i32x4.extract_lane(sum, 2) +
      i32x4.extract_lane(sum, 3);
    f32.store(scales, scale);
    f32.store(sums, <f32>total * scale);
  }
}

/** Four numbers of 16 bits, widened. */
export function halves4(at: usize): v128 {
  const h = i32x4.extend_low_i16x8_u(v128.load64_zero(at));
  const sign = i32x4.shl(v128.and(h, i32x4.splat(0x8000)), 16);
  const rest = i32x4.shl(v128.and(h, i32x4.splat(0x7fff)), 13);
  return v128.or(sign, f32x4.mul(rest, f32x4.splat(5.192296858534828e33))); // 2¹¹²
}

/** Neighbours added: of two vectors with two parts of each of two columns, the four columns. */
function columns(a: v128, b: v128): v128 {
  return f32x4.convert_i32x4_s(
    i32x4.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7)),
  );
}

function dot(sum: v128, x: v128, w: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
}

/** Four rows and four columns, int8. @param side 0: columns 0–3 of the panel; 8: columns 4–7, whose scales lie 8 bytes further */
function four8(blocks: i32, x0: usize, scales: usize, tile: usize, side: usize, c: usize, rsc: usize): void {
  const row = (<usize>blocks) << 6;
  const scaleRow = (<usize>blocks) << 2;
  const x1 = x0 + row;
  const x2 = x1 + row;
  const x3 = x2 + row;
  const s1 = scales + scaleRow;
  const s2 = s1 + scaleRow;
  const s3 = s2 + scaleRow;
  let y0 = f32x4.splat(0);
  let y1 = y0;
  let y2 = y0;
  let y3 = y0;
  let at: usize = 0;
  for (let b = 0; b < blocks; b++, tile += 272) {
    let w = tile + 16 + (side << 1);
    let a0 = i32x4.splat(0);
    let b0 = a0;
    let a1 = a0;
    let b1 = a0;
    let a2 = a0;
    let b2 = a0;
    let a3 = a0;
    let b3 = a0;
    for (const end = at + 64; at < end; at += 8, w += 32) {
      const v = v128.load8x8_s(w);
      const u = v128.load8x8_s(w, 8);
      const p = v128.load64_splat(x0 + at);
      a0 = dot(a0, p, v);
      b0 = dot(b0, p, u);
      const q = v128.load64_splat(x1 + at);
      a1 = dot(a1, q, v);
      b1 = dot(b1, q, u);
      const r = v128.load64_splat(x2 + at);
      a2 = dot(a2, r, v);
      b2 = dot(b2, r, u);
      const s = v128.load64_splat(x3 + at);
      a3 = dot(a3, s, v);
      b3 = dot(b3, s, u);
    }
    const d = halves4(tile + side);
    const o = (<usize>b) << 2;
    y0 = f32x4.add(y0, f32x4.mul(columns(a0, b0), f32x4.mul(d, v128.load32_splat(scales + o))));
    y1 = f32x4.add(y1, f32x4.mul(columns(a1, b1), f32x4.mul(d, v128.load32_splat(s1 + o))));
    y2 = f32x4.add(y2, f32x4.mul(columns(a2, b2), f32x4.mul(d, v128.load32_splat(s2 + o))));
    y3 = f32x4.add(y3, f32x4.mul(columns(a3, b3), f32x4.mul(d, v128.load32_splat(s3 + o))));
  }
  v128.store(c, y0);
  v128.store(c + rsc, y1);
  v128.store(c + 2 * rsc, y2);
  v128.store(c + 3 * rsc, y3);
}

/** One row and a panel, int8. */
function one8(blocks: i32, x: usize, scales: usize, tile: usize, c: usize): void {
  let y0 = f32x4.splat(0);
  let y1 = y0;
  for (let b = 0; b < blocks; b++, tile += 272, scales += 4) {
    let w = tile + 16;
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (const end = x + 64; x < end; x += 8, w += 32) {
      const p = v128.load64_splat(x);
      a0 = dot(a0, p, v128.load8x8_s(w));
      a1 = dot(a1, p, v128.load8x8_s(w, 8));
      a2 = dot(a2, p, v128.load8x8_s(w, 16));
      a3 = dot(a3, p, v128.load8x8_s(w, 24));
    }
    const s = v128.load32_splat(scales);
    y0 = f32x4.add(y0, f32x4.mul(columns(a0, a1), f32x4.mul(halves4(tile), s)));
    y1 = f32x4.add(y1, f32x4.mul(columns(a2, a3), f32x4.mul(halves4(tile + 8), s)));
  }
  v128.store(c, y0);
  v128.store(c, y1, 16);
}

/** What a block adds: integers times both scales, and the minimum times the sum of x. */
function block4(a: v128, b: v128, d: v128, m: v128, scale: usize, sum: usize): v128 {
  return f32x4.add(
    f32x4.mul(columns(a, b), f32x4.mul(d, v128.load32_splat(scale))),
    f32x4.mul(m, v128.load32_splat(sum)),
  );
}

/** Four rows and four columns, int4; `side` as in `four8`. */
function four4(
  blocks: i32,
  x0: usize,
  scales: usize,
  sums: usize,
  tile: usize,
  side: usize,
  c: usize,
  rsc: usize,
): void {
  const row = (<usize>blocks) << 6;
  const scaleRow = (<usize>blocks) << 2;
  const x1 = x0 + row;
  const x2 = x1 + row;
  const x3 = x2 + row;
  const nibble = i8x16.splat(15);
  let y0 = f32x4.splat(0);
  let y1 = y0;
  let y2 = y0;
  let y3 = y0;
  let at: usize = 0;
  for (let b = 0; b < blocks; b++, tile += 160) {
    let w = tile + 32 + (side << 1);
    let a0 = i32x4.splat(0);
    let b0 = a0;
    let a1 = a0;
    let b1 = a0;
    let a2 = a0;
    let b2 = a0;
    let a3 = a0;
    let b3 = a0;
    for (const end = at + 64; at < end; at += 16, w += 32) {
      const both = v128.load(w);
      const low = v128.and(both, nibble);
      let v = i16x8.extend_low_i8x16_u(low);
      let u = i16x8.extend_high_i8x16_u(low);
      let p = v128.load64_splat(x0 + at);
      a0 = dot(a0, p, v);
      b0 = dot(b0, p, u);
      p = v128.load64_splat(x1 + at);
      a1 = dot(a1, p, v);
      b1 = dot(b1, p, u);
      p = v128.load64_splat(x2 + at);
      a2 = dot(a2, p, v);
      b2 = dot(b2, p, u);
      p = v128.load64_splat(x3 + at);
      a3 = dot(a3, p, v);
      b3 = dot(b3, p, u);
      const high = v128.and(i16x8.shr_u(both, 4), nibble);
      v = i16x8.extend_low_i8x16_u(high);
      u = i16x8.extend_high_i8x16_u(high);
      p = v128.load64_splat(x0 + at, 8);
      a0 = dot(a0, p, v);
      b0 = dot(b0, p, u);
      p = v128.load64_splat(x1 + at, 8);
      a1 = dot(a1, p, v);
      b1 = dot(b1, p, u);
      p = v128.load64_splat(x2 + at, 8);
      a2 = dot(a2, p, v);
      b2 = dot(b2, p, u);
      p = v128.load64_splat(x3 + at, 8);
      a3 = dot(a3, p, v);
      b3 = dot(b3, p, u);
    }
    const d = halves4(tile + side);
    const m = halves4(tile + side + 16);
    let s = scales + ((<usize>b) << 2);
    let t = sums + ((<usize>b) << 2);
    y0 = f32x4.add(y0, block4(a0, b0, d, m, s, t));
    s += scaleRow;
    t += scaleRow;
    y1 = f32x4.add(y1, block4(a1, b1, d, m, s, t));
    s += scaleRow;
    t += scaleRow;
    y2 = f32x4.add(y2, block4(a2, b2, d, m, s, t));
    s += scaleRow;
    t += scaleRow;
    y3 = f32x4.add(y3, block4(a3, b3, d, m, s, t));
  }
  v128.store(c, y0);
  v128.store(c + rsc, y1);
  v128.store(c + 2 * rsc, y2);
  v128.store(c + 3 * rsc, y3);
}

/** One row and a panel, int4. */
function one4(blocks: i32, x: usize, scales: usize, sums: usize, tile: usize, c: usize): void {
  const nibble = i8x16.splat(15);
  let y0 = f32x4.splat(0);
  let y1 = y0;
  for (let b = 0; b < blocks; b++, tile += 160, scales += 4, sums += 4) {
    let w = tile + 32;
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (const end = x + 64; x < end; x += 16, w += 32) {
      const p = v128.load64_splat(x);
      const q = v128.load64_splat(x, 8);
      let both = v128.load(w);
      let low = v128.and(both, nibble);
      let high = v128.and(i16x8.shr_u(both, 4), nibble);
      a0 = dot(dot(a0, p, i16x8.extend_low_i8x16_u(low)), q, i16x8.extend_low_i8x16_u(high));
      a1 = dot(dot(a1, p, i16x8.extend_high_i8x16_u(low)), q, i16x8.extend_high_i8x16_u(high));
      both = v128.load(w, 16);
      low = v128.and(both, nibble);
      high = v128.and(i16x8.shr_u(both, 4), nibble);
      a2 = dot(dot(a2, p, i16x8.extend_low_i8x16_u(low)), q, i16x8.extend_low_i8x16_u(high));
      a3 = dot(dot(a3, p, i16x8.extend_high_i8x16_u(low)), q, i16x8.extend_high_i8x16_u(high));
    }
    y0 = f32x4.add(y0, block4(a0, a1, halves4(tile), halves4(tile + 16), scales, sums));
    y1 = f32x4.add(y1, block4(a2, a3, halves4(tile + 8), halves4(tile + 24), scales, sums));
  }
  v128.store(c, y0);
  v128.store(c, y1, 16);
}
