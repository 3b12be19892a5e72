/** Tiny checkpoints of every family and form, against the logits of transformers (test/transformers/families.py). */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { logits as scoresOf, openBackend, tf } from '../../../src/engine/index.ts';
import { bytesInMemory } from '../../../src/model/byteSource.ts';
import { checkpointFiles, readCheckpoint } from '../../../src/model/checkpoint.ts';
import { dequantise } from '../../../src/model/gguf/blocks.ts';
import { blockTypes, isKnownType } from '../../../src/model/gguf/types.ts';
import { Llama } from '../../../src/model/llama.ts';
import { openFolder, openGgufFile, type OpenedCheckpoint } from '../../../src/model/openCheckpoint.ts';
import type { HostWeights } from '../../../src/model/parameters.ts';
import { parametersFrom } from '../../../src/model/tensors.ts';

const { ids, models, blocks } = v.parse(
  v.object({
    ids: v.array(v.number()),
    models: v.record(
      v.string(),
      v.object({ files: v.record(v.string(), v.string()), logits: v.array(v.number()) }),
    ),
    blocks: v.record(v.string(), v.object({ bytes: v.string(), values: v.string() })),
  }),
  JSON.parse(readFileSync(new URL('../../transformers/families.json', import.meta.url), 'utf8')),
);

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));

/** As files in memory; what is changed may be a file that is left out. */
function open(name: string, changed: Record<string, Uint8Array | null> = {}): Promise<OpenedCheckpoint> {
  const files: Record<string, Uint8Array | null> = {
    ...Object.fromEntries(
      Object.entries(models[name]?.files ?? {}).map(([file, text]) => [file, bytesOf(text)]),
    ),
    ...changed,
  };
  const find = (file: string) => {
    const bytes = files[file];
    return bytes ? bytesInMemory(file, bytes) : null;
  };
  const gguf = find('model.gguf');
  return gguf ? openGgufFile(gguf) : openFolder((file) => Promise.resolve(find(file)));
}

describe.each(['cpu', 'wasm'] as const)('checkpoints on %s', (backend) => {
  beforeAll(async () => {
    await openBackend(backend, { environment: 'node' });
  });

  it.each(Object.keys(models))('give the logits of transformers: %s', async (name) => {
    const { config, tensors } = await open(name);
    const before = tf.memory().numTensors;
    const model = await Llama.load(config, parametersFrom(config, tensors));
    const logits = tf.tidy(() => {
      const hidden = model.hidden(tf.tensor1d(ids, 'int32'), 1, ids.length);
      return scoresOf(hidden, model.head);
    });
    const ours = Array.from(await logits.data());
    logits.dispose();
    model.dispose();
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1); // a table of angles is kept
    const every4th = ours.filter((_, i) => Math.floor(i / config.vocab_size) % 4 === 0);
    const theirs = models[name]?.logits ?? [];
    expect(every4th).toHaveLength(theirs.length);
    const apart = Math.max(...every4th.map((value, i) => Math.abs(value - (theirs[i] ?? NaN))));
    expect(apart).toBeLessThan(1e-5 * Math.max(...theirs.map(Math.abs)));
  });
});

it.each(Object.keys(models))('can be saved and read again, or are refused: %s', async (name) => {
  const { config, tensors } = await open(name);
  const weights: HostWeights = {};
  for await (const [ours, values] of parametersFrom(config, tensors)) weights[ours] = values;
  const save = () => checkpointFiles({ config, weights }, { bos: 1, eot: 2, pad: 0 });
  if (config.rope_scaling?.rope_type === 'divided') {
    expect(save).toThrow('cannot be written to config.json');
  } else {
    const files = save();
    const again = await readCheckpoint((file) => Promise.resolve(files[file] ?? new Uint8Array()));
    expect(again).toEqual({ config, weights });
  }
});

it.each(Object.keys(blocks))('blocks of %s say the same numbers as for gguf (Python)', (name) => {
  const type = Number(Object.entries(blockTypes).find(([, one]) => one.name === name)?.[0]);
  if (!isKnownType(type)) throw new Error(name);
  const wanted = blocks[name];
  const values = dequantise(type, bytesOf(wanted?.bytes ?? ''));
  expect(values).toEqual(new Float32Array(bytesOf(wanted?.values ?? '').buffer));
});
