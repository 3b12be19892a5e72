import { isBlocks, sizeOfTable, type BlockMatrix, type Table } from '../../blockMatrix.ts';
import { blockLayouts } from '../../blocks.ts';
import { tf } from '../../tf.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu, type Gpu } from '../../webgpu/running.ts';
import { differentiable } from '../differentiable.ts';
import { linear, matMulReference } from '../linear/op.ts';
import { gemm } from '../linear/gemm.ts';
import { allowedOf, banned, holesAt, holesTensor, type Allowed, type IdRange } from '../banned.ts';
import { oneHotRows } from '../oneHot.ts';

export interface HeadOptions {
  /** Softmax temperature, > 0: p = softmax(x·tableᵀ / temperature). */
  readonly temperature: number;
  /** Ids whose probability is exactly 0 (padding and other tokens never written), ascending, without overlaps. */
  readonly banned: readonly IdRange[];
  /** No gradient for the table, and none is computed. */
  readonly frozen?: boolean;
}

export interface TokenLogProbs {
  /** log p(target), natural logarithm, [N]; differentiable in `x` and `table`. */
  readonly logp: Tensor1D;
  /** −Σ p log p in nats, [N]; a statistic, no gradient. */
  readonly entropy: Tensor1D;
  /** Σ p², [N]; a statistic, no gradient (‖∂logp/∂logits‖² = 1 − 2·p_target + Σp²). */
  readonly sumSq: Tensor1D;
}

/**
 * Log-probability of each row's target token under an output head, with the distribution's entropy and Σp².
 *
 * @param x [N, d], normalised hidden states
 * @param table [V, d], the output head; where it is tied, the token embedding; in blocks it gets no gradient
 * @param targets int32 [N]; a banned target (padding) yields a huge negative finite number: mask it
 */
export function tokenLogProbs(
  x: Tensor2D,
  table: Table,
  targets: Tensor1D,
  options: HeadOptions,
): TokenLogProbs {
  if (!(options.temperature > 0)) {
    throw new Error(`tokenLogProbs: temperature must be positive, got ${options.temperature}.`);
  }
  const allowed = allowedOf('tokenLogProbs', options.banned, sizeOfTable(table)[0]);
  const wasm = wasmKernels();
  const gpu = runningGpu();
  if (gpu) return unpack(tokenLogProbsGpu(gpu, x, table, targets, options, allowed));
  if (!wasm) return tokenLogProbsReference(x, table, targets, options);
  return unpack(
    isBlocks(table)
      ? blocksWasm(wasm, x, table, targets, options, allowed)
      : tokenLogProbsWasm(wasm, x, table, targets, options, allowed),
  );
}

function tokenLogProbsGpu(
  gpu: Gpu,
  x: Tensor2D,
  table: Table,
  targets: Tensor1D,
  { temperature, frozen = false }: HeadOptions,
  allowed: Allowed,
): Tensor2D {
  const peaks = gpu.kernels.newTensor<Tensor2D>(gpu.backend, [2, x.shape[0]]); // the forward pass fills it
  const learns = !frozen && !isBlocks(table);
  const packed = differentiable(
    learns ? [x, table] : [x],
    [...(learns || isBlocks(table) ? [] : [table]), targets, peaks],
    () => gpu.kernels.headGpu(gpu.backend, { x, table, targets, peaks, temperature, allowed }),
    (dy, saved) => {
      const [sy, sp] = saved.slice(-2) as [Tensor1D, Tensor2D];
      const head = { x: saved[0] as Tensor2D, targets: sy, peaks: sp, temperature, allowed };
      const kept = isBlocks(table) ? table : (saved[1] as Tensor2D);
      return gpu.kernels.headGpuBackward(gpu.backend, { ...head, table: kept }, dy, learns);
    },
  );
  peaks.dispose();
  return packed;
}

function tokenLogProbsWasm(
  wasm: WasmKernels,
  x: Tensor2D,
  table: Tensor2D,
  targets: Tensor1D,
  { temperature, frozen = false }: HeadOptions,
  { allowedFrom, holes }: Allowed,
): Tensor2D {
  const [n, d] = x.shape;
  const vocabulary = table.shape[0];
  const sizes = [d, vocabulary, 1 / temperature, allowedFrom] as const;
  return differentiable(
    frozen ? [x] : [x, table],
    frozen ? [table, targets] : [targets],
    () => {
      checkTargets(wasm, targets, vocabulary);
      const y = wasm.output<Tensor2D>([3, n]);
      const [px, pt, pi, logp] = [x, table, targets, y].map((tensor) => wasm.address(tensor)) as Four;
      const held = holesTensor(holes);
      const settings = [...sizes, ...holesAt(wasm, held)];
      const bytes = wasm.run.headForwardScratch(d, vocabulary);
      wasm.share('headForward', n, BLOCK, bytes, (start, count, scratch) => {
        const outputs = [0, 1, 2].map((row) => logp + 4 * (row * n + start));
        return [count, ...settings, px + 4 * d * start, pt, pi + 4 * start, ...outputs, scratch];
      });
      held?.dispose();
      return y;
    },
    (dy, saved) => {
      const dx = wasm.output<Tensor2D>([n, d]);
      const dtable = frozen ? null : wasm.zeros<Tensor2D>([vocabulary, d]);
      const dlogits = wasm.output<Tensor2D>([Math.min(n, CHUNK), vocabulary + 4]);
      const [px, pt, pi, dlogp] = [...saved, dy].map((tensor) => wasm.address(tensor)) as Four;
      const [pdx, pdl] = [wasm.address(dx), wasm.address(dlogits)];
      const held = holesTensor(holes);
      const settings = [...sizes, ...holesAt(wasm, held)];
      const bytes = wasm.run.headBackwardScratch(d, vocabulary);
      for (let first = 0; first < n; first += CHUNK) {
        const rows = Math.min(CHUNK, n - first);
        wasm.share('headBackward', rows, BLOCK, bytes, (start, count, scratch) => {
          const at = first + start;
          const inputs = [px + 4 * d * at, pt, pi + 4 * at, dlogp + 4 * at];
          return [
            count,
            ...settings,
            ...inputs,
            pdx + 4 * d * at,
            pdl + 4 * (vocabulary + 4) * start,
            scratch,
          ];
        });
        if (dtable)
          gemm(wasm, {
            ...{ m: vocabulary, n: d, k: rows },
            ...{ a: pdl, rsa: 4, csa: 4 * (vocabulary + 4) },
            ...{ b: px + 4 * d * first, rsb: 4 * d, csb: 4 },
            ...{ c: wasm.address(dtable), accumulate: true },
          });
      }
      tf.dispose([dlogits, held ?? []]);
      return dtable ? [dx, dtable] : [dx];
    },
  );
}

/** The same with a table in blocks: some rows at a time, each thread with logits of its own, forward and backward. */
function blocksWasm(
  wasm: WasmKernels,
  x: Tensor2D,
  table: BlockMatrix,
  targets: Tensor1D,
  { temperature }: HeadOptions,
  { allowedFrom, holes }: Allowed,
): Tensor2D {
  const [n, d] = x.shape;
  const { outputs: vocabulary, type, tensor } = table;
  const sizes = [d, vocabulary, 1 / temperature, allowedFrom] as const;
  const bytes = wasm.run.headBlocksScratch(d, vocabulary);
  const share = (
    kernel: 'headBlocksForward' | 'headBlocksBackward',
    inputs: readonly [Tensor, Tensor],
    outputs: (first: number) => readonly number[],
  ) => {
    const [px, pt, pi] = [inputs[0], tensor, inputs[1]].map((one) => wasm.address(one)) as Three;
    const held = holesTensor(holes);
    const settings = [...sizes, ...holesAt(wasm, held)];
    wasm.share(kernel, n, BLOCK_ROWS, bytes, (start, count, scratch) => {
      const own = [px + 4 * d * start, pt, pi + 4 * start, ...outputs(start)];
      return [blockLayouts[type].kernel, count, ...settings, ...own, scratch];
    });
    held?.dispose();
  };
  return differentiable(
    [x],
    [targets],
    () => {
      checkTargets(wasm, targets, vocabulary);
      const y = wasm.output<Tensor2D>([3, n]);
      const logp = wasm.address(y);
      share('headBlocksForward', [x, targets], (start) =>
        [0, 1, 2].map((row) => logp + 4 * (row * n + start)),
      );
      return y;
    },
    (dy, [sx, st]) => {
      const dx = wasm.output<Tensor2D>([n, d]);
      const [dlogp, pdx] = [wasm.address(dy), wasm.address(dx)];
      share('headBlocksBackward', [sx as Tensor, st as Tensor], (start) => [
        ...[dlogp + 4 * start, pdx + 4 * d * start],
      ]);
      return [dx];
    },
  );
}

function checkTargets(wasm: WasmKernels, targets: Tensor1D, vocabulary: number): void {
  const bad = wasm.run.firstBadTarget(targets.size, vocabulary, wasm.address(targets));
  if (bad >= 0) throw new Error(`tokenLogProbs: the target at place ${bad} is not in [0, ${vocabulary}).`);
}

/** Rows a thread takes at least with a table in blocks. */
const BLOCK_ROWS = 4;
/** Rows a thread takes at least; the kernels work in blocks of so many. */
const BLOCK = 64;
/** Rows whose dlogits exist at once: enough to share, few enough that the buffer stays in a cache. */
const CHUNK = 512;

/** One op has one result: the kernels' three vectors travel as the rows of a [3, N] tensor; only the first has a gradient. */
function unpack(packed: Tensor2D): TokenLogProbs {
  const [logp, entropy, sumSq] = tf.unstack(packed) as [Tensor1D, Tensor1D, Tensor1D];
  packed.dispose();
  return { logp, entropy, sumSq };
}

type Three = [number, number, number];
type Four = [number, number, number, number];

export function tokenLogProbsReference(
  x: Tensor2D,
  table: Table,
  targets: Tensor1D,
  options: HeadOptions,
): TokenLogProbs {
  const [logp, entropy, sumSq] = tf.tidy(() => {
    const [vocabulary] = sizeOfTable(table);
    const scores = isBlocks(table)
      ? linear(x, { dtype: table.type, base: table })
      : matMulReference(x, table, true, options.frozen);
    const scaled = scores.div<Tensor2D>(options.temperature);
    const logits = banned(scaled, options.banned);
    const logProbs = logits.sub(logits.max(1, true)).logSoftmax();
    const oneHot = oneHotRows(targets, vocabulary);
    const p = logProbs.exp();
    return [logProbs.mul(oneHot).sum(1), p.mul(logProbs).sum(1).neg(), p.square().sum(1)];
  }) as [Tensor1D, Tensor1D, Tensor1D];
  return { logp, entropy, sumSq };
}
