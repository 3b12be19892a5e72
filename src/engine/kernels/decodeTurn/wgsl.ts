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
import { once, type Stage } from '../../webgpu/record.ts';
import { ATTENDING, attendHead, headVector } from '../attendCached/webgpu.ts';
import type { IdRange } from '../banned.ts';
import { storedLoad, type Stored } from '../linear/stored.ts';
import { drawToken } from '../sampleToken/webgpu.ts';
import { sigmoid } from '../swiglu/webgpu.ts';
import type { Layout } from './pieces.ts';
import { plainColumns, product, row, type Rows } from './product.ts';

/**
 * q = rotated queries of norm(a)·w [rows, heads·headDim]; rotated keys and values go into the row's slot of the cache.
 * With a bias, `gain` goes on with it: a device promises eight buffers, and these are eight.
 */
export const qkvStage = once((layout: Layout, rows: Rows, aligned: boolean, biased: boolean) => {
  const plus = (value: string, which: number) =>
    biased ? `${value} + gain[uniforms.k + column(pair, ${which})]` : value;
  return product({
    name: `decode qkv${biased ? ' biased' : ''}`,
    ...{ layout, rows, aligned, columns: 'paired' },
    buffers: {
      gain: 'read f32',
      angles: 'read f32',
      q: 'read_write f32',
      keys: 'read_write f32',
      values: 'read_write f32',
    },
    uniforms: { eps: 'f32', heads: 'i32', kvHeads: 'i32', half: 'i32' },
    normed: true,
    up: 'gain',
    code: `
  fn column(pair : i32, which : i32) -> i32 {
    return pair / uniforms.half * (2 * uniforms.half) + pair % uniforms.half + which * uniforms.half;
  }
  fn finish(row : i32, pair : i32, one : f32, two : f32) {
    let u = uniforms;
    let first = ${plus('one', 0)};
    let second = ${plus('two', 1)};
    let head = pair / u.half;
    let i = pair % u.half;
    let slot = rows[row].slot;
    if (head >= u.heads + u.kvHeads) {
      let at = cacheAt(row, slot, head - u.heads - u.kvHeads) + i;
      values[at] = first;
      values[at + u.half] = second;
      return;
    }
    let c = angles[slot * (2 * u.half) + i];
    let s = angles[slot * (2 * u.half) + u.half + i];
    let x = first * c - second * s;
    let y = second * c + first * s;
    if (head < u.heads) {
      let at = (row * u.heads + head) * (2 * u.half) + i;
      q[at] = x;
      q[at + u.half] = y;
    } else {
      let at = cacheAt(row, slot, head - u.heads) + i;
      keys[at] = x;
      keys[at + u.half] = y;
    }
  }
  fn cacheAt(row : i32, slot : i32, head : i32) -> i32 {
    let width = uniforms.kvHeads * 2 * uniforms.half;
    let slots = i32(arrayLength(&keys)) / i32(arrayLength(&rows)) / width;
    return (row * slots + slot) * width + head * (2 * uniforms.half);
  }`,
  });
});

/** `result` [rows, heads·headDim]; one workgroup per head (x) and row (y). */
export const attendStage = once((headDim: number) => {
  const vector = headVector(headDim);
  return {
    name: 'decode attend',
    buffers: {
      rows: 'read Row',
      qkv: `read ${vector}`,
      keys: `read ${vector}`,
      values: `read ${vector}`,
      result: `read_write ${vector}`,
    },
    uniforms: { heads: 'i32', kvHeads: 'i32' },
    threads: ATTENDING,
    code: `${row}${attendHead(headDim)}
  var<workgroup> own : Row;
  fn main() {
    let head = i32(workgroupId.x);
    let b = i32(workgroupId.y);
    if (localId.x == 0u) { own = rows[b]; }
    let row = workgroupUniformLoad(&own);
    if (row.token < 0) { return; }
    let width = uniforms.kvHeads * COLUMNS;
    let slots = i32(arrayLength(&keys)) / i32(arrayLength(&rows)) / width;
    let query = (b * uniforms.heads + head) * COLUMNS;
    let cache = b * slots * width + head / (uniforms.heads / uniforms.kvHeads) * COLUMNS;
    attendHead(query, cache, width, row.slot + 1, query);
  }`,
  } as const satisfies Stage;
});

/** x += a·w, of rows that do not rest. */
export const residualStage = once((layout: Layout, rows: Rows, aligned: boolean) => {
  return product({
    name: 'decode residual',
    ...{ layout, rows, aligned, columns: 'plain' },
    buffers: { up: 'read f32', x: 'read_write f32' },
    uniforms: {},
    normed: false,
    up: 'up',
    code: plainColumns('x[row * uniforms.n + column] += value;'),
  });
});

/** h = silu(gate)·up of norm(a)·w = [gate | up]. */
export const gateUpStage = once((layout: Layout, rows: Rows, aligned: boolean) => {
  return product({
    name: 'decode gateUp',
    ...{ layout, rows, aligned, columns: 'paired' },
    buffers: { gain: 'read f32', h: 'read_write f32' },
    uniforms: { eps: 'f32' },
    normed: true,
    up: 'gain',
    code: `${sigmoid}
  fn column(pair : i32, which : i32) -> i32 { return pair + which * uniforms.pairs; }
  fn finish(row : i32, pair : i32, first : f32, second : f32) {
    h[row * uniforms.pairs + pair] = first * sigma(first) * second;
  }`,
  });
});

/** The adapters' narrow rows: norm(a)·w, or a·w, behind `a`, for the product that follows. */
export const narrowStage = once((rows: Rows, aligned: boolean, normed: boolean) => {
  return product<'gain', 'eps'>({
    name: 'decode adapters',
    ...{ layout: 'inputs', rows, aligned, columns: 'plain' },
    buffers: (normed ? { gain: 'read f32' } : {}) as Stage<'gain'>['buffers'],
    uniforms: { eps: 'f32' },
    normed,
    writesInput: true,
    code: plainColumns('a[uniforms.behind + row * uniforms.n + column] = value;'),
  });
});

/**
 * Logits of norm(a), or of `a` itself where it is a hidden state after the last norm: of the n ids from `first` on, of which `w`
 * holds the rows, in [rows, vocabulary].
 */
export const headStage = once((layout: Layout, rows: Rows, normed: boolean) => {
  return product<'logits' | 'gain', 'eps' | 'first' | 'vocabulary'>({
    name: 'decode head',
    ...{ layout, rows, aligned: true, columns: 'head' },
    buffers: { ...(normed ? ({ gain: 'read f32' } as const) : {}), logits: 'read_write f32' } as Stage<
      'logits' | 'gain'
    >['buffers'],
    uniforms: { eps: 'f32', first: 'i32', vocabulary: 'i32' },
    normed,
    code: plainColumns('logits[row * uniforms.vocabulary + uniforms.first + column] = value;'),
  });
});

/** Invocations that draw a row's token: a vocabulary may have a hundred thousand. */
const DRAWING = 256;

/** Which tokens the bound part of the embedding has. */
const embedded = { firstId: 'i32', ids: 'i32' } as const;

/** WGSL: all invocations of a group put the row `id` of `embed` into row b of `x`; nothing, where another part has it. */
const embeddingRow = (embedding: Stored, threads = GROUP) => `
  ${storedLoad(embedding).code('loadEmbedding', 'embed')}
  fn putEmbedding(b : i32, id : i32) {
    let D = uniforms.width;
    let own = id - uniforms.firstId;
    if (own < 0 || own >= uniforms.ids) { return; }
    for (var i = 4 * i32(localId.x); i < D; i += ${4 * threads}) {
      let values = loadEmbedding(own, i, uniforms.ids, D);
      for (var j = 0; j < min(4, D - i); j++) { x[b * D + i + j] = values[j]; }
    }
  }`;

/**
 * Draws each writing row's next token and takes it as the next to be fed; a row that draws one of `stops` rests from then on. One
 * workgroup a row. `result` has two numbers at written·rows + row: the id (exact below 2²⁴) and its log-probability.
 */
export function drawStage(holes: readonly IdRange[], stops: readonly number[], embedding: Stored) {
  const ends = stops.map((stop) => `draw.id == ${stop}`).join(' || ') || 'false';
  return {
    name: `decode draw ${embedding}`,
    buffers: {
      rows: 'read_write Row',
      logits: 'read f32',
      uniformsOf: 'read f32',
      embed: `read ${storedLoad(embedding).type}`,
      x: 'read_write f32',
      result: 'read_write f32',
    },
    uniforms: {
      ...{ width: 'i32', vocabulary: 'i32', allowedFrom: 'i32', ...embedded },
      // 1: the likeliest. Else 1/temperature, and the nucleus.
      ...{ greedy: 'i32', scale: 'f32', topP: 'f32' },
    },
    threads: DRAWING,
    code: `${row}${drawToken(holes, DRAWING)}${embeddingRow(embedding, DRAWING)}
  var<workgroup> own : Row;
  fn main() {
    let u = uniforms;
    let b = i32(workgroupId.x);
    let count = i32(arrayLength(&rows));
    if (localId.x == 0u) { own = rows[b]; }
    let row = workgroupUniformLoad(&own);
    if (row.token < 0) { return; }
    let place = row.written * count + b;
    let draw = drawToken(
      b * u.vocabulary, u.vocabulary, u.allowedFrom, u.greedy == 1, u.scale, u.topP, uniformsOf[place]
    );
    if (localId.x == 0u) {
      result[2 * place] = f32(draw.id);
      result[2 * place + 1] = draw.logp;
      rows[b] = Row(row.slot + 1, select(draw.id, -1, ${ends}), row.written + 1, 0);
    }
    putEmbedding(b, draw.id);
  }`,
  } as const satisfies Stage;
}

/** Takes each row's next given token, at step·rows + row of `given`; −1: the row rests. One workgroup a row. */
export const giveStage = once((embedding: Stored) => {
  return {
    name: `decode give ${embedding}`,
    buffers: {
      rows: 'read_write Row',
      given: 'read i32',
      embed: `read ${storedLoad(embedding).type}`,
      x: 'read_write f32',
    },
    uniforms: { width: 'i32', ...embedded },
    threads: GROUP,
    code: `${row}${embeddingRow(embedding)}
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
    putEmbedding(b, next);
  }`,
  } as const satisfies Stage;
});

/** last = norm(x) of rows that were given a token, `before` of the others. One workgroup a row. */
export const lastStage = {
  name: 'decode last',
  buffers: {
    rows: 'read Row',
    x: 'read f32',
    gain: 'read f32',
    before: 'read f32',
    last: 'read_write f32',
  },
  uniforms: { width: 'i32', eps: 'f32' },
  threads: GROUP,
  code: `${row}${reductions}
  fn main() {
    let D = uniforms.width;
    let b = i32(workgroupId.x);
    var squares = 0.0;
    for (var i = i32(localId.x); i < D; i += ${GROUP}) { squares += x[b * D + i] * x[b * D + i]; }
    let scale = inverseSqrt(groupSum(squares) / f32(D) + uniforms.eps);
    for (var i = i32(localId.x); i < D; i += ${GROUP}) {
      last[b * D + i] = select(before[b * D + i], x[b * D + i] * scale * gain[i], rows[b].written > 0);
    }
  }`,
} as const satisfies Stage;

/** Puts the embedding of each row's token into `x`, as far as it is in this part of the table. One workgroup a row. */
export const embedStage = once((embedding: Stored) => {
  return {
    name: `decode embed ${embedding}`,
    buffers: { rows: 'read Row', embed: `read ${storedLoad(embedding).type}`, x: 'read_write f32' },
    uniforms: { width: 'i32', ...embedded },
    threads: GROUP,
    code: `${row}${embeddingRow(embedding)}
  fn main() {
    let b = i32(workgroupId.x);
    let id = rows[b].token;
    if (id >= 0) { putEmbedding(b, id); }
  }`,
  } as const satisfies Stage;
});
