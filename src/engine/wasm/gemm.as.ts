/**
 * Matrix product for every transposition: C[m,n] (+)= Σ_k A[m,k]·B[k,n].
 *
 * A and B are described by their two byte strides (rs: to the next row, cs: to the next column), so a transpose is free.
 * Columns of C are always 4 bytes apart.
 *
 * How it is fast: B is first packed into panels of 8 columns, each panel contiguous along k. A tile of 4 × 8 results
 * then stays in eight registers while k runs: per k, two vector loads of B and four broadcast loads of A feed 16 arithmetic
 * instructions, so the arithmetic is the limit. k is cut into blocks of 256 and rows of A into blocks of 64, so that what a
 * tile reads comes from the first-level cache. WebAssembly's portable SIMD has no fused multiply-add.
 */

const PANEL: usize = 8;
/** Products are summed in blocks of so many terms. */
export const K_BLOCK: i32 = 256;
const M_BLOCK: i32 = 64;
/** One tile of 4 × 8 floats at the start of the scratch memory, for tiles at C's right edge. */
export const TILE_BYTES: usize = 128;

/** Bytes `gemm` needs as scratch for these sizes. */
export function gemmScratch(n: i32, k: i32): usize {
  return TILE_BYTES + packedBytes(n, min(k, K_BLOCK));
}

/** Bytes of B packed: columns rounded up to whole panels. */
export function packedBytes(n: i32, k: i32): usize {
  return ((<usize>n + PANEL - 1) / PANEL) * PANEL * <usize>k * 4;
}

export function gemm(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  rsb: usize,
  csb: usize,
  c: usize,
  rsc: usize,
  accumulate: bool,
  scratch: usize,
): void {
  const packed = scratch + TILE_BYTES;
  for (let k0 = 0; k0 < k; k0 += K_BLOCK) {
    const kc = min(K_BLOCK, k - k0);
    pack(n, kc, b + <usize>k0 * rsb, rsb, csb, packed);
    multiply(
      m,
      n,
      kc,
      a + <usize>k0 * csa,
      rsa,
      csa,
      packed,
      <usize>kc * 32,
      c,
      rsc,
      accumulate || k0 > 0,
      scratch,
    );
  }
}

/** C[m,n] (+)= A[m,k]·B[k,n] with all of B packed, in the blocks of `gemm`. Rows of A lie without gaps. */
export function gemmPanels(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  panels: usize,
  c: usize,
  rsc: usize,
  accumulate: bool,
  scratch: usize,
): void {
  const row = (<usize>k) << 2;
  for (let k0 = 0; k0 < k; k0 += K_BLOCK) {
    const kc = min(K_BLOCK, k - k0);
    const from = a + ((<usize>k0) << 2);
    multiply(
      m,
      n,
      kc,
      from,
      row,
      4,
      panels + ((<usize>k0) << 5),
      row << 3,
      c,
      rsc,
      accumulate || k0 > 0,
      scratch,
    );
  }
}

/**
 * C[m,n] = A[m,k]·Bᵀ with B [rows,k] packed; n of its rows, from the one whose place in the first panel is `panels`. Scratch as
 * `gemm`.
 */
export function gemmPanelsTransposed(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  panels: usize,
  rows: i32,
  c: usize,
  rsc: usize,
  scratch: usize,
): void {
  const packed = scratch + TILE_BYTES;
  const panelStride = (<usize>rows) << 5;
  for (let k0 = 0; k0 < k; k0 += K_BLOCK) {
    const kc = min(K_BLOCK, k - k0);
    packTransposed(n, kc, panels + (<usize>k0 / PANEL) * panelStride, panelStride, packed);
    const from = a + ((<usize>k0) << 2);
    multiply(m, n, kc, from, (<usize>k) << 2, 4, packed, (<usize>kc) << 5, c, rsc, k0 > 0, scratch);
  }
}

/** What `pack` makes of Bᵀ[k,n], from panels of B, of which k columns are taken, and n rows. */
function packTransposed(n: i32, k: i32, panels: usize, panelStride: usize, to: usize): void {
  for (let j = 0; j < n; j += 8) {
    const width = min(8, n - j);
    for (let i = 0; i < k; i++, to += 32) {
      let at = panels + (<usize>i / PANEL) * panelStride + ((<usize>j) << 5) + ((<usize>i % PANEL) << 2);
      for (let x = 0; x < width; x++, at += 32) f32.store(to + ((<usize>x) << 2), f32.load(at));
      for (let x = width; x < 8; x++) f32.store(to + ((<usize>x) << 2), 0);
    }
  }
}

/** Packs B[k,n] into panels of 8 columns; the last panel is filled up with zeros. */
export function pack(n: i32, k: i32, b: usize, rsb: usize, csb: usize, to: usize): void {
  for (let j = 0; j < n; j += 8) {
    const width = min(8, n - j);
    let from = b + <usize>j * csb;
    if (width == 8 && csb == 4) {
      for (let i = 0; i < k; i++, from += rsb, to += 32) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
      continue;
    }
    for (let i = 0; i < k; i++, from += rsb, to += 32) {
      let at = from;
      for (let x = 0; x < width; x++, at += csb) f32.store(to + ((<usize>x) << 2), f32.load(at));
      for (let x = width; x < 8; x++) f32.store(to + ((<usize>x) << 2), 0);
    }
  }
}

/**
 * C (+)= A·B with B packed. `panelStride` is the distance of panels in bytes: it may exceed k·32, so the first k rows
 * of a longer packed B can be used.
 */
export function multiply(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rsa: usize,
  csa: usize,
  packed: usize,
  panelStride: usize,
  c: usize,
  rsc: usize,
  accumulate: bool,
  edge: usize,
): void {
  for (let m0 = 0; m0 < m; m0 += M_BLOCK) {
    const mEnd = min(m, m0 + M_BLOCK);
    let panel = packed;
    for (let j = 0; j < n; j += 8, panel += panelStride) {
      const width = min(8, n - j);
      const column = c + ((<usize>j) << 2);
      let i = m0;
      for (; i + 4 <= mEnd; i += 4) {
        const to = column + <usize>i * rsc;
        if (width == 8) {
          tile4(k, a + <usize>i * rsa, rsa, csa, panel, to, rsc, accumulate);
        } else {
          tile4(k, a + <usize>i * rsa, rsa, csa, panel, edge, 32, false);
          for (let r = 0; r < 4; r++)
            copyEdge(edge + ((<usize>r) << 5), to + <usize>r * rsc, width, accumulate);
        }
      }
      for (; i < mEnd; i++) {
        const to = column + <usize>i * rsc;
        if (width == 8) {
          tile1(k, a + <usize>i * rsa, csa, panel, to, accumulate);
        } else {
          tile1(k, a + <usize>i * rsa, csa, panel, edge, false);
          copyEdge(edge, to, width, accumulate);
        }
      }
    }
  }
}

function copyEdge(from: usize, to: usize, width: i32, accumulate: bool): void {
  for (let x: usize = 0; x < (<usize>width) << 2; x += 4) {
    const old: f32 = accumulate ? f32.load(to + x) : 0;
    f32.store(to + x, old + f32.load(from + x));
  }
}

function put(to: usize, value: v128, accumulate: bool): void {
  v128.store(to, accumulate ? f32x4.add(v128.load(to), value) : value);
}

/** Four rows of A times one panel of B. */
function tile4(
  k: i32,
  a0: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  c: usize,
  rsc: usize,
  accumulate: bool,
): void {
  let a1 = a0 + rsa;
  let a2 = a1 + rsa;
  let a3 = a2 + rsa;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let i = 0; i < k; i++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += 32;
    const x0 = v128.load32_splat(a0);
    c00 = f32x4.add(c00, f32x4.mul(x0, b0));
    c01 = f32x4.add(c01, f32x4.mul(x0, b1));
    const x1 = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(x1, b0));
    c11 = f32x4.add(c11, f32x4.mul(x1, b1));
    const x2 = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(x2, b0));
    c21 = f32x4.add(c21, f32x4.mul(x2, b1));
    const x3 = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(x3, b0));
    c31 = f32x4.add(c31, f32x4.mul(x3, b1));
    a0 += csa;
    a1 += csa;
    a2 += csa;
    a3 += csa;
  }
  put(c, c00, accumulate);
  put(c + 16, c01, accumulate);
  c += rsc;
  put(c, c10, accumulate);
  put(c + 16, c11, accumulate);
  c += rsc;
  put(c, c20, accumulate);
  put(c + 16, c21, accumulate);
  c += rsc;
  put(c, c30, accumulate);
  put(c + 16, c31, accumulate);
}

/** One row of A times one panel of B. */
function tile1(k: i32, a: usize, csa: usize, b: usize, c: usize, accumulate: bool): void {
  let c0 = f32x4.splat(0);
  let c1 = c0;
  for (let i = 0; i < k; i++, a += csa, b += 32) {
    const x = v128.load32_splat(a);
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(b)));
    c1 = f32x4.add(c1, f32x4.mul(x, v128.load(b, 16)));
  }
  put(c, c0, accumulate);
  put(c + 16, c1, accumulate);
}
