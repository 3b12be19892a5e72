/**
 * The matrix product of training on the GPU, in one kernel for every shape and transposition: sizes are uniforms, so that a model
 * compiles it once, not once a matrix.
 *
 * A workgroup makes 64 × 64 of C with 64 invocations. Each computes 8 × 8: per step of k four vectors from shared memory for 64
 * multiplications. Both operands come 16 of k at a time, as 64 blocks of 4 × 4, one an invocation, and are turned in registers
 * where they lie along k: so every load and every store is a whole vector, whatever is transposed.
 */
import { once, type Stage } from '../../webgpu/record.ts';
import { storedLoad, type Stored } from './stored.ts';

/** Rows, and columns, of C that a workgroup makes. */
export const TILE = 64;
/** How much of k lies in shared memory at once. */
export const DEPTH = 16;

const rows = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const halves = [0, 1] as const;
const parts = ['x', 'y', 'z', 'w'] as const;
const fours = (line: (i: number) => string, between = '\n      ') => [0, 1, 2, 3].map(line).join(between);

/** Where an operand lies (`stored.ts`). */
const place = (operand: 'A' | 'B') => ({
  first: `uniforms.first${operand}`,
  stride: `uniforms.stride${operand}`,
});

/** @param aligned every row of A and C begins with a vector and is whole ones, so that they are bound as such @param b how B lies in memory */
export const productStage = once((aligned: boolean, b: Stored) => {
  const floats = aligned ? 'vec4f' : 'f32';
  const each = (line: (row: number, half: number) => string) =>
    rows.flatMap((row) => halves.map((half) => line(row, half))).join('\n');
  return {
    name: `product ${aligned ? 'aligned' : 'odd'} ${b}`,
    buffers: { a: `read ${floats}`, b: `read ${storedLoad(b).type}`, c: `read_write ${floats}` },
    uniforms: {
      ...{ m: 'i32', n: 'i32', k: 'i32' },
      // 1: A is stored [k, m], B [n, k].
      ...{ transposedA: 'i32', transposedB: 'i32' },
      // Where the first row of each begins, and how far apart rows lie. B in tiles always is a whole matrix.
      ...{ firstA: 'i32', strideA: 'i32', firstB: 'i32', strideB: 'i32', firstC: 'i32', strideC: 'i32' },
      // How much of k a workgroup adds up; the sums of several lie one after the other, [parts, m, n].
      depth: 'i32',
      // The product is multiplied by it.
      scale: 'f32',
      // 1: the product is added to what C holds.
      add: 'i32',
    },
    threads: 64,
    code: `
  // Of each of 4 × 4 k: 64 rows of A, 64 columns of B, four a vector. Of k's q-th four, vector x lies at x ^ 2q, so that what is stored
  // together lies in different banks. Indexed by what the compiler knows, or can check before the loops.
  var<workgroup> tileA : array<array<array<vec4f, ${TILE / 4}>, 4>, ${DEPTH / 4}>;
  var<workgroup> tileB : array<array<array<vec4f, ${TILE / 4}>, 4>, ${DEPTH / 4}>;

  ${storedLoad(aligned ? 'vectors' : 'numbers').code('loadA', 'a', place('A'))}
  ${storedLoad(b).code('loadB', 'b', place('B'))}

  // Of four k (the columns of the matrix) the values of four rows of A. Stored along k, they are read row by row and turned.
  fn blockA(row : i32, k : i32) -> mat4x4f {
    let along = uniforms.transposedA == 0;
    let first = select(vec2i(k, row), vec2i(row, k), along);
    let size = select(vec2i(uniforms.k, uniforms.m), vec2i(uniforms.m, uniforms.k), along);
    let block = mat4x4f(${fours((i) => `loadA(first.x + ${i}, first.y, size.x, size.y)`, ', ')});
    if (along) { return transpose(block); }
    return block;
  }
  fn blockB(column : i32, k : i32) -> mat4x4f {
    let along = uniforms.transposedB == 1;
    let first = select(vec2i(k, column), vec2i(column, k), along);
    let size = select(vec2i(uniforms.k, uniforms.n), vec2i(uniforms.n, uniforms.k), along);
    let block = mat4x4f(${fours((i) => `loadB(first.x + ${i}, first.y, size.x, size.y)`, ', ')});
    if (along) { return transpose(block); }
    return block;
  }
  fn put(row : i32, column : i32, sum : vec4f) {
    let u = uniforms;
    if (row >= u.m || column >= u.n) { return; }
    let at = u.firstC + (i32(workgroupId.z) * u.m + row) * u.strideC + column;
    let value = u.scale * sum;
    ${
      aligned
        ? 'if (u.add == 1) { c[at >> 2u] += value; } else { c[at >> 2u] = value; }'
        : `for (var i = 0; i < min(4, u.n - column); i++) {
      if (u.add == 1) { c[at + i] += value[i]; } else { c[at + i] = value[i]; }
    }`
    }
  }
  fn main() {
    let me = i32(localId.x);
    let firstRow = i32(workgroupId.y) * ${TILE};
    let firstColumn = i32(workgroupId.x) * ${TILE};
    let firstK = i32(workgroupId.z) * uniforms.depth;
    // Which block of each operand is loaded: neighbours read neighbouring vectors, whichever way it lies.
    let alongA = select(vec2i(me >> 2u, me & 3), vec2i(me & 15, me >> 4u), uniforms.transposedA == 1);
    let alongB = select(vec2i(me & 15, me >> 4u), vec2i(me >> 2u, me & 3), uniforms.transposedB == 1);
    let tx = me & 7;
    let ty = me >> 3u;
    let ownA = alongA.x ^ (2 * alongA.y);
    let ownB = alongB.x ^ (2 * alongB.y);
    ${each((row, half) => `var sum${row}${half} = vec4f();`)}
    var ofA = blockA(firstRow + 4 * alongA.x, firstK + 4 * alongA.y);
    var ofB = blockB(firstColumn + 4 * alongB.x, firstK + 4 * alongB.y);
    for (var step = 0; step < uniforms.depth; step += ${DEPTH}) {
      workgroupBarrier();
      ${fours((i) => `tileA[alongA.y][${i}][ownA] = ofA[${i}]; tileB[alongB.y][${i}][ownB] = ofB[${i}];`)}
      workgroupBarrier();
      // The next blocks are on their way while these are multiplied.
      let next = step + ${DEPTH};
      if (next < uniforms.depth) {
        ofA = blockA(firstRow + 4 * alongA.x, firstK + next + 4 * alongA.y);
        ofB = blockB(firstColumn + 4 * alongB.x, firstK + next + 4 * alongB.y);
      }
      for (var q = 0; q < ${DEPTH / 4}; q++) {
        let y = ty ^ (2 * q);
        let x = tx ^ (2 * q);
        ${fours(
          (i) => `{
        let a0 = tileA[q][${i}][y];
        let a1 = tileA[q][${i}][y + 8];
        let b0 = tileB[q][${i}][x];
        let b1 = tileB[q][${i}][x + 8];
        ${each((row, half) => `sum${row}${half} += a${row >> 2}.${parts[row & 3] ?? ''} * b${half};`)}
        }`,
        )}
      }
    }
    // Copied, so that the sums themselves stay in registers, which cannot be counted through.
    let sums = array<vec4f, 16>(${rows.flatMap((row) => halves.map((half) => `sum${row}${half}`)).join(', ')});
    for (var i = 0; i < 16; i++) {
      let row = firstRow + 4 * ty + ((i >> 1u) & 3) + ((i >> 3u) << 5u);
      put(row, firstColumn + 4 * tx + ((i & 1) << 5u), sums[i]);
    }
  }`,
  } as const satisfies Stage;
});

/** result (+)= Σ of `parts` arrays [m, n], in their order: so the sum does not depend on who is done first. */
export const sumStage = {
  name: 'sum of products',
  buffers: { products: 'read f32', result: 'read_write f32' },
  // `first`, `stride`: where the result's first row begins, and how far apart its rows lie. `add` 1: to what it holds.
  uniforms: { size: 'i32', n: 'i32', parts: 'i32', first: 'i32', stride: 'i32', add: 'i32' },
  threads: 64,
  code: `
  fn main() {
    let u = uniforms;
    let i = i32(workgroupId.x) * 64 + i32(localId.x);
    if (i >= u.size) { return; }
    let at = u.first + (i / u.n) * u.stride + i % u.n;
    var sum = select(0.0, result[at], u.add == 1);
    for (var part = 0; part < u.parts; part++) { sum += products[part * u.size + i]; }
    result[at] = sum;
  }`,
} as const satisfies Stage;
