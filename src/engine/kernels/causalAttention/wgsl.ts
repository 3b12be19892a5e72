/**
 * Causal attention on the GPU in tiles, after FlashAttention (arXiv 2205.14135, 2307.08691): no time × time matrix exists outside of
 * a workgroup, forward or backward.
 *
 * A workgroup of 8 × 8 invocations has 32 rows (queries or keys) of one head and goes over the others 32 at a time. Invocation
 * (tx, ty) holds of a tile of scores the rows ty, ty + 8, ty + 16, ty + 24 (the components of a vector) for the columns tx, tx + 8,
 * tx + 16, tx + 24 (four vectors, a matrix), and of its workgroup's result the same rows, four neighbouring columns of each 32.
 * Vectors of heads come into workgroup memory 32 numbers at a time, so that a head can have any width.
 */
import type { Stage } from '../../webgpu/record.ts';

/** Queries, or keys, of a workgroup and of a tile. */
export const TILE = 32;

const quarters = [0, 1, 2, 3] as const;
const parts = ['x', 'y', 'z', 'w'] as const;

/** Vectors from one row of a tile to the next: one more than there are, so that a column's lie in different banks. */
const STRIDE = 9;

type Floats = 'qkv' | 'dy' | 'y' | 'dqkv' | 'dkv';

const four = (line: (quarter: number) => string, between = '\n') => quarters.map(line).join(between);

/** What the code depends on: whether heads are whole vectors, so that they are bound as such, and how many times 32 they are wide. */
interface Heads {
  readonly aligned: boolean;
  readonly chunks: number;
}

/** WGSL templates of the kernels. */
function templates({ aligned, chunks }: Heads) {
  const floats: 'vec4f' | 'f32' = aligned ? 'vec4f' : 'f32';
  /** Where in a head's vector each 32 numbers begin. */
  const froms = Array.from({ length: chunks }, (_, i) => 32 * i);
  const slots = (buffer: Floats) => {
    if (buffer === 'dkv') return 'uniforms.slots';
    return buffer.endsWith('qkv') ? '(uniforms.heads + 2 * uniforms.kvHeads)' : 'uniforms.heads';
  };
  const at = (buffer: Floats) =>
    `let at = ((i32(workgroupId.y) * uniforms.time + row) * ${slots(buffer)} + slot) * uniforms.headDim + d;`;
  return {
    floats,
    common: `
  // Of a product's left matrix for each number, of a tile of scores for each column: four rows a vector.
  var<workgroup> left : array<vec4f, ${32 * STRIDE}>;
  // Of a product's right matrix the same; of what is weighted by scores for each row: its numbers, four a vector.
  // No more of such memory than needed: some compilers take long over setting it to zero.
  var<workgroup> right : array<vec4f, ${32 * STRIDE}>;
  var<workgroup> everyones : i32;

  fn tx() -> i32 { return i32(localId.x & 7u); }
  fn ty() -> i32 { return i32(localId.x >> 3u); }
  fn keySlot(head : i32) -> i32 { return uniforms.heads + head * uniforms.kvHeads / uniforms.heads; }
  // The same number for all, which a compiler sees only so: loops with barriers need it.
  fn same(value : i32) -> i32 {
    if (localId.x == 0) { everyones = value; }
    return workgroupUniformLoad(&everyones);
  }
  fn keep(tile : mat4x4f) {
    ${four((i) => `left[(tx() + ${8 * i}) * ${STRIDE} + ty()] = tile[${i}];`)}
  }
  fn scaled(sum : mat4x4f, by : vec4f) -> mat4x4f {
    return mat4x4f(${four((i) => `sum[${i}] * by.${parts[i] ?? ''}`, ', ')});
  }`,
    /**
     * `load_X(first, slot, d)`: numbers d…d + 3 of the heads `slot` of this invocation's rows, zeros outside.
     * `fill_X(first, slot, begin)`: numbers begin…begin + 31 of these heads of all 32 rows into the right matrix.
     */
    load: (buffer: Floats) => `
  fn vector_${buffer}(row : i32, slot : i32, d : i32) -> vec4f {
    if (row >= uniforms.time || d >= uniforms.headDim) { return vec4f(); }
    ${at(buffer)}
    ${
      aligned
        ? `return ${buffer}[at >> 2u];`
        : `var values = vec4f();
    for (var i = 0; i < min(4, uniforms.headDim - d); i++) { values[i] = ${buffer}[at + i]; }
    return values;`
    }
  }
  fn load_${buffer}(first : i32, slot : i32, d : i32) -> mat4x4f {
    return mat4x4f(${four((i) => `vector_${buffer}(first + ty() + ${8 * i}, slot, d)`, ', ')});
  }
  fn fill_${buffer}(first : i32, slot : i32, begin : i32) {
    for (var row = ty(); row < 32; row += 8) {
      right[row * ${STRIDE} + tx()] = vector_${buffer}(first + row, slot, begin + 4 * tx());
    }
  }`,
    /** `put_X(first, slot, d, rows)`: the way back. */
    put: (buffer: Floats) => `
  fn putRow_${buffer}(row : i32, slot : i32, d : i32, value : vec4f) {
    if (row >= uniforms.time || d >= uniforms.headDim) { return; }
    ${at(buffer)}
    ${
      aligned
        ? `${buffer}[at >> 2u] = value;`
        : `for (var i = 0; i < min(4, uniforms.headDim - d); i++) { ${buffer}[at + i] = value[i]; }`
    }
  }
  fn put_${buffer}(first : i32, slot : i32, d : i32, rows : mat4x4f) {
    ${four((i) => `putRow_${buffer}(first + ty() + ${8 * i}, slot, d, rows[${i}]);`)}
  }`,
    /** `product_A_B(…)`: a tile of scores, Σ_d a[row, d]·b[column, d]. */
    product: (a: Floats, b: Floats) => `
  fn product_${a}_${b}(firstA : i32, slotA : i32, firstB : i32, slotB : i32) -> mat4x4f {
    ${four((i) => `var sum${i} = vec4f();`)}
    for (var begin = 0; begin < uniforms.headDim; begin += 32) {
      let ofA = transpose(load_${a}(firstA, slotA, begin + 4 * tx()));
      let ofB = transpose(load_${b}(firstB, slotB, begin + 4 * tx()));
      workgroupBarrier();
      ${four((i) => `left[(tx() + ${8 * i}) * ${STRIDE} + ty()] = ofA[${i}];`)}
      ${four((i) => `right[(tx() + ${8 * i}) * ${STRIDE} + ty()] = ofB[${i}];`)}
      workgroupBarrier();
      for (var d = 0; d < 32; d++) {
        let a = left[d * ${STRIDE} + ty()];
        let b = right[d * ${STRIDE} + tx()];
        ${four((i) => `sum${i} += a * b.${parts[i] ?? ''};`, ' ')}
      }
    }
    workgroupBarrier();
    return mat4x4f(sum0, sum1, sum2, sum3);
  }`,
    /** `plus_B(sum, …)`: sum + Σ_j kept[row, j]·b[j, from…from + 31]. */
    plus: (b: Floats) => `
  fn plus_${b}(sum : mat4x4f, first : i32, slot : i32, begin : i32) -> mat4x4f {
    workgroupBarrier();
    fill_${b}(first, slot, begin);
    workgroupBarrier();
    ${four((i) => `var sum${i} = sum[${i}];`)}
    for (var j = 0; j < 32; j++) {
      let w = left[j * ${STRIDE} + ty()];
      let b = right[j * ${STRIDE} + tx()];
      ${four((i) => `sum${i} += w.${parts[i] ?? ''} * b;`, ' ')}
    }
    return mat4x4f(sum0, sum1, sum2, sum3);
  }`,
    /** `NAME(own)`: of four rows' values those of the eight invocations that have these rows, in one. */
    across: (name: string, both: (a: string, b: string) => string) => `
  fn ${name}(own : vec4f) -> vec4f {
    workgroupBarrier();
    right[ty() * ${STRIDE} + tx()] = own;
    workgroupBarrier();
    var all = right[ty() * ${STRIDE}];
    for (var i = 1; i < 8; i++) { all = ${both('all', `right[ty() * ${STRIDE} + i]`)}; }
    return all;
  }`,
    /** WGSL for each 32 columns of a result. */
    each: (line: (from: number) => string) => froms.map(line).join('\n'),
  };
}

const uniforms = {
  ...{ time: 'i32', heads: 'i32', kvHeads: 'i32', headDim: 'i32' },
  /** 1/√headDim */
  scale: 'f32',
} as const satisfies Stage['uniforms'];

/**
 * Workgroups [heads, batch, ⌈time/32⌉], the longest first. y = softmax(q·kᵀ/√headDim)·v; `stats` are per row and head the greatest
 * score and one over the sum of exp(score − greatest).
 */
function forward(of: Heads) {
  const { floats, common, load, put, product, plus, across, each } = templates(of);
  return {
    name: `attention ${floats} ${of.chunks}`,
    buffers: { qkv: `read ${floats}`, y: `read_write ${floats}`, stats: 'read_write f32' },
    uniforms,
    threads: 64,
    code: `${common}${load('qkv')}${put('y')}${product('qkv', 'qkv')}${plus('qkv')}
  ${across('most', (a, b) => `max(${a}, ${b})`)}${across('total', (a, b) => `${a} + ${b}`)}
  fn main() {
    let head = i32(workgroupId.x);
    let first = same((uniforms.time - 1) / ${TILE} * ${TILE} - ${TILE} * i32(workgroupId.z));
    let rows = first + ty() + vec4i(0, 8, 16, 24);
    var top = vec4f(-3.0e38);
    var sum = vec4f();
    ${each((from) => `var y${from} = mat4x4f();`)}
    for (var key = 0; key <= first; key += ${TILE}) {
      var p = uniforms.scale * product_qkv_qkv(first, head, key, keySlot(head));
      ${four((i) => `p[${i}] = select(vec4f(-3.0e38), p[${i}], vec4i(key + tx() + ${8 * i}) <= rows);`)}
      let next = max(top, most(max(max(p[0], p[1]), max(p[2], p[3]))));
      let shrink = exp(top - next);
      ${four((i) => `p[${i}] = exp(p[${i}] - next);`)}
      sum = sum * shrink + (p[0] + p[1]) + (p[2] + p[3]);
      top = next;
      keep(p);
      ${each((from) => `y${from} = plus_qkv(scaled(y${from}, shrink), key, keySlot(head) + uniforms.kvHeads, ${from});`)}
    }
    let inverse = 1.0 / total(sum);
    ${each((from) => `put_y(first, head, ${from} + 4 * tx(), scaled(y${from}, inverse));`)}
    if (tx() > 0) { return; }
    for (var i = 0; i < 4; i++) {
      if (rows[i] < uniforms.time) {
        let at = 2 * ((i32(workgroupId.y) * uniforms.time + rows[i]) * uniforms.heads + head);
        stats[at] = top[i];
        stats[at + 1] = inverse[i];
      }
    }
  }`,
  } as const satisfies Stage;
}

/**
 * Workgroups as in `forward`. With p the probabilities and dp_ts = dy_t·v_s: dots_t = Σ_s p_ts·dp_ts = dy_t·y_t per row and head,
 * ds = p·(dp − dots)/√headDim, dq_t = Σ_s ds_ts·k_s into the columns of the queries.
 */
function backwardQueries(of: Heads) {
  const { floats, common, load, put, product, plus, across, each } = templates(of);
  return {
    name: `attentionBackward queries ${floats} ${of.chunks}`,
    buffers: {
      ...{ qkv: `read ${floats}`, y: `read ${floats}`, dy: `read ${floats}`, stats: 'read f32' },
      ...{ dots: 'read_write f32', dqkv: `read_write ${floats}` },
    },
    uniforms,
    threads: 64,
    code: `${common}${load('qkv')}${load('y')}${load('dy')}${put('dqkv')}
  ${product('qkv', 'qkv')}${product('dy', 'qkv')}${plus('qkv')}${across('total', (a, b) => `${a} + ${b}`)}
  fn main() {
    let head = i32(workgroupId.x);
    let first = same((uniforms.time - 1) / ${TILE} * ${TILE} - ${TILE} * i32(workgroupId.z));
    let rows = first + ty() + vec4i(0, 8, 16, 24);
    var dot4 = vec4f();
    for (var d = 4 * tx(); d < uniforms.headDim; d += 32) {
      let ofY = load_y(first, head, d);
      let ofDy = load_dy(first, head, d);
      dot4 += vec4f(${four((i) => `dot(ofY[${i}], ofDy[${i}])`, ', ')});
    }
    let dots4 = total(dot4);
    var top = vec4f();
    var inverse = vec4f();
    for (var i = 0; i < 4; i++) {
      if (rows[i] < uniforms.time) {
        let at = (i32(workgroupId.y) * uniforms.time + rows[i]) * uniforms.heads + head;
        top[i] = stats[2 * at];
        inverse[i] = stats[2 * at + 1];
        if (tx() == 0) { dots[at] = dots4[i]; }
      }
    }
    let tops = top;
    let inverses = inverse;
    ${each((from) => `var dq${from} = mat4x4f();`)}
    for (var key = 0; key <= first; key += ${TILE}) {
      let scores = product_qkv_qkv(first, head, key, keySlot(head));
      let dp = product_dy_qkv(first, head, key, keySlot(head) + uniforms.kvHeads);
      var ds = mat4x4f();
      ${four(
        (
          i,
        ) => `let ds${i} = exp(uniforms.scale * scores[${i}] - tops) * inverses * (dp[${i}] - dots4) * uniforms.scale;
      ds[${i}] = select(vec4f(), ds${i}, vec4i(key + tx() + ${8 * i}) <= rows);`,
      )}
      keep(ds);
      ${each((from) => `dq${from} = plus_qkv(dq${from}, key, keySlot(head), ${from});`)}
    }
    ${each((from) => `put_dqkv(first, head, ${from} + 4 * tx(), dq${from});`)}
  }`,
  } as const satisfies Stage;
}

/**
 * Workgroups [heads/headsEach, batch, ⌈time/32⌉], the longest first. dk_s = Σ_t ds_ts·q_t and dv_s = Σ_t p_ts·dy_t, over
 * `headsEach` of the query heads that read this key.
 */
function backwardKeys(of: Heads) {
  const { floats, common, load, put, product, plus, each } = templates(of);
  return {
    name: `attentionBackward keys ${floats} ${of.chunks}`,
    buffers: {
      ...{ qkv: `read ${floats}`, dy: `read ${floats}`, stats: 'read f32', dots: 'read f32' },
      dkv: `read_write ${floats}`,
    },
    uniforms: {
      ...uniforms,
      /** How many of the query heads that read a key a workgroup takes. */
      headsEach: 'i32',
      /** Heads of a row of `dkv`, and where in it the first keys lie. The values lie behind them, then another part's keys. */
      ...{ slots: 'i32', firstSlot: 'i32' },
    },
    threads: 64,
    code: `${common}${load('qkv')}${load('dy')}${put('dkv')}
  ${product('qkv', 'qkv')}${product('qkv', 'dy')}${plus('qkv')}${plus('dy')}
  // Of a query: its greatest score, the inverse sum, its dots. A query beyond the end has no probability.
  fn statistics(row : i32, head : i32) -> vec3f {
    if (row >= uniforms.time) { return vec3f(); }
    let at = (i32(workgroupId.y) * uniforms.time + row) * uniforms.heads + head;
    return vec3f(stats[2 * at], stats[2 * at + 1], dots[at]);
  }
  fn main() {
    let firstHead = i32(workgroupId.x) * uniforms.headsEach;
    let group = firstHead * uniforms.kvHeads / uniforms.heads;
    let part = (firstHead - group * (uniforms.heads / uniforms.kvHeads)) / uniforms.headsEach;
    let slot = uniforms.firstSlot + part * 2 * uniforms.kvHeads + group;
    let first = same(${TILE} * i32(workgroupId.z));
    let keys = uniforms.heads + group;
    let values = keys + uniforms.kvHeads;
    let rows = first + ty() + vec4i(0, 8, 16, 24);
    ${each((from) => `var dk${from} = mat4x4f(); var dv${from} = mat4x4f();`)}
    for (var i = 0; i < uniforms.headsEach; i++) {
      let head = firstHead + i;
      for (var query = first; query < uniforms.time; query += ${TILE}) {
        ${four((j) => `let of${j} = statistics(query + tx() + ${8 * j}, head);`)}
        var p = product_qkv_qkv(first, keys, query, head);
        ${four(
          (j) => `let p${j} = exp(uniforms.scale * p[${j}] - of${j}.x) * of${j}.y;
        p[${j}] = select(vec4f(), p${j}, rows <= vec4i(query + tx() + ${8 * j}));`,
        )}
        keep(p);
        ${each((from) => `dv${from} = plus_dy(dv${from}, query, head, ${from});`)}
        let dp = product_qkv_dy(first, values, query, head);
        keep(mat4x4f(${four((j) => `p[${j}] * (dp[${j}] - of${j}.z) * uniforms.scale`, ', ')}));
        ${each((from) => `dk${from} = plus_qkv(dk${from}, query, head, ${from});`)}
      }
    }
    ${each((from) => `put_dkv(first, slot, ${from} + 4 * tx(), dk${from});`)}
    ${each((from) => `put_dkv(first, slot + uniforms.kvHeads, ${from} + 4 * tx(), dv${from});`)}
  }`,
  } as const satisfies Stage;
}

/** dqkv's keys and values = Σ of the parts in dkv [rows, parts, 2·kvHeads·headDim], in their order: timing changes no sum. */
const sum = {
  name: 'attentionBackward sum',
  buffers: { dkv: 'read f32', dqkv: 'read_write f32' },
  uniforms: { rows: 'i32', parts: 'i32', queries: 'i32', width: 'i32' },
  threads: 64,
  indexed: true,
  code: `
  fn main(index : i32) {
    let row = index / uniforms.width;
    if (row >= uniforms.rows) { return; }
    let column = index - row * uniforms.width;
    var sum = 0.0;
    for (var part = 0; part < uniforms.parts; part++) {
      sum += dkv[(row * uniforms.parts + part) * uniforms.width + column];
    }
    dqkv[row * (uniforms.queries + uniforms.width) + uniforms.queries + column] = sum;
  }`,
} as const satisfies Stage;

const made = (of: Heads) => ({
  forward: forward(of),
  backwardQueries: backwardQueries(of),
  backwardKeys: backwardKeys(of),
  sum,
});

const stages = new Map<number, ReturnType<typeof made>>();

/** The kernels for heads of this width, always the same objects. */
export function attentionStages(headDim: number): ReturnType<typeof made> {
  const of = { aligned: headDim % 4 === 0, chunks: Math.ceil(headDim / 32) };
  const key = of.aligned ? of.chunks : -of.chunks;
  const found = stages.get(key) ?? made(of);
  stages.set(key, found);
  return found;
}
