import { tf } from '../../tf.ts';
import type { NamedTensorMap, Tensor, Variable } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import { throwGpuErrors } from '../../webgpu/errors.ts';
import { runningGpu } from '../../webgpu/running.ts';
import type { SquaredNorms } from './webgpu.ts';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Decoupled decay λ: θ ← θ − lr·λ·θ, applied to tensors of rank 2 and more (norm gains do not decay). */
  readonly weightDecay: number;
}

/** Everything a checkpoint needs to continue: steps taken and both moments of every parameter. */
export interface AdamWState {
  readonly step: number;
  readonly m: Readonly<Record<string, Float32Array>>;
  readonly v: Readonly<Record<string, Float32Array>>;
}

/** How long a gradient is, before it is clipped. */
export interface GradNorms {
  /** Over all parameters. */
  readonly norm: number;
  /** Of each parameter, by its name. */
  readonly each: Readonly<Record<string, number>>;
}

interface Slot {
  readonly param: Variable;
  readonly m: Variable;
  readonly v: Variable;
}

/**
 * AdamW (arXiv 1711.05101) with clipping of the global gradient norm.
 *
 *     g ← g·min(1, maxGradNorm/‖g‖)    m ← β1·m + (1−β1)·g    v ← β2·v + (1−β2)·g²
 *     θ ← θ − lr·( (m/(1−β1^t)) / (√(v/(1−β2^t)) + eps) + λ·θ )
 */
export class AdamW {
  readonly options: AdamWOptions;
  readonly #slots = new Map<string, Slot>();
  #step = 0;

  constructor(params: Readonly<Record<string, Variable>>, options: AdamWOptions) {
    this.options = options;
    for (const [name, param] of Object.entries(params)) {
      this.#slots.set(name, { param, m: zeros(param), v: zeros(param) });
    }
  }

  /**
   * One update of every parameter. The gradients stay the caller's to dispose.
   *
   * @param grads by parameter name, one for each parameter
   * @param maxGradNorm clip the global norm to this; Infinity never clips
   * @returns the norm of the gradient before clipping, as a whole and of each parameter (the update's one read-back)
   * @throws when a gradient is missing, or the norm is not finite: then no parameter has changed;
   *   also when the GPU has reported an error since the last step
   */
  async step(grads: NamedTensorMap, lr: number, maxGradNorm: number): Promise<GradNorms> {
    const ordered = [...this.#slots.keys()].map((name) => {
      const grad = grads[name];
      if (!grad) throw new Error(`AdamW: no gradient for parameter "${name}".`);
      return grad;
    });
    const gpu = runningGpu();
    const squared = await (gpu ? gpu.kernels.squaredNormsGpu(gpu.backend, ordered) : squaredNorms(ordered));
    const norm = Math.sqrt(squared.sum);
    throwGpuErrors();
    if (!Number.isFinite(norm)) {
      throw new Error(
        `AdamW: the gradient norm is ${norm}; the parameters were left unchanged. Lower the learning rate.`,
      );
    }
    this.#step += 1;
    const clip = norm > maxGradNorm ? maxGradNorm / norm : 1;
    const slots = [...this.#slots.values()];
    if (gpu) {
      const { beta1, beta2, eps } = this.options;
      const tensors = slots.map((slot, i) => {
        return { ...slot, grad: ordered[i] as Tensor, keep: 1 - lr * this.#decayOf(slot) };
      });
      const factors = { step: lr / (1 - beta1 ** this.#step), correct: 1 / (1 - beta2 ** this.#step) };
      gpu.kernels.adamWGpu(gpu.backend, tensors, { ...factors, clip, beta1, beta2, eps });
    } else slots.forEach((slot, i) => this.#update(slot, ordered[i] as Tensor, lr, clip));
    const each = [...this.#slots.keys()].map((name, i) => [name, Math.sqrt(squared.each[i] ?? NaN)]);
    return { norm, each: Object.fromEntries(each) };
  }

  /** A copy of the optimizer's state, for checkpoints. */
  async state(): Promise<AdamWState> {
    const step = this.#step;
    const read = async (part: 'm' | 'v') =>
      Promise.all(
        [...this.#slots].map(
          async ([name, slot]) => [name, Float32Array.from(await slot[part].data())] as const,
        ),
      );
    const [m, v] = await Promise.all([read('m'), read('v')]);
    return { step, m: Object.fromEntries(m), v: Object.fromEntries(v) };
  }

  /** Restores `state()`. @throws when a parameter is missing or has another size; then nothing has changed */
  load(state: AdamWState): void {
    for (const [name, { param }] of this.#slots) {
      for (const part of ['m', 'v'] as const) {
        const values = state[part][name];
        if (values?.length !== param.size) {
          throw new Error(
            `AdamW: saved ${part} of "${name}" has ${values?.length ?? 'no'} values, the parameter ${param.size}.`,
          );
        }
      }
    }
    this.#step = state.step;
    for (const [name, slot] of this.#slots) {
      tf.tidy(() => {
        slot.m.assign(tf.tensor(state.m[name] as Float32Array, slot.m.shape));
        slot.v.assign(tf.tensor(state.v[name] as Float32Array, slot.v.shape));
      });
    }
  }

  dispose(): void {
    for (const { m, v } of this.#slots.values()) tf.dispose([m, v]);
    this.#slots.clear();
  }

  #decayOf({ param }: Slot): number {
    return param.rank >= 2 ? this.options.weightDecay : 0;
  }

  #update(slot: Slot, grad: Tensor, lr: number, clip: number): void {
    const { param, m, v } = slot;
    const { beta1, beta2, eps } = this.options;
    const decay = this.#decayOf(slot);
    const correct1 = 1 - beta1 ** this.#step;
    const correct2 = 1 - beta2 ** this.#step;
    const wasm = wasmKernels();
    if (wasm) {
      // The parameter gets a new buffer: the back end's own matMul caches packed copies of its weights by buffer.
      const next = wasm.output(param.shape);
      const tensors = [param, grad, m, v, next].map((tensor) => wasm.address(tensor));
      const factors = [clip, beta1, beta2, 1 - lr * decay, lr / correct1, 1 / correct2, eps] as const;
      wasm.run.adamW(param.size, ...tensors, ...factors);
      param.assign(next);
      next.dispose();
      return;
    }
    tf.tidy(() => {
      const g = grad.mul(clip);
      m.assign(m.mul(beta1).add(g.mul(1 - beta1)));
      v.assign(v.mul(beta2).add(g.square().mul(1 - beta2)));
      const direction = m.div(correct1).div(v.div(correct2).sqrt().add(eps));
      param.assign(param.mul(1 - lr * decay).sub(direction.mul(lr)));
    });
  }
}

async function squaredNorms(grads: readonly Tensor[]): Promise<SquaredNorms> {
  // Not tf.addN: with more parameters than a GPU has bindings, its shader is invalid (TensorFlow.js 4.22).
  const [each, sum] = tf.tidy(() => {
    const squares = tf.stack(grads.map((g) => g.square().sum()));
    return [squares, squares.sum()];
  });
  const [values, [total]] = await Promise.all([each.data(), sum.data()]);
  tf.dispose([each, sum]);
  return { each: Array.from(values), sum: total as number };
}

function zeros(param: Variable): Variable {
  return tf.tidy(() => tf.variable(tf.zeros(param.shape), false));
}
