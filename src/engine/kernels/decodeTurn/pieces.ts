/** How a decoding step reads a weight matrix on the GPU: four columns and a few neighbours of k at a time, 16 bytes where it can. */
import { blockLayouts } from '../../blocks.ts';
import type { Stored } from '../linear/stored.ts';

/** How a matrix [k, n] lies in memory: as `base` of a weight, rows of n; or an output a row (`stored.ts`). */
export type Layout = 'inputs' | Stored;

interface Pieces {
  /** What the buffer `w` is an array of. */
  readonly type: 'vec4f' | 'f32' | 'vec4u';
  /** Neighbours of k in a piece. */
  readonly inputs: number;
  /** Vectors that a piece keeps in registers. */
  readonly vectors: number;
  /**
   * WGSL with a `fn piece(place, i : i32)`: piece i of the four columns that `fn placeOf(pair : i32, which : i32)` says; finite
   * wherever it lies. `column(pair, which)` and `uniforms.k`, `n` and `pairs` must be there.
   */
  readonly code: string;
  /** WGSL `vec4f`: of a piece, the four columns' values of its j-th k. */
  readonly value: (piece: string, j: number) => string;
}

/** Four columns side by side are known by their first; others by themselves. */
const places = {
  together: `
  fn placeOf(pair : i32, which : i32) -> i32 {
    return min(column(min(pair, (uniforms.pairs - 1) & ~3), which), (uniforms.n - 1) & ~3);
  }`,
  apart: `
  fn placeOf(pair : i32, which : i32) -> vec4i {
    let its = min(pair + vec4i(0, 1, 2, 3), vec4i(uniforms.pairs - 1));
    let columns = vec4i(column(its.x, which), column(its.y, which), column(its.z, which), column(its.w, which));
    return min(columns, vec4i(uniforms.n - 1));
  }`,
};
type Columns = keyof typeof places;

const parts = ['x', 'y', 'z', 'w'] as const;

/** WGSL `fn NAME(place, i)`: four neighbours' vector, which `body` finds for their first column c; or one number each of four. */
const ofFour = (columns: Columns, name: string, type: 'vec4u' | 'vec4f', body: string) => `
  fn ${name}Of(c : i32, i : i32) -> ${type} { ${body} }
  ${
    columns === 'together'
      ? `fn ${name}(place : i32, i : i32) -> ${type} { return ${name}Of(place, i); }`
      : `fn ${name}(place : vec4i, i : i32) -> ${type} {
    return ${type}(${parts.map((part) => `${name}Of(place.${part} & ~3, i)[place.${part} & 3]`).join(', ')});
  }`
  }`;

/** Where tile `tile` of the eight columns around c begins, in vectors. */
const tileAt = (words: number, tile: string) =>
  `let at = ((c >> 3u) * ((uniforms.k + 31) >> 5u) + ${tile}) * ${words / 4}; let side = (c >> 2u) & 1;`;
/** Halves of the four columns in the vector `v` of the eight columns' halves. */
const halvesOfSide = 'return vec4f(unpack2x16float(v[2 * side]), unpack2x16float(v[2 * side + 1]));';

const place = (columns: Columns) => (columns === 'together' ? 'i32' : 'vec4i');

function tiles(type: 'f16' | 'int8' | 'int4', columns: Columns): Pieces {
  const { words } = blockLayouts[type];
  if (type === 'f16')
    return {
      ...{ type: 'vec4u', inputs: 2, vectors: 1 },
      code: `${places[columns]}
  ${ofFour(columns, 'words', 'vec4u', `${tileAt(words, '(i >> 4u)')} return w[at + 2 * (i & 15) + side];`)}
  fn piece(place : ${place(columns)}, i : i32) -> vec4u { return words(place, i); }
  fn halves(v : vec4u) -> mat2x4f {
    let four = mat4x2f(unpack2x16float(v.x), unpack2x16float(v.y), unpack2x16float(v.z), unpack2x16float(v.w));
    return transpose(four);
  }`,
      value: (piece, j) => `halves(${piece})[${j}]`,
    };
  const [shift, perTile, valuesAt] = type === 'int8' ? [3, 8, 1] : [2, 4, 2];
  const tile = tileAt(words, `(i >> ${shift}u)`);
  return {
    ...{ type: 'vec4u', inputs: 32 / perTile, vectors: type === 'int8' ? 2 : 3 },
    code: `${places[columns]}
  struct Piece { values : vec4u, scales : vec4f, minimums : vec4f }
  ${ofFour(columns, 'words', 'vec4u', `${tile} return w[at + ${valuesAt} + 2 * (i & ${perTile - 1}) + side];`)}
  ${ofFour(columns, 'scales', 'vec4f', `${tile} let v = w[at]; ${halvesOfSide}`)}
  ${type === 'int4' ? ofFour(columns, 'minimums', 'vec4f', `${tile} let v = w[at + 1]; ${halvesOfSide}`) : ''}
  fn piece(place : ${place(columns)}, i : i32) -> Piece {
    return Piece(words(place, i), scales(place, i), ${type === 'int4' ? 'minimums(place, i)' : 'vec4f()'});
  }`,
    value:
      type === 'int8'
        ? (piece, j) =>
            `${piece}.scales * vec4f((bitcast<vec4i>(${piece}.values) << vec4u(${24 - 8 * j}u)) >> vec4u(24u))`
        : (piece, j) =>
            `${piece}.scales * vec4f((${piece}.values >> vec4u(${8 * (j & 3) + (j & 4)}u)) & vec4u(15u)) + ${piece}.minimums`,
  };
}

/**
 * @param aligned four neighbouring pairs from a multiple of four on have neighbouring columns from a multiple of four on; where the
 *   matrix lies in rows of n, n is whole vectors
 */
export function piecesOf(layout: Layout, aligned: boolean): Pieces {
  const columns = aligned ? 'together' : 'apart';
  if (layout === 'inputs') {
    return {
      ...{ type: aligned ? 'vec4f' : 'f32', inputs: 1, vectors: 1 },
      code: `${places[columns]}
  fn piece(place : ${place(columns)}, i : i32) -> vec4f {
    ${
      aligned
        ? 'return w[i * (uniforms.n >> 2u) + (place >> 2u)];'
        : 'let at = i * uniforms.n + place; return vec4f(w[at.x], w[at.y], w[at.z], w[at.w]);'
    }
  }`,
      value: (piece) => piece,
    };
  }
  if (layout === 'numbers') {
    return {
      ...{ type: 'f32', inputs: 1, vectors: 1 },
      code: `${places.apart}
  fn piece(place : vec4i, i : i32) -> vec4f {
    let at = place * uniforms.k + i;
    return vec4f(w[at.x], w[at.y], w[at.z], w[at.w]);
  }`,
      value: (piece) => piece,
    };
  }
  if (layout === 'vectors') {
    return {
      ...{ type: 'vec4f', inputs: 4, vectors: 4 },
      code: `${places.apart}
  fn piece(place : vec4i, i : i32) -> mat4x4f {
    let at = place * (uniforms.k >> 2u) + i;
    return transpose(mat4x4f(w[at.x], w[at.y], w[at.z], w[at.w]));
  }`,
      value: (piece, j) => `${piece}[${j}]`,
    };
  }
  return tiles(layout, columns);
}
