/** How fast the running back end multiplies: by it the time of an update over a large model is told before one begins. */
import { matMul } from './kernels/linear/op.ts';
import { tf } from './tf.ts';

/** ms of each of the two measurements. */
const patience = 400;
const most = 64;

/**
 * @param width of a model's hidden states
 * @param inner of its MLP
 * @returns 10⁹ operations a second with few rows, as answers are written, and with many, as texts are read and learned from
 */
export async function measureRates(width: number, inner: number): Promise<{ few: number; many: number }> {
  // More than a processor keeps near it, as a model is; a small model is kept near.
  const count = Math.min(most, Math.max(2, Math.ceil(64e6 / (4 * width * inner))));
  const matrices = Array.from({ length: count }, () => tf.zeros<tf.Rank.R2>([width, inner]));
  const measure = async (rows: number): Promise<number> => {
    const x = tf.ones<tf.Rank.R2>([rows, width]);
    /** Waits once: a device computes in order. */
    const multiply = async (): Promise<void> => {
      const products = matrices.map((w) => matMul(x, w));
      await products.at(-1)?.data();
      tf.dispose(products);
    };
    await multiply(); // code is compiled, memory is there
    let operations = 0;
    const began = performance.now();
    while (performance.now() - began < patience) {
      await multiply();
      operations += 2 * rows * width * inner * count;
    }
    const ms = performance.now() - began;
    x.dispose();
    return operations / 1e6 / ms;
  };
  try {
    return { few: await measure(16), many: await measure(512) };
  } finally {
    tf.dispose(matrices);
  }
}
