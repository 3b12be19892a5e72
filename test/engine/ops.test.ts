import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/index.ts';
import { evaluate, expectNoGpuErrors, lossAt, open, openForAll, relativeError } from './backends.ts';
import type { CaseResult } from './backends.ts';
import { floats, opCases } from './cases.ts';

afterEach(expectNoGpuErrors);

/** Every case on the cpu back end, which runs the references. */
const expected = new Map<string, CaseResult>();

beforeAll(async () => {
  await open('cpu');
  for (const opCase of opCases) expected.set(opCase.name, await evaluate(opCase));
});

describe('operations on cpu', () => {
  it.each(opCases.filter((c) => !c.extreme))('$name: gradient = finite differences', async (opCase) => {
    await open('cpu');
    const step = 1e-2;
    const slope = ((await lossAt(opCase, step)) - (await lossAt(opCase, -step))) / (2 * step);
    const floatInputs = opCase.inputs.flatMap((input, i) => (input.values instanceof Int32Array ? [] : [i]));
    let dot = 0;
    let size = 0;
    expected.get(opCase.name)?.gradients.forEach((gradient, at) => {
      const i = floatInputs[at] ?? 0;
      const direction = floats(opCase.inputs[i]?.shape ?? [], 50 + i).values;
      gradient.forEach((g, j) => {
        dot += g * (direction[j] ?? 0);
        size += (g * (direction[j] ?? 0)) ** 2;
      });
    });
    expect(Math.abs(slope - dot)).toBeLessThan(5e-3 * Math.max(Math.sqrt(size), 0.05));
  });
});

describe.each(['wasm', 'webgpu'] as const)('operations on %s', (name) => {
  openForAll(name);

  it.each(opCases)('$name: same as cpu, nothing leaked', async (opCase) => {
    await evaluate(opCase); // tables that an operation keeps are made now
    const before = tf.memory().numTensors;
    const got = await evaluate(opCase);
    expect(tf.memory().numTensors).toBe(before);
    const want = expected.get(opCase.name);
    const tolerance = opCase.extreme ? 1e-3 : 2e-5;
    want?.outputs.forEach((output, i) => {
      expect(relativeError(got.outputs[i] as Float32Array, output)).toBeLessThan(tolerance);
    });
    want?.gradients.forEach((gradient, i) => {
      expect(relativeError(got.gradients[i] as Float32Array, gradient)).toBeLessThan(5 * tolerance);
    });
  });
});
