/**
 * A visit to a machine with a GPU: are the results right, how fast are products, training and tokens, and where does the time go,
 * does a whole run train. Without a test runner, a browser or a network:
 *
 *     node --import tsx test/prove/gpu.ts OUT_DIR [--small] [PART…]
 *
 * `--small`: sizes that a software adapter gets through, to try the script itself. Writes OUT_DIR/gpu.json and OUT_DIR/run/;
 * ends with code 1 if a result is wrong or a part fails. PyTorch's figures beside these: `test/prove/gpu.py`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { countGpu } from '../../src/bench/countGpu.ts';
import { ours, writing } from '../../src/bench/ours.ts';
import { profileGpu, profileRows } from '../../src/bench/profileGpu.ts';
import { randomParameters, realShape, Subject } from '../../src/bench/realModel.ts';
import { runBench } from '../../src/bench/run.ts';
import { benchWeights, randomTokens, sizes, type SizeName } from '../../src/bench/sizes.ts';
import { halfBits, halfValue } from '../../src/engine/halves.ts';
import { matMul, openBackend, tf, throwGpuErrors, type Tensor2D } from '../../src/engine/index.ts';
import { bind, record, run, submit, unfilled } from '../../src/engine/webgpu/record.ts';
import type { Stage } from '../../src/engine/webgpu/record.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Generation } from '../../src/model/generate.ts';
import { Llama } from '../../src/model/llama.ts';
import type { ModelConfig } from '../../src/model/modelConfig.ts';
import type { ParameterValues } from '../../src/model/parameters.ts';
import { parity, references } from './gpuParity.ts';

const [, , out = 'gpu-visit', ...flags] = process.argv;
const small = flags.includes('--small');
const wanted = flags.filter((flag) => !flag.startsWith('--'));
mkdirSync(out, { recursive: true });
const found: Record<string, unknown> = {};
const began = performance.now();
const tell = (name: string, value: unknown) => {
  found[name] = value;
  process.stdout.write(
    `${((performance.now() - began) / 1000).toFixed(0)} s ${name}: ${JSON.stringify(value)}\n`,
  );
  writeFileSync(join(out, 'gpu.json'), JSON.stringify(found, null, 1));
};

/** As `openBackend` does, but without rounding the GPU's clock, so that kernels can be timed. */
async function openGpu(): Promise<GPUDevice> {
  const packageName = 'webgpu';
  const dawn = (await import(packageName)) as typeof import('webgpu');
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create(['disable-dawn-features=timestamp_quantization']);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  const opened = await openBackend('webgpu', { environment: 'node' });
  const { device } = tf.backend() as WebGPUBackend;
  tell('device', opened.device);
  tell('features', [...device.features].sort());
  tell('largest binding', device.limits.maxStorageBufferBindingSize);
  return device;
}

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1] ?? NaN;

async function timed(work: () => Promise<unknown>, rounds = small ? 1 : 7): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return median(times);
}

/** A card at rest has slow clocks: work for some seconds. */
async function warmUp(): Promise<void> {
  const size = small ? 64 : 4096;
  const a = tf.randomUniform<tf.Rank.R2>([size, size]);
  const began = performance.now();
  do {
    const b = matMul(a, a);
    await b.slice([0, 0], [1, 1]).data();
    b.dispose();
  } while (performance.now() - began < (small ? 1 : 2500));
  a.dispose();
}

/** What the card can do at best: products, a copy of memory, a kernel that does nothing. */
async function bounds(): Promise<void> {
  const gpu = tf.backend() as WebGPUBackend;
  await warmUp();
  for (const [m, k, n] of small
    ? [[64, 64, 64]]
    : [
        [2048, 64, 336],
        [2048, 512, 512],
        [2048, 512, 2752],
        [2048, 576, 1536],
        [4096, 4096, 4096],
      ]) {
    const [a, b] = [
      tf.randomUniform<tf.Rank.R2>([m ?? 1, k ?? 1]),
      tf.randomUniform<tf.Rank.R2>([k ?? 1, n ?? 1]),
    ];
    const times = small ? 1 : 20;
    for (const [by, product] of [
      ['ours', matMul],
      ['TensorFlow.js', tf.matMul],
    ] as const) {
      const ms = await timed(async () => {
        for (let i = 1; i < times; i++) product(a, b).dispose();
        const last: Tensor2D = product(a, b);
        await last.slice([0, 0], [1, 1]).data();
        last.dispose();
      });
      tell(`product ${m}×${k}×${n}, ${by}, GFLOP/s`, (times * 2 * (m ?? 0) * (k ?? 0) * (n ?? 0)) / ms / 1e6);
    }
    tf.dispose([a, b]);
  }
  const nothing = {
    ...{ name: 'nothing', uniforms: {}, threads: 64 },
    buffers: { result: 'read_write f32' },
    code: 'fn main() { if (localId.x == 64u) { result[0] = 0.0; } }',
  } as const satisfies Stage;
  const one = unfilled<Tensor2D>(gpu, [1, 1]);
  const dispatches = small ? 10 : 1000;
  const ms = await timed(async () => {
    for (let i = 0; i < dispatches; i++) run(gpu, nothing, { result: one }, {}, [1, 1]);
    await gpu.read(one.dataId);
    Object.assign(gpu.tensorMap.get(one.dataId), { values: null });
  });
  tell('an empty dispatch, its binding found, µs', (1000 * ms) / dispatches);
  // As decoding does it: bound once, recorded again and again.
  const bound = bind(gpu, nothing, { result: one }, {}, [1, 1]);
  const list = Array.from({ length: dispatches }, () => bound);
  const recorded = await timed(async () => {
    record(gpu, list);
    await gpu.read(one.dataId);
    Object.assign(gpu.tensorMap.get(one.dataId), { values: null });
  });
  tell('an empty dispatch, bound once, µs', (1000 * recorded) / dispatches);
  one.dispose();
  const copied = {
    ...{ name: 'copy', uniforms: {}, threads: 256, indexed: true },
    buffers: { source: 'read vec4f', result: 'read_write vec4f' },
    code: `fn main(index : i32) {
      for (var i = u32(index); i < arrayLength(&source); i += 4096u * 256u) { result[i] = source[i]; }
    }`,
  } as const satisfies Stage;
  const size = small ? 2 ** 16 : 2 ** 26;
  const [from, to] = [tf.keep(tf.ones([size])), unfilled(gpu, [size])];
  const again = small ? 1 : 20;
  const copy = await timed(async () => {
    for (let i = 0; i < again; i++) run(gpu, copied, { source: from, result: to }, {}, [4096, 1]);
    await to.slice([0], [1]).data();
  });
  tell('bandwidth of a copy, read and written, GB/s', (again * 8 * size) / copy / 1e6);
  tf.dispose([from, to]);
}

/** The training step and generation of the benchmark, stock TensorFlow.js beside ours, and where our step's time goes. */
async function training(device: GPUDevice): Promise<void> {
  await warmUp();
  const backend = { name: 'webgpu', device: 'GPU', why: '', threads: 1 } as const;
  const steps: readonly SizeName[] = small ? ['0.18M'] : ['0.18M', '0.9M', '5M', '25M'];
  const report = await runBench({
    ...{
      quick: true,
      parts: small ? ['matmul'] : ['matmul', 'train', 'generate'],
      sizes: steps,
      batches: [64],
    },
    ...{ backend, machine: process.arch },
  });
  throwGpuErrors();
  tell('matmul', report.matmul);
  for (const [size, { contestants, share_of_matmul_peak, speedup }] of Object.entries(report.train))
    tell(`training step, ${size}`, {
      ...Object.fromEntries(
        Object.entries(contestants).map(([id, { ms, gflops }]) => [id, { ms: ms.median, gflops }]),
      ),
      ...{ share_of_matmul_peak, speedup },
    });
  for (const [size, written] of Object.entries(report.generate))
    for (const { batch, contestants, speedup } of written)
      tell(`generation, ${size}, batch ${batch}`, {
        ...Object.fromEntries(
          Object.entries(contestants).map(([id, { tokens_per_s }]) => [id, tokens_per_s]),
        ),
        speedup,
      });
  for (const size of steps) {
    const config = sizes[size];
    const model = await ours.open(config, benchWeights(config));
    const batch = randomTokens(config, small ? 1 : 16, small ? 9 : 129);
    const prompts = randomTokens(config, small ? 2 : 64, 24);
    const [step, generate] = [
      () => model.trainStep(batch),
      () => model.generate?.(prompts, small ? 12 : 48, 1),
    ];
    // A step has the buffers of the one before after some.
    for (let i = 0; i < (small ? 1 : 12); i++) await step();
    const before = process.cpuUsage();
    const rounds = small ? 1 : 15;
    const ms = await timed(step, rounds);
    const { user, system } = process.cpuUsage(before);
    const msWriting = await timed(async () => generate(), small ? 1 : 7);
    tell(`alone, ${size}`, {
      ...{ msOfAStep: ms, processorMsOfAStep: (user + system) / 1000 / (rounds + 1) },
      tokensPerSecond: (1000 * prompts.length * (small ? 12 : 48)) / msWriting,
    });
    if (small || size === '0.18M' || size === '25M') {
      await profiled(`a step, ${size}`, device, step);
      await profiled(`writing 12 tokens, 64 rows, ${size}`, device, async () =>
        model.generate?.(prompts, 12, 1),
      );
    }
    throwGpuErrors();
    model.dispose();
  }
}

async function profiled(what: string, device: GPUDevice, work: () => Promise<unknown>): Promise<void> {
  if (!device.features.has('timestamp-query')) return tell(`profile of ${what}`, 'this device has no clock');
  const rows = profileRows(
    await profileGpu(device, async () => {
      await work();
      submit(tf.backend() as WebGPUBackend);
    }),
  );
  tell(`profile of ${what}`, rows.slice(0, 25));
}

/** float32 and int8 have nothing of their own to show, and take the host longest to make. */
const realForms = ['f16', 'int4'] as const;
type RealForm = (typeof realForms)[number];

/** The shape of SmolLM2-135M with random weights, in halves and in blocks: writing, and a step of its adapter. */
async function real(device: GPUDevice): Promise<void> {
  const config = small
    ? tinyLlama(1200, {
        hidden_size: 64,
        num_hidden_layers: 1,
        num_attention_heads: 4,
        num_key_value_heads: 2,
      })
    : realShape;
  const step = randomTokens(config, small ? 2 : 16, small ? 17 : 129);
  for (const form of realForms) {
    const base = await Llama.load(config, weightsOf(config, form));
    for (const rows of small ? [1, 9] : [1, 8, 64]) {
      const tokens = small ? 4 : 48;
      const prompts = randomTokens(config, rows, 16);
      // A card's clocks, and a host's, change from one moment to the next: so three times from the beginning.
      const times: number[] = [];
      let [processorMs, dispatches] = [0, 0];
      let generation: Generation | null = null;
      for (let again = 0; again < (small ? 1 : 3); again++) {
        generation?.dispose();
        const its = (generation = Generation.start(base, prompts, 16 + 8 * tokens, 0));
        const turn = async () => {
          const began = performance.now();
          await its.turn(writing(tokens, 1));
          its.append(prompts.map(() => [1]));
          times.push(performance.now() - began);
        };
        ({ dispatches } = await countGpu(turn));
        await turn();
        times.length -= 2;
        const before = process.cpuUsage();
        for (let i = 0; i < (small ? 1 : 3); i++) await turn();
        const { user, system } = process.cpuUsage(before);
        processorMs += (user + system) / 1000;
      }
      const ofAToken = times.map((ms) => ms / tokens).sort((a, b) => a - b);
      throwGpuErrors();
      tell(`writing, 135M in ${form}, ${rows} rows`, {
        tokensPerSecond: (1000 * rows) / median(ofAToken),
        ...{ msOfAToken: median(ofAToken), fastest: ofAToken[0], slowest: ofAToken.at(-1) },
        ...{ processorMsOfAToken: processorMs / times.length / tokens, dispatches: dispatches / tokens },
      });
      if (form === 'f16' && rows !== 8)
        await profiled(`12 tokens, ${form}, ${rows} rows`, device, async () =>
          generation?.turn(writing(12, 1)),
        );
      generation?.dispose();
    }
    const subject = new Subject(base);
    const ms = await timed(() => subject.step(step), small ? 1 : 3);
    throwGpuErrors();
    tell(`a step of the adapter, 135M in ${form}, ${step.length} × 128 tokens, ms`, ms);
    if (form === 'f16') await profiled(`a step of the adapter, ${form}`, device, () => subject.step(step));
    subject.dispose();
  }
}

async function* weightsOf(config: ModelConfig, form: RealForm): AsyncGenerator<[string, ParameterValues]> {
  if (form !== 'f16') {
    yield* randomParameters(config, form);
    return;
  }
  for await (const [name, given] of randomParameters(config, 'float32'))
    yield [name, given instanceof Float32Array ? halves(given) : given];
}

/** The nearest halves. The same numbers come over and over, so only the first of them are looked at. */
function halves(values: Float32Array): Float32Array {
  const some = values.subarray(0, 1 << 14).map((x) => halfValue(halfBits(x)));
  for (let at = 0; at < values.length; at += some.length)
    values.set(some.subarray(0, Math.min(some.length, values.length - at)), at);
  return values;
}

/** A run from the command line; what it told, or null. */
async function train(backend: 'webgpu' | 'auto', steps: number): Promise<boolean> {
  const folder = join(out, `run-${backend}`);
  const flags = ['--backend', backend, '--steps', String(steps), '--out', folder];
  const tiny = small ? ['--k', '2', '--prompts-per-update', '1', '--eval-tasks', '4'] : [];
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/train.ts', ...flags, ...tiny], {
    ...{ cwd: resolve(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (told += text.toString()));
  const status = await new Promise<number | null>((done) => child.on('close', done));
  tell(`a run on ${backend}, ended with`, status);
  tell(`what the run on ${backend} told`, told.slice(-3000).split('\n'));
  return status === 0;
}

const parts: Readonly<Record<string, (device: GPUDevice) => Promise<boolean | void>>> = {
  bounds: () => bounds(),
  real,
  training,
  auto: () => train('auto', 2),
};
const unknown = wanted.filter((name) => !(name in parts) && !['parity', 'run'].includes(name));
if (unknown.length > 0)
  throw new Error(`No part is called ${unknown.join(', ')}: parity, run, ${Object.keys(parts).join(', ')}.`);
let right = true;
const does = (name: string) => wanted.length === 0 || wanted.includes(name);
// The command line's run and the reference's results need no quiet machine.
const running = does('run') ? train('webgpu', small ? 1 : 20) : Promise.resolve(true);
const expected = does('parity') ? await references(small) : null;
const device = await openGpu();
if (expected) right = await parity(expected, small, tell);
right = (await running) && right;
for (const [name, part] of Object.entries(parts)) {
  if (!does(name)) continue;
  try {
    right = ((await part(device)) ?? true) && right;
  } catch (error) {
    right = false;
    tell(`${name} failed`, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
process.exit(right ? 0 : 1);
