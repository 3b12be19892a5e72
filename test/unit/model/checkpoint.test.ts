import { describe, expect, it } from 'vitest';
import { checkpointFiles, readCheckpoint } from '../../../src/model/checkpoint.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { initialWeights } from '../../../src/model/parameters.ts';
import { readSafetensors, writeSafetensors } from '../../../src/model/safetensors.ts';
import type { HostTensor } from '../../../src/model/tensors.ts';

const config = tinyLlama(10, {
  hidden_size: 8,
  intermediate_size: 6,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
});
const weights = initialWeights(config, (parameter, i) => Math.sin(parameter + 0.7 * i));
const files = checkpointFiles({ config, weights }, { bos: 1, eot: 5, pad: 0 });
const read = (changed: Record<string, Uint8Array>) =>
  readCheckpoint((file) => Promise.resolve({ ...files, ...changed }[file]));
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** The same weights with some tensors more, other or fewer. */
function withTensors(change: (tensors: Map<string, HostTensor>) => void): Promise<unknown> {
  const tensors = readSafetensors(files['model.safetensors']);
  change(tensors);
  return read({ 'model.safetensors': writeSafetensors(tensors) });
}

describe('the tensors of a checkpoint', () => {
  const embed = 'model.embed_tokens.weight';
  const head = 'lm_head.weight';
  const frequencies = (theta: number) => ({ shape: [2], data: Float32Array.from([1, theta ** -0.5]) });

  it('may repeat the tied head and the rotary frequencies', async () => {
    const repeated = await withTensors((tensors) => {
      tensors.set(head, tensors.get(embed)!);
      tensors.set('model.layers.0.self_attn.rotary_emb.inv_freq', frequencies(10000));
      tensors.set('model.rotary_emb.inv_freq', frequencies(10000));
    });
    expect(repeated).toEqual({ config, weights });
  });

  it('may not hold another head, bit for bit', async () => {
    for (const change of [
      (x: Float32Array) => (x[3] += 1e-6),
      (x: Float32Array) => x.fill(0),
      (x: Float32Array) => x.fill(NaN),
    ]) {
      const data = Float32Array.from(weights['embed']);
      change(data);
      await expect(withTensors((tensors) => tensors.set(head, { shape: [10, 8], data }))).rejects.toThrow(
        `model.safetensors: tensor ${head} differs from ${embed}`,
      );
    }
    const zero = { shape: [10, 8], data: new Float32Array(80) };
    const minus = { shape: [10, 8], data: new Float32Array(80).fill(-0) };
    await expect(withTensors((t) => t.set(embed, zero).set(head, minus))).rejects.toThrow(/differs/);
  });

  it('may not hold anything else', async () => {
    const one = { shape: [2], data: new Float32Array(2) };
    for (const name of [
      'model.layers.0.self_attn.q_proj.bias',
      'model.layers.1.self_attn.rotary_emb.inv_freq',
      'model.layers.0.self_attn.q_norm.weight',
      'base_model.model.lora_A',
      '__proto__',
    ]) {
      await expect(withTensors((tensors) => tensors.set(name, one))).rejects.toThrow(
        `model.safetensors: tensor ${name} does not belong to the model of config.json`,
      );
    }
    await expect(
      withTensors((tensors) => tensors.set('model.rotary_emb.inv_freq', frequencies(500000))),
    ).rejects.toThrow('tensor model.rotary_emb.inv_freq is not what config.json says');
  });

  it('are missed by name, and both shapes are named', async () => {
    for (const name of readSafetensors(files['model.safetensors']).keys()) {
      await expect(withTensors((tensors) => tensors.delete(name))).rejects.toThrow(
        `model.safetensors: tensor ${name} is missing`,
      );
      const wrong = { shape: [2, 3], data: new Float32Array(6) };
      await expect(withTensors((tensors) => tensors.set(name, wrong))).rejects.toThrow(
        new RegExp(`tensor ${name} has shape \\[2, 3\\]; config.json says \\[[\\d, ]+\\]`),
      );
    }
  });
});

describe('config.json of a checkpoint', () => {
  it('is checked before the weights are asked for', async () => {
    const asked: string[] = [];
    const attempt = (change: object) =>
      readCheckpoint((file) => {
        asked.push(file);
        return Promise.resolve(json({ ...config, ...change }));
      });
    await expect(attempt({ num_hidden_layers: 1e9 })).rejects.toThrow(/num_hidden_layers: 1000000000/);
    const largest = { hidden_size: 16384, intermediate_size: 65536, num_hidden_layers: 256, head_dim: 8192 };
    await expect(attempt(largest)).rejects.toThrow(
      /config\.json: the model would have [\d,]+ parameters; at most/,
    );
    expect(asked).toEqual(['config.json', 'config.json']);
  });

  it('is refused when it is too long to be one, or no JSON', async () => {
    await expect(read({ 'config.json': new Uint8Array(2 << 20) })).rejects.toThrow(
      /^config\.json has 2097152 bytes/,
    );
    await expect(read({ 'config.json': Uint8Array.of(0xff, 0xfe) })).rejects.toThrow(
      /^config\.json is not JSON/,
    );
  });

  it('is saved as it was read, for every version of transformers', async () => {
    expect((await read({})).config).toEqual(config);
    expect(JSON.parse(new TextDecoder().decode(files['config.json']))).toMatchObject({
      architectures: ['LlamaForCausalLM'],
      torch_dtype: 'float32',
      rope_theta: 10000,
    });
  });
});

describe('a checkpoint with a few bytes changed', () => {
  const whole = files['model.safetensors'];
  const headerEnd = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));

  /** The same model, or an error that names the file. */
  async function check(bytes: Uint8Array): Promise<void> {
    try {
      expect(await read({ 'model.safetensors': bytes })).toEqual({ config, weights });
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('model.safetensors: ')) throw error;
    }
  }

  it('is the same model, or its file is named: every byte of the header', async () => {
    for (let at = 0; at < headerEnd; at++) {
      for (const byte of [0x20, 0x39, 0xff]) {
        const bytes = whole.slice();
        bytes[at] = byte;
        await check(bytes);
      }
    }
  });

  it('is the same model, or its file is named: ranges of the header', async () => {
    for (let at = 0; at < headerEnd; at += 3) {
      for (const length of [2, 5, 17]) {
        const bytes = whole.slice();
        bytes.copyWithin(at, headerEnd - at, headerEnd - at + length);
        await check(bytes);
        const shorter = new Uint8Array(whole.length - length);
        shorter.set(whole.subarray(0, at));
        shorter.set(whole.subarray(at + length), at);
        await check(shorter);
      }
    }
  });
});
