/** What the decoder's kernel reads and where it works: its description, as `wasm.ts` writes it, and its memory. */
import { gemmBlocksScratch } from '../../wasm/blocks.as';
import { attendScratch } from '../attendCached/attendCached.as';
import { sampleScratch } from '../sampleToken/sampleToken.as';

/** What `wasm.ts` writes, in this order, 4 bytes a field. */
@unmanaged
export class Decoder {
  layers: i32;
  d: i32;
  f: i32;
  heads: i32;
  kvHeads: i32;
  headDim: i32;
  vocabulary: i32;
  /** The largest rank of an adapter; 0: there is none. */
  rank: i32;
  /** Slots of a row's cache. */
  depth: i32;
  eps: f32;
  /** Table of rotary angles. */
  angles: usize;
  embed: usize;
  norm: usize;
  /** The transposed output head, packed or in blocks. */
  head: usize;
  /** Types of blocks (`wasm/blocks.as.ts`) of embedding and head, 0: none. */
  embedType: i32;
  headType: i32;
}

/** An adapter of some columns of a matrix: y[from …] += (x·a)·b, both packed, b with its scale. */
@unmanaged
export class LowRank {
  a: usize;
  b: usize;
  rank: i32;
  from: i32;
  width: i32;
  /** The next of the same matrix, or 0. */
  next: usize;
}

/** So many as the decoder has follow it. Matrices are packed or in blocks; the addresses of their first adapters, or 0, follow. */
@unmanaged
export class Layer {
  attnNorm: usize;
  qkv: usize;
  /** Of the columns of qkv, or 0. */
  qkvBias: usize;
  out: usize;
  mlpNorm: usize;
  gateUp: usize;
  down: usize;
  keys: usize;
  values: usize;
  qkvAdapter: usize;
  outAdapter: usize;
  gateUpAdapter: usize;
  downAdapter: usize;
  /** Types of blocks of the four matrices, 0: packed. */
  qkvType: i32;
  outType: i32;
  gateUpType: i32;
  downType: i32;
}

export function qkvWidth(net: Decoder): i32 {
  return (net.heads + 2 * net.kvHeads) * net.headDim;
}

/** Floats a row needs for what goes into a product, and for what comes out of one. */
export function inputWidth(net: Decoder): i32 {
  return max(max(net.d, net.f), net.heads * net.headDim);
}
export function outputWidth(net: Decoder): i32 {
  return max(max(max(qkvWidth(net), 2 * net.f), net.d), net.vocabulary);
}

/**
 * Bytes that the threads of a token have in common, for m rows: positions, hidden states, what goes into products and what comes out.
 * `xOf`, `aOf` and `yOf` say where the last three are.
 */
export function decodeCommonScratch(decoder: usize, m: i32): usize {
  const net = changetype<Decoder>(decoder);
  return yOf(net, m, 0) + ((<usize>m * <usize>outputWidth(net)) << 2);
}
export function xOf(m: i32, work: usize): usize {
  return work + ((<usize>m) << 2);
}
export function aOf(net: Decoder, m: i32, work: usize): usize {
  return xOf(m, work) + ((<usize>m * <usize>net.d) << 2);
}
export function yOf(net: Decoder, m: i32, work: usize): usize {
  return aOf(net, m, work) + ((<usize>m * <usize>inputWidth(net)) << 2);
}

/** Scratch of the kernels. */
export function smallScratch(net: Decoder, m: i32): usize {
  const product = gemmBlocksScratch(m, inputWidth(net));
  return max(product, max(attendScratch(net.depth), sampleScratch(net.vocabulary)));
}

/** Bytes that each thread needs for itself, for m rows: of the kernels, for normed rows, and for what adapters make of them. */
export function decodeScratch(decoder: usize, m: i32): usize {
  const net = changetype<Decoder>(decoder);
  return smallScratch(net, m) + ((<usize>m * <usize>(net.d + net.rank)) << 2);
}
