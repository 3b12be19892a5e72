import { beforeAll, describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/index.ts';
import { wasmKernels } from '../../src/engine/wasm/kernels.ts';
import { evaluate, open } from './backends.ts';
import { opCases } from './cases.ts';

describe('memory on wasm', () => {
  beforeAll(async () => {
    await open('wasm');
  });

  it('does not grow while the same work is repeated', async () => {
    const work = async () => {
      for (const opCase of opCases) await evaluate(opCase);
    };
    const heap = () => wasmKernels()?.memory.buffer.byteLength;
    await work();
    const before = { heap: heap(), ...tf.memory() };
    for (let i = 0; i < 10; i++) await work();
    expect({ heap: heap(), ...tf.memory() }).toEqual(before);
  });

  it('is shared by a clone, which outlives its original', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const copy = x.clone();
    expect(wasmKernels()?.address(copy)).toBe(wasmKernels()?.address(x));
    x.dispose();
    tf.tidy(() => tf.fill([3], 9)); // would take the place of freed values
    expect([...(await copy.data())]).toEqual([1, 2, 3]);
    copy.dispose();
  });
});
