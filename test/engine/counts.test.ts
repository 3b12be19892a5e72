/** Promises about work that no clock can see: how often the GPU and the WebAssembly module are called. */
import { afterEach, describe, expect, it } from 'vitest';
import { countGpu } from '../../src/bench/countGpu.ts';
import { ours, writing } from '../../src/bench/ours.ts';
import { benchWeights, randomTokens } from '../../src/bench/sizes.ts';
import { countOps } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Generation } from '../../src/model/generate.ts';
import { Llama } from '../../src/model/llama.ts';
import { expectNoGpuErrors, open, openForAll } from './backends.ts';

/** Two submissions on the GPU. */
const newTokens = 32;

/** What a turn of `tokens` tokens asks for, without the prompts before it. */
async function countTurn<Calls>(
  count: (work: () => Promise<unknown>) => Promise<Calls>,
  layers: number,
  rows: number,
  tokens = newTokens,
): Promise<Calls> {
  const config = tinyLlama(30, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: layers });
  const llama = new Llama(config, benchWeights(config));
  const prompts = randomTokens(config, rows, 5);
  const generation = Generation.start(llama, prompts, 5 + tokens, 0);
  try {
    return await count(() => generation.turn(writing(tokens, 1)));
  } finally {
    generation.dispose();
    llama.dispose();
  }
}

describe('a turn on WebGPU', () => {
  openForAll('webgpu');
  afterEach(expectNoGpuErrors);

  it.each([
    [1, 1],
    [2, 1],
    [2, 9],
  ])(
    'of %s layers and %s rows: five dispatches a layer, one read-back, a submission every 16 tokens',
    async (layers, rows) => {
      const one = await countTurn(countGpu, layers, rows, 1);
      const all = await countTurn(countGpu, layers, rows);
      expect((all.dispatches - one.dispatches) / (newTokens - 1)).toBe(5 * layers + 2);
      expect(all.readbacks).toBe(1);
      expect(all.submissions).toBe(newTokens / 16);
    },
  );
});

describe('kernels on WebGPU', () => {
  openForAll('webgpu');
  afterEach(expectNoGpuErrors);

  it('are compiled once, whatever the sizes of a model and the lengths of its sequences', async () => {
    const step = async (size: number, length: number) => {
      const sizes = { hidden_size: size, intermediate_size: 3 * size, num_attention_heads: size / 8 };
      const config = tinyLlama(28, { ...sizes, num_key_value_heads: 1, num_hidden_layers: 2 });
      const model = await ours.open(config, benchWeights(config));
      const counts = await countGpu(() => model.trainStep(randomTokens(config, 2, length)));
      model.dispose();
      return counts;
    };
    const first = await step(16, 6);
    const other = await step(24, 9);
    // TensorFlow.js compiles its own by the way of broadcasting, which may differ: ours never.
    expect(other.pipelines).toBeLessThanOrEqual(2);
    expect(other.dispatches).toBe(first.dispatches);
    const turn = await countTurn(countGpu, 2, 1, 3);
    const larger = await countTurn(countGpu, 3, 9, 5);
    expect(turn.readbacks).toBe(1);
    expect(larger.pipelines).toBeLessThanOrEqual(2);
  });
});

describe('a training step on WebGPU', () => {
  openForAll('webgpu');
  afterEach(expectNoGpuErrors);

  it('finds its buffers and bindings again, but for what TensorFlow.js binds and what the host reads', async () => {
    const config = tinyLlama(28, { hidden_size: 16, intermediate_size: 48, num_hidden_layers: 3 });
    const model = await ours.open(config, benchWeights(config));
    const batch = randomTokens(config, 2, 7);
    for (let i = 0; i < 8; i++) await model.trainStep(batch);
    const { dispatches, buffers, bindings } = await countGpu(() => model.trainStep(batch));
    expect(dispatches).toBeGreaterThan(150);
    expect(buffers).toBeLessThanOrEqual(2);
    expect(bindings).toBeLessThanOrEqual(10);
    // Others in between do not last.
    await model.trainStep(randomTokens(config, 3, 9));
    await model.trainStep(batch);
    const again = await countGpu(() => model.trainStep(batch));
    expect(again.bindings).toBe(bindings);
    model.dispose();
  });
});

it('a turn on WASM is one call a token, whatever the layers', async () => {
  await open('wasm');
  for (const layers of [1, 3]) {
    const few = await countTurn(countOps, layers, 2, 8);
    expect(((await countTurn(countOps, layers, 2)) - few) / (newTokens - 8)).toBe(1);
  }
});
