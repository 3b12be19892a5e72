/**
 * Output head on the GPU: a matrix product makes the logits, one workgroup per token does the rest. Of large vocabularies some ids at
 * a time: the statistics are carried on from part to part, and the backward pass makes the logits of a part again and turns
 * them into their gradient in place. So no more than `LOGITS` live at a time, and never [tokens × vocabulary].
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { isBlocks, sizeOfTable, type Table } from '../../blockMatrix.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import { GROUP, reductions } from '../../webgpu/program.ts';
import { newTensor, run } from '../../webgpu/record.ts';
import type { Stage } from '../../webgpu/record.ts';
import { scoreCode, type Allowed, type IdRange } from '../banned.ts';
import { asFactor, tableParts } from '../linear/tableParts.ts';
import { productGpu } from '../linear/webgpu.ts';

/** Logits that exist at once, 64 MB; or those of 512 ids, where that is more. */
let LOGITS = 2 ** 24;

/** Fewer, for tests. */
export function limitLogits(most = 2 ** 24): void {
  LOGITS = most;
}

/** Ids `first` … `first` + `ids` − 1 of a vocabulary, of which the ids from `allowedFrom` on may be written. */
const uniforms = { n: 'i32', ids: 'i32', first: 'i32', allowedFrom: 'i32', inverseT: 'f32' } as const;

/**
 * With z = (logit − max)/T and Z = Σ e^z over allowed ids: rows of `result` are logp, entropy = log Z − Σ e^z·z/Z, Σ p². Rows of
 * `peaks` are max and Z, the backward pass needs them. Until the last part, `result` holds Σ e^2z, Σ e^z·z, the target's logit.
 */
const statistics = (holes: readonly IdRange[]) =>
  ({
    name: 'head statistics',
    buffers: {
      logits: 'read f32',
      targets: 'read i32',
      result: 'read_write f32',
      peaks: 'read_write f32',
    },
    uniforms: { ...uniforms, vocabulary: 'i32' },
    threads: GROUP,
    code: `${reductions}
  ${scoreCode(holes, 'logits')}
  fn main() {
    let u = uniforms;
    let row = i32(workgroupId.x);
    let start = row * u.ids - u.first;
    let end = u.first + u.ids;
    let begin = max(u.first, u.allowedFrom) + i32(localId.x);
    var best = -3.0e38;
    for (var i = begin; i < end; i += ${GROUP}) { best = max(best, scoreOf(start, i)); }
    let own = groupMax(best);
    var before = -3.0e38;
    if (u.first > 0) { before = peaks[row]; }
    let top = max(own, before);
    var sums = 0.0;
    var squares = 0.0;
    var weighted = 0.0;
    for (var i = begin; i < end; i += ${GROUP}) {
      let z = (scoreOf(start, i) - top) * u.inverseT;
      let e = exp(z);
      sums += e;
      squares += e * e;
      weighted += e * z;
    }
    var sum = groupSum(sums);
    var square = groupSum(squares);
    var weight = groupSum(weighted);
    if (localId.x > 0u) { return; }
    let y = targets[row];
    var score = 0.0;
    if (u.first > 0) {
      let old = peaks[u.n + row];
      if (old > 0.0) {
        let shift = (before - top) * u.inverseT;
        let shrink = exp(shift);
        sum += old * shrink;
        square += result[row] * shrink * shrink;
        if (shrink > 0.0) { weight += shrink * (result[u.n + row] + shift * old); }
      }
      score = result[2 * u.n + row];
    }
    if (y >= u.first && y < end) { score = logits[start + y]; }
    peaks[row] = top;
    peaks[u.n + row] = sum;
    if (end < u.vocabulary) {
      result[row] = square;
      result[u.n + row] = weight;
      result[2 * u.n + row] = score;
      return;
    }
    var z = -1.0e9;
    if (y >= u.allowedFrom && !isHole(y)) { z = (score - top) * u.inverseT; }
    result[row] = z - log(sum);
    result[u.n + row] = log(sum) - weight / sum;
    result[2 * u.n + row] = square / (sum * sum);
  }`,
  }) as const satisfies Stage;

/** `logits` get dlogp·(1[target] − p)/T. */
const backward = (holes: readonly IdRange[]) =>
  ({
    name: 'head backward',
    buffers: { logits: 'read_write f32', targets: 'read i32', dlogp: 'read f32', peaks: 'read f32' },
    uniforms,
    threads: GROUP,
    code: `
  ${scoreCode(holes, 'logits')}
  fn main() {
    let u = uniforms;
    let row = i32(workgroupId.x);
    let start = row * u.ids - u.first;
    let slope = dlogp[row] * u.inverseT;
    for (var i = u.first + i32(localId.x); i < u.first + u.ids; i += ${GROUP}) {
      var d = 0.0;
      if (i >= u.allowedFrom && !isHole(i)) {
        d = -slope * exp((logits[start + i] - peaks[row]) * u.inverseT) / peaks[u.n + row];
        if (i == targets[row]) { d += slope; }
      }
      logits[start + i] = d;
    }
  }`,
  }) as const satisfies Stage;

/** What both passes are about. */
export interface GpuHead {
  readonly x: Tensor2D;
  readonly table: Table;
  readonly targets: Tensor1D;
  /** [2, N], left by the forward pass for the backward pass. */
  readonly peaks: Tensor2D;
  readonly temperature: number;
  readonly allowed: Allowed;
}

/** Each part of the vocabulary, with its logits [N, ids], which are let go of after it. */
function eachPart(
  gpu: WebGPUBackend,
  { x, table, temperature, allowed }: GpuHead,
  visit: (part: {
    readonly logits: Tensor2D;
    readonly part: ReturnType<typeof tableParts>[number];
    readonly sizes: Record<keyof typeof uniforms, number>;
  }) => void,
): void {
  const [n, d] = x.shape;
  for (const part of tableParts(gpu, table, Math.floor(LOGITS / n))) {
    const { first, count: ids } = part;
    const logits = newTensor<Tensor2D>(gpu, [n, ids]);
    productGpu(gpu, { m: n, n: ids, k: d, a: x, transposedA: false, ...asFactor(table, part), transposedB: true, c: logits }); // prettier-ignore
    const sizes = { n, ids, first, allowedFrom: allowed.allowedFrom, inverseT: 1 / temperature };
    visit({ logits, part, sizes });
    logits.dispose();
  }
}

/** [3, N]: logp, entropy, Σ p². */
export function headGpu(gpu: WebGPUBackend, head: GpuHead): Tensor2D {
  const { table, targets, peaks, allowed } = head;
  const [n] = targets.shape;
  const result = newTensor<Tensor2D>(gpu, [3, n]);
  const stage = statistics(allowed.holes);
  eachPart(gpu, head, ({ logits, sizes }) => {
    run(gpu, stage, { logits, targets, result, peaks }, { ...sizes, vocabulary: sizeOfTable(table)[0] }, [
      n,
      1,
    ]);
  });
  return result;
}

/** [dx, dtable], or [dx] where the table does not learn; the first N values of `dlogp` are the gradient of logp. */
export function headGpuBackward(
  gpu: WebGPUBackend,
  head: GpuHead,
  dlogp: Tensor2D,
  learns: boolean,
): Tensor2D[] {
  const { x, table, targets, peaks, allowed } = head;
  const [n, d] = x.shape;
  const dx = newTensor<Tensor2D>(gpu, [n, d]);
  const dtable = learns && !isBlocks(table) ? newTensor<Tensor2D>(gpu, table.shape) : null;
  const stage = backward(allowed.holes);
  eachPart(gpu, head, ({ logits, part, sizes }) => {
    const { ids, first } = sizes;
    run(gpu, stage, { logits, targets, dlogp, peaks }, sizes, [n, 1]);
    productGpu(gpu, {
      ...{ m: n, n: d, k: ids, a: logits, transposedA: false },
      ...{ ...asFactor(table, part), transposedB: false, c: dx, add: first > 0 },
    });
    if (!dtable) return;
    const c = { tensor: dtable, offset: first * d, size: ids * d };
    productGpu(gpu, { m: ids, n: d, k: n, a: logits, transposedA: true, b: x, transposedB: false, c });
  });
  return dtable ? [dx, dtable] : [dx];
}
