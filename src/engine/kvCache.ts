import { attendCached } from './kernels/attendCached/op.ts';
import type { LayerCache } from './kernels/attendCached/op.ts';
import { checkHeads } from './kernels/shape.ts';
import type { HeadShape } from './kernels/shape.ts';
import { tf } from './tf.ts';
import { wasmKernels } from './wasm/kernels.ts';
import { runningGpu } from './webgpu/running.ts';
import type { Tensor1D, Tensor2D, Tensor3D } from './tf.ts';

export interface KVCacheOptions {
  readonly layers: number;
  /** Sequences held at once. */
  readonly batch: number;
  /** Positions each sequence may fill: the token at position p of a sequence has slot p. */
  readonly slots: number;
  readonly shape: HeadShape;
}

/**
 * The keys and values a decoder has already computed: per layer [batch, slots, kvHeads·headDim], float32.
 * It owns its tensors: they outlive any `tf.tidy`, and `dispose()` frees them.
 */
export class KVCache {
  readonly layers: number;
  readonly slots: number;
  readonly shape: HeadShape;
  #batch: number;
  #caches: LayerCache[];

  constructor({ layers, batch, slots, shape }: KVCacheOptions) {
    this.layers = layers;
    this.slots = slots;
    this.shape = shape;
    this.#batch = batch;
    const size: [number, number, number] = [batch, slots, shape.kvHeads * shape.headDim];
    const wasm = wasmKernels();
    const gpu = runningGpu();
    // Our kernels never read a slot before it is written; the references multiply those by 0. To a GPU, zeros would have to be sent.
    const empty = (): Tensor3D => {
      if (wasm) return wasm.output(size);
      if (!gpu) return tf.zeros(size);
      const unfilled = gpu.kernels.newTensor<Tensor3D>(gpu.backend, size);
      gpu.backend.uploadToGPU(unfilled.dataId); // its buffer; nothing is sent
      return unfilled;
    };
    const room = () => tf.keep(empty());
    this.#caches = Array.from({ length: layers }, () => ({ k: room(), v: room() }));
  }

  get batch(): number {
    return this.#batch;
  }

  /** Bytes of device memory held. */
  get bytes(): number {
    return this.layers * 2 * 4 * this.#batch * this.slots * this.shape.kvHeads * this.shape.headDim;
  }

  /**
   * Copies the keys and values of a whole forward pass into slots 0..time−1. What later slots hold means nothing then.
   *
   * @param qkv rotated, batch-major [batch·time, (heads + 2·kvHeads)·headDim]
   */
  fillFromPrefill(layer: number, qkv: Tensor2D, batch: number, time: number): void {
    checkHeads('fillFromPrefill', qkv.shape[1], this.shape);
    if (batch !== this.#batch || qkv.shape[0] !== batch * time) {
      throw new Error(
        `fillFromPrefill: ${qkv.shape[0]} rows for ${batch} × ${time} do not fit a cache of batch ${this.#batch}.`,
      );
    }
    if (time > this.slots) throw new Error(`fillFromPrefill: ${time} positions exceed ${this.slots} slots.`);
    const { heads, kvHeads, headDim } = this.shape;
    const width = kvHeads * headDim;
    const wasm = wasmKernels();
    if (wasm) {
      const { k, v } = this.layer(layer);
      const [from, keys, values] = [qkv, k, v].map((tensor) => wasm.address(tensor)) as [
        number,
        number,
        number,
      ];
      wasm.run.fillCache(batch, time, this.slots, heads, kvHeads, headDim, from, keys, values);
      return;
    }
    const gpu = runningGpu();
    if (gpu) {
      const { k, v } = this.layer(layer);
      gpu.kernels.fillCacheGpu(gpu.backend, qkv, k, v, time, this.shape);
      return;
    }
    const part = (start: number) =>
      tf.tidy(() => {
        const rows = qkv.slice([0, start], [batch * time, width]).reshape<Tensor3D>([batch, time, width]);
        return tf.keep(
          rows.pad([
            [0, 0],
            [0, this.slots - time],
            [0, 0],
          ]) as Tensor3D,
        );
      });
    this.#replace(layer, { k: part(heads * headDim), v: part(heads * headDim + width) });
  }

  /** Repeats each sequence k times in place: row b becomes rows b·k .. b·k+k−1, so samples share one prefill. */
  repeatRows(k: number): void {
    const repeat = (x: Tensor3D) =>
      tf.tidy(() => {
        const [batch, slots, width] = x.shape;
        const wide = x.reshape<Tensor3D>([batch, 1, slots * width]).tile([1, k, 1]);
        return tf.keep(wide.reshape<Tensor3D>([batch * k, slots, width]));
      });
    this.#caches.forEach((cache, layer) => this.#replace(layer, { k: repeat(cache.k), v: repeat(cache.v) }));
    this.#batch *= k;
  }

  /** One decoding step of a layer's attention; see `attendCached`. Returns [batch, heads·headDim]. */
  attend(layer: number, qkv: Tensor2D, slots: Tensor1D): Tensor2D {
    return attendCached(qkv, this.layer(layer), slots, this.shape);
  }

  /** Frees every tensor; the cache cannot be used afterwards. */
  dispose(): void {
    for (const { k, v } of this.#caches) tf.dispose([k, v]);
    this.#caches = [];
  }

  /** The tensors of a layer; they stay the cache's. */
  layer(layer: number): LayerCache {
    const cache = this.#caches[layer];
    if (!cache)
      throw new Error(`KVCache: no layer ${layer}; it has ${this.#caches.length} (0 after dispose()).`);
    return cache;
  }

  #replace(layer: number, next: LayerCache): void {
    const { k, v } = this.layer(layer);
    this.#caches[layer] = next;
    tf.dispose([k, v]);
  }
}
