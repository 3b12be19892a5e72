/** Models that others trained, on WebGPU: tiny ones of transformers, and an adapter of PEFT's, with the numbers that these recorded. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { amount } from '../amount.ts';
import { logits as scoresOf, tf } from '../../src/engine/index.ts';
import { Adapter } from '../../src/model/adapter.ts';
import { readAdapter } from '../../src/model/adapterFiles.ts';
import { bytesInMemory } from '../../src/model/byteSource.ts';
import { readCheckpoint } from '../../src/model/checkpoint.ts';
import { Llama } from '../../src/model/llama.ts';
import { openFolder, openGgufFile } from '../../src/model/openCheckpoint.ts';
import { parametersFrom } from '../../src/model/tensors.ts';
import { weightedLogProbGradient } from '../../src/train/policy.ts';
import { expectNoGpuErrors, openForAll } from './backends.ts';

const texts = v.record(v.string(), v.string());
const numbers = v.array(v.number());
const recorded = <S extends v.GenericSchema>(name: string, schema: S): v.InferOutput<S> =>
  v.parse(schema, JSON.parse(readFileSync(new URL(`../transformers/${name}.json`, import.meta.url), 'utf8')));
const bytesOf = (files: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, Uint8Array.from(Buffer.from(text, 'base64'))]),
  );

const families = recorded(
  'families',
  v.object({ ids: numbers, models: v.record(v.string(), v.object({ files: texts, logits: numbers })) }),
);
const peft = recorded(
  'lora',
  v.object({
    ids: numbers,
    base: texts,
    adapter: texts,
    logits: numbers,
    gradients: v.record(v.string(), numbers),
  }),
);

async function scores(model: Llama, ids: readonly number[]): Promise<number[]> {
  const all = tf.tidy(() =>
    scoresOf(model.hidden(tf.tensor1d([...ids], 'int32'), 1, ids.length), model.head),
  );
  const values = Array.from(await all.data());
  all.dispose();
  await expectNoGpuErrors();
  return values;
}

/** How far apart, in relation to the largest. */
function apart(ours: readonly number[], theirs: readonly number[]): number {
  expect(ours).toHaveLength(theirs.length);
  return (
    Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] ?? NaN)))) /
    Math.max(...theirs.map(Math.abs))
  );
}

describe('on webgpu', () => {
  openForAll('webgpu');

  it.each(Object.keys(families.models).slice(0, amount(3, 6)))(
    'the logits of transformers: %s',
    async (name) => {
      const { files, logits } = families.models[name] ?? { files: {}, logits: [] };
      const bytes = bytesOf(files);
      const source = (file: string) => (bytes[file] ? bytesInMemory(file, bytes[file]) : null);
      const gguf = source('model.gguf');
      const { config, tensors } = await (gguf
        ? openGgufFile(gguf)
        : openFolder((file) => Promise.resolve(source(file))));
      const model = await Llama.load(config, parametersFrom(config, tensors));
      const ours = await scores(model, families.ids);
      model.dispose();
      const every4th = ours.filter((_, i) => Math.floor(i / config.vocab_size) % 4 === 0);
      expect(apart(every4th, logits)).toBeLessThan(1e-3);
    },
  );

  it('the logits and gradients of PEFT', async () => {
    const files = bytesOf(peft.base);
    const { config, weights } = await readCheckpoint((file) =>
      Promise.resolve(files[file] ?? new Uint8Array()),
    );
    const { settings, values } = readAdapter(config, bytesOf(peft.adapter));
    const base = new Llama(config, weights, false);
    const policy = base.adapted(new Adapter(config, settings, values));
    expect(apart(await scores(policy, peft.ids), peft.logits)).toBeLessThan(1e-3);
    const { ids } = peft;
    const answer = {
      place: { sequence: ids, start: 1, length: ids.length - 1 },
      coefficients: ids.slice(1).map(() => 1),
    };
    const pass = { temperature: 1, banned: [], pad: 0, maxTokens: 64 };
    const { gradients } = await weightedLogProbGradient(policy, [answer], pass);
    expect(Object.keys(gradients)).toHaveLength(Object.keys(peft.gradients).length);
    for (const [name, gradient] of Object.entries(gradients)) {
      const ours = Array.from(await tf.transpose(gradient).data());
      expect(apart(ours, peft.gradients[`base_model.model.${name}.weight`] ?? []), name).toBeLessThan(1e-3);
      gradient.dispose();
    }
    await expectNoGpuErrors();
    policy.dispose();
    base.dispose();
  });
});
