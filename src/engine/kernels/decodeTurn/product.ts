/** The matrix product of a decoding step on the GPU, in which its kernels differ by what they do with the result. */
import type { Stage } from '../../webgpu/record.ts';
import { storedLoad, type Stored } from '../linear/stored.ts';

/** What the device knows of a row, `ROW_SIZE` int32 each. */
export const row = `
  struct Row {
    // Position, and slot in the cache, of \`token\`.
    slot : i32,
    // What is fed in this step; -1 when the row rests.
    token : i32,
    // Tokens written in this turn, or given in this feeding.
    written : i32,
    unused : i32,
  }`;
export const ROW_SIZE = 4;

/** Rows and pairs of columns that a workgroup of a product computes. */
export const TILE_ROWS = 8;
export const TILE_PAIRS = 16;

/** How a matrix [k, n] lies in memory: as `base` of a weight, rows of n; or an output a row (`stored.ts`). */
export type Layout = 'inputs' | Stored;

/** How much of k lies in shared memory at once; an invocation has every eighth four of it. */
const STEP = 256;
const SLICES = 8;
const QUADS = STEP / 4;
const own = Array.from({ length: QUADS / SLICES }, (_, i) => i);

/**
 * Which of a workgroup's 32 columns an invocation has, and which slice: so that neighbours read what lies side by side. Tiles
 * have 8 columns side by side, then the next of k; where an output is a row, the slices of a column are neighbours.
 */
function places(layout: Layout): string {
  if (layout === 'inputs') return 'let place = me & 31; let slice = me >> 5u;';
  const rows = layout === 'vectors' || layout === 'numbers';
  return rows
    ? 'let place = me >> 3u; let slice = me & 7;'
    : 'let place = (me & 7) | ((me >> 6u) << 3u); let slice = (me >> 3u) & 7;';
}

/** WGSL `fn weights(column : i32, k : i32) -> vec4f`: four values of a column from k on, a multiple of 4; finite beyond the end. */
function weights(layout: Layout): string {
  if (layout !== 'inputs') {
    return `${storedLoad(layout).code('loadWeights', 'w')}
  fn weights(column : i32, k : i32) -> vec4f { return loadWeights(column, k, uniforms.n, uniforms.k); }`;
  }
  return `
  fn weight(column : i32, k : i32) -> f32 { return w[min(k, uniforms.k - 1) * uniforms.n + column]; }
  fn weights(column : i32, k : i32) -> vec4f {
    return vec4f(weight(column, k), weight(column, k + 1), weight(column, k + 2), weight(column, k + 3));
  }`;
}

interface Product<Name extends string, Uniform extends string> {
  readonly name: string;
  readonly layout: Layout;
  /** Beside `rows`, `a` [rows, k] and `w`; with a norm, `gain` [k] is among them, and with adapters what `up` names. */
  readonly buffers: Stage<Name>['buffers'];
  readonly uniforms: Stage<Name, Uniform>['uniforms'];
  /** The row is divided by its root mean square, plus `eps` under the root, and multiplied by `gain`. */
  readonly normed: boolean;
  /** The buffer that has the second factor of the adapters at `upAt`, [rank, n]; the first one's result lies behind `a`. */
  readonly up?: 'gain' | 'up';
  /** Behind `a` is where the result goes. */
  readonly writesInput?: boolean;
  /** WGSL `fn column(pair : i32, which : i32) -> i32` and `fn finish(row : i32, pair : i32, first : f32, second : f32)`. */
  readonly code: string;
}

/** Columns are computed two and two, because rotation and SwiGLU need two: how many `pairs` there are. */
type ProductUniform = 'k' | 'n' | 'pairs' | 'behind' | 'rank' | 'upAt';

/**
 * A workgroup multiplies 8 rows by 32 columns. Each of its 256 invocations holds one column of all 8 rows and adds up every eighth
 * four of k: a weight is read once for the 8 rows. The input lies in shared memory, 256 of k at a time. The norm's factor is the
 * same for all of a row, so it comes last, and its squares are added up on the way.
 */
export function product<Name extends string, Uniform extends string>(
  p: Product<Name, Uniform>,
): Stage<Name | 'rows' | 'a' | 'w', Uniform | ProductUniform> {
  const layout = p.layout === 'inputs' ? 'f32' : storedLoad(p.layout).type;
  const adapted = p.up
    ? `
  fn adapters(row : i32, column : i32) -> f32 {
    let u = uniforms;
    var sum = 0.0;
    if (column < u.n) {
      // Four at a time, so that one does not wait for the other.
      for (var i = 0; i < u.rank; i += 4) {
        let j = min(vec4i(i, i + 1, i + 2, i + 3), vec4i(u.rank - 1));
        let at = u.behind + row * u.rank + j;
        let second = u.upAt + j * u.n + column;
        let narrow = select(vec4f(), vec4f(a[at.x], a[at.y], a[at.z], a[at.w]), vec4i(i, i + 1, i + 2, i + 3) == j);
        sum += dot(narrow, vec4f(${p.up}[second.x], ${p.up}[second.y], ${p.up}[second.z], ${p.up}[second.w]));
      }
    }
    return sum;
  }`
    : 'fn adapters(row : i32, column : i32) -> f32 { return 0.0; }';
  const sums = [0, 1, 2, 3, 4, 5, 6, 7].map((r) => `dot(own, tile[${QUADS * r} + quad])`);
  const code = `${row}
  // One after the other: 8 rows × ${QUADS} fours of the input, their squares, the sums of half of the slices.
  var<workgroup> tile : array<vec4f, ${TILE_ROWS * QUADS}>;
  var<workgroup> tokens : array<i32, ${TILE_ROWS}>;
  var<workgroup> writing : u32;
  ${weights(p.layout)}
  ${adapted}
  // Four of a row that begins at \`start\`, from k on; zeros beyond its end.
  fn inputs(start : i32, k : i32) -> vec4f {
    let left = uniforms.k - k;
    let at = start + k;
    let all = vec4f(a[at], a[at + 1], a[at + 2], a[at + 3]);
    return select(vec4f(), all, vec4i(0, 1, 2, 3) < vec4i(left));
  }
  ${p.normed ? 'fn gains(k : i32) -> vec4f { return vec4f(gain[k], gain[k + 1], gain[k + 2], gain[k + 3]); }' : ''}
  fn add(own : vec4f, quad : i32, low : ptr<function, vec4f>, high : ptr<function, vec4f>) {
    *low += vec4f(${sums.slice(0, 4).join(', ')});
    *high += vec4f(${sums.slice(4).join(', ')});
  }
  ${p.code}
  fn main() {
    let me = i32(localId.x);
    let K = uniforms.k;
    let firstRow = i32(workgroupId.y) * ${TILE_ROWS};
    let firstPair = i32(workgroupId.x) * ${TILE_PAIRS};
    let count = i32(arrayLength(&rows));
    if (me < ${TILE_ROWS}) { tokens[me] = rows[min(firstRow + me, count - 1)].token; }
    workgroupBarrier();
    if (me == 0) {
      var bits = 0u;
      for (var r = 0; r < min(${TILE_ROWS}, count - firstRow); r++) {
        if (tokens[r] >= 0) { bits |= 1u << u32(r); }
      }
      writing = bits;
    }
    let live = workgroupUniformLoad(&writing);
    if (live == 0u) { return; }

    // Of the input, an invocation loads every 32nd four of one row.
    let start = min(firstRow + (me >> 5u), count - 1) * K;
    ${places(p.layout)}
    let pairOf = min(firstPair + (place & ${TILE_PAIRS - 1}), uniforms.pairs - 1);
    let ownColumn = min(column(pairOf, place / ${TILE_PAIRS}), uniforms.n - 1);
    var low = vec4f();
    var high = vec4f();
    var squares = 0.0;
    for (var k0 = 0; k0 < K; k0 += ${STEP}) {
      // Everything is asked for before anything is waited for: with few rows it is the memory's latency that takes the time.
      let k = k0 + 4 * (me & 31);
      ${own.map((i) => `let own${i} = weights(ownColumn, k0 + 4 * (${SLICES * i} + slice));`).join('\n      ')}
      var values = inputs(start, k);
      var more = inputs(start, k + ${STEP / 2});
      ${
        p.normed
          ? `squares += dot(values, values) + dot(more, more);
      values *= gains(k);
      more *= gains(k + ${STEP / 2});`
          : ''
      }
      workgroupBarrier();
      let at = (me >> 5u) * ${QUADS} + (me & 31);
      tile[at] = values;
      tile[at + ${QUADS / 2}] = more;
      workgroupBarrier();
      ${own.map((i) => `add(own${i}, ${SLICES * i} + slice, &low, &high);`).join('\n      ')}
    }
    // An invocation of the first 128 finishes a pair of one row.
    let r = me >> 4u;
    let pair = firstPair + (me & ${TILE_PAIRS - 1});
    var scale = 1.0;
    workgroupBarrier();
    ${
      p.normed
        ? `tile[me] = vec4f(squares);
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0; i < 32; i++) { sum += tile[32 * (r & 7) + i].x; }
    scale = inverseSqrt(sum / f32(K) + uniforms.eps);
    workgroupBarrier();`
        : ''
    }
    for (var slices = ${SLICES / 2}; slices > 0; slices >>= 1u) {
      if (slice >= slices && slice < 2 * slices) {
        let at = 2 * (32 * (slice - slices) + place);
        tile[at] = low;
        tile[at + 1] = high;
      }
      workgroupBarrier();
      if (slice < slices) {
        let at = 2 * (32 * slice + place);
        low += tile[at];
        high += tile[at + 1];
      }
      workgroupBarrier();
    }
    if (slice == 0) {
      tile[2 * place] = low;
      tile[2 * place + 1] = high;
    }
    workgroupBarrier();
    if (r < ${TILE_ROWS} && pair < uniforms.pairs && ((live >> u32(r)) & 1u) == 1u) {
      let at = 2 * (me & ${TILE_PAIRS - 1}) + (r >> 2u);
      let one = tile[at][r & 3] * scale + adapters(firstRow + r, column(pair, 0));
      let two = tile[at + ${2 * TILE_PAIRS}][r & 3] * scale + adapters(firstRow + r, column(pair, 1));
      finish(firstRow + r, pair, one, two);
    }
  }`;
  return {
    name: `${p.name} ${p.layout}`,
    buffers: {
      ...{ rows: 'read Row', a: p.writesInput ? 'read_write f32' : 'read f32', w: `read ${layout}` },
      ...p.buffers,
    },
    uniforms: {
      ...{ k: 'i32', n: 'i32', pairs: 'i32' },
      // Where the adapters' narrow rows begin in `a`, how wide they are; where their second factor begins.
      ...{ behind: 'i32', rank: 'i32', upAt: 'i32' },
      ...p.uniforms,
    },
    threads: 256,
    code,
  };
}

/** Columns c and c + 16 of 32 make a pair, where pairs mean nothing. */
export const plainPairs = (n: number) => TILE_PAIRS * Math.ceil(n / (2 * TILE_PAIRS));
export const plainColumns = (write: string) => `
  fn column(pair : i32, which : i32) -> i32 {
    return pair / ${TILE_PAIRS} * ${2 * TILE_PAIRS} + pair % ${TILE_PAIRS} + which * ${TILE_PAIRS};
  }
  fn put(row : i32, column : i32, value : f32) {
    if (column < uniforms.n) { ${write} }
  }
  fn finish(row : i32, pair : i32, first : f32, second : f32) {
    put(row, column(pair, 0), first);
    put(row, column(pair, 1), second);
  }`;
