/**
 * A visit to a machine with a GPU, in the order in which it is worth something: are the results right, how fast are products and
 * tokens of a real model's shape, does a whole run train. Without a test runner, a browser or a network:
 *
 *     node --import tsx test/prove/gpu.ts OUT_DIR [--small]
 *
 * `--small`: sizes that a software adapter gets through, to try the script itself. Writes OUT_DIR/gpu.json and OUT_DIR/run/;
 * ends with code 1 if a result is wrong.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { countGpu } from '../../src/bench/countGpu.ts';
import { writing } from '../../src/bench/ours.ts';
import { halfBits, halfValue } from '../../src/engine/halves.ts';
import { matMul, openBackend, quantised, tf, throwGpuErrors, type Tensor2D } from '../../src/engine/index.ts';
import { run, unfilled } from '../../src/engine/webgpu/record.ts';
import type { Stage } from '../../src/engine/webgpu/record.ts';
import { parseConfig } from '../../src/model/config.ts';
import { Generation } from '../../src/model/generate.ts';
import { Llama } from '../../src/model/llama.ts';
import { isTransposed, parameterShapes, type ParameterValues } from '../../src/model/parameters.ts';
import { blockCases, matrixOf } from '../engine/blockCases.ts';
import { floats, opCases, type OpCase } from '../engine/cases.ts';
import { evaluate, relativeError, type CaseResult } from '../engine/evaluating.ts';

const [, , out = 'gpu-visit', ...flags] = process.argv;
const small = flags.includes('--small');
mkdirSync(out, { recursive: true });
const found: Record<string, unknown> = {};
const tell = (name: string, value: unknown) => {
  found[name] = value;
  process.stdout.write(`${name}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(out, 'gpu.json'), JSON.stringify(found, null, 1));
};

/** Long sums, odd and even sizes, k cut into parts. */
const products: OpCase[] = (
  small
    ? [
        [65, 130, 67],
        [64, 600, 8],
      ]
    : [
        [65, 130, 67],
        [64, 600, 8],
        [513, 1000, 257],
        [1024, 2048, 512],
        [8, 4096, 576],
      ]
).map(([m = 1, k = 1, n = 1]) => ({
  name: `product ${m}×${k}×${n}`,
  inputs: [floats([m, k], 1, k ** -0.5), floats([k, n], 2)],
  run: (a, b) => [matMul(a as Tensor2D, b as Tensor2D)],
  extreme: false,
}));

const suites = {
  operations: small ? opCases.slice(0, 8) : opCases,
  products,
  blocks: blockCases.slice(0, small ? 6 : undefined).map((one): OpCase => ({
    ...{ name: one.name, inputs: one.tensors, extreme: false },
    run: (...given) => one.run(matrixOf(one), ...given),
  })),
};

const evaluateAll = async (cases: readonly OpCase[]) => {
  const results: CaseResult[] = [];
  for (const one of cases) results.push(await evaluate(one));
  return results;
};

async function parity(): Promise<boolean> {
  await openBackend('cpu', { environment: 'node' });
  const expected = new Map<string, CaseResult[]>();
  for (const [name, cases] of Object.entries(suites)) expected.set(name, await evaluateAll(cases));
  const gpu = await openBackend('webgpu', { environment: 'node' });
  const { device } = tf.backend() as WebGPUBackend;
  tell('device', gpu.device);
  tell('features', [...device.features].sort());
  tell('largest binding', device.limits.maxStorageBufferBindingSize);
  let right = true;
  for (const [name, cases] of Object.entries(suites)) {
    const got = await evaluateAll(cases);
    throwGpuErrors();
    const errors = cases.map((one, i) => {
      const want = expected.get(name)?.[i] as CaseResult;
      const pairs = [
        ...want.outputs.map((output, j) => [got[i]?.outputs[j], output] as const),
        ...want.gradients.map((gradient, j) => [got[i]?.gradients[j], gradient] as const),
      ];
      return {
        case: one.name,
        error: Math.max(...pairs.map(([mine, theirs]) => relativeError(mine as Float32Array, theirs))),
        allowed: one.extreme ? 5e-3 : 1e-4,
      };
    });
    const worst = errors.reduce((a, b) => (b.error / b.allowed > a.error / a.allowed ? b : a));
    right &&= worst.error < worst.allowed;
    tell(`parity of ${cases.length} ${name}`, worst);
  }
  return right;
}

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1] ?? NaN;

async function timed(work: () => Promise<void>, rounds = small ? 1 : 7): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return median(times);
}

/** What the card can do at best: products, a copy of memory, a kernel that does nothing. */
async function bounds(): Promise<void> {
  const gpu = tf.backend() as WebGPUBackend;
  for (const [m, k, n] of small
    ? [[64, 64, 64]]
    : [
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
  tell('an empty dispatch, µs', (1000 * ms) / dispatches);
  one.dispose();
  const copied = {
    ...{ name: 'copy', uniforms: {}, threads: 256, indexed: true },
    buffers: { from: 'read vec4f', result: 'read_write vec4f' },
    code: `fn main(index : i32) {
      for (var i = u32(index); i < arrayLength(&from); i += 65536u * 256u / 16u) { result[i] = from[i]; }
    }`,
  } as const satisfies Stage;
  const size = small ? 2 ** 16 : 2 ** 26;
  const [from, to] = [tf.keep(tf.ones([size])), unfilled(gpu, [size])];
  const again = small ? 1 : 20;
  const copy = await timed(async () => {
    for (let i = 0; i < again; i++) run(gpu, copied, { from, result: to }, {}, [4096, 1]);
    await to.slice([0], [1]).data();
  });
  tell('bandwidth of a copy, read and written, GB/s', (again * 8 * size) / copy / 1e6);
  tf.dispose([from, to]);
}

/** Decoding with random weights in the shape of SmolLM2-135M, in float32, halves and blocks. */
async function decoding(): Promise<void> {
  const config = parseConfig({
    ...{ architectures: ['LlamaForCausalLM'], model_type: 'llama', hidden_act: 'silu' },
    ...(small
      ? { hidden_size: 64, intermediate_size: 96, num_hidden_layers: 1, vocab_size: 1200 }
      : { hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, vocab_size: 49_152 }),
    ...(small
      ? { num_attention_heads: 4, num_key_value_heads: 2 }
      : { num_attention_heads: 9, num_key_value_heads: 3 }),
    ...{ max_position_embeddings: 2048, rms_norm_eps: 1e-5, rope_theta: 1e5, tie_word_embeddings: true },
  });
  for (const type of ['f32', 'f16', 'int8', 'int4'] as const) {
    const llama = await Llama.load(config, weightsOf(type));
    for (const rows of small ? [1, 9] : [1, 8, 16, 64]) {
      const tokens = small ? 4 : 64;
      const prompts = Array.from({ length: rows }, (_, row) =>
        Array.from({ length: 16 }, (_, i) => 3 + ((7 * i + row) % 90)),
      );
      let submitted = { dispatches: 0, readbacks: 0 };
      const ms = await timed(
        async () => {
          const generation = Generation.start(llama, prompts, 16 + tokens, 0);
          submitted = await countGpu(() => generation.turn(writing(tokens, 1)));
          generation.dispose();
        },
        small ? 1 : 3,
      );
      throwGpuErrors();
      tell(`decoding 135M in ${type}, ${rows} rows, tokens/s with the prompt`, {
        rate: (rows * tokens * 1000) / ms,
        ...submitted,
      });
    }
    llama.dispose();
  }

  async function* weightsOf(
    type: 'f32' | 'f16' | 'int8' | 'int4',
  ): AsyncGenerator<[string, ParameterValues]> {
    let seed = 1;
    for (const [name, shape] of Object.entries(parameterShapes(config))) {
      const [rows = 1, columns] = shape;
      const size = shape.reduce((a, b) => a * b, 1);
      seed++;
      const values = Float32Array.from({ length: size }, (_, i) =>
        columns === undefined ? 1 : 0.05 * Math.sin(12.9898 * i + seed),
      );
      if (columns === undefined || type === 'f32') yield [name, values];
      else if (type === 'f16') yield [name, values.map((x) => halfValue(halfBits(x)))];
      else
        yield [
          name,
          isTransposed(name)
            ? quantised(type, values, columns, rows)
            : quantised(type, values, rows, columns),
        ];
      await Promise.resolve();
    }
  }
}

/** A whole run from the command line, and what it came to. */
function train(): boolean {
  const folder = join(out, 'run');
  const flags = ['--backend', 'webgpu', '--steps', small ? '1' : '20', '--out', folder];
  const tiny = small ? ['--k', '2', '--promptsPerUpdate', '1', '--evalTasks', '4'] : [];
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'src/cli/train.ts', ...flags, ...tiny],
    { cwd: resolve(import.meta.dirname, '../..'), encoding: 'utf8' },
  );
  if (status === 0)
    tell(
      'run',
      readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    );
  else tell('run failed', stderr.slice(-2000));
  return status === 0;
}

const right = await parity();
await bounds();
await decoding();
const trained = train();
process.exit(right && trained ? 0 : 1);
