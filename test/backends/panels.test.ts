/** A weight in panels gives the bits that the same one in rows gives: the product, its gradient, and tokens that are written. */
import { expect, it } from 'vitest';
import {
  fitsPanels,
  fromPanels,
  inPanels,
  linear,
  openBackend,
  tf,
  type Tensor2D,
} from '../../src/engine/index.ts';

const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(seed + i * 12.9898) * 3);

/** Rows of x, [in, out]: less than a tile, more than a block of the sum, rows that are no multiple of a panel. */
const sizes = [
  [1, 8, 8],
  [3, 5, 16],
  [7, 300, 72],
  [70, 13, 264],
  [66, 257, 520],
] as const;

async function outcome(x: Float32Array, w: Float32Array, size: (typeof sizes)[number], panels: boolean) {
  const [rows, inner, columns] = size;
  const values = panels ? inPanels(w, inner, columns) : w;
  const [tx, tw] = [tf.tensor2d(x, [rows, inner]), tf.tensor2d(values, [inner, columns])];
  const dy = tf.tensor2d(numbers(rows * columns, 3), [rows, columns]);
  const gradient = tf.valueAndGrad((at) =>
    linear(at as Tensor2D, { dtype: 'f32', base: tw, frozen: true, panels })
      .mul(dy)
      .sum(),
  );
  const y = tf.tidy(() => linear(tx, { dtype: 'f32', base: tw, frozen: true, panels }));
  const { value, grad } = gradient(tx);
  const found = [Array.from(await y.data()), Array.from(await grad.data())];
  tf.dispose([tx, tw, dy, y, value, grad]);
  return found;
}

it('a matrix is the same when it comes back out of panels', () => {
  const values = numbers(5 * 24, 1);
  const packed = inPanels(values, 5, 24);
  expect(Array.from(packed.subarray(0, 8))).toEqual(Array.from(values.subarray(0, 8)));
  expect(Array.from(packed.subarray(8, 16))).toEqual(Array.from(values.subarray(24, 32)));
  expect(fromPanels(packed, 5, 24)).toEqual(values);
});

it('products and gradients are the same to the bit, on three threads and on one', async () => {
  for (const threads of [3, 1]) {
    await openBackend('wasm', { environment: 'node', threads });
    expect([fitsPanels(24), fitsPanels(12)]).toEqual([true, false]);
    const before = tf.memory().numTensors;
    for (const size of sizes) {
      const [rows, inner, columns] = size;
      const [x, w] = [numbers(rows * inner, 1), numbers(inner * columns, 2)];
      expect(await outcome(x, w, size, true), size.join()).toEqual(await outcome(x, w, size, false));
    }
    expect(tf.memory().numTensors).toBe(before);
  }
});

it('another back end refuses it by name, and none is packed for it', async () => {
  await openBackend('cpu', { environment: 'node' });
  expect(fitsPanels(24)).toBe(false);
  const base = tf.tensor2d(numbers(64, 1), [8, 8]);
  expect(() => linear(base, { dtype: 'f32', base, frozen: true, panels: true })).toThrow(
    'linear: only WASM reads a weight that lies in panels.',
  );
});
