/** How values are stored in a GGUF file: blocks of so many values in so many bytes, each with its own scale. */

interface BlockType {
  readonly name: string;
  /** Values of a block. */
  readonly values: number;
  readonly bytes: number;
}

/** The types that are read, by the number that stands in the file (ggml.h). */
export const blockTypes = {
  0: { name: 'F32', values: 1, bytes: 4 },
  1: { name: 'F16', values: 1, bytes: 2 },
  2: { name: 'Q4_0', values: 32, bytes: 18 },
  3: { name: 'Q4_1', values: 32, bytes: 20 },
  6: { name: 'Q5_0', values: 32, bytes: 22 },
  7: { name: 'Q5_1', values: 32, bytes: 24 },
  8: { name: 'Q8_0', values: 32, bytes: 34 },
  12: { name: 'Q4_K', values: 256, bytes: 144 },
  13: { name: 'Q5_K', values: 256, bytes: 176 },
  14: { name: 'Q6_K', values: 256, bytes: 210 },
  30: { name: 'BF16', values: 1, bytes: 2 },
} as const satisfies Record<number, BlockType>;

export type TypeNumber = keyof typeof blockTypes;
export type TypeName = (typeof blockTypes)[TypeNumber]['name'];

export const isKnownType = (type: number): type is TypeNumber => Object.hasOwn(blockTypes, type);

/** Names of those that are not, for errors. */
const others: ReadonlyMap<number, string> = new Map([
  [9, 'Q8_1'],
  [10, 'Q2_K'],
  [11, 'Q3_K'],
  [15, 'Q8_K'],
  [16, 'IQ2_XXS'],
  [17, 'IQ2_XS'],
  [18, 'IQ3_XXS'],
  [19, 'IQ1_S'],
  [20, 'IQ4_NL'],
  [21, 'IQ3_S'],
  [22, 'IQ2_S'],
  [23, 'IQ4_XS'],
  [24, 'I8'],
  [25, 'I16'],
  [26, 'I32'],
  [27, 'I64'],
  [28, 'F64'],
  [29, 'IQ1_M'],
  [34, 'TQ1_0'],
  [35, 'TQ2_0'],
  [39, 'MXFP4'],
]);

export const nameOfType = (type: number): string => others.get(type) ?? `type ${type}`;
