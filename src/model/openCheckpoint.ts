/**
 * Checkpoints as they are found: a folder in Hugging Face's layout, its weights in one file or several, or one GGUF file.
 * Only headers are read here; values come when `Llama.load` asks for them, tensor by tensor.
 */
import { isObject, readJson, shown, shownText } from '../config/outside.ts';
import type { ByteSource } from './byteSource.ts';
import { checkSize } from './checkpoint.ts';
import { parseConfig } from './config.ts';
import { openGguf, type MetadataValue } from './gguf/container.ts';
import { ggufConfig, ggufTensors } from './gguf/model.ts';
import type { ModelConfig } from './modelConfig.ts';
import { streamSafetensors } from './safetensors.ts';
import type { TensorSource } from './tensors.ts';

/** A file of a folder, or null where there is none of that name. */
export type OpenFile = (name: string) => Promise<ByteSource | null>;

export interface OpenedCheckpoint {
  readonly config: ModelConfig;
  readonly tensors: TensorSource;
  /** Of a GGUF file: its tokenizer and chat template are among it. */
  readonly metadata?: ReadonlyMap<string, MetadataValue>;
}

const configFile = 'config.json';
const maxConfigBytes = 1 << 20;
const weightsFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';
const maxIndexBytes = 16 << 20;
const maxShards = 1000;

/** @throws an error naming the file, the key or tensor, and what is wrong; config.json is checked first */
export async function openFolder(open: OpenFile): Promise<OpenedCheckpoint> {
  const config = parseConfig(await readJsonFile(open, configFile, maxConfigBytes));
  checkSize(config, configFile);
  const whole = await open(weightsFile);
  const tensors = whole ? await streamSafetensors(whole) : await openShards(open);
  return { config, tensors };
}

/** @throws as `openFolder` */
export async function openGgufFile(source: ByteSource): Promise<OpenedCheckpoint> {
  const gguf = await openGguf(source);
  const config = await ggufConfig(gguf);
  checkSize(config, gguf.file);
  return { config, tensors: ggufTensors(gguf, config), metadata: gguf.metadata };
}

async function readJsonFile(open: OpenFile, name: string, maxBytes: number): Promise<unknown> {
  const source = await open(name);
  if (!source) throw new Error(`${name} is missing; a model's folder has it beside its weights.`);
  // One byte more is enough to be refused by name.
  return readJson(await source.read(0, Math.min(source.size, maxBytes + 1)), name, maxBytes);
}

/** Weights in several files, which an index lists. */
async function openShards(open: OpenFile): Promise<TensorSource> {
  if (!(await open(indexFile))) {
    throw new Error(
      `${weightsFile} is missing, and ${indexFile} as well. Weights are read from safetensors and GGUF files; ` +
        'choose a model that has them.',
    );
  }
  const index = await readJsonFile(open, indexFile, maxIndexBytes);
  const map = isObject(index) ? index['weight_map'] : undefined;
  if (!isObject(map)) throw new Error(`${indexFile}: weight_map is ${shown(map)}, not an object.`);
  const places = new Map(Object.entries(map));
  const names = new Set(places.values());
  if (names.size > maxShards) {
    throw new Error(`${indexFile}: it names ${names.size} files, at most ${maxShards} are read.`);
  }
  const shards = new Map<unknown, TensorSource>();
  for (const name of names) {
    if (typeof name !== 'string' || !/^[\w-][\w.-]*\.safetensors$/.test(name)) {
      throw new Error(`${indexFile}: ${shown(name)} is not the name of a safetensors file beside it.`);
    }
    const source = await open(name);
    if (!source) throw new Error(`${name} is missing; ${indexFile} names it. Download it again.`);
    shards.set(name, await streamSafetensors(source));
  }
  const tensors = new Map<string, { dtype: string; shape: readonly number[] }>();
  for (const [name, place] of places) {
    const tensor = shards.get(place)?.tensors.get(name);
    if (!tensor) throw new Error(`${shown(place)} has no tensor ${shownText(name)}, as ${indexFile} says.`);
    tensors.set(name, tensor);
  }
  for (const [place, shard] of shards) {
    for (const name of shard.tensors.keys()) {
      if (places.get(name) !== place) {
        throw new Error(
          `${shown(place)} has the tensor ${shownText(name)}, and ${indexFile} does not say so.`,
        );
      }
    }
  }
  return {
    ...{ file: indexFile, configFile, tensors },
    read: (name) => {
      const shard = shards.get(places.get(name));
      if (!shard) throw new Error(`${indexFile}: there is no tensor ${shownText(name)}.`);
      return shard.read(name);
    },
  };
}
