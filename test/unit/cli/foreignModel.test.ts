/** Models as commands name them: a folder, a file, and the hub through the cache. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { modelFolderOf, shippedModel } from '../../../src/cli/common.ts';
import { foreignModel } from '../../../src/cli/foreignModel.ts';
import { cacheFolder, ModelCache } from '../../../src/cli/modelCache.ts';
import { findOther } from '../../../src/cli/otherModel.ts';
import { pointerFile } from '../../../src/hub/boosted.ts';
import { defaultExperiment, withChanges } from '../../../src/config/experiment.ts';
import { otherModelText } from '../../../src/config/modelFields.ts';
import { Models } from '../../../src/hub/keeping.ts';
import { openModel } from '../../../src/train/openedModel.ts';
import { localHub, type LocalHub } from '../../localHub.ts';
import { tinyFolder, tinyGguf } from '../../tinyModel.ts';

const files = tinyFolder();
const doing = { onProgress: () => undefined, signal: new AbortController().signal };
let root: string;
let hub: LocalHub;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cocos-models-'));
  hub = await localHub({ 'cocos/tiny': files, 'cocos/gated': files });
  await mkdir(join(root, 'tiny'));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(root, 'tiny', name), bytes);
  await writeFile(join(root, 'tiny', 'other.gguf'), 'not read');
  await writeFile(join(root, 'tiny.gguf'), tinyGguf());
});
afterAll(async () => {
  await hub.close();
  await rm(root, { recursive: true });
});

it('a folder, a GGUF file and a model of the hub are opened alike', async () => {
  const cache = new ModelCache(join(root, 'cache'));
  const env = { HF_ENDPOINT: hub.endpoint };
  const folder = await foreignModel(join(root, 'tiny'), doing);
  const gguf = await foreignModel(join(root, 'tiny.gguf'), doing);
  const fetched = await foreignModel('hub:cocos/tiny', doing, { env, cache });
  for (const { files } of [folder, gguf, fetched])
    expect((await openModel(files)).facts.parameters).toBe(27_808);
  expect(fetched.digest).toBe(folder.digest);
  expect([folder.name, gguf.name, fetched.name]).toEqual(['tiny', 'tiny.gguf', 'cocos/tiny']);
  hub.takeAsked();
  await foreignModel('hub:cocos/tiny', doing, { env, cache });
  expect(hub.takeAsked().filter((path) => path.endsWith('model.safetensors'))).toEqual([]); // it is there

  // Whoever writes one has it alone; one whose process is gone does not.
  const taken = await cache.take(folder.digest);
  expect(await cache.take(folder.digest)).toBeNull();
  expect(await cache.remove(folder.digest)).toBe(false);
  await taken?.close();
  await writeFile(join(root, 'cache', folder.digest, 'writing.lock'), '999999999');
  await new Models(cache).remove(folder.digest);
  expect(await cache.digests()).toEqual([]);
});

it('a gated model wants a token; what is no model is refused', async () => {
  const cache = new ModelCache(join(root, 'cache'));
  const env = { HF_ENDPOINT: hub.endpoint };
  await expect(foreignModel('hub:cocos/gated', doing, { env, cache })).rejects.toThrow(
    'set HF_TOKEN to a token of yours',
  );
  const withToken = { ...env, HF_TOKEN: 'friend' };
  expect((await foreignModel('hub:cocos/gated', doing, { env: withToken, cache })).name).toBe('cocos/gated');
  expect(hub.leaked).toEqual([]);
  await expect(foreignModel(join(root, 'nothing'), doing)).rejects.toThrow('or hub:OWNER/NAME');
  await expect(foreignModel('hub:x', doing, { env, cache })).rejects.toThrow('is no name of a model');
});

it('an experiment is given the model that it names, or none', async () => {
  const [tiny, gguf] = [join(root, 'tiny'), join(root, 'tiny.gguf')];
  const { digest } = await foreignModel(tiny, doing);
  const other = withChanges(defaultExperiment, {
    model: 'other',
    otherModel: otherModelText('mine', digest),
  });
  expect(await modelFolderOf(tiny, other)).toBe(tiny); // whatever it is called
  await expect(modelFolderOf(gguf, other)).rejects.toThrow(/begins with mine@.*tiny.gguf is tiny.gguf@/);
  await expect(modelFolderOf(shippedModel('boost'), other)).rejects.toThrow(/one like the playground’s/);
  await expect(modelFolderOf(tiny, defaultExperiment)).rejects.toThrow(/give it with --model\.$/);
  const boost = shippedModel('boost');
  expect(await modelFolderOf(boost, defaultExperiment)).toBe(boost);
});

it('a run goes on with the model that was fetched for it, without the hub', async () => {
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'xdg'));
  const { digest } = await foreignModel('hub:cocos/tiny', doing, { env: { HF_ENDPOINT: hub.endpoint } });
  const reference = join(root, 'reference');
  await mkdir(reference);
  const pointer = { model: otherModelText('tiny', digest), digest, path: 'hub:cocos/tiny' };
  await writeFile(join(reference, pointerFile), JSON.stringify(pointer));
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9');
  const found = await findOther(reference);
  expect(found).toMatchObject({ digest, text: pointer.model });
  expect((await openModel(found.files)).facts.parameters).toBe(27_808);
  vi.unstubAllEnvs();
});

it('half of the adapter that a boost left is no model without one', async () => {
  const { digest } = await foreignModel(join(root, 'tiny'), doing);
  const folder = join(root, 'boosted');
  await mkdir(folder);
  const pointer = { model: otherModelText('tiny', digest), digest, path: join(root, 'tiny') };
  await writeFile(join(folder, pointerFile), JSON.stringify(pointer));
  await writeFile(join(folder, 'adapter_config.json'), '{}');
  await expect(findOther(folder)).rejects.toThrow(/boosted\/adapter_model\.safetensors is missing: /);
});

it('the cache lies where the user keeps such things', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/c' })).toBe('/c/cocos-playground/models');
  expect(cacheFolder({})).toMatch(/\.cache\/cocos-playground\/models$/);
});
