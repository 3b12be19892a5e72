/**
 * One token of some rows through the whole decoder: embedding, layers with their caches, last norm, head, sampling. The rows
 * are given by a list, so rows that have ended cost nothing; in the scratch memory they lie next to each other.
 *
 * It computes what the single kernels compute, and adds in the same order.
 */
import { gemmBlocks, gemmBlocksScratch } from '../../wasm/blocks.as';
import { gemmPanels, pack, packedBytes } from '../../wasm/gemm.as';
import { columnOf } from '../../wasm/unpack.as';
import { attendRow, attendScratch } from '../attendCached/attendCached.as';
import { rmsNormForward } from '../rmsNorm/rmsNorm.as';
import { ropeRotate } from '../rope/rope.as';
import { sample, sampleScratch } from '../sampleToken/sampleToken.as';
import { swigluForward } from '../swiglu/swiglu.as';

/** What `wasm.ts` writes, in this order, 4 bytes a field. */
@unmanaged
class Decoder {
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
class LowRank {
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
class Layer {
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

function qkvWidth(net: Decoder): i32 {
  return (net.heads + 2 * net.kvHeads) * net.headDim;
}

/** Floats a row needs for what goes into a product, and for what comes out of one. */
function inputWidth(net: Decoder): i32 {
  return max(max(net.d, net.f), net.heads * net.headDim);
}
function outputWidth(net: Decoder): i32 {
  return max(layerWidth(net), net.vocabulary);
}
function layerWidth(net: Decoder): i32 {
  return max(max(qkvWidth(net), 2 * net.f), net.d);
}

/** Floats a row needs for its adapters: x·a, and what is added. */
function adapterWidth(net: Decoder): i32 {
  return net.rank > 0 ? net.rank + layerWidth(net) : 0;
}

/** Scratch of the kernels. */
function smallScratch(net: Decoder, m: i32): usize {
  const product = gemmBlocksScratch(m, inputWidth(net));
  return max(product, max(attendScratch(net.depth), sampleScratch(net.vocabulary)));
}

export function decodeScratch(decoder: usize, m: i32): usize {
  const net = changetype<Decoder>(decoder);
  const width = 1 + net.d + inputWidth(net) + outputWidth(net) + adapterWidth(net);
  return ((<usize>m * <usize>width) << 2) + smallScratch(net, m);
}

/** C = A·B with all of B packed, or in blocks of this type, and rows of C without gaps. */
function product(type: i32, m: i32, n: i32, k: i32, a: usize, b: usize, c: usize, small: usize): void {
  if (type) gemmBlocks(type, m, n, k, a, (<usize>k) << 2, b, c, (<usize>n) << 2, small);
  else gemmPanels(m, n, k, a, b, c, (<usize>n) << 2, small);
}

/** Adds what the adapters of a matrix say to C [m, n] = A·B; `low` has room for `adapterWidth` floats a row. */
function adapt(m: i32, n: i32, k: i32, a: usize, first: usize, c: usize, low: usize, edge: usize): void {
  for (let at = first; at;) {
    const part = changetype<LowRank>(at);
    const more = low + ((<usize>m * <usize>part.rank) << 2);
    product(0, m, part.rank, k, a, part.a, low, edge);
    product(0, m, part.width, part.rank, low, part.b, more, edge);
    for (let i = 0; i < m; i++) {
      add(
        part.width,
        c + ((<usize>i * <usize>n + <usize>part.from) << 2),
        more + ((<usize>i * <usize>part.width) << 2),
      );
    }
    at = part.next;
  }
}

/** x += y, n floats. */
function add(n: i32, x: usize, y: usize): void {
  const end = x + ((<usize>n) << 2);
  for (; x + 16 <= end; x += 16, y += 16) v128.store(x, f32x4.add(v128.load(x), v128.load(y)));
  for (; x < end; x += 4, y += 4) f32.store(x, f32.load(x) + f32.load(y));
}

/** Packs a weight [k, n] with these byte strides, and returns where the next one can begin. */
export function packWeight(n: i32, k: i32, b: usize, rsb: usize, csb: usize, to: usize): usize {
  pack(n, k, b, rsb, csb, to);
  return to + packedBytes(n, k);
}

/**
 * Feeds one token of each row, then samples its next.
 *
 * @param decoder address of a `Decoder` and its layers
 * @param m, rows how many rows, and int32 which; everything below but the scratch is indexed by row
 * @param last hidden states, [all rows, d]; feeding writes them
 * @param fed int32 ids, or 0: sample only
 * @param positions, ahead int32 positions, and what is added to each
 * @param ids, logp results of sampling, or 0: feed only
 */
export function decodeToken(
  decoder: usize,
  m: i32,
  rows: usize,
  last: usize,
  fed: usize,
  positions: usize,
  ahead: i32,
  temperature: f32,
  topP: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  uniforms: usize,
  ids: usize,
  logp: usize,
  scratch: usize,
): void {
  if (fed) feed(decoder, m, rows, last, fed, positions, ahead, scratch);
  if (ids) {
    draw(
      decoder,
      m,
      rows,
      last,
      temperature,
      topP,
      allowedFrom,
      holeCount,
      holes,
      uniforms,
      ids,
      logp,
      scratch,
    );
  }
}

function feed(
  decoder: usize,
  m: i32,
  rows: usize,
  last: usize,
  ids: usize,
  positions: usize,
  ahead: i32,
  scratch: usize,
): void {
  const net = changetype<Decoder>(decoder);
  const d = net.d;
  const rowBytes = (<usize>d) << 2;
  const mixedWidth = net.heads * net.headDim;
  const width = qkvWidth(net);
  const cacheBytes = (<usize>(net.depth * net.kvHeads * net.headDim)) << 2;
  const small = scratch;
  const at = small + smallScratch(net, m);
  const x = at + ((<usize>m) << 2);
  const a = x + <usize>m * rowBytes;
  const y = a + ((<usize>m * <usize>inputWidth(net)) << 2);
  const low = y + ((<usize>m * <usize>outputWidth(net)) << 2);
  for (let i = 0; i < m; i++) {
    const cell = (<usize>i) << 2;
    const row = (<usize>i32.load(rows + cell)) << 2;
    i32.store(at + cell, i32.load(positions + row) + ahead);
    const id = i32.load(ids + row);
    const to = x + <usize>i * rowBytes;
    if (net.embedType) columnOf(net.embedType, d, net.embed, id, to);
    else memory.copy(to, net.embed + <usize>id * rowBytes, rowBytes);
  }
  let layer = decoder + offsetof<Decoder>();
  for (let l = 0; l < net.layers; l++, layer += offsetof<Layer>()) {
    const w = changetype<Layer>(layer);
    rmsNormForward(m, d, net.eps, x, w.attnNorm, a);
    product(w.qkvType, m, width, d, a, w.qkv, y, small);
    adapt(m, width, d, a, w.qkvAdapter, y, low, small);
    if (w.qkvBias) {
      for (let i = 0; i < m; i++) add(width, y + ((<usize>(i * width)) << 2), w.qkvBias);
    }
    ropeRotate(m, net.heads + net.kvHeads, net.headDim >> 1, width, at, net.angles, 1, y, y);
    for (let i = 0; i < m; i++) {
      const cell = (<usize>i) << 2;
      const cached = <usize>i32.load(rows + cell) * cacheBytes;
      const slot = i32.load(at + cell);
      const qkv = y + ((<usize>(i * width)) << 2);
      const mixed = a + ((<usize>(i * mixedWidth)) << 2);
      attendRow(
        slot,
        net.heads,
        net.kvHeads,
        net.headDim,
        qkv,
        w.keys + cached,
        w.values + cached,
        mixed,
        small,
      );
    }
    product(w.outType, m, d, mixedWidth, a, w.out, y, small);
    adapt(m, d, mixedWidth, a, w.outAdapter, y, low, small);
    add(m * d, x, y);
    rmsNormForward(m, d, net.eps, x, w.mlpNorm, a);
    product(w.gateUpType, m, 2 * net.f, d, a, w.gateUp, y, small);
    adapt(m, 2 * net.f, d, a, w.gateUpAdapter, y, low, small);
    swigluForward(m, net.f, y, a);
    product(w.downType, m, d, net.f, a, w.down, y, small);
    adapt(m, d, net.f, a, w.downAdapter, y, low, small);
    add(m * d, x, y);
  }
  for (let i = 0; i < m; i++) {
    const to = last + <usize>i32.load(rows + ((<usize>i) << 2)) * rowBytes;
    rmsNormForward(1, d, net.eps, x + <usize>i * rowBytes, net.norm, to);
  }
}

function draw(
  decoder: usize,
  m: i32,
  rows: usize,
  last: usize,
  temperature: f32,
  topP: f32,
  allowedFrom: i32,
  holeCount: i32,
  holes: usize,
  uniforms: usize,
  ids: usize,
  logp: usize,
  scratch: usize,
): void {
  const net = changetype<Decoder>(decoder);
  const rowBytes = (<usize>net.d) << 2;
  const small = scratch;
  const x = small + smallScratch(net, m);
  const y = x + <usize>m * rowBytes;
  for (let i = 0; i < m; i++) {
    const row = <usize>i32.load(rows + ((<usize>i) << 2));
    memory.copy(x + <usize>i * rowBytes, last + row * rowBytes, rowBytes);
  }
  product(net.headType, m, net.vocabulary, net.d, x, net.head, y, small);
  for (let i = 0; i < m; i++) {
    const row = (<usize>i32.load(rows + ((<usize>i) << 2))) << 2;
    const logits = y + ((<usize>(i * net.vocabulary)) << 2);
    sample(
      1,
      net.vocabulary,
      temperature,
      topP,
      allowedFrom,
      holeCount,
      holes,
      logits,
      uniforms + row,
      ids + row,
      logp + row,
      small,
    );
  }
}
