/** How much memory weights take on WebAssembly, by how they are held: known from a file's header. */
import { blockLayouts, blockValues, type BlockType } from '../engine/blocks.ts';
import { familyOf } from './families/index.ts';
import { keptType } from './gguf/keptBlocks.ts';
import type { ModelConfig } from './modelConfig.ts';
import type { TensorSource } from './tensors.ts';

const float = 4;
export const bytesANumber = {
  float32: float,
  int8: blockLayouts.int8.bytes / blockValues,
  int4: blockLayouts.int4.bytes / blockValues,
} as const satisfies Record<BlockType | 'float32', number>;

const padded = (size: number, to: number): number => Math.ceil(size / to) * to;

/** Bytes of all weights held as they are stored: in blocks where all parts of a matrix are; a head that is not, twice (`Llama.heldBytes`). */
export function storedBytes(config: ModelConfig, { tensors }: Pick<TensorSource, 'tensors'>): number {
  const head = config.tie_word_embeddings ? 'embed' : 'head';
  let sum = 0;
  for (const [ours, parts] of familyOf(config).layout(config)) {
    const [first] = parts;
    const inputs = first.shape[1] ?? 1;
    const outputs = parts.reduce((all, { shape }) => all + shape[0], 0);
    const types = new Set(parts.map(({ name }) => keptType(tensors.get(name)?.dtype ?? '')));
    const [type = null] = types;
    if (types.size === 1 && type !== null && first.shape.length === 2)
      sum += bytesANumber[type] * padded(outputs, 8) * padded(inputs, blockValues);
    else sum += (ours === head ? 2 : 1) * float * outputs * inputs;
  }
  return sum;
}
