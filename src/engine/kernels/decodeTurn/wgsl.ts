/**
 * The kernels of a decoding step on the GPU: five a layer, and two for the head. A step has few rows and every weight, so
 * starting kernels costs more than computing: norms, rotation, cache writes, SwiGLU and residual sums are done by the matrix
 * product that reads or writes the same numbers.
 *
 *     x ─ qkv (norm, product, rotation, cache) ─ attend ─ out (product, x +=) ─ gateUp (norm, product, SwiGLU) ─ down (product, x +=)
 *
 * Which rows still write is known on the device only (`Row`). A workgroup whose rows rest ends at once, so a turn may be
 * recorded to its longest length without asking how far it has come.
 */
import { GROUP, reductions } from '../../webgpu/program.ts';
import type { Stage } from '../../webgpu/record.ts';
import { attendHead } from '../attendCached/webgpu.ts';
import { allowedOf } from '../banned.ts';
import { drawToken } from '../sampleToken/webgpu.ts';
import type { SampleOptions } from '../sampleToken/op.ts';
import type { RopeShape } from '../shape.ts';
import { sigmoid } from '../swiglu/webgpu.ts';

/** What the device knows of a row, `ROW_SIZE` int32 each. */
const row = `
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
export const TILE_PAIRS = 32;

interface Product<Name extends string> {
  readonly name: string;
  /** Beside `rows`, `a` [rows, k] and `w` [k, n]; with a norm, `gain` [k] is among them. */
  readonly buffers: Stage<Name>['buffers'];
  readonly k: number;
  readonly n: number;
  /** Columns are computed two and two, because rotation and SwiGLU need two: how many pairs there are. */
  readonly pairs: number;
  /** The row is divided by its root mean square, plus this under the root, and multiplied by `gain`. */
  readonly normEps?: number;
  /** WGSL `fn column(pair : i32, which : i32) -> i32` and `fn finish(row : i32, pair : i32, first : f32, second : f32)`. */
  readonly code: string;
}

/**
 * A workgroup multiplies 8 rows by 64 columns. Its 256 invocations are 4 × 64: each holds one column of all 8 rows and adds up a
 * quarter of k; a weight is read once for the 8 rows, neighbours read neighbouring weights. The input lies in shared memory, 64
 * of k at a time. The norm's factor is the same for all of a row, so it comes last, and its squares are added up on the way.
 */
function product<Name extends string>(p: Product<Name>): Stage<Name | 'rows' | 'a' | 'w'> {
  const normed = p.normEps !== undefined;
  const code = `${row}
  const K = ${p.k};
  const N = ${p.n};
  const PAIRS = ${p.pairs};
  // One after the other: 64 of k × 8 rows of the input, their squares, 64 columns × 8 rows of the result.
  var<workgroup> tile : array<f32, 512>;
  var<workgroup> writing : u32;
  fn putTile(at : i32, values : vec4f) {
    tile[at] = values.x;
    tile[at + 1] = values.y;
    tile[at + 2] = values.z;
    tile[at + 3] = values.w;
  }
  fn tileAt(at : i32) -> vec4f { return vec4f(tile[at], tile[at + 1], tile[at + 2], tile[at + 3]); }
  ${p.code}
  fn main() {
    let me = i32(localId.x);
    let firstRow = i32(workgroupId.y) * ${TILE_ROWS};
    let firstPair = i32(workgroupId.x) * ${TILE_PAIRS};
    let count = i32(arrayLength(&rows));
    if (me == 0) {
      var bits = 0u;
      for (var r = 0; r < min(${TILE_ROWS}, count - firstRow); r++) {
        if (rows[firstRow + r].token >= 0) { bits |= 1u << u32(r); }
      }
      writing = bits;
    }
    let live = workgroupUniformLoad(&writing);
    if (live == 0u) { return; }

    // Of the input, an invocation loads every 64th k of two rows.
    let twoRows = firstRow + 2 * (me & 3);
    let start = min(twoRows, count - 1) * K;
    let nextStart = min(twoRows + 1, count - 1) * K;
    let slice = me >> 6u;
    let own = column(min(firstPair + (me & 31), PAIRS - 1), (me >> 5u) & 1);
    let weights = min(own, N - 1);
    var low = vec4f();
    var high = vec4f();
    var squares = vec2f();
    for (var k0 = 0; k0 < K; k0 += 64) {
      let k = k0 + (me >> 2u);
      var values = vec2f();
      if (k < K) {
        values = vec2f(a[start + k], a[nextStart + k]);
        ${normed ? 'squares += values * values; values *= gain[k];' : ''}
      }
      workgroupBarrier();
      tile[2 * me] = values.x;
      tile[2 * me + 1] = values.y;
      workgroupBarrier();
      for (var i = 16 * slice; i < min(16 * slice + 16, K - k0); i++) {
        let weight = w[(k0 + i) * N + weights];
        low += weight * tileAt(8 * i);
        high += weight * tileAt(8 * i + 4);
      }
    }
    // Each invocation finishes a pair of one row.
    let r = me >> 5u;
    let pair = firstPair + (me & 31);
    var scale = 1.0;
    workgroupBarrier();
    ${
      normed
        ? `tile[2 * me] = squares.x;
    tile[2 * me + 1] = squares.y;
    workgroupBarrier();
    for (var half = 128; half > 2; half >>= 1u) {
      if (me < half) {
        tile[2 * me] += tile[2 * (me + half)];
        tile[2 * me + 1] += tile[2 * (me + half) + 1];
      }
      workgroupBarrier();
    }
    scale = inverseSqrt(tile[r] / f32(K) + ${float(p.normEps ?? 0)});
    workgroupBarrier();`
        : ''
    }
    for (var quarter = 0; quarter < 4; quarter++) {
      if (slice == quarter) {
        let at = 8 * (me & 63);
        if (quarter > 0) {
          low += tileAt(at);
          high += tileAt(at + 4);
        }
        putTile(at, low);
        putTile(at + 4, high);
      }
      workgroupBarrier();
    }
    if (pair < PAIRS && ((live >> u32(r)) & 1u) == 1u) {
      let at = 8 * (me & 31) + r;
      finish(firstRow + r, pair, tile[at] * scale, tile[at + 256] * scale);
    }
  }`;
  const buffers = { rows: 'read Row', a: 'read f32', w: 'read f32', ...p.buffers } as const;
  return { name: p.name, buffers, threads: 256, code };
}

const float = (x: number) => (Number.isInteger(x) ? x.toFixed(1) : String(x));

/** Columns c and c + 32 of 64 make a pair, where pairs mean nothing. */
const plainPairs = (n: number) => TILE_PAIRS * Math.ceil(n / (2 * TILE_PAIRS));
const plainColumns = (write: string) => `
  fn column(pair : i32, which : i32) -> i32 {
    return pair / ${TILE_PAIRS} * ${2 * TILE_PAIRS} + pair % ${TILE_PAIRS} + which * ${TILE_PAIRS};
  }
  fn put(row : i32, column : i32, value : f32) {
    if (column < N) { ${write} }
  }
  fn finish(row : i32, pair : i32, first : f32, second : f32) {
    put(row, column(pair, 0), first);
    put(row, column(pair, 1), second);
  }`;

/**
 * q = rotated queries of norm(a)·w [rows, heads·headDim]; rotated keys and values go into the row's slot of the cache.
 * With a bias, `gain` goes on with it: a device promises eight buffers, and these are eight.
 */
export function qkvStage(
  width: number,
  { heads, kvHeads, headDim }: RopeShape,
  normEps: number,
  biased: boolean,
) {
  const half = headDim / 2;
  const plus = (value: string, which: number) =>
    biased ? `${value} + gain[K + column(pair, ${which})]` : value;
  return product({
    name: 'decode qkv',
    buffers: {
      gain: 'read f32',
      angles: 'read f32',
      q: 'read_write f32',
      keys: 'read_write f32',
      values: 'read_write f32',
    },
    k: width,
    n: (heads + 2 * kvHeads) * headDim,
    pairs: (heads + 2 * kvHeads) * half,
    normEps,
    code: `
  const HALF = ${half};
  fn column(pair : i32, which : i32) -> i32 { return pair / HALF * (2 * HALF) + pair % HALF + which * HALF; }
  fn finish(row : i32, pair : i32, one : f32, two : f32) {
    let first = ${plus('one', 0)};
    let second = ${plus('two', 1)};
    let head = pair / HALF;
    let i = pair % HALF;
    let slot = rows[row].slot;
    if (head >= ${heads + kvHeads}) {
      let at = cacheAt(row, slot, head - ${heads + kvHeads}) + i;
      values[at] = first;
      values[at + HALF] = second;
      return;
    }
    let c = angles[slot * (2 * HALF) + i];
    let s = angles[slot * (2 * HALF) + HALF + i];
    let x = first * c - second * s;
    let y = second * c + first * s;
    if (head < ${heads}) {
      let at = (row * ${heads} + head) * (2 * HALF) + i;
      q[at] = x;
      q[at + HALF] = y;
    } else {
      let at = cacheAt(row, slot, head - ${heads}) + i;
      keys[at] = x;
      keys[at + HALF] = y;
    }
  }
  fn cacheAt(row : i32, slot : i32, head : i32) -> i32 {
    let width = ${kvHeads * headDim};
    let slots = i32(arrayLength(&keys)) / i32(arrayLength(&rows)) / width;
    return (row * slots + slot) * width + head * (2 * HALF);
  }`,
  });
}

/** `result` [rows, heads·headDim]; one workgroup per head (x) and row (y). */
export function attendStage({ heads, kvHeads, headDim }: RopeShape) {
  return {
    name: 'decode attend',
    buffers: {
      rows: 'read Row',
      qkv: 'read f32',
      keys: 'read f32',
      values: 'read f32',
      result: 'read_write f32',
    },
    threads: GROUP,
    code: `${row}${attendHead(headDim)}
  var<workgroup> own : Row;
  fn main() {
    let head = i32(workgroupId.x);
    let b = i32(workgroupId.y);
    if (localId.x == 0u) { own = rows[b]; }
    let row = workgroupUniformLoad(&own);
    if (row.token < 0) { return; }
    let width = ${kvHeads} * D;
    let slots = i32(arrayLength(&keys)) / i32(arrayLength(&rows)) / width;
    let query = (b * ${heads} + head) * D;
    attendHead(query, b * slots * width + head / ${heads / kvHeads} * D, width, row.slot + 1, query);
  }`,
  } as const satisfies Stage;
}

/** x += a·w, of rows that do not rest. */
export function residualStage(k: number, n: number) {
  return product({
    name: 'decode residual',
    buffers: { x: 'read_write f32' },
    k,
    n,
    pairs: plainPairs(n),
    code: plainColumns('x[row * N + column] += value;'),
  });
}

/** h = silu(gate)·up of norm(a)·w = [gate | up]. */
export function gateUpStage(k: number, f: number, normEps: number) {
  return product({
    name: 'decode gateUp',
    buffers: { gain: 'read f32', h: 'read_write f32' },
    k,
    n: 2 * f,
    pairs: f,
    normEps,
    code: `${sigmoid}
  fn column(pair : i32, which : i32) -> i32 { return pair + which * ${f}; }
  fn finish(row : i32, pair : i32, first : f32, second : f32) {
    h[row * ${f} + pair] = first * sigma(first) * second;
  }`,
  });
}

/** logits [rows, vocabulary] of norm(a), or of `a` itself where it is a hidden state after the last norm. */
export function headStage(k: number, vocabulary: number, normEps?: number) {
  const gain = normEps === undefined ? {} : ({ gain: 'read f32' } as const);
  return product<'logits' | 'gain'>({
    name: 'decode head',
    buffers: { ...gain, logits: 'read_write f32' } as Stage<'logits' | 'gain'>['buffers'],
    k,
    n: vocabulary,
    pairs: plainPairs(vocabulary),
    ...(normEps === undefined ? {} : { normEps }),
    code: plainColumns('logits[row * N + column] = value;'),
  });
}

/**
 * Draws each writing row's next token and takes it as the next to be fed; a row that draws one of `stops` rests from then on. One
 * workgroup a row. `result` has two numbers at written·rows + row: the id (exact below 2²⁴) and its log-probability.
 */
export function drawStage(
  width: number,
  vocabulary: number,
  { temperature, topP, banned, stops }: SampleOptions & { readonly stops: readonly number[] },
) {
  const { allowedFrom, holes } = allowedOf('decodeTurn', banned, vocabulary);
  const ends = stops.map((stop) => `draw.id == ${stop}`).join(' || ') || 'false';
  return {
    name: 'decode draw',
    buffers: {
      rows: 'read_write Row',
      logits: 'read f32',
      uniformsOf: 'read f32',
      embed: 'read f32',
      x: 'read_write f32',
      result: 'read_write f32',
    },
    threads: GROUP,
    code: `${row}${drawToken(holes)}
  const D = ${width};
  var<workgroup> own : Row;
  fn main() {
    let b = i32(workgroupId.x);
    let count = i32(arrayLength(&rows));
    if (localId.x == 0u) { own = rows[b]; }
    let row = workgroupUniformLoad(&own);
    if (row.token < 0) { return; }
    let place = row.written * count + b;
    let draw = drawToken(
      b * ${vocabulary}, ${vocabulary}, ${allowedFrom}, ${temperature === 0}, ${float(1 / (temperature || 1))},
      ${float(topP)}, uniformsOf[place]
    );
    if (localId.x == 0u) {
      result[2 * place] = f32(draw.id);
      result[2 * place + 1] = draw.logp;
      rows[b] = Row(row.slot + 1, select(draw.id, -1, ${ends}), row.written + 1, 0);
    }
    for (var i = i32(localId.x); i < D; i += ${GROUP}) { x[b * D + i] = embed[draw.id * D + i]; }
  }`,
  } as const satisfies Stage;
}

/** Takes each row's next given token, at step·rows + row of `given`; −1: the row rests. One workgroup a row. */
export function giveStage(width: number) {
  return {
    name: 'decode give',
    buffers: { rows: 'read_write Row', given: 'read i32', embed: 'read f32', x: 'read_write f32' },
    threads: GROUP,
    code: `${row}
  const D = ${width};
  var<workgroup> id : i32;
  fn main() {
    let b = i32(workgroupId.x);
    let count = i32(arrayLength(&rows));
    if (localId.x == 0u) {
      let old = rows[b];
      let place = old.written * count + b;
      id = -1;
      if (place < i32(arrayLength(&given))) { id = given[place]; }
      if (id < 0) { rows[b].token = -1; } else { rows[b] = Row(old.slot + 1, id, old.written + 1, 0); }
    }
    let next = workgroupUniformLoad(&id);
    if (next < 0) { return; }
    for (var i = i32(localId.x); i < D; i += ${GROUP}) { x[b * D + i] = embed[next * D + i]; }
  }`,
  } as const satisfies Stage;
}

/** last = norm(x) of rows that were given a token, `before` of the others. One workgroup a row. */
export function lastStage(width: number, eps: number) {
  return {
    name: 'decode last',
    buffers: {
      rows: 'read Row',
      x: 'read f32',
      gain: 'read f32',
      before: 'read f32',
      last: 'read_write f32',
    },
    threads: GROUP,
    code: `${row}${reductions}
  const D = ${width};
  fn main() {
    let b = i32(workgroupId.x);
    var squares = 0.0;
    for (var i = i32(localId.x); i < D; i += ${GROUP}) { squares += x[b * D + i] * x[b * D + i]; }
    let scale = inverseSqrt(groupSum(squares) / f32(D) + ${float(eps)});
    for (var i = i32(localId.x); i < D; i += ${GROUP}) {
      last[b * D + i] = select(before[b * D + i], x[b * D + i] * scale * gain[i], rows[b].written > 0);
    }
  }`,
  } as const satisfies Stage;
}
