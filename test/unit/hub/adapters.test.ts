/** Adapters that are dropped beside the models they are over: what npm run boost wrote, and what PEFT saved. */
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { otherModelText } from '../../../src/config/modelFields.ts';
import { boostedDigest, pointerFile } from '../../../src/hub/boosted.ts';
import { droppedModel } from '../../../src/hub/dropped.ts';
import { Models } from '../../../src/hub/keeping.ts';
import type { KeptModel } from '../../../src/hub/kept.ts';
import { adapterFiles, readAdapter } from '../../../src/model/adapterFiles.ts';
import { bytesInMemory, type ByteSource } from '../../../src/model/byteSource.ts';
import { parseConfig } from '../../../src/model/config.ts';
import { initialAdapter, loraOf, type LoraSettings } from '../../../src/model/lora.ts';
import { openModel } from '../../../src/train/openedModel.ts';
import { tinyConfig, tinyFolder, tinyGguf } from '../../tinyModel.ts';
import { MemoryShelf } from './memoryShelf.ts';

type Files = Readonly<Record<string, Uint8Array>>;
const sources = (files: Files): Map<string, ByteSource> =>
  new Map(Object.entries(files).map(([name, bytes]) => [name, bytesInMemory(name, bytes)]));
const doing = { onProgress: () => undefined, signal: new AbortController().signal };
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const config = parseConfig(tinyConfig);
const usual = loraOf({ ...defaultExperiment, loraRank: 4 });

function adapter(base: string | null = null, settings: LoraSettings = usual, changed: object = {}): Files {
  const files = adapterFiles(
    config,
    settings,
    initialAdapter(config, settings, (_, i) => (i % 7) / 7),
    base,
  );
  const said: object = JSON.parse(new TextDecoder().decode(files['adapter_config.json']));
  return { ...files, 'adapter_config.json': json({ ...said, ...changed }) };
}

function kept() {
  const shelf = new MemoryShelf();
  const models = new Models(shelf);
  return {
    ...{ shelf, models },
    copy: (name: string, files: Files): Promise<KeptModel> => models.copy(name, sources(files), doing),
    adapt: (files: Files): Promise<KeptModel> => models.adapt(sources(files), doing),
  };
}

describe('an adapter', () => {
  it('is kept over the model that it names, and opened with it', async () => {
    const { models, copy, adapt } = kept();
    const over = await copy('tiny', { 'tiny.gguf': tinyGguf() });
    await copy('another', tinyFolder());
    const files = adapter(otherModelText('elsewhere', over.digest));
    const model = await adapt(files);
    expect(model).toMatchObject({
      ...{ name: 'tiny+boost', complete: true, licence: 'apache-2.0', facts: over.facts },
      digest: boostedDigest(over.digest, files),
      origin: { kind: 'adapter', over: over.digest, lora: { loraRank: 4, loraTargets: 'all' } },
    });
    const opened = await models.open(model.digest);
    expect(opened.boost?.over).toBe(otherModelText('tiny', over.digest));
    expect(readAdapter((await openModel(opened)).config, opened.boost?.files ?? {}).settings).toEqual(usual);
    await opened.close();
    expect(await adapt(files)).toEqual(model); // again is once
  });

  it('that npm run boost wrote says in a file beside it which model it is over', async () => {
    const { copy, adapt } = kept();
    const over = await copy('tiny', { 'tiny.gguf': tinyGguf() });
    await copy('another', tinyFolder());
    const pointer = json({ model: 'tiny@0', digest: over.digest, path: '/somewhere' });
    const { origin } = await adapt({ ...adapter(), [pointerFile]: pointer });
    expect(origin).toMatchObject({ over: over.digest });
    await expect(adapt({ ...adapter(), [pointerFile]: json({ model: 'x' }) })).rejects.toThrow(
      'other-model.json: digest',
    );
  });

  it('of PEFT’s, which names none, is tried on the models that are here', async () => {
    const { copy, adapt } = kept();
    await expect(adapt(adapter('HuggingFaceTB/SmolLM2'))).rejects.toThrow('An adapter needs the model');
    const { digest } = await copy('tiny', { 'tiny.gguf': tinyGguf() });
    const { origin } = await adapt(adapter('HuggingFaceTB/SmolLM2'));
    expect(origin).toMatchObject({ over: digest });
    await copy('another', tinyFolder());
    await expect(adapt(adapter(null, { ...usual, rank: 2 }))).rejects.toThrow(
      /It fits .* and .*, and does not say which/,
    );
  });

  it('is refused in a sentence, and leaves nothing behind', async () => {
    const { shelf, copy, adapt } = kept();
    await copy('tiny', { 'tiny.gguf': tinyGguf() });
    const over = otherModelText('lost', 'f'.repeat(64));
    const refused: readonly (readonly [Files, string])[] = [
      [
        adapter(over),
        'This adapter is over lost, which is not kept here (its digest begins with ffffffffffff)',
      ],
      [{ 'adapter_config.json': json({}) }, 'adapter_model.safetensors is missing'],
      [{ ...adapter(), 'adapter_config.json': json({}) }, 'adapter_config.json: peft_type'],
      [adapter(null, usual, { use_dora: true }), 'use_dora: true is not supported'],
      [adapter(null, { ...usual, targets: ['up_proj'] }), 'cannot be trained on here: it changes up_proj'],
      [adapter(null, { ...usual, rank: 65 }), 'cannot be trained on here: loraRank: must be'],
      [adapter(null, usual, { r: 5 }), 'Is the adapter another model’s?'],
      [
        {
          ...adapter(),
          'adapter_model.safetensors': adapter()['adapter_model.safetensors'].subarray(0, 900),
        },
        'adapter_model.safetensors: ',
      ],
    ];
    for (const [files, sentence] of refused) await expect(adapt(files)).rejects.toThrow(sentence);
    expect(shelf.folders.size).toBe(1);
  });

  it('says what is missing when its model is gone', async () => {
    const { models, copy, adapt } = kept();
    const over = await copy('tiny', { 'tiny.gguf': tinyGguf() });
    const model = await adapt(adapter());
    await models.remove(over.digest);
    await expect(models.open(model.digest)).rejects.toThrow(
      'tiny+boost is an adapter over tiny: This model is not',
    );
    expect((await copy('tiny', { 'tiny.gguf': tinyGguf() })).digest).toBe(over.digest);
    await (await models.open(model.digest)).close();
  });
});

it('a folder with an adapter is one, and after its model', () => {
  const files = [
    'boosted/adapter_config.json',
    'boosted/adapter_model.safetensors',
    'boosted/other-model.json',
  ];
  expect(droppedModel(files)).toMatchObject({ kind: 'adapter', name: 'boosted' });
  expect(() => droppedModel([...files, 'smol.gguf'])).toThrow(
    'Drop one at a time, and an adapter after its model.',
  );
});
