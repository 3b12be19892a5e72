/**
 * Another peer: the same decoder in jax-js, value, gradient and Adam jitted as one function. It computes on its own device,
 * WebAssembly where we use that, WebGPU where we use that, with as many threads as it takes.
 *
 * jax-js counts references: a function consumes its arguments, and `.ref` keeps one for another use.
 */
import { init, jit, blockUntilReady, defaultDevice, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { tf } from '../engine/index.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import { parameterShapes } from '../model/parameters.ts';
import { adam, type BenchModel, type Contestant } from './contestant.ts';

/** Arrays by parameter name. */
type Arrays = Record<string, np.Array>;
/** Parameters with the running means of their gradients and of the squares. */
type State = { weights: Arrays; means: Arrays; squares: Arrays };

export const jaxJs: Contestant = {
  id: 'jax_js',
  title: 'jax-js',
  ownDevice: true,
  // One worker a core where memory can be shared; the caller waits.
  threads: ({ name }) =>
    name === 'wasm' && typeof SharedArrayBuffer !== 'undefined' && typeof Worker !== 'undefined'
      ? navigator.hardwareConcurrency
      : 1,
  async open(config, values): Promise<BenchModel> {
    if (config.num_key_value_heads !== config.num_attention_heads) {
      throw new Error('The jax-js decoder has no grouped-query attention.');
    }
    const device = tf.getBackend() === 'webgpu' ? 'webgpu' : 'wasm';
    if (!(await init(device)).includes(device)) throw new Error(`jax-js does not start on ${device} here.`);
    defaultDevice(device);

    const zeros = () => arrays(config, (shape) => np.zeros(shape));
    let state: State = {
      weights: arrays(config, (shape, name) => np.array(values[name]).reshape(shape)),
      means: zeros(),
      squares: zeros(),
    };
    const step = jit((before: State, ids: np.Array, targets: np.Array, corrections: np.Array) => {
      const lossOf = (weights: Arrays) => loss(config, weights, ids, targets);
      const [value, gradients] = valueAndGrad(lossOf)(tree.ref(before.weights));
      return [value, adamStep(before, gradients, corrections)] as [np.Array, State];
    });
    let steps = 0;
    return {
      async trainStep(batch) {
        const time = batch[0].length - 1;
        const ids = integers(batch.map((row) => row.slice(0, time)));
        const targets = integers(batch.map((row) => row.slice(1)));
        steps++;
        const corrections = np.array([1 - adam.beta1 ** steps, 1 - adam.beta2 ** steps]);
        const [value, after] = step(state, ids, targets, corrections);
        state = after;
        await blockUntilReady(state);
        const [nats] = await value.data();
        return nats;
      },
      dispose() {
        tree.dispose(state);
        step.dispose();
      },
    };
  },
};

function arrays(config: ModelConfig, make: (shape: number[], name: string) => np.Array): Arrays {
  return Object.fromEntries(
    Object.entries(parameterShapes(config)).map(([name, shape]) => [name, make(shape, name)]),
  );
}

const integers = (rows: readonly (readonly number[])[]): np.Array =>
  np.array(Int32Array.from(rows.flat()), { dtype: np.int32 }).reshape([rows.length, rows[0].length]);

/** Mean cross-entropy of the targets, nats; `ids` and `targets` are [batch, time]. */
function loss(config: ModelConfig, weights: Arrays, ids: np.Array, targets: np.Array): np.Array {
  const { hidden_size: d, num_attention_heads: heads, num_hidden_layers: layers } = config;
  const [batch, time] = ids.shape;
  const headDim = d / heads;
  const norm = (x: np.Array, name: string) => {
    const scale = np.reciprocal(
      np.sqrt(np.mean(np.square(x.ref), -1, { keepdims: true }).add(config.rms_norm_eps)),
    );
    return x.mul(scale).mul(weights[name]);
  };
  const split = (rows: np.Array) => np.transpose(rows.reshape([batch, time, heads, headDim]), [0, 2, 1, 3]);
  const [cos, sin] = rotations(config, time);
  const past = np.tri(time, time, 0, { dtype: np.bool });

  let x = np.take(weights['embed'].ref, ids.reshape([batch * time]), 0);
  for (let i = 0; i < layers; i++) {
    const qkv = np.dot(norm(x.ref, `layers.${i}.attnNorm`), weights[`layers.${i}.qkv`]);
    const [q, k, v] = np.split(qkv, 3, 1).map(split);
    const keys = np.swapaxes(rotate(k, cos.ref, sin.ref), -1, -2);
    const scores = np.matmul(rotate(q, cos.ref, sin.ref), keys).mul(headDim ** -0.5);
    const mixed = np.matmul(nn.softmax(np.where(past.ref, scores, -1e9)), v);
    const rows = np.transpose(mixed, [0, 2, 1, 3]).reshape([batch * time, d]);
    x = x.add(np.dot(rows, weights[`layers.${i}.out`]));
    const gateUp = np.dot(norm(x.ref, `layers.${i}.mlpNorm`), weights[`layers.${i}.gateUp`]);
    const [gate, up] = np.split(gateUp, 2, 1);
    x = x.add(np.dot(nn.silu(gate).mul(up), weights[`layers.${i}.down`]));
  }
  for (const array of [cos, sin, past]) array.dispose();
  const logits = np.dot(norm(x, 'norm'), np.transpose(weights['embed']));
  // A one-hot product instead of takeAlongAxis, whose gradient 0.1.25 cannot jit here; it is as fast.
  const labels = nn.oneHot(targets.reshape([batch * time]), config.vocab_size);
  return np.mean(nn.logsumexp(logits.ref, 1).sub(np.sum(logits.mul(labels), 1)));
}

/** Cosines and sines of the rotary angles, [time, headDim/2]. */
function rotations(config: ModelConfig, time: number): [np.Array, np.Array] {
  const half = config.hidden_size / config.num_attention_heads / 2;
  const table = (part: (angle: number) => number) =>
    np
      .array(
        Float32Array.from({ length: time * half }, (_, n) =>
          part(Math.floor(n / half) * config.rope_theta ** (-(n % half) / half)),
        ),
      )
      .reshape([time, half]);
  return [table(Math.cos), table(Math.sin)];
}

/** Rotary embedding, half-split: dimension i turns with i + headDim/2. */
function rotate(x: np.Array, cos: np.Array, sin: np.Array): np.Array {
  const [a, b] = np.split(x, 2, 3);
  const real = a.ref.mul(cos.ref).sub(b.ref.mul(sin.ref));
  return np.concatenate([real, b.mul(cos).add(a.mul(sin))], 3);
}

/** Adam. `corrections` are 1 − β₁ᵗ and 1 − β₂ᵗ. */
function adamStep(before: State, gradients: Arrays, corrections: np.Array): State {
  const after: State = { weights: {}, means: {}, squares: {} };
  const [first, second] = np.unstack(corrections);
  for (const [name, gradient] of Object.entries(gradients)) {
    const mean = before.means[name].mul(adam.beta1).add(gradient.ref.mul(1 - adam.beta1));
    const square = before.squares[name].mul(adam.beta2).add(np.square(gradient).mul(1 - adam.beta2));
    const size = np.sqrt(square.ref.div(second.ref)).add(adam.eps);
    const change = mean.ref.div(first.ref).div(size).mul(adam.learningRate);
    after.weights[name] = before.weights[name].sub(change);
    after.means[name] = mean;
    after.squares[name] = square;
  }
  first.dispose();
  second.dispose();
  return after;
}
