/**
 * A model of the size that others train, with random weights: what it takes to read, to write and to learn through an adapter, with
 * its weights held as float32 and in blocks. Only speed and memory count, so which weights they are does not matter.
 */
import { AdamW, matMul, quantised, tf, type BlockType, type Tensor2D } from '../engine/index.ts';
import { Adapter } from '../model/adapter.ts';
import { initialAdapter, loraTargets } from '../model/lora.ts';
import { tinyLlama } from '../model/config.ts';
import { familyOf } from '../model/families/index.ts';
import { Generation } from '../model/generate.ts';
import { Llama } from '../model/llama.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import { isTransposed, parameterShapes, type ParameterValues } from '../model/parameters.ts';
import { uniform } from '../rl/random.ts';
import { weightedLogProbGradient } from '../train/policy.ts';
import { adam } from './contestant.ts';
import { interleave, median, settle, type Clock } from './measure.ts';
import { writing } from './ours.ts';
import { parameterCount, randomTokens } from './sizes.ts';
import { grid } from './table.ts';

/** The shape of SmolLM2-135M. */
export const realShape: ModelConfig = tinyLlama(49_152, {
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 2048,
  rope_theta: 100_000,
});

export const realForms = ['float32', 'int8', 'int4'] as const;
export type RealForm = (typeof realForms)[number];

export interface RealWork {
  readonly prefill: number;
  /** Rows that write, and tokens each. */
  readonly decode: readonly (readonly [rows: number, tokens: number])[];
  /** Sequences and tokens of a step. */
  readonly step: readonly [sequences: number, tokens: number];
  readonly rounds: number;
}

export interface RealReport {
  readonly config: ModelConfig;
  readonly parameters: number;
  /** Bytes on the back end of the weights alone. */
  readonly weightBytes: Readonly<Record<RealForm, number>>;
  /** Tokens a second by what was done and form: the median of the rounds. */
  readonly tokensPerSecond: Readonly<Record<string, Readonly<Record<RealForm, number>>>>;
  /** The median of the rounds' quotients with float32. */
  readonly faster: Readonly<Record<string, Readonly<Record<RealForm, number>>>>;
  /** GFLOP/s of the step's arithmetic (4·N a token) over that of our float32 product in the same rounds. */
  readonly stepShareOfPeak: Readonly<Record<RealForm, number>>;
  /** The same of reading a prompt (2·N a token, without the head). */
  readonly prefillShareOfPeak: Readonly<Record<RealForm, number>>;
  /** GFLOP/s of our float32 product of 128 and of as many rows as the step has. */
  readonly peak: { readonly prefill: number; readonly step: number };
}

/** Always the same numbers, over and over. */
function values(size: number, seed: number): Float32Array {
  const some = Float32Array.from({ length: 1 << 14 }, (_, i) => 0.08 * (uniform(seed, i, 0, 0) - 0.5));
  const all = new Float32Array(size);
  for (let at = 0; at < size; at += some.length)
    all.set(some.subarray(0, Math.min(some.length, size - at)), at);
  return all;
}

/** Random parameters, one by one, so that none is held here as well. */
export async function* randomParameters(
  config: ModelConfig,
  form: RealForm,
): AsyncGenerator<[string, ParameterValues]> {
  const names = familyOf(config)
    .layout(config)
    .map(([name]) => name);
  const shapes = parameterShapes(config);
  for (const [i, name] of names.entries()) {
    const [rows = 0, columns] = shapes[name] ?? [];
    if (columns === undefined) yield [name, new Float32Array(rows).fill(1)];
    else if (form === 'float32') yield [name, values(rows * columns, i)];
    else yield [name, inBlocks(form, name, rows, columns, i)];
    await Promise.resolve();
  }
}

function inBlocks(form: BlockType, name: string, rows: number, columns: number, seed: number) {
  const [outputs, inputs] = isTransposed(name) ? [columns, rows] : [rows, columns];
  return quantised(form, values(rows * columns, seed), outputs, inputs);
}

/** A model with an adapter, and what is done with it. */
export class Subject {
  readonly #base: Llama;
  readonly #policy: Llama;
  readonly #optimizer: AdamW;

  constructor(base: Llama) {
    this.#base = base;
    const settings = { rank: 8, alpha: 16, targets: loraTargets };
    const begun = initialAdapter(base.config, settings, (parameter, i) => uniform(1, parameter, i, 0));
    this.#policy = base.adapted(new Adapter(base.config, settings, begun));
    this.#optimizer = new AdamW(this.#policy.trained, { ...adam, weightDecay: 0 });
  }

  prefill(prompts: readonly (readonly number[])[], room: number): Generation {
    return Generation.start(this.#policy, prompts, room, 0);
  }

  async step(batch: readonly (readonly number[])[]): Promise<void> {
    const time = batch[0].length - 1;
    const coefficients = new Array<number>(time).fill(1 / (batch.length * time));
    const { gradients } = await weightedLogProbGradient(
      this.#policy,
      batch.map((sequence) => ({ place: { sequence, start: 1, length: time }, coefficients })),
      { temperature: 1, banned: [], pad: 0, maxTokens: batch.length * (time + 1) },
    );
    await this.#optimizer.step(gradients, adam.learningRate, Infinity);
    tf.dispose(gradients);
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.#policy.dispose();
    this.#base.dispose();
  }
}

/** @param config its shape; smaller ones are for tests */
export async function measureReal(config: ModelConfig, work: RealWork, now: Clock): Promise<RealReport> {
  const subjects = new Map<RealForm, Subject>();
  const weightBytes: Partial<Record<RealForm, number>> = {};
  try {
    for (const form of realForms) {
      const before = tf.memory().numBytes;
      const base = await Llama.load(config, randomParameters(config, form));
      weightBytes[form] = tf.memory().numBytes - before;
      subjects.set(form, new Subject(base));
    }
    return {
      ...(await measured(config, work, now, subjects)),
      weightBytes: weightBytes as RealReport['weightBytes'],
    };
  } finally {
    for (const subject of subjects.values()) subject.dispose();
  }
}

async function measured(
  config: ModelConfig,
  { prefill, decode, step, rounds }: RealWork,
  now: Clock,
  subjects: ReadonlyMap<RealForm, Subject>,
): Promise<Omit<RealReport, 'weightBytes'>> {
  const parameters = parameterCount(config);
  const entries: Record<string, () => Promise<unknown>> = {};
  /** By what is done: tokens of one turn of it, and how often it is done in a turn. */
  const tokens: Record<string, number> = {};
  const prompt = randomTokens(config, 1, prefill);
  const batch = randomTokens(config, step[0], step[1] + 1);
  const generations: Generation[] = [];
  for (const [form, subject] of subjects) {
    const reading = `read ${prefill}`;
    tokens[reading] = prefill;
    entries[`${form} ${reading}`] = () => Promise.resolve(subject.prefill(prompt, prefill + 1).dispose());
    for (const [rows, length] of decode) {
      const name = `write, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
      tokens[name] = rows * length;
      const room = 16 + (length + 1) * (rounds + 1);
      const generation = subject.prefill(randomTokens(config, rows, 16), room);
      generations.push(generation);
      entries[`${form} ${name}`] = async () => {
        await generation.turn(writing(length, 1));
        generation.append(Array.from({ length: rows }, () => [1]));
      };
    }
    const learning = `learn ${step[0]} × ${step[1]}`;
    tokens[learning] = step[0] * step[1];
    entries[`${form} ${learning}`] = () => subject.step(batch);
  }
  const peaks = [prefill, step[0] * step[1]].map((rows) => product(config, rows));
  peaks.forEach(({ run }, i) => (entries[`product ${i}`] = run));
  try {
    for (const entry of Object.values(entries)) await entry(); // code is compiled, memory is there
    const times = await interleave(entries, {
      now,
      limits: { rounds, minRounds: rounds, budgetMs: Infinity },
    });
    const each = <T>(value: (form: RealForm) => T) =>
      Object.fromEntries(realForms.map((form) => [form, value(form)])) as Record<RealForm, T>;
    const ofWork = <T>(value: (what: string, form: RealForm) => T) =>
      Object.fromEntries(Object.keys(tokens).map((what) => [what, each((form) => value(what, form))]));
    const quotients = (a: readonly number[], b: readonly number[]) => median(a.map((x, i) => x / b[i]));
    const peakMs = (i: number) => times[`product ${i}`].map((ms) => ms / peaks[i].gflop);
    const share = (what: string, i: number, gflop: number) =>
      each((form) =>
        quotients(
          peakMs(i).map((ms) => ms * gflop),
          times[`${form} ${what}`],
        ),
      );
    const learned = tokens[`learn ${step[0]} × ${step[1]}`];
    const head = config.vocab_size * config.hidden_size;
    return {
      ...{ config, parameters },
      tokensPerSecond: ofWork((what, form) => (1000 * tokens[what]) / median(times[`${form} ${what}`])),
      faster: ofWork((what, form) => quotients(times[`float32 ${what}`], times[`${form} ${what}`])),
      stepShareOfPeak: share(`learn ${step[0]} × ${step[1]}`, 1, (4 * parameters * learned) / 1e9),
      prefillShareOfPeak: share(`read ${prefill}`, 0, (2 * (parameters - head) * prefill) / 1e9),
      peak: { prefill: 1000 / median(peakMs(0)), step: 1000 / median(peakMs(1)) },
    };
  } finally {
    for (const generation of generations) generation.dispose();
    for (const peak of peaks) peak.dispose();
  }
}

/** Our float32 product of the MLP's size with so many rows, repeated to last about as long as the rest. */
function product({ hidden_size: d, intermediate_size: f }: ModelConfig, rows: number) {
  const a = tf.tensor2d(values(rows * d, 1), [rows, d]);
  const b = tf.tensor2d(values(d * f, 2), [d, f]);
  const gflopOfOne = (2 * rows * d * f) / 1e9;
  const times = Math.max(1, Math.round(2 / gflopOfOne));
  return {
    gflop: times * gflopOfOne,
    async run() {
      for (let i = 0; i < times; i++) {
        const y: Tensor2D = tf.tidy(() => matMul(a, b));
        if (i === times - 1) await settle(y);
        y.dispose();
      }
    },
    dispose: () => tf.dispose([a, b]),
  };
}

/** As Markdown. */
export function realTable(report: RealReport): string {
  const { tokensPerSecond, faster, weightBytes, stepShareOfPeak, prefillShareOfPeak, peak } = report;
  const rows = Object.entries(tokensPerSecond).map(([what, byForm]) => [
    what,
    ...realForms.map((form) =>
      form === 'float32'
        ? byForm[form].toFixed(1)
        : `${byForm[form].toFixed(1)} (${faster[what][form].toFixed(2)}×)`,
    ),
  ]);
  const shares = (of: Readonly<Record<RealForm, number>>) => realForms.map((form) => of[form].toFixed(2));
  return (
    [
      `${(report.parameters / 1e6).toFixed(1)} M random weights; tokens/s, and how many times float32's:`,
      grid(
        ['', ...realForms],
        [
          ...rows,
          ['reading, of the product', ...shares(prefillShareOfPeak)],
          ['learning (4·N a token), of the product', ...shares(stepShareOfPeak)],
          ['weights in memory, MB', ...realForms.map((form) => (weightBytes[form] / 1e6).toFixed(0))],
        ],
      ),
      `Our float32 product: ${peak.prefill.toFixed(1)} GFLOP/s at the prompt's rows, ${peak.step.toFixed(1)} at the step's.`,
    ].join('\n\n') + '\n'
  );
}
