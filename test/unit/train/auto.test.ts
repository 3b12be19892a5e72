/** Which back end `auto` takes where there is a real GPU; the measurements are made up. */
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { fasterOf, type Fast } from '../../../src/engine/auto.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { workloadOf } from '../../../src/train/workload.ts';

const measured = (ms: Readonly<Record<Fast, number | string>>) => (name: Fast) => {
  const one = ms[name];
  return typeof one === 'string' ? Promise.reject(new Error(one)) : Promise.resolve(one);
};

describe('auto, where there is a real GPU', () => {
  it('takes the GPU when it is faster, and says how much', async () => {
    const { name, why } = await fasterOf('a card', measured({ webgpu: 10, wasm: 42 }));
    expect(name).toBe('webgpu');
    expect(why).toMatch(/4\.2 times as fast as WebAssembly/);
  });

  it('takes WebAssembly for a model so small that it is faster there', async () => {
    const { name, why } = await fasterOf('a card', measured({ webgpu: 300, wasm: 20 }));
    expect(name).toBe('wasm');
    expect(why).toMatch(/15 times as fast as the GPU \(a card\)/);
  });

  it('takes the other one when one fails, and says why', async () => {
    const noGpu = await fasterOf('a card', measured({ webgpu: 'no memory', wasm: 20 }));
    expect(noGpu.name).toBe('wasm');
    expect(noGpu.why).toMatch(/no memory/);
    const noWasm = await fasterOf('a card', measured({ webgpu: 5, wasm: 'no SIMD' }));
    expect(noWasm.name).toBe('webgpu');
    expect(noWasm.why).toMatch(/no SIMD/);
    expect((await fasterOf('a card', measured({ webgpu: NaN, wasm: 20 }))).name).toBe('wasm');
    await expect(fasterOf('a card', measured({ webgpu: 'no memory', wasm: 'no SIMD' }))).rejects.toThrow(
      /no SIMD.*no memory/,
    );
  });

  it('tries what an update of the experiment consists of', () => {
    const config = tinyLlama(40, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 3 });
    const e = { ...defaultExperiment, k: 4, promptsPerUpdate: 3, turns: 2, maxNewTokens: 10 };
    const work = workloadOf(config, e);
    expect(work).toMatchObject({ width: 16, hidden: 24, layers: 3, vocabulary: 40, rows: 12, written: 20 });
    expect(work.trained).toBeGreaterThan(12 * 20);
  });
});
