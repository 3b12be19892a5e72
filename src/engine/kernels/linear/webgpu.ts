/** Matrix products on the GPU: which kernel, how many workgroups, and how k is shared out where C is small. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BlockMatrix } from '../../blockMatrix.ts';
import { tf } from '../../tf.ts';
import type { Tensor, Tensor2D } from '../../tf.ts';
import { newTensor, run } from '../../webgpu/record.ts';
import type { Part } from '../../webgpu/record.ts';
import { sizeOfColumns, type ColumnProducts, type Columns } from './columns.ts';
import type { Stored } from './stored.ts';
import { DEPTH, productStage, sumStage, TILE } from './wgsl.ts';

/** Where a matrix lies in its tensor: its first row begins at number `first`, and rows lie `stride` numbers apart. */
export interface Place {
  readonly first: number;
  readonly stride: number;
}

/** C[m, n] (+)= scale·Σ_k A[m, k]·B[k, n]. Without a place, a matrix is the whole tensor, its rows without gaps. */
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
  readonly placeA?: Place;
  /** Tiles have none. */
  readonly placeB?: Place;
  readonly placeC?: Place;
  /** Default: 1. */
  readonly scale?: number;
  /** Add to what C holds. Default: no. */
  readonly add?: boolean;
}

/** Workgroups that keep a large GPU busy; below, k is cut into parts, each no shorter than `SHORTEST`. */
const WANTED = 512;
const SHORTEST = 256;

/** Into how many parts k is cut. It depends on the sizes only, so that every device adds up in one order. */
function partsOf(groups: number, k: number): number {
  return Math.max(1, Math.min(Math.floor(WANTED / groups), Math.floor(k / SHORTEST)));
}

export function productGpu(gpu: WebGPUBackend, product: GpuProduct): void {
  const { m, n, k, a, transposedA, b, transposedB, c, scale = 1, add = false } = product;
  const widths = { a: transposedA ? m : k, b: transposedB ? k : n, c: n };
  const placeA = product.placeA ?? whole(widths.a);
  const placeB = product.placeB ?? whole(widths.b);
  const placeC = product.placeC ?? whole(widths.c);
  const inRows = product.stored === undefined;
  const aligned = [
    ...[widths.a, placeA.first, placeA.stride, widths.c, placeC.first, placeC.stride],
    ...(inRows ? [widths.b, placeB.first, placeB.stride] : []),
  ].every((count) => count % 4 === 0);
  const stored: Stored = product.stored ?? (aligned ? 'vectors' : 'numbers');
  const tiles = [Math.ceil(n / TILE), Math.ceil(m / TILE)] as const;
  const parts = partsOf(tiles[0] * tiles[1], k);
  const numbers = {
    ...{ m, n, k, depth: DEPTH * Math.ceil(k / parts / DEPTH), scale },
    ...{ transposedA: Number(transposedA), transposedB: Number(transposedB) },
    ...{ firstA: placeA.first, strideA: placeA.stride, firstB: placeB.first, strideB: placeB.stride },
  };
  const stage = productStage(aligned, stored);
  const into = ({ first, stride }: Place, adds: boolean) => ({
    ...numbers,
    ...{ firstC: first, strideC: stride, add: Number(adds) },
  });
  if (parts === 1) {
    run(gpu, stage, { a, b, c }, into(placeC, add), tiles);
    return;
  }
  const products = newTensor(gpu, [parts, m * n]);
  run(gpu, stage, { a, b, c: products }, into(whole(n), false), [...tiles, parts]);
  const sums = { size: m * n, n, parts, ...placeC, add: Number(add) };
  run(gpu, sumStage, { products, result: c }, sums, [Math.ceil((m * n) / sumStage.threads), 1]);
  products.dispose();
}

/** result = Σ of `parts` tensors of its size, one after the other. */
export function sumOfParts(gpu: WebGPUBackend, products: Tensor, result: Tensor, parts: number): void {
  const { size } = result;
  const sums = { size, n: size, parts, first: 0, stride: size, add: 0 };
  run(gpu, sumStage, { products, result }, sums, [Math.ceil(size / sumStage.threads), 1]);
}

const whole = (width: number): Place => ({ first: 0, stride: width });

/** The products of `adaptedLinear`. */
export const columnProductsGpu = (gpu: WebGPUBackend): ColumnProducts => ({
  output: (rows, columns) => newTensor<Tensor2D>(gpu, [rows, columns]),
  multiply({ a, b, c, scale, add }) {
    const [m, k] = sizeOfColumns(a);
    if (m === 0) return;
    productGpu(gpu, {
      ...{ m, n: c.width, k, scale, add },
      ...{ a: a.matrix, transposedA: a.transposed, placeA: placeOf(a) },
      ...{ b: b.matrix, transposedB: b.transposed, placeB: placeOf(b) },
      ...{ c: c.matrix, placeC: placeOf(c) },
    });
  },
});

const placeOf = ({ matrix, from }: Columns): Place => ({ first: from, stride: matrix.shape[1] });

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
