/**
 * A model of others with what an adapter adds to its matrices, as a checkpoint that needs no adapter. It is made from the model's own
 * files, tensor after tensor, without a back end: beside the one that is being made, no other is in memory.
 */
import type { Experiment } from '../config/fields.ts';
import { fromTiles, inTiles } from '../engine/blocks.ts';
import type { AdapterValues } from './adapterFiles.ts';
import { familyOf } from './families/index.ts';
import { modulesOf, nameA, nameB } from './lora.ts';
import type { ModelConfig } from './modelConfig.ts';
import { safetensorsHead } from './safetensors.ts';
import { checkTensors, readFinite, readInBlocks, type TensorSource } from './tensors.ts';

/** Bytes of a file, one part after the other. */
export type FileParts = AsyncIterable<Uint8Array>;

/**
 * Its model.safetensors, in float32.
 * @param held how runs hold the weights, for rounded ones are what an adapter has learned to work with (`baseWeights`)
 * @throws as the model's files are read
 */
export async function* mergedSafetensors(
  config: ModelConfig,
  source: TensorSource,
  held: Experiment['baseWeights'],
  { settings, values }: AdapterValues,
): AsyncGenerator<Uint8Array> {
  await checkTensors(config, source);
  const parts = familyOf(config)
    .layout(config)
    .flatMap(([, theirs]) => theirs);
  const modules = new Map(modulesOf(config, settings).map((module) => [`${module.name}.weight`, module]));
  yield safetensorsHead(parts.map(({ name, shape }) => [name, shape]));
  for (const part of parts) {
    const isRounded = part.shape.length === 2 && (held === 'int8' || held === 'int4');
    const blocks = isRounded ? await readInBlocks(source, [part], held) : null;
    const weights = blocks ? fromTiles(blocks, inTiles(blocks)) : await readFinite(source, part.name);
    const module = modules.get(part.name);
    if (module) {
      const [a, b] = [values[nameA(module.name)], values[nameB(module.name)]];
      addProduct(weights, a, b, module.inputs, settings.rank, settings.alpha / settings.rank);
    }
    yield new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  }
}

/** W [out, in] += scale · (A [in, rank] · B [rank, out])ᵀ, each number rounded once. */
function addProduct(
  weights: Float32Array,
  a: Float32Array,
  b: Float32Array,
  inputs: number,
  rank: number,
  scale: number,
): void {
  const outputs = weights.length / inputs;
  const column = new Float64Array(rank);
  for (let o = 0; o < outputs; o++) {
    for (let r = 0; r < rank; r++) column[r] = scale * b[r * outputs + o];
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += a[i * rank + r] * column[r];
      weights[o * inputs + i] += sum;
    }
  }
}
