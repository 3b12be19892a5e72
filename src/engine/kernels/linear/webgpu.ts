/** Matrix products on the GPU: which kernel, how many workgroups, and how k is shared out where C is small. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BlockMatrix } from '../../blockMatrix.ts';
import { tf } from '../../tf.ts';
import type { Tensor, Tensor2D } from '../../tf.ts';
import { newTensor, run } from '../../webgpu/record.ts';
import type { Part } from '../../webgpu/record.ts';
import type { Stored } from './stored.ts';
import { DEPTH, productStage, sumStage, TILE } from './wgsl.ts';

/** C[m, n] (+)= Σ_k A[m, k]·B[k, n]. */
export interface GpuProduct {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Tensor | Part;
  /** A is stored [k, m]. */
  readonly transposedA: boolean;
  readonly b: Tensor | Part;
  /** B is stored [n, k]. */
  readonly transposedB: boolean;
  /** Default: rows of float32. Tiles hold B as it is stored, an output a row. */
  readonly stored?: BlockMatrix['type'];
  readonly c: Tensor | Part;
  /** Add to what C holds. Default: no. */
  readonly add?: boolean;
}

/** Workgroups that keep a large GPU busy; below, k is cut into parts, each no shorter than `SHORTEST`. */
const WANTED = 128;
const SHORTEST = 256;

/** Into how many parts k is cut. It depends on the sizes only, so that every device adds up in one order. */
function partsOf(groups: number, k: number): number {
  return Math.max(1, Math.min(Math.floor(WANTED / groups), Math.floor(k / SHORTEST)));
}

export function productGpu(gpu: WebGPUBackend, product: GpuProduct): void {
  const { m, n, k, a, transposedA, b, transposedB, c, add = false } = product;
  const widths = [transposedA ? m : k, n, ...(product.stored ? [] : [transposedB ? k : n])];
  const aligned = widths.every((width) => width % 4 === 0);
  const stored: Stored = product.stored ?? (aligned ? 'vectors' : 'numbers');
  const tiles = [Math.ceil(n / TILE), Math.ceil(m / TILE)] as const;
  const parts = partsOf(tiles[0] * tiles[1], k);
  const depth = DEPTH * Math.ceil(k / parts / DEPTH);
  const numbers = {
    ...{ m, n, k, depth },
    ...{ transposedA: Number(transposedA), transposedB: Number(transposedB) },
  };
  const stage = productStage(aligned, stored);
  if (parts === 1) {
    run(gpu, stage, { a, b, c }, { ...numbers, add: Number(add) }, tiles);
    return;
  }
  const products = newTensor(gpu, [parts, m * n]);
  run(gpu, stage, { a, b, c: products }, { ...numbers, add: 0 }, [...tiles, parts]);
  const groups = Math.ceil((m * n) / sumStage.threads);
  run(gpu, sumStage, { products, result: c }, { parts, add: Number(add) }, [groups, 1]);
  products.dispose();
}

/** A·B, or with either transposed. */
export function matMulGpu(
  gpu: WebGPUBackend,
  a: Tensor2D,
  b: Tensor2D,
  transposedA: boolean,
  transposedB: boolean,
): Tensor2D {
  const m = a.shape[transposedA ? 1 : 0];
  const k = a.shape[transposedA ? 0 : 1];
  const n = b.shape[transposedB ? 0 : 1];
  if (m * n * k === 0) return tf.zeros([m, n]);
  const c = newTensor<Tensor2D>(gpu, [m, n]);
  productGpu(gpu, { m, n, k, a, transposedA, b, transposedB, c });
  return c;
}

/** x [N, inputs]·W, or dy [N, outputs]·Wᵀ, of a matrix in tiles. */
export function timesBlocksGpu(
  gpu: WebGPUBackend,
  x: Tensor2D,
  { type, inputs, outputs, tensor }: BlockMatrix,
  transposed: boolean,
): Tensor2D {
  const [m, k] = x.shape;
  const n = transposed ? inputs : outputs;
  const c = newTensor<Tensor2D>(gpu, [m, n]);
  const product = { m, n, k, a: x, transposedA: false, b: tensor, transposedB: !transposed, stored: type, c };
  if (m > 0) productGpu(gpu, product);
  return c;
}
