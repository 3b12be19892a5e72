import { createHash } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { modelDigest } from '../../../src/model/digest.ts';

const files: Record<string, Uint8Array<ArrayBuffer>> = {
  'config.json': new TextEncoder().encode('{}'),
  'model.safetensors': Uint8Array.of(1, 2, 3),
  'tokenizer.json': new TextEncoder().encode('[]'),
};
const digestOf = (changed = {}) => modelDigest(async (file) => ({ ...files, ...changed })[file]!);
const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');

afterEach(() => vi.unstubAllGlobals());

it('is what sha256sum prints, of what it prints for the files', async () => {
  const printed = Object.entries(files).map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`);
  expect(await digestOf()).toBe(sha256(printed.join('')));
});

it.each(Object.keys(files))('is another when %s is', async (file) => {
  expect(await digestOf({ [file]: Uint8Array.of(0) })).not.toBe(await digestOf());
});

it('is unknown where the browser has no cryptography', async () => {
  vi.stubGlobal('crypto', {});
  expect(await digestOf()).toBeUndefined();
});
