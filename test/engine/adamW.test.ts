import { afterEach, describe, expect, it } from 'vitest';
import { AdamW, tf } from '../../src/engine/index.ts';
import type { NamedTensorMap, Tensor } from '../../src/engine/index.ts';
import { expectNoGpuErrors, openForAll, relativeError, toTensor } from './backends.ts';
import { floats } from './cases.ts';

afterEach(expectNoGpuErrors);

const options = { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 };
const shapes: Record<string, number[]> = {
  matrix: [5, 7],
  gain: [9],
  one: [1],
  // More parameters than a GPU shader can have inputs.
  ...Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`extra${i}`, [2]])),
};
const names = Object.keys(shapes);

function gradientsAt(step: number): NamedTensorMap {
  const entries = Object.entries(shapes).map(([name, shape], i) => [
    name,
    toTensor(floats(shape, 100 * step + i, 0.3)),
  ]);
  return Object.fromEntries(entries) as NamedTensorMap;
}

/** The formula of the class's docstring, in double precision. Returns parameters and norms. */
function expectedRun(steps: number, lr: number, maxNorm: number) {
  const theta = names.map((name, i) => Array.from(floats(shapes[name] ?? [], 1000 + i).values, Number));
  const m = theta.map((p) => p.map(() => 0));
  const v = theta.map((p) => p.map(() => 0));
  const norms: number[] = [];
  for (let t = 1; t <= steps; t++) {
    const grads = names.map((name, i) => floats(shapes[name] ?? [], 100 * t + i, 0.3).values);
    const norm = Math.sqrt(grads.flatMap((g) => [...g]).reduce((sum, g) => sum + g * g, 0));
    norms.push(norm);
    const clip = Math.min(1, maxNorm / norm);
    theta.forEach((p, i) => {
      const decay = shapes[names[i] ?? '']?.length === 2 ? options.weightDecay : 0;
      p.forEach((value, j) => {
        const g = (grads[i]?.[j] ?? NaN) * clip;
        const mj = options.beta1 * (m[i]?.[j] ?? 0) + (1 - options.beta1) * g;
        const vj = options.beta2 * (v[i]?.[j] ?? 0) + (1 - options.beta2) * g * g;
        (m[i] as number[])[j] = mj;
        (v[i] as number[])[j] = vj;
        const direction =
          mj / (1 - options.beta1 ** t) / (Math.sqrt(vj / (1 - options.beta2 ** t)) + options.eps);
        p[j] = value - lr * (direction + decay * value);
      });
    });
  }
  return { theta, norms };
}

describe.each(['cpu', 'wasm', 'webgpu'] as const)('AdamW on %s', (backend) => {
  openForAll(backend);

  const makeParams = () =>
    Object.fromEntries(
      names.map((name, i) => [
        name,
        tf.tidy(() => tf.variable(toTensor(floats(shapes[name] ?? [], 1000 + i)))),
      ]),
    );

  it('follows its formula, clips the global norm, resumes from its state and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const params = makeParams();
    let optimizer = new AdamW(params, options);
    const norms: number[] = [];
    for (let t = 1; t <= 4; t++) {
      if (t === 3) {
        const saved = await optimizer.state();
        optimizer.dispose();
        optimizer = new AdamW(params, options);
        optimizer.load(saved);
      }
      const grads = gradientsAt(t);
      const { norm, each } = await optimizer.step(grads, 0.05, 1);
      norms.push(norm);
      for (const [name, grad] of Object.entries(grads)) {
        const own = Math.sqrt([...(await grad.data())].reduce((sum, x) => sum + x * x, 0));
        expect(each[name]).toBeCloseTo(own, 4);
      }
      expect(Math.sqrt(Object.values(each).reduce((sum, x) => sum + x * x, 0))).toBeCloseTo(norm, 4);
      tf.dispose(grads);
    }
    const want = expectedRun(4, 0.05, 1);
    norms.forEach((norm, i) => expect(norm).toBeCloseTo(want.norms[i] ?? NaN, 4));
    for (const [i, name] of names.entries()) {
      const got = Float32Array.from(await (params[name] as Tensor).data());
      expect(relativeError(got, Float32Array.from(want.theta[i] ?? []))).toBeLessThan(1e-5);
    }
    optimizer.dispose();
    tf.dispose(params);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a gradient that is missing or not finite, and changes nothing', async () => {
    const params = makeParams();
    const optimizer = new AdamW(params, options);
    const grads = gradientsAt(1);
    const { gain, ...rest } = grads;
    await expect(optimizer.step(rest, 0.1, 1)).rejects.toThrow(/"gain"/);
    const broken = tf.fill([9], NaN);
    await expect(optimizer.step({ ...rest, gain: broken }, 0.1, 1)).rejects.toThrow(/NaN/);
    const got = Float32Array.from(await (params.matrix as Tensor).data());
    expect(relativeError(got, floats([5, 7], 1000).values as Float32Array)).toBe(0);
    expect((await optimizer.state()).step).toBe(0);
    expect(() => optimizer.load({ step: 1, m: {}, v: {} })).toThrow(/"matrix"/);
    optimizer.dispose();
    tf.dispose([grads, broken, gain as Tensor, params]);
  });
});
