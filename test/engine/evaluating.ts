/** Running an operation case on the current back end, without a test runner. */
import { tf } from '../../src/engine/index.ts';
import type { Tensor, Tensor1D } from '../../src/engine/index.ts';
import { floats } from './cases.ts';
import type { Input, OpCase } from './cases.ts';

export function toTensor({ shape, values }: Input): Tensor {
  return tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32');
}

export interface CaseResult {
  readonly outputs: Float32Array[];
  /** Of Σ w·output with fixed random w, one per float input. */
  readonly gradients: Float32Array[];
}

/** Outputs and gradients of a case on the current back end. */
export async function evaluate(opCase: OpCase): Promise<CaseResult> {
  const inputs = opCase.inputs.map(toTensor);
  const outputs = tf.tidy(() => [...opCase.run(...inputs)]);
  const weights = toTensor(floats(outputs[0]?.shape ?? [], 99));
  const floatInputs = inputs.filter((t) => t.dtype === 'float32');
  const loss = (...xs: Tensor[]) => {
    const rest = xs.values();
    const all = inputs.map((t) => (t.dtype === 'float32' ? (rest.next().value ?? t) : t));
    return (opCase.run(...all)[0] as Tensor1D).mul(weights).sum();
  };
  const gradients = tf.tidy(() => tf.grads(loss)(floatInputs));
  const read = (tensors: Tensor[]) =>
    Promise.all(tensors.map(async (t) => Float32Array.from(await t.data())));
  const result = { outputs: await read(outputs), gradients: await read(gradients) };
  tf.dispose([inputs, outputs, weights, gradients]);
  return result;
}

/** Σ w·output on the current back end, with `step`·direction added to every float input; summed in double precision. */
export async function lossAt(opCase: OpCase, step: number): Promise<number> {
  const moved = opCase.inputs.map((input, i): Input => {
    if (input.values instanceof Int32Array) return input;
    const direction = floats(input.shape, 50 + i).values;
    const values = input.values.map((x, at) => x + step * (direction[at] ?? 0));
    return { shape: input.shape, values };
  });
  const output = tf.tidy(() => opCase.run(...moved.map(toTensor))[0] as Tensor);
  const values = Float32Array.from(await output.data());
  const weights = floats(output.shape, 99).values;
  output.dispose();
  return values.reduce((sum, y, i) => sum + y * (weights[i] ?? 0), 0);
}

/** The largest difference, relative to the largest value (at least 1e-3). */
export function relativeError(got: Float32Array, want: Float32Array): number {
  if (got.length !== want.length) return Infinity;
  let worst = 0;
  let scale = 1e-3;
  want.forEach((value, i) => {
    const difference = Math.abs(value - (got[i] ?? NaN));
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    scale = Math.max(scale, Math.abs(value));
  });
  return worst / scale;
}
