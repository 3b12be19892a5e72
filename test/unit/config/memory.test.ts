import { describe, expect, it } from 'vitest';
import { defaultExperiment, withChanges } from '../../../src/config/experiment.ts';
import {
  estimateMemory,
  memoryDrivers,
  memoryProblem,
  type MemoryFacts,
} from '../../../src/config/memory.ts';
import { defaultMemory } from '../../ui/mock/fakeModel.ts';

const at = (changes: Parameters<typeof withChanges>[1], facts: MemoryFacts = defaultMemory) =>
  estimateMemory(withChanges(defaultExperiment, changes), facts);

describe('estimateMemory', () => {
  it('is the sum of its parts, and holds three copies of weights and optimizer', () => {
    const { peak, parts } = at({});
    expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(peak);
    const bytes = Object.fromEntries(parts.map((part) => [part.label, part.bytes]));
    const model = 4 * defaultMemory.parameters;
    expect(bytes).toMatchObject({
      Weights: model,
      Reference: model,
      Optimiser: 2 * model,
      'Copy of the weights': 3 * model,
    });
  });

  it('holds what one layer makes of the prompts that are read, however many layers there are', () => {
    const reads = { evalTasks: 64, k: 2, promptsPerUpdate: 1, maxNewTokens: 8 };
    const facts = { ...defaultMemory, longestPrompt: 400 };
    const read = (layers: number) =>
      at(reads, { ...facts, layers }).parts.find(({ label }) => label === 'Reading prompts')?.bytes;
    expect(read(3)).toBeGreaterThan(0);
    expect(read(30)).toBe(read(3));
  });

  it('does not grow with what is done in pieces, and grows with what is held at once', () => {
    expect(at({ k: 8 }).peak).toBe(at({ k: 4 }).peak); // more micro-batches of the same size
    const many = { k: 16, promptsPerUpdate: 64, maxNewTokens: 96 };
    const keys = at(many).parts.find(({ label }) => label === 'Keys and values');
    // 1024 rows × (40 + 2·97 + 1) places × 3 layers × keys and values × 64 numbers × 4 bytes
    expect(keys?.bytes).toBe(1024 * 235 * 3 * 2 * 64 * 4);
    expect(at(many).peak).toBeGreaterThan(2 * at({}).peak);
  });
});

describe('what will not fit', () => {
  const many = withChanges(defaultExperiment, { k: 16, promptsPerUpdate: 64, maxNewTokens: 96 });

  it('is said with what is needed, what there is, and what to lower', () => {
    const small = { ...defaultMemory, limit: 2e8 };
    expect(memoryProblem(defaultExperiment, small)).toBeNull();
    expect(memoryProblem(many, small)).toMatchObject({ of: 'all', has: 2e8 });
    expect(memoryDrivers(many, small).slice(0, 2)).toEqual(['k', 'promptsPerUpdate']);
  });

  it('may be one buffer of a GPU whose memory is not known', () => {
    const gpu = { ...defaultMemory, backend: 'webgpu' as const, limit: null, largestBuffer: 1e8 };
    expect(memoryProblem(defaultExperiment, gpu)).toBeNull();
    expect(memoryProblem(many, { ...gpu, largestBuffer: 2e7 })).toMatchObject({ of: 'buffer', has: 2e7 });
    expect(memoryProblem(many, { ...gpu, largestBuffer: null })).toBeNull();
  });
});
