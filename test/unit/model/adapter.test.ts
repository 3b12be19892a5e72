/** Adapters beside PEFT's, with random A and B (test/transformers/lora.py). */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { logits as scoresOf, AdamW, openBackend, tf } from '../../../src/engine/index.ts';
import { Adapter } from '../../../src/model/adapter.ts';
import { adapterFiles, readAdapter } from '../../../src/model/adapterFiles.ts';
import { initialAdapter, loraTargets, type LoraSettings } from '../../../src/model/lora.ts';
import { readCheckpoint } from '../../../src/model/checkpoint.ts';
import { Generation } from '../../../src/model/generate.ts';
import { Llama } from '../../../src/model/llama.ts';
import { readSafetensors } from '../../../src/model/safetensors.ts';
import { uniform } from '../../../src/rl/random.ts';
import { weightedLogProbGradient } from '../../../src/train/policy.ts';

const texts = v.record(v.string(), v.string());
const peft = v.parse(
  v.object({
    ids: v.array(v.number()),
    ...{ base: texts, adapter: texts, loss: v.number(), logits: v.array(v.number()) },
    gradients: v.record(v.string(), v.array(v.number())),
  }),
  JSON.parse(readFileSync(new URL('../../transformers/lora.json', import.meta.url), 'utf8')),
);
const filesOf = (coded: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(coded).map(([name, text]) => [name, Uint8Array.from(Buffer.from(text, 'base64'))]),
  );
const base = filesOf(peft.base);
const theirs = filesOf(peft.adapter);
const { config, weights } = await readCheckpoint((file) => Promise.resolve(base[file] ?? new Uint8Array()));
const { settings, values } = readAdapter(config, theirs);

const { ids } = peft;
/** The whole sequence but its first token, as one answer. */
const answer = {
  place: { sequence: ids, start: 1, length: ids.length - 1 },
  coefficients: ids.slice(1).map(() => 1),
};
const pass = { temperature: 1, banned: [], pad: 0, maxTokens: 64 };

async function logitsOf(model: Llama): Promise<number[]> {
  const logits = tf.tidy(() => scoresOf(model.hidden(tf.tensor1d(ids, 'int32'), 1, ids.length), model.head));
  const found = Array.from(await logits.data());
  logits.dispose();
  return found;
}

const apart = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length ? Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN)))) : NaN;

describe.each(['cpu', 'wasm'] as const)('an adapter on %s', (backend) => {
  beforeAll(async () => {
    await openBackend(backend, { environment: 'node' });
  });

  /** Calls `act` with the base and the same with an adapter; nothing is left then. */
  async function adapted<T>(
    act: (policy: Llama, reference: Llama) => Promise<T>,
    from: Parameters<typeof initialAdapter>[2] | null = null,
    like: LoraSettings = settings,
  ): Promise<T> {
    const reference = new Llama(config, weights, false);
    const own = from ? initialAdapter(config, like, from) : values;
    const policy = reference.adapted(new Adapter(config, like, own));
    try {
      return await act(policy, reference);
    } finally {
      policy.dispose();
      reference.dispose();
    }
  }

  it('gives the logits of PEFT', () =>
    adapted(async (policy) => {
      expect(apart(await logitsOf(policy), peft.logits)).toBeLessThan(1e-4);
    }));

  it('gives the gradients of PEFT, and none for the base', () =>
    adapted(async (policy) => {
      const { gradients, loss } = await weightedLogProbGradient(policy, [answer], pass);
      expect(loss).toBeCloseTo(peft.loss, 3);
      expect(Object.keys(gradients)).toHaveLength(Object.keys(peft.gradients).length);
      for (const [name, gradient] of Object.entries(gradients)) {
        const wanted = peft.gradients[`base_model.model.${name}.weight`] ?? [];
        const ours = Array.from(await tf.transpose(gradient).data());
        expect(apart(ours, wanted), name).toBeLessThan(1e-3 * Math.max(...wanted.map(Math.abs)));
        gradient.dispose();
      }
    }));

  it('writes what it reads: the turns of a decoder are those of whole sequences', () =>
    adapted(async (policy) => {
      const generation = Generation.start(policy, [ids.slice(0, 4)], 16, 0);
      const sampling = { temperature: 0, topP: 1, maxNewTokens: 5, stops: [], banned: [], lookEvery: 5 };
      const [written] = await generation.turn({ ...sampling, uniform: () => 0.5 });
      generation.dispose();
      const logits = await logitsOf(policy);
      const fourth = logits.slice(3 * config.vocab_size, 4 * config.vocab_size);
      expect(written?.ids[0]).toBe(fourth.indexOf(Math.max(...fourth)));
    }));

  it('begins as the base, whatever the seed; after one update B is not 0, the base is what it was', () =>
    adapted(
      async (policy, reference) => {
        const before = await logitsOf(reference);
        expect(apart(await logitsOf(policy), before)).toBe(0);
        const optimizer = new AdamW(policy.trained, { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0 });
        const { gradients } = await weightedLogProbGradient(policy, [answer], pass);
        await optimizer.step(gradients, 0.01, 1);
        tf.dispose(gradients);
        const after = await policy.values();
        for (const [name, now] of Object.entries(after)) {
          if (name.endsWith('lora_B')) expect(Math.max(...now.map(Math.abs)), name).toBeGreaterThan(0);
        }
        expect(apart(await logitsOf(reference), before)).toBe(0);
        expect(apart(await logitsOf(policy), before)).toBeGreaterThan(1e-3);
        optimizer.dispose();
      },
      (parameter, i) => uniform(7, parameter, i),
    ));

  it('leaves nothing on the back end', async () => {
    const before = tf.memory().numTensors;
    await adapted(logitsOf, (parameter, i) => uniform(7, parameter, i), {
      ...{ rank: 2, alpha: 4, targets: ['v_proj', 'down_proj'] },
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the files of an adapter', () => {
  it('are those of PEFT', () => {
    const ours = adapterFiles(config, settings, values);
    expect(readAdapter(config, ours)).toEqual({ settings, values });
    const [a, b] = [ours, theirs].map((files) =>
      readSafetensors(files['adapter_model.safetensors'] ?? new Uint8Array()),
    );
    expect(new Map([...(a ?? [])].sort())).toEqual(new Map([...(b ?? [])].sort()));
  });

  it('are drawn from their seed', () => {
    const draw = (seed: number) => initialAdapter(config, settings, (p, i) => uniform(seed, p, i));
    expect(draw(1)).toEqual(draw(1));
    const [one, two] = [draw(1), draw(2)];
    for (const [name, drawn] of Object.entries(one)) {
      if (name.endsWith('lora_B')) expect(drawn.every((value) => value === 0)).toBe(true);
      else expect(drawn).not.toEqual(two[name]);
    }
  });

  const json = JSON.parse(new TextDecoder().decode(theirs['adapter_config.json'])) as object;
  const changed = (change: object) => ({
    ...theirs,
    'adapter_config.json': new TextEncoder().encode(JSON.stringify({ ...json, ...change })),
  });
  it.each([
    [{ peft_type: 'IA3' }, 'adapter_config.json: peft_type: "IA3" must be "LORA"'],
    [{ r: 0 }, 'adapter_config.json: r: 0 must be a whole number'],
    [{ r: 4 }, 'has shape [3, 16]; the model needs [4, 16]'],
    [{ use_dora: true }, 'adapter_config.json: use_dora: true is not supported'],
    [{ use_rslora: true }, 'adapter_config.json: use_rslora: true is not supported'],
    [{ lora_dropout: 0.1 }, 'adapter_config.json: lora_dropout: 0.1 is not supported'],
    [{ bias: 'all' }, 'adapter_config.json: bias: "all" is not supported'],
    [{ modules_to_save: ['lm_head'] }, 'adapter_config.json: modules_to_save'],
    [{ rank_pattern: { q_proj: 8 } }, 'adapter_config.json: rank_pattern'],
    [{ target_modules: ['q_proj', 'lm_head'] }, 'must be one of q_proj'],
    [{ target_modules: 'all-linear' }, 'target_modules: "all-linear" must be a list'],
    [{ target_modules: loraTargets.slice(1) }, 'belongs to no target'],
  ])('are refused when they ask for more: %j', (change, problem) => {
    expect(() => readAdapter(config, changed(change))).toThrow(problem);
  });
});
