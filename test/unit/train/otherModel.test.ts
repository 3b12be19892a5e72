/** Runs over a model that others trained: its weights stay, an adapter is learned. The tiny one of test/tinyModel.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { withChanges } from '../../../src/config/experiment.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import { otherModelText } from '../../../src/config/modelFields.ts';
import { openBackend, reopenBackend, tf, type OpenedBackend } from '../../../src/engine/index.ts';
import { readAdapter, type AdapterValues } from '../../../src/model/adapterFiles.ts';
import { loraOf } from '../../../src/model/lora.ts';
import { bytesInMemory } from '../../../src/model/byteSource.ts';
import type { HostWeights } from '../../../src/model/parameters.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import { adaptedBase } from '../../../src/train/adaptedBase.ts';
import type { Base } from '../../../src/train/base.ts';
import { formatOf } from '../../../src/train/modelFormat.ts';
import { openModel } from '../../../src/train/openedModel.ts';
import { weightedLogProbGradient } from '../../../src/train/policy.ts';
import { createSession, type Session } from '../../../src/train/session.ts';
import { SharedModel } from '../../../src/train/sharedModel.ts';
import { superviseModel } from '../../../src/train/supervised.ts';
import { formatExample } from '../../../src/tasks/supervised.ts';
import { tinyConfig, tinyFolder } from '../../tinyModel.ts';
import { countsLetter } from './fakeSandbox.ts';

const name = otherModelText('Tiny Model', '0123456789abcdef'.repeat(4));
const micro = presetExperiment(findPreset('micro')!);
const experiment = withChanges(micro, {
  ...{ model: 'other', otherModel: name, loraRank: 4, learningRate: 3e-3 },
  ...{ trainTasks: 16, maxNewTokens: 12, evalTasks: 4 },
});

async function baseOf(context: number, boost: AdapterValues | null = null): Promise<Base> {
  const config = new TextEncoder().encode(
    JSON.stringify({ ...tinyConfig, max_position_embeddings: context }),
  );
  const files: Record<string, Uint8Array> = { ...tinyFolder(), 'config.json': config };
  const opened = await openModel({
    names: Object.keys(files),
    open: (file) => Promise.resolve(files[file] ? bytesInMemory(file, files[file]) : null),
  });
  return adaptedBase(name, opened, formatOf(opened), { boost });
}

let backend: OpenedBackend;
let base: Base;
beforeAll(async () => {
  backend = await openBackend('wasm', { environment: 'node' });
  base = await baseOf(2048);
});

/** Some sessions over one model. */
async function over<T>(work: (begin: (changes?: Partial<Experiment>) => Session) => Promise<T>): Promise<T> {
  const open = await base.open(experiment);
  const sessions: Session[] = [];
  try {
    return await work((changes = {}) => {
      const e = withChanges(experiment, changes);
      const session = createSession(e, { backend: 'wasm', base: open, sandbox: countsLetter('e') });
      sessions.push(session);
      return session;
    });
  } finally {
    for (const session of sessions) session.dispose();
    open.dispose();
  }
}

const parts = (weights: HostWeights, which: 'lora_A' | 'lora_B') =>
  Object.entries(weights).filter(([name]) => name.endsWith(which));
const isZero = (values: Float32Array) => values.every((value) => value === 0);

describe('a run over a model that others trained', () => {
  it('begins at that model, and after one update every B of its adapter is another', async () => {
    await over(async (begin) => {
      const { trainer } = begin();
      const { weights: before } = await trainer.state();
      const { metrics } = await trainer.update();
      const { weights: after, optimizer } = await trainer.state();
      expect(parts(before, 'lora_B')).toHaveLength(2 * 7);
      expect(Object.keys(before).every((name) => /lora_[AB]$/.test(name))).toBe(true);
      expect(Object.keys(optimizer.m)).toEqual(Object.keys(before));
      expect(parts(before, 'lora_B').every(([, values]) => isZero(values))).toBe(true);
      expect(parts(before, 'lora_A').some(([, values]) => isZero(values))).toBe(false);
      for (const [name, values] of parts(after, 'lora_B')) expect(isZero(values), name).toBe(false);
      expect(Math.abs(metrics['train/kl@t1'])).toBeLessThan(1e-3);
      const second = await trainer.update();
      expect(second.metrics['train/kl@t1']).not.toBe(metrics['train/kl@t1']);
    });
  });

  it('is a function of its seed from the adapter on, and goes on from a saved state as if it had never stopped', async () => {
    await over(async (begin) => {
      const [a, b, c, again] = [begin(), begin(), begin({ seed: 2 }), begin()];
      const start = await a.trainer.state();
      expect((await b.trainer.state()).weights).toEqual(start.weights);
      expect((await c.trainer.state()).weights).not.toEqual(start.weights);
      await a.trainer.update();
      await b.trainer.update();
      const saved = await a.trainer.state();
      expect((await b.trainer.state()).weights).toEqual(saved.weights);
      again.trainer.load(saved);
      const whole = await a.trainer.update();
      const resumed = await again.trainer.update();
      expect(resumed.groups).toEqual(whole.groups);
      expect((await again.trainer.state()).weights).toEqual((await a.trainer.state()).weights);
    });
  });

  it('has the gradient that finite differences have', async () => {
    await over(async (begin) => {
      const { policy, parts: run, trainer } = begin();
      await trainer.update(); // so that B is not 0, and A has a gradient
      const sequence = base.format.prompt({ instruction: 'Write f(x): x', entryPoint: 'f' });
      const start = sequence.length;
      sequence.push(...base.format.answer('def f(x): return x'));
      const place = { sequence, start, length: sequence.length - start };
      const answers = [{ place, coefficients: new Array<number>(place.length).fill(1 / place.length) }];
      const pass = { temperature: 1, banned: base.format.banned, pad: run.format.pad, maxTokens: 2048 };
      const values = await policy.values();
      const { gradients } = await weightedLogProbGradient(policy, answers, pass);
      const slopes: HostWeights = {};
      for (const [name, gradient] of Object.entries(gradients)) {
        slopes[name] = Float32Array.from(await gradient.data());
      }
      tf.dispose(gradients);
      const squares = Object.values(slopes).reduce((sum, g) => sum + g.reduce((a, x) => a + x * x, 0), 0);
      const lossAt = async (step: number) => {
        policy.assign(
          Object.fromEntries(
            Object.entries(values).map(([name, w]) => [
              name,
              w.map((x, i) => x + step * (slopes[name]?.[i] ?? NaN)),
            ]),
          ),
        );
        const { gradients: unused, loss } = await weightedLogProbGradient(policy, answers, pass);
        tf.dispose(unused);
        return loss;
      };
      const h = 0.001 / Math.sqrt(squares);
      const difference = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
      expect(difference / squares).toBeGreaterThan(0.98);
      expect(difference / squares).toBeLessThan(1.02);
    });
  });

  it('shares the weights with other runs, packed once, and frees all it took', async () => {
    const before = tf.memory();
    await over(async (begin) => {
      const first = begin();
      await first.trainer.evaluate();
      const one = tf.memory().numBytes;
      await begin({ seed: 3 }).trainer.evaluate();
      const adapter =
        4 * Object.values((await first.trainer.state()).weights).reduce((n, w) => n + w.length, 0);
      // An adapter and AdamW's two averages.
      expect(tf.memory().numBytes - one).toBeLessThan(3.1 * adapter);
    });
    expect(tf.memory().numTensors).toBe(before.numTensors);
  });

  it('is on the back end in one way at a time, where no run is over the other', async () => {
    const shared = new SharedModel({
      ...{ model: name, base, backend, sandbox: countsLetter('e') },
      reopen: () => reopenBackend('wasm', { environment: 'node' }),
    });
    const held = () => tf.memory().numBytes;
    const empty = held();
    const inFloats = withChanges(experiment, { baseWeights: 'float32' });
    const inBlocks = withChanges(experiment, { baseWeights: 'int8' });
    (await shared.begin(inFloats)).dispose();
    const floats = held() - empty; // it stays for the next run
    const run = await shared.begin(inBlocks);
    const other = await shared.begin(inFloats); // now both are used
    expect(held() - empty).toBeGreaterThan(floats);
    run.dispose();
    other.dispose();
    (await shared.begin(inBlocks)).dispose(); // it was there
    const anothers = { step: 1, weights: {}, optimizer: { step: 1, m: {}, v: {} } };
    await expect(shared.begin(inBlocks, { state: anothers })).rejects.toThrow();
    (await shared.begin(withChanges(experiment, { baseWeights: 'int4' }))).dispose();
    const blocks = held() - empty;
    expect(blocks).toBeLessThan(floats);
    shared.dispose();
    await Promise.resolve();
    expect(held()).toBe(empty);
  });

  it('answers what a page asks: tokens, layers, files that PEFT reads', async () => {
    const shared = new SharedModel({
      ...{ model: name, base, backend, sandbox: countsLetter('e') },
      reopen: () => reopenBackend('wasm', { environment: 'node' }),
    });
    const run = await shared.begin(experiment);
    const before = run.state;
    const record = await run.update();
    const around = { before, after: run.state };
    const [turn] = await shared.inspect(record, { group: 0, trajectory: 0 }, around);
    expect(turn?.tokens[0]?.before).toBeCloseTo(turn?.tokens[0]?.reference ?? NaN, 4);
    const layers = shared.layers(around, experiment);
    expect(layers.map(({ layer }) => layer)).toEqual([1, 2]);
    expect(layers[0]?.matrices.map((one) => one.name)).toContain('self_attn.q_proj.lora_B');
    const moved = (one: { name: string; change: number }) => one.change > 0 === one.name.endsWith('lora_B');
    expect(layers[0]?.matrices.every(moved)).toBe(true); // A has no gradient while B is 0
    const { settings, values } = readAdapter(base.config, shared.files(run.state, experiment));
    expect(settings).toMatchObject({ rank: 4, alpha: 16 });
    expect(values).toEqual(run.state.weights);
    expect(run.memory.trained).toBe(Object.values(values).reduce((sum, { length }) => sum + length, 0));
    run.dispose();
    shared.dispose();
  });

  it('refuses prompts that do not fit the context, and an experiment that names no model', async () => {
    const small = await (await baseOf(256)).open(experiment);
    const options = { backend: 'wasm', base: small, sandbox: countsLetter('e') } as const;
    expect(() => createSession(experiment, options)).toThrow(
      /an episode can reach \d+ tokens, the model reads 256/,
    );
    small.dispose();
    expect(() => withChanges(experiment, { otherModel: 'none' })).toThrow(/otherModel: must name a model/);
  });
});

describe('the boost of an adapter', () => {
  const schedule = { steps: 5, batch: 2, learningRate: 0.02, warmup: 1 };
  /** What it leaves, and its losses. */
  async function boosted(): Promise<{ values: HostWeights; losses: number[] }> {
    const open = await base.open(experiment);
    const model = open.policy(experiment);
    const losses: number[] = [];
    const example = () => formatExample(1, 1, (program) => program.length < 60); // one alone is soon known
    for await (const { loss } of superviseModel(model, base.format, schedule, example)) losses.push(loss);
    const values = await model.values();
    model.dispose();
    open.dispose();
    return { values, losses };
  }

  it('is what runs begin with and their reference; the model under it stays; a seed gives it twice', async () => {
    const { values, losses } = await boosted();
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 0.1);
    expect((await boosted()).values).toEqual(values);

    const over = await baseOf(2048, { settings: loraOf(experiment), values });
    const open = await over.open(experiment);
    const parts = { backend: 'wasm', base: open, sandbox: countsLetter('e') } as const;
    const session = createSession(experiment, parts);
    expect((await session.trainer.state()).weights).toEqual(values);
    const { groups, metrics } = await session.trainer.update();
    expect(Math.abs(metrics['train/kl@t1'])).toBeLessThan(1e-3);
    const answer = groups[0]?.trajectories[0]?.turns[0];
    expect(answer?.refLogp[0]).toBeCloseTo(answer?.logp[0] ?? NaN, 4);
    session.dispose();
    expect(over.begins).toEqual({ loraRank: 4, loraAlpha: 16, loraTargets: 'all' });
    expect(() => createSession(withChanges(experiment, { loraRank: 2 }), parts)).toThrow(
      /^loraRank: is 2, and the adapter that this model begins with has 4\./,
    );
    open.dispose();
  });
});

describe('a control', () => {
  it('learns from rewards that are dealt out anew within each group, and says of the tests what is so', async () => {
    await over(async (begin) => {
      const real = (await begin({ seed: 4 }).trainer.update()).groups;
      const { groups } = await begin({ seed: 4, control: 'shuffled' }).trainer.update();
      const rewards = (some: typeof groups) =>
        some.map(({ trajectories }) => trajectories.map(({ turns }) => turns.map(({ reward }) => reward)));
      expect(groups.map((one) => one.trajectories.map(({ turns }) => turns.map(({ ids }) => ids)))).toEqual(
        real.map((one) => one.trajectories.map(({ turns }) => turns.map(({ ids }) => ids))),
      );
      expect(rewards(groups).map((one) => one.map(String).sort())).toEqual(
        rewards(real).map((one) => one.map(String).sort()),
      );
      const verdicts = (some: typeof groups) =>
        some.flatMap((one) =>
          one.trajectories.map(({ turns }) => turns.map(({ verdict }) => verdict.passed)),
        );
      expect(verdicts(groups)).toEqual(verdicts(real));
    });
  });
});
