/**
 * How fast the engine is on the WASM back end, in one process and interleaved:
 * `stock` = TensorFlow.js' own ops and gradients, `reference` = our plain ops (explicit transposes), `kernels` = our kernels.
 * Run: npx tsx test/bench/engine.ts [small|large] [repetitions]
 *
 * A training step is the forward and backward pass plus AdamW, over dense sequences; GFLOP/s counts 6·parameters·tokens, the
 * usual arithmetic of a transformer (attention left out).
 */
import process from 'node:process';
import * as engine from '../../src/engine/index.ts';
import type { RopeShape, Tensor1D, Tensor2D, Variable } from '../../src/engine/index.ts';
import { floats, integers } from '../engine/cases.ts';
import { toTensor } from '../engine/backends.ts';

const { tf } = engine;

const models = {
  small: { d: 64, layers: 3, heads: 4, f: 168, vocabulary: 512, batch: 64, time: 72 },
  large: { d: 128, layers: 4, heads: 4, f: 344, vocabulary: 512, batch: 16, time: 128 },
};
type Sizes = (typeof models)['small'];
type Product = (x: Tensor2D, w: Tensor2D) => Tensor2D;

const eps = 1e-5;
const head = { temperature: 1, allowedFrom: 3 };

function makeParams({ d, layers, f, vocabulary }: Sizes): Record<string, Variable> {
  const shapes: Record<string, number[]> = { embed: [vocabulary, d], norm: [d] };
  for (let i = 0; i < layers; i++) {
    Object.assign(shapes, {
      [`${i}.norm1`]: [d],
      [`${i}.qkv`]: [d, 3 * d],
      [`${i}.out`]: [d, d],
      [`${i}.norm2`]: [d],
      [`${i}.gateUp`]: [d, 2 * f],
      [`${i}.down`]: [f, d],
    });
  }
  const entries = Object.entries(shapes).map(([name, shape], i) => {
    const value = shape.length === 1 ? tf.ones(shape) : toTensor(floats(shape, i + 1, 0.05));
    return [name, tf.variable(value)] as const;
  });
  return Object.fromEntries(entries);
}

function decoder(params: Record<string, Variable>, sizes: Sizes, product: Product) {
  const matrix = (name: string) => params[name] as Variable & Tensor2D;
  const vector = (name: string) => params[name] as Variable & Tensor1D;
  const shape: RopeShape = {
    heads: sizes.heads,
    kvHeads: sizes.heads,
    headDim: sizes.d / sizes.heads,
    theta: 10000,
  };
  const hidden = (ids: Tensor1D, positions: Tensor1D, attend: (layer: number, qkv: Tensor2D) => Tensor2D) => {
    let x = engine.gatherRows(matrix('embed'), ids);
    for (let i = 0; i < sizes.layers; i++) {
      const norm1 = engine.rmsNorm(x, vector(`${i}.norm1`), eps);
      const qkv = engine.rope(product(norm1, matrix(`${i}.qkv`)), positions, shape);
      x = x.add(product(attend(i, qkv), matrix(`${i}.out`)));
      const norm2 = engine.rmsNorm(x, vector(`${i}.norm2`), eps);
      x = x.add(product(engine.swiglu(product(norm2, matrix(`${i}.gateUp`))), matrix(`${i}.down`)));
    }
    return engine.rmsNorm(x, vector('norm'), eps);
  };
  return { hidden, shape, matrix };
}

async function trainStep(sizes: Sizes, product: Product): Promise<() => Promise<void>> {
  const { batch, time, vocabulary } = sizes;
  const params = makeParams(sizes);
  const optimizer = new engine.AdamW(params, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 });
  const { hidden, shape, matrix } = decoder(params, sizes, product);
  const ids = toTensor(integers(batch * time, 3, vocabulary, 1)) as Tensor1D;
  const targets = toTensor(integers(batch * time, 3, vocabulary, 2)) as Tensor1D;
  const positions = tf.tensor1d(
    Int32Array.from({ length: batch * time }, (_, row) => row % time),
    'int32',
  );
  return async () => {
    const { value, grads } = tf.variableGrads(() => {
      const x = hidden(ids, positions, (_, qkv) => engine.causalAttention(qkv, { ...shape, batch, time }));
      return engine.tokenLogProbs(x, matrix('embed'), targets, head).logp.mean().neg().asScalar();
    });
    const byName = Object.entries(params).map(
      ([name, param]) => [name, grads[param.name] as Tensor2D] as const,
    );
    await optimizer.step(Object.fromEntries(byName), 1e-4, 1);
    tf.dispose([value, grads]);
  };
}

async function generateStep(sizes: Sizes, product: Product): Promise<() => Promise<void>> {
  const { batch, time: slots, layers } = sizes;
  const { hidden, shape, matrix } = decoder(makeParams(sizes), sizes, product);
  const cache = new engine.KVCache({ layers, batch, slots, shape });
  const mask = tf.zeros([batch, slots]) as Tensor2D;
  const uniforms = tf.fill([batch], 0.5) as Tensor1D;
  const slot = slots - 1; // the dearest token of the turn
  const positions = tf.fill([batch], slot, 'int32') as Tensor1D;
  let ids = tf.fill([batch], 5, 'int32') as Tensor1D;
  return async () => {
    const { next, logp } = tf.tidy(() => {
      const x = hidden(ids, positions, (layer, qkv) => cache.attend(layer, qkv, slot, mask));
      const sampled = engine.sampleToken(engine.logits(x, matrix('embed')), uniforms, {
        ...head,
        topP: 0.95,
      });
      return { next: sampled.ids, logp: sampled.logp };
    });
    await next.data();
    tf.dispose([ids, logp]);
    ids = next;
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const stock: Product = (x, w) => tf.matMul(x, w);
const variants = [
  { name: 'stock', kernels: false, product: stock },
  { name: 'reference', kernels: false, product: engine.linear },
  { name: 'kernels', kernels: true, product: engine.linear },
];

const size = process.argv[2] === 'large' ? 'large' : 'small';
const repetitions = Number(process.argv[3] ?? 3);
const sizes = models[size];
for (const [what, make, times] of [
  ['train', trainStep, 1],
  ['generate', generateStep, 10],
] as const) {
  const runs = [];
  for (const variant of variants) {
    await engine.openBackend('wasm', { environment: 'node', kernels: variant.kernels });
    const step = await make(sizes, variant.product);
    await step();
    runs.push({ ...variant, step, ms: [] as number[] });
  }
  for (let i = 0; i < repetitions; i++) {
    for (const run of runs) {
      await engine.openBackend('wasm', { environment: 'node', kernels: run.kernels });
      const start = performance.now();
      for (let t = 0; t < times; t++) await run.step();
      run.ms.push((performance.now() - start) / times);
    }
  }
  const params = sizes.vocabulary * sizes.d + sizes.layers * (4 * sizes.d ** 2 + 3 * sizes.d * sizes.f);
  for (const { name, ms } of runs) {
    const time = median(ms);
    const speed =
      what === 'train'
        ? `${((6 * params * sizes.batch * sizes.time) / time / 1e6).toFixed(1)} GFLOP/s`
        : `${((sizes.batch / time) * 1000).toFixed(0)} tokens/s`;
    console.log(`${size} ${what} ${name}: ${time.toFixed(1)} ms, ${speed}`);
  }
}
process.exit(0);
