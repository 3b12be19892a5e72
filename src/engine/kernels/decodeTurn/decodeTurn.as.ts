/**
 * One token of some rows through the whole decoder: embedding, layers with their caches, last norm, head, sampling. The rows
 * are given by a list, so rows that have ended cost nothing; in the scratch memory they lie next to each other.
 *
 * Threads share a token in one of two ways: each takes some rows through everything, with a call of its own; or all of them take all
 * rows through every stage, each some columns of its matrices, and meet before the next. It computes what the single kernels compute,
 * and adds in the same order, either way.
 */
import { gemmBlocks, panelBytes } from '../../wasm/blocks.as';
import { gemmPanels, pack, packedBytes } from '../../wasm/gemm.as';
import { columnOf } from '../../wasm/unpack.as';
import { attendGroup, fetchAhead } from '../attendCached/attendCached.as';
import { rmsNormForward } from '../rmsNorm/rmsNorm.as';
import { ropeRotate } from '../rope/rope.as';
import { sample } from '../sampleToken/sampleToken.as';
import { swigluRow } from '../swiglu/swiglu.as';
import { meet } from './meeting.as';
import { aOf, Decoder, Layer, LowRank, qkvWidth, smallScratch, xOf, yOf } from './layout.as';

/** `count` columns, from a multiple of eight on, of C = A·B with B [k, n] packed, or in blocks of this type; no gaps in A and C. */
function product(
  type: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  b: usize,
  c: usize,
  start: i32,
  count: i32,
  small: usize,
): void {
  const to = c + ((<usize>start) << 2);
  const rsc = (<usize>n) << 2;
  if (type)
    gemmBlocks(
      type,
      m,
      count,
      k,
      a,
      (<usize>k) << 2,
      b + <usize>(start >> 3) * panelBytes(type, k),
      to,
      rsc,
      small,
    );
  else gemmPanels(m, count, k, a, b + ((<usize>start * <usize>k) << 2), to, rsc, false, small);
}

/** Adds what the adapters of a matrix say to those columns of C [m, n] = A·B; `low` has room for a rank a row. */
function adapt(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  first: usize,
  c: usize,
  start: i32,
  count: i32,
  low: usize,
  small: usize,
): void {
  for (let at = first; at;) {
    const part = changetype<LowRank>(at);
    const from = max(start, part.from);
    const width = min(start + count, part.from + part.width) - from;
    if (width > 0) {
      gemmPanels(m, part.rank, k, a, part.a, low, (<usize>part.rank) << 2, false, small);
      const panels = part.b + ((<usize>(from - part.from) * <usize>part.rank) << 2);
      gemmPanels(m, width, part.rank, low, panels, c + ((<usize>from) << 2), (<usize>n) << 2, true, small);
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

/** Stages of a token. Those of a layer are from QKV to DOWN. */
const QKV: i32 = 0;
const ATTEND: i32 = 1;
const OUT: i32 = 2;
const GATE_UP: i32 = 3;
const DOWN: i32 = 4;
const HEAD: i32 = 5;

/** How many there are to share: columns (of GATE_UP, of each half), or of ATTEND, rows times groups of heads. */
function unitsOf(net: Decoder, m: i32, stage: i32): i32 {
  if (stage == QKV) return qkvWidth(net);
  if (stage == ATTEND) return m * net.kvHeads;
  if (stage == GATE_UP) return net.f;
  return stage == HEAD ? net.vocabulary : net.d;
}

/** How many of `total` each of `parts` threads takes, in whole grains; the last ones may have fewer, or nothing. */
function shareOf(total: i32, parts: i32, grain: i32): i32 {
  return ((total + parts * grain - 1) / (parts * grain)) * grain;
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
 * @param part, parts which thread this is of those that take the same rows through the same token; all of them have to be called
 * @param meeting of those threads (`meeting.as.ts`)
 * @param work for `decodeCommonScratch`, the same for all parts
 * @param scratch for `decodeScratch`, one a part
 * @returns false when a thread waited too long for another: then nothing is written that can be used
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
  part: i32,
  parts: i32,
  meeting: usize,
  work: usize,
  scratch: usize,
): bool {
  const net = changetype<Decoder>(decoder);
  if (fed) {
    if (part == 0) begin(net, m, rows, fed, positions, ahead, work);
    if (!meet(meeting, parts)) return false;
    for (let layer = 0; layer < net.layers; layer++) {
      for (let stage = QKV; stage <= DOWN; stage++) {
        stagePart(decoder, m, rows, stage, layer, part, parts, work, scratch);
        if (!meet(meeting, parts)) return false;
      }
    }
    if (part == 0) end(net, m, rows, last, work);
  }
  if (!ids) return true;
  if (part == 0) resume(net, m, rows, last, work);
  if (!meet(meeting, parts)) return false;
  stagePart(decoder, m, rows, HEAD, 0, part, parts, work, scratch);
  if (!meet(meeting, parts)) return false;
  const share = shareOf(m, parts, 1);
  for (let i = part * share; i < min(m, (part + 1) * share); i++) {
    const row = (<usize>i32.load(rows + ((<usize>i) << 2))) << 2;
    const logits = yOf(net, m, work) + ((<usize>(i * net.vocabulary)) << 2);
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
      scratch,
    );
  }
  return true;
}

/** What a thread takes of a stage. */
function stagePart(
  decoder: usize,
  m: i32,
  rows: usize,
  stage: i32,
  layer: i32,
  part: i32,
  parts: i32,
  work: usize,
  scratch: usize,
): void {
  const total = unitsOf(changetype<Decoder>(decoder), m, stage);
  const share = shareOf(total, parts, stage == ATTEND ? 1 : 8);
  const start = part * share;
  const count = min(share, total - start);
  if (count > 0) compute(decoder, m, rows, stage, layer, start, count, work, scratch);
}

/** The positions of the rows, and their tokens as hidden states. */
function begin(
  net: Decoder,
  m: i32,
  rows: usize,
  fed: usize,
  positions: usize,
  ahead: i32,
  work: usize,
): void {
  const rowBytes = (<usize>net.d) << 2;
  const x = xOf(m, work);
  for (let i = 0; i < m; i++) {
    const cell = (<usize>i) << 2;
    const row = (<usize>i32.load(rows + cell)) << 2;
    i32.store(work + cell, i32.load(positions + row) + ahead);
    const id = i32.load(fed + row);
    const to = x + <usize>i * rowBytes;
    if (net.embedType) columnOf(net.embedType, net.d, net.embed, id, to);
    else memory.copy(to, net.embed + <usize>id * rowBytes, rowBytes);
  }
}

/**
 * A part of a stage, for all rows: `count` of what there is to share (`unitsOf`), from `start` on. Those of a product are multiples
 * of eight, where it is not all of them. A stage begins when all parts of the one before are done.
 */
function compute(
  decoder: usize,
  m: i32,
  rows: usize,
  stage: i32,
  layer: i32,
  start: i32,
  count: i32,
  work: usize,
  scratch: usize,
): void {
  const net = changetype<Decoder>(decoder);
  const w = changetype<Layer>(decoder + offsetof<Decoder>() + <usize>layer * offsetof<Layer>());
  const d = net.d;
  const x = xOf(m, work);
  const a = aOf(net, m, work);
  const y = yOf(net, m, work);
  const normed = scratch + smallScratch(net, m);
  const low = normed + ((<usize>m * <usize>d) << 2);
  if (stage == QKV) {
    const width = qkvWidth(net);
    rmsNormForward(m, d, net.eps, x, w.attnNorm, normed);
    product(w.qkvType, m, width, d, normed, w.qkv, y, start, count, scratch);
    adapt(m, width, d, normed, w.qkvAdapter, y, start, count, low, scratch);
    if (w.qkvBias) {
      for (let i = 0; i < m; i++) {
        add(count, y + ((<usize>(i * width + start)) << 2), w.qkvBias + ((<usize>start) << 2));
      }
    }
  } else if (stage == ATTEND) {
    for (let unit = start; unit < start + count; unit++) {
      attendUnit(net, w, m, rows, unit, unit == start, work, scratch);
    }
  } else if (stage == OUT) {
    const mixedWidth = net.heads * net.headDim;
    product(w.outType, m, d, mixedWidth, a, w.out, y, start, count, scratch);
    adapt(m, d, mixedWidth, a, w.outAdapter, y, start, count, low, scratch);
    addColumns(m, d, start, count, x, y);
  } else if (stage == GATE_UP) {
    const f = net.f;
    rmsNormForward(m, d, net.eps, x, w.mlpNorm, normed);
    // All of both halves lie side by side.
    const runs = count == f ? 1 : 2;
    for (let half = 0; half < runs; half++) {
      const from = start + half * f;
      const columns = count == f ? 2 * f : count;
      product(w.gateUpType, m, 2 * f, d, normed, w.gateUp, y, from, columns, scratch);
      adapt(m, 2 * f, d, normed, w.gateUpAdapter, y, from, columns, low, scratch);
    }
    for (let i = 0; i < m; i++) {
      const gate = y + ((<usize>(2 * i * f + start)) << 2);
      swigluRow(count, gate, gate + ((<usize>f) << 2), a + ((<usize>(i * f + start)) << 2));
    }
  } else if (stage == DOWN) {
    product(w.downType, m, d, net.f, a, w.down, y, start, count, scratch);
    adapt(m, d, net.f, a, w.downAdapter, y, start, count, low, scratch);
    addColumns(m, d, start, count, x, y);
  } else {
    product(net.headType, m, net.vocabulary, d, x, net.head, y, start, count, scratch);
  }
}

/**
 * A row's group of heads that have keys and values in common.
 * @param first whether it is the thread's first of this row, as each group 0 is
 */
function attendUnit(
  net: Decoder,
  w: Layer,
  m: i32,
  rows: usize,
  unit: i32,
  first: bool,
  work: usize,
  scratch: usize,
): void {
  const row = unit / net.kvHeads;
  const group = unit % net.kvHeads;
  const half = net.headDim >> 1;
  const shared = net.heads / net.kvHeads;
  const cell = (<usize>row) << 2;
  const head = (<usize>net.headDim) << 2;
  const qkv = yOf(net, m, work) + ((<usize>(row * qkvWidth(net))) << 2);
  const queries = qkv + <usize>(group * shared) * head;
  const key = qkv + <usize>(net.heads + group) * head;
  ropeRotate(1, shared, half, shared * net.headDim, work + cell, net.angles, 1, queries, queries);
  ropeRotate(1, 1, half, net.headDim, work + cell, net.angles, 1, key, key);
  const width = <usize>net.kvHeads * head;
  const cached = <usize>i32.load(rows + cell) * <usize>net.depth * width;
  const own = cached + <usize>group * head;
  const mixed = aOf(net, m, work) + <usize>((row * net.kvHeads + group) * shared) * head;
  const slot = i32.load(work + cell);
  if (first || group == 0) fetchAhead(w.keys + cached, w.values + cached, <usize>slot * width, scratch);
  attendGroup(
    slot,
    shared,
    head,
    width,
    queries,
    key,
    key + width,
    w.keys + own,
    w.values + own,
    mixed,
    scratch,
  );
}

/** Some columns of x += y, both [m, d]. */
function addColumns(m: i32, d: i32, start: i32, count: i32, x: usize, y: usize): void {
  for (let i = 0; i < m; i++) {
    const at = (<usize>(i * d + start)) << 2;
    add(count, x + at, y + at);
  }
}

/** The last norm. */
function end(net: Decoder, m: i32, rows: usize, last: usize, work: usize): void {
  const rowBytes = (<usize>net.d) << 2;
  const x = xOf(m, work);
  for (let i = 0; i < m; i++) {
    const to = last + <usize>i32.load(rows + ((<usize>i) << 2)) * rowBytes;
    rmsNormForward(1, net.d, net.eps, x + <usize>i * rowBytes, net.norm, to);
  }
}

/** The hidden states that the head reads. */
function resume(net: Decoder, m: i32, rows: usize, last: usize, work: usize): void {
  const rowBytes = (<usize>net.d) << 2;
  const x = xOf(m, work);
  for (let i = 0; i < m; i++) {
    const row = <usize>i32.load(rows + ((<usize>i) << 2));
    memory.copy(x + <usize>i * rowBytes, last + row * rowBytes, rowBytes);
  }
}
