/** An adapter added to its model's own files, a tensor at a time: the model that comes of it computes the same, and needs no adapter. */
import { beforeAll, describe, expect, it } from 'vitest';
import { unzipSync } from 'fflate';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { logits as scoresOf, openBackend, tf } from '../../../src/engine/index.ts';
import { zipInParts } from '../../../src/exports/zip.ts';
import { Adapter } from '../../../src/model/adapter.ts';
import { bytesInMemory } from '../../../src/model/byteSource.ts';
import { Llama } from '../../../src/model/llama.ts';
import { initialAdapter, loraOf, loraTargets } from '../../../src/model/lora.ts';
import { mergedSafetensors } from '../../../src/model/merged.ts';
import { openSafetensors } from '../../../src/model/safetensors.ts';
import { frozenParametersFrom, parametersFrom } from '../../../src/model/tensors.ts';
import { openModel } from '../../../src/train/openedModel.ts';
import { tinyFolder, tinyGguf } from '../../tinyModel.ts';

beforeAll(async () => void (await openBackend('cpu', { environment: 'node' })));

const ids = [3, 141, 59, 26, 53, 58, 97, 93, 23, 84];

async function scores(model: Llama): Promise<Float32Array> {
  const all = tf.tidy(() => scoresOf(model.hidden(tf.tensor1d(ids, 'int32'), 1, ids.length), model.head));
  const values = Float32Array.from(await all.data());
  all.dispose();
  return values;
}

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return new Uint8Array(await new Blob(all.map((part) => Uint8Array.from(part))).arrayBuffer());
}

const open = (files: Readonly<Record<string, Uint8Array>>) =>
  openModel({
    names: Object.keys(files),
    open: (name) => Promise.resolve(files[name] ? bytesInMemory(name, files[name]) : null),
  });

describe.each([
  ['a folder', tinyFolder()],
  ['a GGUF file', { 'tiny.gguf': tinyGguf() }],
])('of %s', (_, files) => {
  it.each(['float32', 'stored', 'int8'] as const)('held as %s', async (held) => {
    const { config, tensors } = await open(files);
    const settings = loraOf({ ...defaultExperiment, loraRank: 3, loraAlpha: 5 });
    const values = initialAdapter(
      config,
      { ...settings, targets: loraTargets },
      (p, i) => ((i + p) % 11) / 11,
    );
    for (const [name, { length }] of Object.entries(values))
      if (name.endsWith('lora_B')) values[name] = Float32Array.from({ length }, (_, i) => Math.sin(i) / 10);
    const parameters =
      held === 'float32' ? parametersFrom(config, tensors) : frozenParametersFrom(config, tensors, held);
    const base = await Llama.load(config, parameters);
    const adapted = base.adapted(new Adapter(config, settings, values));
    const wanted = await scores(adapted);
    expect(wanted).not.toEqual(await scores(base));

    let reads = 0;
    const counted = { ...tensors, read: (name: string) => ((reads += 1), tensors.read(name)) };
    const parts: number[] = [];
    const watched = async function* () {
      for await (const part of mergedSafetensors(config, counted, held, { settings, values })) {
        parts.push(reads);
        yield part;
      }
    };
    const file = openSafetensors(await whole(watched()));
    expect(parts).toEqual([...file.tensors.keys()].reduce((all) => [...all, all.length], [0])); // each is read when it is asked for
    const merged = await Llama.load(config, parametersFrom(config, file));
    const found = await scores(merged);
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    found.forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThan(1e-5 * largest));
    for (const model of [adapted, base, merged]) model.dispose();
  });
});

it('an archive in parts is one', async () => {
  const text = new TextEncoder().encode('a text '.repeat(100));
  const parts = async function* () {
    yield text.subarray(0, 100);
    yield text.subarray(100);
  };
  const archive = await whole(
    zipInParts(
      new Map<string, Uint8Array | AsyncIterable<Uint8Array>>([
        ['a.json', text],
        ['b.safetensors', parts()],
        ['c.txt', parts()],
      ]),
    ),
  );
  expect(unzipSync(archive)).toEqual({ 'a.json': text, 'b.safetensors': text, 'c.txt': text });
});
