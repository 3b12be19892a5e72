/** How fast the back end multiplies matrices: what a training step could reach at best. */
import { matMul, tf, type Tensor2D } from '../engine/index.ts';
import { breathe, interleave, median, settle, type Measuring } from './measure.ts';

/** Un-transposed rank-2 products: TensorFlow.js' own, and our kernel's, which uses all threads. On WebGPU they are one. */
const products = {
  'TensorFlow.js': (a: Tensor2D, b: Tensor2D): Tensor2D => tf.matMul(a, b),
  'our kernel': matMul,
} as const;
type ProductName = keyof typeof products;

interface Matmul {
  readonly by: ProductName;
  /** It multiplies two size×size matrices, so often that the clock and the neighbours' time slices do not decide. */
  readonly size: number;
  /** Arithmetic of one call of `multiply`, with its repetitions. */
  readonly gflop: number;
  /** Done when it returns. */
  multiply(): Promise<void>;
  dispose(): void;
}

/** The faster of the products in some rounds. */
export interface Peak {
  readonly by: ProductName;
  readonly size: number;
  /** Median, GFLOP/s. */
  readonly gflops: number;
  /** GFLOP/s of each round. */
  readonly rounds: readonly number[];
}

/** Each product at the size where it is fastest; they are timed in turns with what is compared with them. */
export class Matmuls {
  readonly #all: readonly Matmul[];

  private constructor(all: readonly Matmul[]) {
    this.#all = all;
  }

  /** @throws the signal's reason when it was aborted */
  static async open({ now, signal }: Measuring): Promise<Matmuls> {
    const names = (Object.keys(products) as ProductName[]).slice(0, tf.getBackend() === 'wasm' ? 2 : 1);
    const best = new Map<ProductName, { matmul: Matmul; gflops: number }>();
    try {
      for (const by of names) {
        for (const size of [512, 1024, 2048]) {
          const matmul = repeated(size, by);
          const before = best.get(by);
          best.set(by, { matmul, gflops: 0 });
          await breathe(signal);
          await matmul.multiply(); // code is compiled
          const began = now();
          await matmul.multiply();
          const ms = now() - began;
          const gflops = (matmul.gflop * 1000) / ms; // only to choose the size; the figure comes from rounds
          const better = before === undefined || gflops > before.gflops;
          (better ? before?.matmul : matmul)?.dispose();
          best.set(by, better ? { matmul, gflops } : before);
          if (gflops < 200) break; // no GPU: a larger product takes long and shows nothing new
        }
      }
    } catch (error) {
      for (const { matmul } of best.values()) matmul.dispose();
      throw error;
    }
    return new Matmuls([...best.values()].map(({ matmul }) => matmul));
  }

  /** For `interleave`: one call of each. */
  get entries(): Record<string, () => Promise<void>> {
    return Object.fromEntries(this.#all.map((matmul) => [matmul.by, () => matmul.multiply()]));
  }

  /** @param times what `interleave` gave for these entries, milliseconds by round */
  peak(times: Readonly<Record<string, readonly number[]>>): Peak {
    const peaks = this.#all.map(({ by, size, gflop }) => {
      const rounds = times[by].map((ms) => (gflop * 1000) / ms);
      return { by, size, gflops: median(rounds), rounds };
    });
    return peaks.reduce((a, b) => (b.gflops > a.gflops ? b : a));
  }

  /** Alone, several rounds. */
  async measure(measuring: Measuring): Promise<Peak> {
    return this.peak(await interleave(this.entries, measuring));
  }

  dispose(): void {
    for (const matmul of this.#all) matmul.dispose();
  }
}

function repeated(size: number, by: ProductName): Matmul {
  const a = tf.randomUniform<tf.Rank.R2>([size, size], -1, 1);
  const b = tf.randomUniform<tf.Rank.R2>([size, size], -1, 1);
  const once = (2 * size ** 3) / 1e9;
  const times = Math.max(1, Math.ceil(2 / once));
  return {
    by,
    size,
    gflop: times * once,
    async multiply() {
      for (let i = 1; i < times; i++) products[by](a, b).dispose();
      const last = products[by](a, b); // a device computes in order: when the last is done, all are
      await settle(last);
      last.dispose();
    },
    dispose: () => tf.dispose([a, b]),
  };
}
