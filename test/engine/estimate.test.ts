/** The estimate of memory against what is really allocated. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { withChanges, type Experiment } from '../../src/config/experiment.ts';
import { estimateMemory } from '../../src/config/memory.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { tf } from '../../src/engine/index.ts';
import { tinyLlama, type ModelConfig } from '../../src/model/config.ts';
import { initialWeights } from '../../src/model/parameters.ts';
import { Tokenizer } from '../../src/tasks/tokenizer.ts';
import { oursFormat } from '../../src/tasks/formats/ours.ts';
import { createSession } from '../../src/train/session.ts';
import { wholeBase } from '../../src/train/base.ts';
import { countsLetter } from '../unit/train/fakeSandbox.ts';
import { amount, inProof } from '../amount.ts';
import { open, openFor } from './backends.ts';
import { seeded } from './cases.ts';

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));

interface Meter {
  /** The most bytes that were allocated at once since it was made. */
  readonly peak: () => number;
  readonly stop: () => void;
}

/** Counts what is taken from the WASM heap and given back. */
function heapMeter(): Meter {
  interface Allocator {
    _malloc: (bytes: number) => number;
    _free: (address: number) => void;
  }
  const heap: object = (tf.backend() as BackendWasm).wasm;
  const allocator = heap as Allocator;
  const { _malloc, _free } = allocator;
  const sizes = new Map<number, number>();
  let [live, peak] = [0, 0];
  allocator._malloc = (bytes) => {
    const address = _malloc(bytes);
    sizes.set(address, bytes);
    live += bytes;
    peak = Math.max(peak, live);
    return address;
  };
  allocator._free = (address) => {
    live -= sizes.get(address >>> 0) ?? 0;
    sizes.delete(address >>> 0);
    _free(address);
  };
  return { peak: () => peak, stop: () => Object.assign(allocator, { _malloc, _free }) };
}

/** Watches the buffers that are in use on the GPU. */
function gpuMeter(): Meter {
  const { bufferManager: manager } = tf.backend() as WebGPUBackend;
  const base = manager.numBytesUsed;
  const acquire = manager.acquireBuffer.bind(manager);
  let peak = 0;
  manager.acquireBuffer = (...args) => {
    const buffer = acquire(...args);
    peak = Math.max(peak, manager.numBytesUsed - base);
    return buffer;
  };
  return { peak: () => peak, stop: () => Object.assign(manager, { acquireBuffer: acquire }) };
}

/** Peak over one evaluation and one update of a model that never ends an answer early, and the estimate. */
async function compare(meter: Meter, shape: Partial<ModelConfig>, changes: Partial<Experiment>) {
  const preset = findPreset('default');
  if (!preset) throw new Error('There is no preset "default".');
  const experiment = withChanges(presetExperiment(preset), { trainTasks: 64, ...changes });
  const config = tinyLlama(format.tokens, shape);
  const random = seeded(1);
  const weights = initialWeights(config, () => random() - 0.5);
  const checkpoint = { config, weights };
  const backend = tf.getBackend() === 'webgpu' ? 'webgpu' : 'wasm';
  const session = createSession(experiment, {
    backend,
    base: wholeBase(checkpoint, format),
    sandbox: countsLetter('e'),
  });
  await session.trainer.evaluate();
  await session.trainer.update();
  session.dispose();
  meter.stop();
  const { peak, parts } = estimateMemory(experiment, session.memory);
  const onHost = parts.find(({ label }) => label === 'Copy of the weights')?.bytes ?? NaN;
  return { estimated: peak - onHost, measured: meter.peak(), ratio: (peak - onHost) / meter.peak() };
}

describe('the estimate of memory', () => {
  it.each([
    { name: 'the default model', shape: {}, changes: { evalTasks: 64 } },
    ...amount([], [
      {
        name: 'many samples',
        shape: {},
        changes: { k: 16, promptsPerUpdate: 16, maxNewTokens: 48, evalTasks: 4 },
      },
    ] as const),
    { name: 'little to learn', shape: {}, changes: { k: 2, promptsPerUpdate: 2, evalTasks: 4 } },
    {
      name: 'many small turns',
      shape: { hidden_size: 32, intermediate_size: 48, num_hidden_layers: 2, num_key_value_heads: 2 },
      changes: { turns: 4, maxNewTokens: 8, evalTasks: 16 },
    },
  ] as const)('is right within a quarter on WASM: $name', async ({ shape, changes }) => {
    await open('wasm');
    const { ratio } = await compare(heapMeter(), shape, changes);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });

  inProof(() => {
    it('is right within a factor of two on WebGPU', async (context) => {
      await openFor(context, 'webgpu');
      const shape = { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 };
      const changes = { k: 2, promptsPerUpdate: 4, maxNewTokens: 8, evalTasks: 4 };
      const { ratio } = await compare(gpuMeter(), shape, changes);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    });
  });
});
