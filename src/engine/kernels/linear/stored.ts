/** How a matrix lies in the GPU's memory, and how four neighbours of a row are read of it. */

/**
 * `vectors`: rows of float32, each a whole number of vectors; `numbers`: rows of any length; the others: tiles of frozen weights
 * (`blocks.ts`), read as rows of inputs, one an output.
 */
export type Stored = 'vectors' | 'numbers' | 'f16' | 'int8' | 'int4';

interface Load {
  /** What the buffer is an array of. */
  readonly type: 'vec4f' | 'f32' | 'u32';
  /**
   * WGSL `fn NAME(row : i32, column : i32, rows : i32, columns : i32) -> vec4f`: the values from `column`, a multiple of 4, on in a
   * row of the buffer; zeros outside of the matrix.
   *
   * @param place WGSL `i32`: where the first row begins, and how far apart rows lie. Default: at 0, without gaps; tiles always so.
   */
  readonly code: (
    name: string,
    buffer: string,
    place?: { readonly first: string; readonly stride: string },
  ) => string;
}

const load = (type: Load['type'], body: (buffer: string, at: string) => string): Load => ({
  type,
  code: (name, buffer, place = { first: '0', stride: 'columns' }) => `
  fn ${name}(row : i32, column : i32, rows : i32, columns : i32) -> vec4f {
    if (row >= rows || column >= columns) { return vec4f(); }
    ${body(buffer, `${place.first} + row * ${place.stride} + column`)}
  }`,
});

/** The tile of 8 outputs (rows) × 32 inputs (columns) with `words` words, and where in it the output's scale and values begin. */
const tile = (words: number, valuesAt: number) => `
    let tile = ((row >> 3u) * ((columns + 31) >> 5u) + (column >> 5u)) * ${words};
    let own = row & 7;
    let at = tile + ${valuesAt} + own;
    let k = column & 31;`;

/** A half of the output's own among the halves from word `from` of the tile on. */
const half = (buffer: string, from: number) =>
  `unpack2x16float(${buffer}[tile + ${from} + (own >> 1u)])[own & 1]`;

const loads: Readonly<Record<Stored, Load>> = {
  vectors: load('vec4f', (buffer, at) => `return ${buffer}[(${at}) >> 2u];`),
  numbers: load(
    'f32',
    (buffer, at) => `
    var values = vec4f();
    for (var i = 0; i < min(4, columns - column); i++) { values[i] = ${buffer}[${at} + i]; }
    return values;`,
  ),
  f16: load(
    'u32',
    (buffer) => `${tile(128, 0)}
    let first = at + ((k >> 1u) << 3u);
    return vec4f(unpack2x16float(${buffer}[first]), unpack2x16float(${buffer}[first + 8]));`,
  ),
  int8: load(
    'u32',
    (buffer) => `${tile(68, 4)}
    let word = bitcast<i32>(${buffer}[at + ((k >> 2u) << 3u)]);
    let values = (vec4i(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
    return ${half(buffer, 0)} * vec4f(values);`,
  ),
  int4: load(
    'u32',
    (buffer) => `${tile(40, 8)}
    let word = ${buffer}[at + ((k >> 3u) << 3u)] >> u32(k & 4);
    let values = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
    return ${half(buffer, 0)} * vec4f(values) + ${half(buffer, 4)};`,
  ),
};

export const storedLoad = (stored: Stored): Load => loads[stored];
