/** Files that were dropped or chosen, as kept models. */
import { describe, expect, it } from 'vitest';
import { amount } from '../../amount.ts';
import fc from '../../property.ts';
import { droppedModel } from '../../../src/hub/dropped.ts';
import { Models } from '../../../src/hub/keeping.ts';
import { digestOf, keptFile, readKept, type KeptModel } from '../../../src/hub/kept.ts';
import { bytesInMemory, type ByteSource } from '../../../src/model/byteSource.ts';
import { tinyFolder, tinyGguf } from '../../tinyModel.ts';
import { MemoryShelf } from './memoryShelf.ts';

const text = (words: string) => new TextEncoder().encode(words);
const sources = (files: Readonly<Record<string, Uint8Array>>): Map<string, ByteSource> =>
  new Map(Object.entries(files).map(([name, bytes]) => [name, bytesInMemory(name, bytes)]));
const doing = { onProgress: () => undefined, signal: new AbortController().signal };

function kept() {
  const shelf = new MemoryShelf();
  const models = new Models(shelf);
  const copy = (name: string, files: Readonly<Record<string, Uint8Array>>): Promise<KeptModel> =>
    models.copy(name, sources(files), doing);
  return { shelf, models, copy };
}

describe('dropped files', () => {
  it('are kept under their digest, whatever lies beside them, with the licence of the card', async () => {
    const { shelf, models, copy } = kept();
    const folder = tinyFolder();
    const card = text('---\r\nlanguage: en\r\nlicense: apache-2.0\r\n---\r\n# A model');
    const model = await copy('mine', { ...folder, 'README.md': card, 'training.log': text('x') });
    expect(model).toMatchObject({
      ...{ name: 'mine', licence: 'apache-2.0', complete: true },
      origin: { kind: 'dropped' },
    });
    expect(model.files.map(({ name }) => name).sort()).toEqual(Object.keys(folder).sort());
    expect(model.digest).toBe(digestOf(model.files));
    expect([...(shelf.folders.get(model.digest)?.keys() ?? [])].sort()).toEqual(
      [...Object.keys(folder), keptFile].sort(),
    );
    expect(await copy('again', folder)).toEqual(model);
    await models.remove(model.digest);
    expect(await models.list()).toEqual({ models: [], unreadable: [] });
  });

  it('may be a GGUF file, and say whose licence it has', async () => {
    const { copy } = kept();
    expect(await copy('tiny', { 'tiny.gguf': tinyGguf() })).toMatchObject({
      licence: 'apache-2.0',
      facts: { family: 'qwen2', dtypes: ['F32'] },
    });
  });

  it('that are damaged leave nothing behind', async () => {
    const { shelf, copy } = kept();
    const { 'model.safetensors': weights = new Uint8Array(), ...folder } = tinyFolder();
    await expect(copy('half', { ...folder, 'model.safetensors': weights.subarray(0, 5000) })).rejects.toThrow(
      'cut short',
    );
    await expect(copy('none', folder)).rejects.toThrow('model.safetensors is missing');
    await expect(copy('cut', { 'tiny.gguf': tinyGguf().subarray(0, 4000) })).rejects.toThrow(
      'it ends within its header',
    );
    expect(shelf.folders.size).toBe(0);
  });

  it('that found no room are gone on with when they are dropped again', async () => {
    const { shelf, models, copy } = kept();
    shelf.capacity = 50_000;
    await expect(copy('mine', tinyFolder())).rejects.toThrow('There is no room left for mine');
    expect((await models.list()).models).toMatchObject([{ name: 'mine', complete: false }]);
    shelf.capacity = Infinity;
    expect((await copy('mine', tinyFolder())).complete).toBe(true);
    expect((await models.list()).models).toHaveLength(1);
  });
});

it('a folder that says nothing usable of itself is listed as such, and can be deleted', async () => {
  const { shelf, models } = kept();
  shelf.folders.set('a'.repeat(64), new Map([[keptFile, text('{')]]));
  shelf.folders.set('b'.repeat(64), new Map());
  const { unreadable } = await models.list();
  expect(unreadable.map(({ problem }) => problem)).toEqual([
    expect.stringContaining('kept.json is not JSON'),
    'kept.json is missing: nothing says what this folder is.',
  ]);
  await models.remove('a'.repeat(64));
  expect(await models.list()).toMatchObject({ unreadable: [{ digest: 'b'.repeat(64) }] });
});

it.each([
  [['SmolLM2-Q4_1.gguf'], 'SmolLM2-Q4_1', ['SmolLM2-Q4_1.gguf']],
  [['smol/config.json', 'smol/x.bin', 'smol/onnx/model.onnx'], 'smol', ['smol/config.json', 'smol/x.bin']],
  [['config.json', 'model.gguf', '.DS_Store'], 'dropped files', ['config.json']],
  [['a/b/smol/config.json'], 'smol', ['a/b/smol/config.json']],
])('of %j the model is %s', (paths, name, used) => {
  const dropped = droppedModel(paths);
  expect(dropped.name).toBe(name);
  expect([...dropped.paths.values()]).toEqual(used);
});

it.each([
  [['cat.png'], 'cat.png is no model. Drop one .gguf file, or a folder'],
  [['a.txt', 'b.txt'], 'Among these 2 files is no model'],
  [['a.gguf', 'b.gguf'], 'There are 2 models, a and b among them'],
  [[], 'is no model'],
])('%j are refused', (paths, sentence) => {
  expect(() => droppedModel(paths)).toThrow(sentence);
});

it('what is written of a model is read again, and nothing else is taken for it', async () => {
  const { shelf, models, copy } = kept();
  const model = await copy('mine', { 'tiny.gguf': tinyGguf() });
  const written = shelf.folders.get(model.digest)?.get(keptFile) ?? new Uint8Array();
  expect(readKept(written)).toEqual(model);
  const json = JSON.parse(new TextDecoder().decode(written)) as Record<string, unknown>;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(json)), fc.jsonValue(), async (key, value) => {
      shelf.folders.get(model.digest)?.set(keptFile, text(JSON.stringify({ ...json, [key]: value })));
      const { models: list, unreadable } = await models.list();
      if (unreadable.length === 1) expect(unreadable[0]?.problem).toMatch(/^kept\.json: /);
      else expect(list).toHaveLength(1);
    }),
    { numRuns: amount(60, 1000) },
  );
});
