import { beforeAll, describe, expect, it } from 'vitest';
import { below, openBackend, tf } from '../../../src/engine/index.ts';
import { checkpointFiles, readCheckpoint } from '../../../src/model/checkpoint.ts';
import { parseConfig, tinyLlama } from '../../../src/model/config.ts';
import { Generation } from '../../../src/model/generate.ts';
import { Llama } from '../../../src/model/llama.ts';
import { initialWeights } from '../../../src/model/parameters.ts';
import { readSafetensors, writeSafetensors } from '../../../src/model/safetensors.ts';
import { microBatches, scoreAnswers, weightedLogProbGradient } from '../../../src/train/policy.ts';

/** A few pseudo-random numbers: what they are does not matter, only that they are the same every time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => ((state = (state * 1664525 + 1013904223) >>> 0) + 0.5) / 2 ** 32;
}
function normal(seed: number): () => number {
  const u = noise(seed);
  return () => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u());
}

const config = tinyLlama(40, {
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
});
const weights = () => initialWeights(config, normal(7));
const pass = { temperature: 1, banned: below(5), pad: 0, maxTokens: 64 };
const prompts = [
  [1, 7, 8, 9, 2],
  [1, 30, 2],
  [1, 11, 12, 13, 14, 15, 16, 2],
];

for (const backend of ['cpu', 'wasm'] as const) {
  describe(`model on ${backend}`, () => {
    beforeAll(async () => {
      await openBackend(backend, { environment: 'node' });
    });

    it('decodes with the cache as without, over two turns and rows of different lengths', async () => {
      const model = new Llama(config, weights());
      const u = noise(3);
      const table = Array.from({ length: 1000 }, u);
      const generation = Generation.start(model, prompts, 64, 0);
      generation.repeatRows(2);
      const options = {
        temperature: 1,
        topP: 1,
        maxNewTokens: 9,
        stops: [5],
        banned: below(5),
        lookEvery: 1,
      };
      const uniform = (turn: number) => (row: number, i: number) => table[(turn * 500 + row * 50 + i) % 1000];
      const first = await generation.turn({ ...options, uniform: uniform(0) });
      // Corrections of different lengths, so that the rows' positions part.
      const correction = first.map((_, row) => (row % 2 ? [5, 3] : [5, 20, 21, 3]));
      generation.append(correction);
      const second = await generation.turn({ ...options, uniform: uniform(1) });
      generation.dispose();

      const episodes = first.map((answer, row) => {
        const prompt = prompts[Math.floor(row / 2)];
        const kept = answer.truncated ? answer.ids : answer.ids.slice(0, -1);
        const sequence = [...prompt, ...kept, ...correction[row], ...second[row].ids];
        const start = sequence.length - second[row].ids.length;
        return [
          { place: { sequence, start: prompt.length, length: kept.length } },
          { place: { sequence, start, length: second[row].ids.length } },
        ];
      });
      const stats = await scoreAnswers(model, episodes.flat(), pass);
      episodes.forEach(([one, two], row) => {
        stats(one).logp.forEach((lp, i) => expect(lp).toBeCloseTo(first[row].logp[i], 4));
        stats(two).logp.forEach((lp, i) => expect(lp).toBeCloseTo(second[row].logp[i], 4));
      });
      expect(first.some((a) => a.truncated)).toBe(true);
      model.dispose();
    });

    it('samples the same answers whether it looks at every token or every eighth', async () => {
      const model = new Llama(config, weights());
      const run = async (lookEvery: number) => {
        const generation = Generation.start(model, prompts, 40, 0);
        const u = Array.from({ length: 300 }, noise(5));
        const answers = await generation.turn({
          temperature: 1.3,
          topP: 0.9,
          maxNewTokens: 20,
          stops: [5],
          banned: below(5),
          lookEvery,
          uniform: (row, i) => u[row * 50 + i],
        });
        generation.dispose();
        return answers.map((a) => a.ids);
      };
      expect(await run(8)).toEqual(await run(1));
      model.dispose();
    });

    it('gives the gradient of the weighted log-probabilities: none without weight, linear in the weights, no leak', async () => {
      const model = new Llama(config, weights());
      const places = prompts.map((p) => ({ sequence: [...p, 9, 9, 5], start: p.length, length: 3 }));
      const before = tf.memory().numTensors;
      const gradient = async (coefficients: number[], maxTokens = 64) => {
        const answers = places.map((place, i) => ({
          place,
          coefficients: new Array<number>(3).fill(coefficients[i]),
        }));
        const { gradients } = await weightedLogProbGradient(model, answers, { ...pass, maxTokens });
        const flat = Object.values(gradients).flatMap((g) => [...g.dataSync()]);
        tf.dispose(gradients);
        return flat;
      };
      const zero = await gradient([0, 0, 0]);
      expect(Math.max(...zero.map(Math.abs))).toBe(0);
      const a = await gradient([1, 0, 0]);
      const b = await gradient([0, 2, -1]);
      const both = await gradient([1, 2, -1]);
      const oneByOne = await gradient([1, 2, -1], 1);
      both.forEach((g, i) => {
        expect(Math.abs(g - a[i] - b[i])).toBeLessThan(1e-4);
        expect(Math.abs(g - oneByOne[i])).toBeLessThan(1e-4);
      });
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });

    it('has the gradient that finite differences give, each token with its own coefficient', async () => {
      const model = new Llama(config, weights());
      const answer = {
        place: { sequence: [1, 7, 8, 2, 9, 10, 5], start: 4, length: 3 },
        coefficients: [1, -0.5, 2],
      };
      const { gradients } = await weightedLogProbGradient(model, [answer], pass);
      const host = await model.values();
      const loss = async () =>
        -(await scoreAnswers(model, [answer], pass))(answer).logp.reduce(
          (sum, lp, n) => sum + answer.coefficients[n] * lp,
          0,
        );
      for (const name of ['embed', 'layers.0.qkv', 'layers.1.gateUp', 'layers.1.attnNorm', 'norm']) {
        const g = Float32Array.from(await gradients[name].data());
        const direction = Float32Array.from(g, (x) => Math.sign(x));
        const step = 2e-4;
        const moved = async (sign: number) => {
          model.assign({
            ...host,
            [name]: host[name].map((x, i) => x + sign * step * direction[i]),
          });
          return loss();
        };
        const numeric = ((await moved(1)) - (await moved(-1))) / (2 * step);
        const exact = g.reduce((sum, x) => sum + Math.abs(x), 0);
        expect(Math.abs(numeric - exact) / exact).toBeLessThan(0.02);
      }
      tf.dispose(gradients);
      const short = { ...answer, coefficients: [1] };
      await expect(weightedLogProbGradient(model, [short], pass)).rejects.toThrow(RangeError);
      model.dispose();
    });
  });
}

describe('checkpoints', () => {
  const tokens = { bos: 1, eot: 5, pad: 0 };
  const files = () => checkpointFiles({ config, weights: weights() }, tokens);
  const reader = (f: Record<string, Uint8Array>) => (name: string) =>
    f[name] ? Promise.resolve(f[name]) : Promise.reject(new Error(`${name} is missing`));

  it('survive writing and reading', async () => {
    const checkpoint = await readCheckpoint(reader(files()));
    expect(checkpoint.weights).toEqual(weights());
    expect(checkpoint.config.num_key_value_heads).toBe(2);
  });

  it('use the names and shapes of LlamaForCausalLM', () => {
    const tensors = readSafetensors(files()['model.safetensors']);
    expect(tensors.get('model.layers.1.self_attn.k_proj.weight')?.shape).toEqual([8, 16]);
    expect(tensors.get('model.layers.0.mlp.down_proj.weight')?.shape).toEqual([16, 24]);
    expect(tensors.size).toBe(2 + 2 * 9);
  });

  it('are refused with the tensor or field that is wrong', async () => {
    const good = files();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const bytes = (s: string) => new TextEncoder().encode(s);
    const attempt = (change: Record<string, Uint8Array>) => readCheckpoint(reader({ ...good, ...change }));
    const config2 = (from: string, to: string) => ({
      'config.json': bytes(text(good['config.json']).replace(from, to)),
    });
    await expect(attempt({ 'config.json': bytes('{') })).rejects.toThrow(/config.json is not JSON/);
    await expect(attempt(config2('"vocab_size": 40', '"vocab_size": "x"'))).rejects.toThrow(/vocab_size/);
    await expect(attempt(config2('"vocab_size": 40', '"vocab_size": 41'))).rejects.toThrow(
      /embed_tokens.*40, 16/,
    );
    await expect(attempt(config2('"num_hidden_layers": 2', '"num_hidden_layers": 3'))).rejects.toThrow(
      /layers\.2.*missing/,
    );
    await expect(attempt(config2('"num_hidden_layers": 2', '"num_hidden_layers": 1'))).rejects.toThrow(
      /does not belong/,
    );
    await expect(attempt({ 'model.safetensors': good['model.safetensors'].slice(0, 4000) })).rejects.toThrow(
      /model.safetensors/,
    );
  });

  it('refuse a header that lies', () => {
    const file = (header: unknown, data = 8) => {
      const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
      const out = new Uint8Array(8 + json.length + data);
      new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
      out.set(json, 8);
      return out;
    };
    const entry = (data_offsets: number[], shape = [2], dtype = 'F32') => ({ dtype, shape, data_offsets });
    expect(() => readSafetensors(file({ a: entry([0, 8]) }))).not.toThrow();
    for (const bad of [
      new Uint8Array(3),
      new Uint8Array(8).fill(255),
      file('{"a":'),
      file('[]'),
      file({ a: entry([0, 12]) }),
      file({ a: entry([4, 12]) }),
      file({ a: entry([0, 8], [3]) }),
      file({ a: entry([0, 8], [2], 'F16') }),
      file({ a: entry([0, 8]), b: entry([0, 8]) }),
      file({ a: entry([0, 8]) }, 12),
      file({ a: entry([0, -8], [-2]) }),
    ]) {
      expect(() => readSafetensors(bad)).toThrow(/model.safetensors/);
    }
  });

  it('keep safetensors aligned to 8 bytes', () => {
    const file = writeSafetensors(new Map([['x', { shape: [1], data: new Float32Array([1]) }]]));
    expect(Number(new DataView(file.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it('name the field of a config.json that the playground cannot run', () => {
    expect(() => parseConfig({ ...config, tie_word_embeddings: 1 })).toThrow(/tie_word_embeddings/);
    expect(() => parseConfig({ ...config, hidden_size: 18 })).toThrow(/multiple of num_attention_heads/);
  });
});

describe('micro-batches', () => {
  it('hold every sequence once and keep within the token budget', () => {
    const lengths = [30, 5, 70, 12, 12, 64, 8];
    const batches = microBatches(lengths, 140);
    expect(batches.flatMap((b) => b.members).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { members, time } of batches) {
      expect(time).toBe(Math.max(...members.map((m) => lengths[m])));
      expect(members.length === 1 || members.length * time <= 140).toBe(true);
    }
  });
});
