/** The matrix product of a decoding step on the GPU, in which its kernels differ by what they do with the result. */
import { each } from '../../webgpu/program.ts';
import type { Stage } from '../../webgpu/record.ts';
import { piecesOf, type Layout } from './pieces.ts';

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

/** Pairs of columns that go together, where pairs mean nothing; and the columns that an invocation has. */
const FOUR = 4;

/**
 * What a workgroup computes. With few rows it is the memory's latency that takes the time: a row, few columns, and many invocations that
 * share out k and ask for weights before they need them. With many, weights are read once for 8 rows.
 */
const shapes = {
  few: { rows: 1, stretch: 2048, plain: 4, paired: 8, head: 8 },
  many: { rows: 8, stretch: 256, plain: 8, paired: 16, head: 16 },
} as const;
/** Invocations that share out k, and those that bring the input and add up its squares: the same in both, so that a row's sums are. */
const LANES = 32;
const STAGERS = 64;
/** Into how many sums either are added up first. */
const SUMS = 4;
export type Rows = keyof typeof shapes;

/** How a product's columns go together: as they come, in pairs that lie apart, or as they come and very many. */
export type Columns = 'plain' | 'paired' | 'head';

/** Rows up to which a workgroup for each is faster; of the head, which takes longest to read, all rows share what is read. */
const FEW = { plain: 4, paired: 4, head: 1 } as const;
export const rowsAtOnce = (rows: number, columns: Columns): Rows => (rows <= FEW[columns] ? 'few' : 'many');

interface Product<Name extends string, Uniform extends string> {
  readonly name: string;
  readonly layout: Layout;
  readonly rows: Rows;
  /** Four neighbouring pairs from a multiple of four on have neighbouring columns, and columns in rows of n are whole vectors. */
  readonly aligned: boolean;
  /** Beside `rows`, `a` [rows, k] and `w`; with a norm, `gain` [k] is among them, and with adapters what `up` names. */
  readonly buffers: Stage<Name>['buffers'];
  readonly uniforms: Stage<Name, Uniform>['uniforms'];
  /** The row is divided by its root mean square, plus `eps` under the root, and multiplied by `gain`. */
  readonly normed: boolean;
  /** The buffer that has the second factor of the adapters at `upAt`, [rank, n]; the first one's result lies behind `a`. */
  readonly up?: 'gain' | 'up';
  /** Behind `a` is where the result goes. */
  readonly writesInput?: boolean;
  readonly columns: Columns;
  /** WGSL `fn column(pair : i32, which : i32) -> i32` and `fn finish(row : i32, pair : i32, first : f32, second : f32)`. */
  readonly code: string;
}

/** Columns are computed two and two, because rotation and SwiGLU need two: how many `pairs` there are. */
type ProductUniform = 'k' | 'n' | 'pairs' | 'behind' | 'rank' | 'upAt';

/** Pairs, and rows, of a workgroup. */
export function sizeOfProduct(
  rows: Rows,
  columns: Columns,
): { readonly pairs: number; readonly rows: number } {
  const shape = shapes[rows];
  return { pairs: shape[columns], rows: shape.rows };
}

/**
 * An invocation holds four columns of all rows of its workgroup and adds up every `lanes`-th piece of k. The input lies in shared memory,
 * a stretch of k at a time. The norm's factor is the same for all of a row, so it comes last, and its squares are added up on the way.
 */
export function product<Name extends string, Uniform extends string>(
  p: Product<Name, Uniform>,
): Stage<Name | 'rows' | 'a' | 'w', Uniform | ProductUniform> {
  const { rows, stretch } = shapes[p.rows];
  const paired = p.columns === 'paired';
  const { pairs } = sizeOfProduct(p.rows, p.columns);
  const quads = (2 * pairs) / FOUR;
  const threads = quads * LANES;
  const pieces = piecesOf(p.layout, p.aligned);
  // Asked for together, as many as registers have room for. With many rows other workgroups compute meanwhile.
  const together = Math.max(1, Math.min(Math.floor(8 / pieces.vectors), stretch / pieces.inputs / LANES));
  const ahead = p.rows === 'few';
  const group = together * LANES * pieces.inputs;
  // Inputs and squares are those of a row, or four rows a vector: k after k, then the next four.
  const vectors = Math.ceil(rows / 4);
  const floats = rows === 1 ? 'f32' : 'vec4f';
  const ofRow = (r: string) => (rows === 1 ? '' : `[${r} & 3]`);
  /** Rows whose sums are added up at once: what shared memory has room for. */
  const rowsOfSum = Math.min(rows, (stretch * vectors) / threads);
  const lanes = rows === 1 ? 'lanes' : 'tile';

  const pieceAt = (first: string) => `piece(place, min(${first} + lane, last))`;
  const use = (i: number) => {
    const values = each(
      pieces.inputs,
      (j) => `{
        let w = ${pieces.value(`own${i}`, j)};
        let k = at${i} + ${j};
        ${each(vectors, (v) => `let x${v} = tile[${v * stretch} + k];`, ' ')}
        ${each(rows, (r) => `sum${r} += w * x${r >> 2}${rows === 1 ? '' : `.${'xyzw'[r & 3] ?? ''}`};`, ' ')}
      }`,
    );
    return `let at${i} = (first + ${i * LANES} + lane) * ${pieces.inputs} - k0;
      ${values}`;
  };
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

  const code = `${row}
  var<workgroup> tile : array<${floats}, ${stretch * vectors}>;
  // Of some rows at a time, the sums of all lanes, where the input was if it has room; then of each row and four columns ${SUMS}.
  ${rows === 1 ? `var<workgroup> lanes : array<vec4f, ${rowsOfSum * threads}>;` : ''}
  var<workgroup> sums : array<vec4f, ${rows * quads * SUMS}>;
  ${
    p.normed
      ? `var<workgroup> squares : array<${floats}, ${STAGERS * vectors}>;
  var<workgroup> squareSums : array<${floats}, ${SUMS * vectors}>;`
      : ''
  }
  var<workgroup> writing : u32;
  ${p.code}
  ${pieces.code}
  ${adapted}
  fn input(row : i32, k : i32) -> f32 {
    let at = min(row, i32(arrayLength(&rows)) - 1) * uniforms.k + min(k, uniforms.k - 1);
    return select(0.0, a[at], k < uniforms.k);
  }
  fn inputs(row : i32, k : i32) -> ${floats} {
    return ${rows === 1 ? 'input(row, k)' : 'vec4f(input(row, k), input(row + 1, k), input(row + 2, k), input(row + 3, k))'};
  }
  ${p.normed ? 'fn gainAt(k : i32) -> f32 { return gain[min(k, uniforms.k - 1)]; }' : ''}
  fn main() {
    let me = i32(localId.x);
    let K = uniforms.k;
    let count = i32(arrayLength(&rows));
    let firstRow = i32(workgroupId.y) * ${rows};
    let firstPair = i32(workgroupId.x) * ${pairs};
    // Neighbours have neighbouring columns, then the next piece.
    let quad = me % ${quads};
    let lane = me / ${quads};
    let pair = firstPair + ${FOUR} * ${paired ? `(quad % ${quads / 2})` : '(quad >> 1u)'};
    let place = placeOf(pair, ${paired ? `quad / ${quads / 2}` : 'quad & 1'});
    let last = (K + ${pieces.inputs - 1}) / ${pieces.inputs} - 1;
    ${each(rows, (r) => `var sum${r} = vec4f();`, ' ')}
    ${p.normed ? `var square = ${floats}();` : ''}
    if (me == ${threads - 1}) {
      var bits = 0u;
      for (var r = 0; r < ${rows}; r++) {
        let writes = firstRow + r < count && rows[min(firstRow + r, count - 1)].token >= 0;
        bits |= select(0u, 1u << u32(r), writes);
      }
      writing = bits;
    }
    ${ahead ? each(together, (i) => `var next${i} = ${pieceAt(`${i * LANES}`)};`) : ''}
    let stager = me % ${STAGERS};
    let staged = me / ${STAGERS};
    var live = 0u;
    for (var k0 = 0; k0 < K; k0 += ${stretch}) {
      // No more of the input than is multiplied.
      let wide = min(${stretch}, (K - k0 + ${group - 1}) / ${group} * ${group});
      if (k0 > 0) { workgroupBarrier(); }
      if (staged < ${vectors}) {
        for (var i = stager; i < wide; i += ${4 * STAGERS}) {
          ${each(4, (j) => `var x${j} = inputs(firstRow + 4 * staged, k0 + i + ${j * STAGERS});`)}
          ${p.normed ? each(4, (j) => `square += x${j} * x${j}; x${j} *= gainAt(k0 + i + ${j * STAGERS});`) : ''}
          ${each(4, (j) => `tile[staged * ${stretch} + i + ${j * STAGERS}] = x${j};`)}
        }
      }
      if (k0 == 0) {
        live = workgroupUniformLoad(&writing);
        if (live == 0u) { return; }
      } else {
        workgroupBarrier();
      }
      for (var first = k0 / ${pieces.inputs}; ${pieces.inputs} * first < k0 + wide; first += ${together * LANES}) {
        ${each(together, (i) => `let own${i} = ${ahead ? `next${i}` : pieceAt(`first + ${i * LANES}`)};`)}
        ${
          ahead
            ? `if (${pieces.inputs} * (first + ${together * LANES}) < K) {
          ${each(together, (i) => `next${i} = ${pieceAt(`first + ${(together + i) * LANES}`)};`)}
        }`
            : ''
        }
        ${each(together, use)}
      }
    }
    ${p.normed ? `if (staged < ${vectors}) { squares[me] = square; }` : ''}
    ${each(
      rows / rowsOfSum,
      (part) => `${rows > 1 || part > 0 ? 'workgroupBarrier();' : ''}
    ${each(rowsOfSum, (r) => `${lanes}[(${r * quads} + quad) * ${LANES} + lane] = sum${part * rowsOfSum + r};`)}
    workgroupBarrier();
    if (me < ${rowsOfSum * quads * SUMS}) {
      let begin = me / ${SUMS} * ${LANES} + me % ${SUMS};
      sums[${part * rowsOfSum * quads * SUMS} + me] = ${each(LANES / SUMS, (i) => `${lanes}[begin + ${SUMS * i}]`, ' + ')};
    }`,
    )}
    ${
      p.normed
        ? `if (me < ${SUMS * vectors}) {
      let begin = me / ${SUMS} * ${STAGERS} + me % ${SUMS};
      squareSums[me] = ${each(STAGERS / SUMS, (i) => `squares[begin + ${SUMS * i}]`, ' + ')};
    }`
        : ''
    }
    workgroupBarrier();
    // An invocation finishes a pair of one row.
    let r = me / ${pairs};
    let own = me % ${pairs};
    if (r >= ${rows} || firstPair + own >= uniforms.pairs || ((live >> u32(r)) & 1u) == 0u) { return; }
    var scale = 1.0;
    ${
      p.normed
        ? `var all = 0.0;
    for (var i = 0; i < ${SUMS}; i++) { all += squareSums[${rows === 1 ? 'i' : `(r >> 2u) * ${SUMS} + i`}]${ofRow('r')}; }
    scale = inverseSqrt(all / f32(K) + uniforms.eps);`
        : ''
    }
    let one = r * ${quads} + ${paired ? 'own / 4' : 'own / 4 * 2'};
    let two = one + ${paired ? quads / 2 : 1};
    var first = 0.0;
    var second = 0.0;
    for (var i = 0; i < ${SUMS}; i++) {
      first += sums[${SUMS} * one + i][own & 3];
      second += sums[${SUMS} * two + i][own & 3];
    }
    let its = firstPair + own;
    first = first * scale + adapters(firstRow + r, column(its, 0));
    second = second * scale + adapters(firstRow + r, column(its, 1));
    finish(firstRow + r, its, first, second);
  }`;
  return {
    name: `${p.name} ${p.layout} ${p.rows}`,
    buffers: {
      ...{ rows: 'read Row', a: p.writesInput ? 'read_write f32' : 'read f32', w: `read ${pieces.type}` },
      ...p.buffers,
    },
    uniforms: {
      ...{ k: 'i32', n: 'i32', pairs: 'i32' },
      // Where the adapters' narrow rows begin in `a`, how wide they are; where their second factor begins.
      ...{ behind: 'i32', rank: 'i32', upAt: 'i32' },
      ...p.uniforms,
    },
    threads,
    code,
  };
}

/** Columns c and c + 4 of eight make a pair, where pairs mean nothing. */
export const plainPairs = (n: number) => FOUR * Math.ceil(n / (2 * FOUR));
export const plainColumns = (write: string) => `
  fn column(pair : i32, which : i32) -> i32 {
    return pair / ${FOUR} * ${2 * FOUR} + pair % ${FOUR} + which * ${FOUR};
  }
  fn put(row : i32, column : i32, value : f32) {
    if (column < uniforms.n) { ${write} }
  }
  fn finish(row : i32, pair : i32, first : f32, second : f32) {
    put(row, column(pair, 0), first);
    put(row, column(pair, 1), second);
  }`;
