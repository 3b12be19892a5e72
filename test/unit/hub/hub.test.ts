/** A model from a hub into a shelf, on good days and bad ones. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Hub } from '../../../src/hub/hub.ts';
import { Models, type Progress } from '../../../src/hub/keeping.ts';
import type { KeptModel } from '../../../src/hub/kept.ts';
import { parseHubName } from '../../../src/hub/name.ts';
import { planModel, type ModelPlan } from '../../../src/hub/plan.ts';
import { commit, localHub, type LocalHub } from '../../localHub.ts';
import { tinyFolder, tinyGguf } from '../../tinyModel.ts';
import { MemoryShelf } from './memoryShelf.ts';

const folder = tinyFolder();
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const changed = (keys: object) => ({
  ...folder,
  'config.json': json({
    ...(JSON.parse(new TextDecoder().decode(folder['config.json'])) as object),
    ...keys,
  }),
});
const readme = { 'README.md': json('a card'), 'pytorch_model.bin': new Uint8Array(100_000) };

let local: LocalHub;
beforeAll(async () => {
  local = await localHub({
    'cocos/tiny': { ...folder, ...readme },
    'cocos/gguf': { 'tiny-f32.gguf': tinyGguf() },
    'cocos/ggufs': { 'a.gguf': tinyGguf(), 'b.gguf': tinyGguf() },
    'cocos/gated': folder,
    'cocos/private': folder,
    'cocos/yarn': changed({ rope_scaling: { type: 'yarn', factor: 4 } }),
    'cocos/gptq': changed({ quantization_config: { quant_method: 'gptq' } }),
    'cocos/mamba': changed({ model_type: 'mamba', architectures: ['MambaForCausalLM'] }),
    'cocos/torch': { 'config.json': folder['config.json'] ?? new Uint8Array(), ...readme },
  });
});
afterAll(() => local.close());

let shelf: MemoryShelf;
let models: Models;
beforeEach(() => {
  shelf = new MemoryShelf();
  models = new Models(shelf);
  local.badDay = {};
  local.takeAsked();
});

const whenGated = 'Drop its files here.';
const hubFor = (token = '') =>
  new Hub({ endpoint: local.endpoint, whenGated, pause: 1, ...(token ? { token } : {}) });
const quiet = () => new AbortController().signal;
const plan = (text: string, token = ''): Promise<ModelPlan> =>
  planModel(hubFor(token), parseHubName(text), quiet());
const get = (
  planned: ModelPlan | KeptModel,
  onProgress: (progress: Progress) => void = () => undefined,
  signal = quiet(),
) => models.fetch(hubFor(), planned, { onProgress, signal });

async function expectWhole(
  { digest, files }: KeptModel,
  source: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  const opened = await models.open(digest);
  for (const { name, size } of files) {
    const there = await opened.open(name);
    expect(
      Buffer.from((await there?.read(0, size)) ?? []).equals(source[name] ?? new Uint8Array()),
      name,
    ).toBe(true);
  }
  await opened.close();
}

describe('a model on a hub', () => {
  it('is pinned to a commit, and only what is needed of it is fetched, from wherever the hub sends us', async () => {
    const planned = await plan('cocos/tiny');
    expect(planned.model).toMatchObject({
      ...{ name: 'cocos/tiny', licence: 'mit', complete: false },
      origin: { kind: 'hub', endpoint: local.endpoint, model: 'cocos/tiny', commit },
      facts: { family: 'qwen2', parameters: 27_808 },
    });
    const before = local.takeAsked();
    expect(before.join(' ')).not.toMatch(/README|pytorch/);
    expect(
      before.filter((path) => path.includes('model.safetensors')).every((path) => path.includes('bytes=')),
    ).toBe(true);
    const seen: Progress[] = [];
    const kept = await get(planned, (progress) => seen.push(progress));
    expect(local.takeAsked()).toEqual([`/cocos/tiny/resolve/${commit}/model.safetensors`]);
    expect(kept.complete).toBe(true);
    expect(seen.at(-1)).toMatchObject({ what: 'fetching', done: seen.at(-1)?.total });
    expect(await models.list()).toEqual({ models: [kept], unreadable: [] });
    await expectWhole(kept, folder);
    expect(await get(await plan('cocos/tiny'))).toEqual(kept); // it is there
  });

  it('may be a GGUF file, named where there are several', async () => {
    await expectWhole(await get(await plan('cocos/gguf')), { 'tiny-f32.gguf': tinyGguf() });
    await expect(plan('cocos/ggufs')).rejects.toThrow(
      'has 2 GGUF files; write the one you want after a colon',
    );
    expect((await plan('cocos/ggufs:b.gguf')).model.files.map(({ name }) => name)).toEqual(['b.gguf']);
  });

  it.each([
    ['cocos/yarn', '"yarn" is not supported'],
    ['cocos/gptq', 'quantization_config'],
    ['cocos/mamba', '"mamba" is not supported; llama and qwen2 are'],
    ['cocos/torch', 'Weights are read from safetensors and GGUF files'],
  ])(
    'that is not supported is refused by name before anything but config.json is fetched: %s',
    async (name, sentence) => {
      await expect(plan(name)).rejects.toThrow(sentence);
      const files = local.takeAsked().filter((path) => path.includes('/resolve/'));
      expect(files.map((path) => path.replace(/^.*\/|\s.*$/g, ''))).toEqual(['config.json']);
    },
  );

  it('that is gated says so, and is to be had with a token, which goes to nobody else', async () => {
    await expect(plan('cocos/gated')).rejects.toThrow(
      `gated: its owner gives it only to those who accept its terms. ${whenGated}`,
    );
    await expect(plan('cocos/gated', 'stranger')).rejects.toThrow('is gated');
    const hub = hubFor('friend');
    const kept = await models.fetch(hub, await plan('cocos/gated', 'friend'), {
      onProgress: () => undefined,
      signal: quiet(),
    });
    await expectWhole(kept, folder);
    expect(local.leaked).toEqual([]);
  });

  it('that is not there is missing or private; a revision that is not there is called so', async () => {
    await expect(plan('cocos/nothing')).rejects.toThrow('There is no cocos/nothing at http://127.0.0.1');
    await expect(plan('cocos/private')).rejects.toThrow('or it is private');
    await expect(plan('cocos/tiny@v9')).rejects.toThrow('cocos/tiny has no revision "v9"');
    await expect(plan('cocos/gguf:other.gguf')).rejects.toThrow('has no file other.gguf');
    await expect(
      new Hub({ endpoint: 'http://127.0.0.1:9', whenGated, pause: 1 }).list(parseHubName('a/b'), quiet()),
    ).rejects.toThrow('http://127.0.0.1:9 could not be reached');
  });
});

describe('on a bad day of the hub a model', () => {
  it('comes from a host that refuses ranges', async () => {
    local.badDay = { noRanges: true };
    await expectWhole(await get(await plan('cocos/tiny')), folder);
  });

  it('comes over a connection that breaks again and again, with and without ranges', async () => {
    local.badDay = { breaksAfter: 30_000 };
    await expectWhole(await get(await plan('cocos/tiny')), folder);
    local.badDay = { breaksAfter: 30_000, noRanges: true };
    shelf.folders.clear();
    await expect(plan('cocos/tiny').then(get)).rejects.toThrow('The connection to http://127.0.0.1');
    const [half] = (await models.list()).models;
    expect(half).toMatchObject({ name: 'cocos/tiny', complete: false });
    await expect(models.open(half?.digest ?? '')).rejects.toThrow('Of cocos/tiny only a part is here');
    local.badDay = {};
    if (half) await expectWhole(await get(half), folder);
  });

  it('waits as long as it is told when the hub is asked too much', async () => {
    const planned = await plan('cocos/tiny');
    local.badDay = { tooMany: 2 };
    await expectWhole(await get(planned), folder);
    local.badDay = { tooMany: 9 };
    await expect(plan('cocos/tiny')).rejects.toThrow('is asked too much at the moment (429)');
  });

  it('is not kept with another hash, nor with another length', async () => {
    const planned = await plan('cocos/tiny');
    local.badDay = { wrongBytes: true };
    await expect(get(planned)).rejects.toThrow(
      'model.safetensors arrived with another hash than the hub lists',
    );
    local.badDay = { longer: 5, noRanges: true };
    await expect(get(planned)).rejects.toThrow('and more came');
    local.badDay = { longer: 5 };
    await expect(plan('cocos/tiny')).rejects.toThrow(/the hub lists \d+ bytes, and its host has \d+/);
    local.badDay = { loginPage: true };
    await expect(plan('cocos/tiny')).rejects.toThrow('Is it one, or a page that wants you to log in?');
    local.badDay = {};
    await expectWhole(await get(planned), folder);
  });

  it('that is cancelled goes on where it was, and not what another tab fetches', async () => {
    const planned = await plan('cocos/tiny');
    local.badDay = { breaksAfter: 40_000 };
    const work = new AbortController();
    const cancelled = get(planned, ({ done }) => done > 60_000 && work.abort(), work.signal);
    await expect(cancelled).rejects.toThrow(/abort/i);
    await expect(shelf.take(planned.model.digest).then(() => get(planned))).rejects.toThrow('in another tab');
    shelf.taken.clear();
    local.badDay = {};
    local.takeAsked();
    await expectWhole(await get(planned), folder);
    expect(local.takeAsked().join()).toMatch(/bytes=[1-9]\d+-$/);
  });

  it('does not fit: that is said before, or when it shows', async () => {
    const planned = await plan('cocos/tiny');
    shelf.said = 1000;
    await expect(get(planned)).rejects.toThrow('cocos/tiny needs 0 MB, and there is room for 0 MB');
    expect(shelf.bytes).toBe(0);
    shelf.said = null;
    shelf.capacity = 60_000;
    await expect(get(planned)).rejects.toThrow('There is no room left for cocos/tiny');
    shelf.capacity = Infinity;
    await expectWhole(await get(planned), folder);
  });
});

it.each([
  ['HuggingFaceTB/SmolLM2-135M-Instruct', ['HuggingFaceTB', 'SmolLM2-135M-Instruct', 'main', null]],
  ['a/b@v1.0:x y.gguf', ['a', 'b', 'v1.0', 'x y.gguf']],
  [' https://huggingface.co/a/b ', ['a', 'b', 'main', null]],
  ['https://huggingface.co/a/b/blob/main/c-Q4_1.gguf', ['a', 'b', 'main', 'c-Q4_1.gguf']],
])('the name %s is understood', (text, [owner, name, revision, file]) => {
  expect(parseHubName(text)).toEqual({ owner, name, revision, file });
});

it.each(['', 'gpt2', 'a/b/c', '../b', 'a/..', 'a/b@', 'a/b:x.bin', 'a b/c', 'a/b.git', 'x'.repeat(5000)])(
  'the name %j is none',
  (text) => {
    expect(() => parseHubName(text)).toThrow('is no name of a model. It is OWNER/NAME');
  },
);
