import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { withChanges } from '../../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import { openBackend, tf } from '../../../src/engine/index.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { initialWeights } from '../../../src/model/parameters.ts';
import { answersOf } from '../../../src/rl/episode.ts';
import { uniform } from '../../../src/rl/random.ts';
import { evalRecordSchema, updateRecordSchema } from '../../../src/rl/records.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';
import { oursFormat } from '../../../src/tasks/formats/ours.ts';
import { createSession } from '../../../src/train/session.ts';
import { learningRate } from '../../../src/train/learningRate.ts';
import { wholeBase } from '../../../src/train/base.ts';
import { countsLetter, FakeSandbox } from './fakeSandbox.ts';

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const config = tinyLlama(format.tokens, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
const weights = initialWeights(
  config,
  (p, i) => Math.sqrt(-2 * Math.log(uniform(1, p, i, 0))) * Math.cos(2 * Math.PI * uniform(1, p, i, 1)),
);
const micro = presetExperiment(findPreset('micro')!);

function session(
  changes: Partial<Experiment> = {},
  sandbox = countsLetter('e'),
  divisions = 1,
  onProgress: (stage: string, done: number) => void = () => undefined,
) {
  return createSession(withChanges(micro, { maxNewTokens: 12, evalTasks: 4, ...changes }), {
    backend: 'wasm',
    base: wholeBase({ config, weights }, format),
    sandbox,
    divisions,
    onProgress,
  });
}

async function losses(s: ReturnType<typeof session>, updates: number): Promise<number[]> {
  const out: number[] = [];
  for (let i = 0; i < updates; i++) out.push((await s.trainer.update()).metrics['train/loss']);
  return out;
}

beforeAll(async () => {
  await openBackend('wasm', { environment: 'node' });
});

describe('trainer', () => {
  it('is a function of the experiment and the seed', async () => {
    const [a, b, c] = [session(), session(), session({ seed: 2 })];
    const first = await losses(a, 3);
    expect(await losses(b, 3)).toEqual(first);
    expect(await losses(c, 3)).not.toEqual(first);
    [a, b, c].forEach((s) => s.dispose());
  });

  it('goes on exactly where a saved state stopped', async () => {
    const whole = session();
    const expected = await losses(whole, 4);
    const first = session();
    await losses(first, 2);
    const state = await first.trainer.state();
    const second = session();
    second.trainer.load(state);
    expect(second.trainer.step).toBe(2);
    expect(await losses(second, 2)).toEqual(expected.slice(2));
    [whole, first, second].forEach((s) => s.dispose());
  });

  it.each(['paper', 'released-code'] as const)('does the same in parts (%s)', async (objective) => {
    const whole = session({ objective });
    const expected = await losses(whole, 3);
    whole.dispose();
    for (const divisions of [2, 3, 1024]) {
      const parts = session({ objective }, countsLetter('e'), divisions);
      const got = await losses(parts, 3);
      got.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i], 5));
      expect(parts.canDivide).toBe(divisions < 1024);
      parts.dispose();
    }
  });

  it('keeps no tensors from one update to the next, and evaluation changes nothing', async () => {
    const s = session();
    await s.trainer.update();
    const before = tf.memory().numTensors;
    const weightsBefore = await s.policy.values();
    await s.trainer.evaluate();
    expect(await s.policy.values()).toEqual(weightsBefore);
    await s.trainer.update();
    expect(tf.memory().numTensors).toBe(before);
    s.dispose();
  });

  it('starts on the reference: no KL in the first update', async () => {
    const s = session();
    const { metrics } = await s.trainer.update();
    expect(Math.abs(metrics['train/kl@t1'])).toBeLessThan(1e-4);
    expect(Math.abs(metrics['train/kl@t2'])).toBeLessThan(1e-4);
    s.dispose();
  });

  it('learns: the reward it is given goes up', async () => {
    const s = session({ learningRate: 1e-2, promptsPerUpdate: 8, k: 4, turns: 1, beta: 0 });
    const rewards: number[] = [];
    for (let i = 0; i < 40; i++) rewards.push((await s.trainer.update()).metrics['train/reward@t1']);
    const mean = (part: number[]) => part.reduce((a, b) => a + b, 0) / part.length;
    expect(mean(rewards.slice(-5))).toBeGreaterThan(1.5 * mean(rewards.slice(0, 5)));
    s.dispose();
  });

  it("has no effect of γ under the released code's objective, and one under the paper's", async () => {
    for (const objective of ['released-code', 'paper'] as const) {
      const [a, b] = [session({ objective, gamma: 0 }), session({ objective, gamma: 1 })];
      const [la, lb] = [await losses(a, 3), await losses(b, 3)];
      if (objective === 'paper') expect(la).not.toEqual(lb);
      else la.forEach((loss, i) => expect(loss).toBeCloseTo(lb[i], 5));
      [a, b].forEach((s) => s.dispose());
    }
  });

  it('gives turn 1 no gradient under the released code, and shares it among the samples', async () => {
    const s = session({ objective: 'released-code' });
    const { groups } = await s.trainer.update();
    for (const { trajectories } of groups) {
      expect(new Set(trajectories.map((one) => one.turns[0].text)).size).toBe(1);
      expect(trajectories.flatMap((one) => one.turns[0].gradNorm).every((g) => g === 0)).toBe(true);
    }
    s.dispose();
  });

  it('runs more than two turns with either history, and every estimator, return and inner epochs', async () => {
    for (const changes of [
      { turns: 3, history: 'latest' },
      { turns: 3, history: 'all' },
      { turns: 1 },
      { estimator: 'grpo' },
      { estimator: 'dr-grpo', innerEpochs: 2 },
      { returns: 'per-turn', innerEpochs: 3 },
      { estimator: 'reinforce', returns: 'per-turn' },
      { feedback: 'tests' },
      { topP: 0.9, temperature: 0.7 },
    ] as Partial<Experiment>[]) {
      const s = session(changes);
      const { metrics, groups } = await s.trainer.update();
      expect(Number.isFinite(metrics['train/loss'])).toBe(true);
      expect(groups[0].trajectories[0].turns.length).toBe(changes.turns ?? 2);
      // The k1 estimate vanishes while policy = reference, so it proves that sampled and recomputed log-probabilities agree.
      if (changes.topP === undefined && !changes.innerEpochs) {
        for (const name of Object.keys(metrics).filter((m) => m.startsWith('train/kl@'))) {
          expect(Math.abs(metrics[name])).toBeLessThan(1e-3);
        }
      }
      s.dispose();
    }
  });

  it('records answers whole: their ids, and their verdicts with the tier of each test', async () => {
    const sandbox = new FakeSandbox(() => 'fail');
    const grade = sandbox.grade.bind(sandbox);
    sandbox.grade = async (requests) =>
      (await grade(requests)).map((verdict) => ({
        ...verdict,
        tests: verdict.tests.map((test, i) => (i === 0 ? { ...test, tier: 'inside' } : test)),
      }));
    const s = session({}, sandbox);
    const update = v.parse(updateRecordSchema, await s.trainer.update());
    const evaluation = v.parse(evalRecordSchema, await s.trainer.evaluate());
    const [eot = -1] = format.stops;
    for (const turn of [...answersOf(update.groups), ...answersOf(evaluation.examples)]) {
      expect(format.text(turn.ids.filter((id) => id !== eot))).toBe(turn.text);
      expect(turn.tokens).toEqual(turn.ids.map((id) => format.tokenText(id)));
      expect(turn.logp).toHaveLength(turn.ids.length);
      expect(turn.verdict.tests.map(({ tier }) => tier === 'inside')).toEqual(
        turn.verdict.tests.map((_, i) => i === 0),
      );
      expect(turn).not.toHaveProperty('place');
    }
    s.dispose();
  });

  it('masks what could not be graded and stops when nothing could', async () => {
    let calls = 0;
    const some = new FakeSandbox((_, test) => (test === 0 && calls++ % 5 === 0 ? 'infra' : 'pass'));
    const s = session({}, some);
    const { metrics, groups } = await s.trainer.update();
    expect(metrics['train/masked']).toBeGreaterThan(0);
    const bad = groups
      .flatMap((g) => g.trajectories)
      .filter((one) => one.turns.some((t) => Number.isNaN(t.reward)));
    expect(bad.length).toBeGreaterThan(0);
    expect(bad.every((one) => one.turns.every((t) => t.gradNorm.every((g) => g === 0)))).toBe(true);
    s.dispose();

    const none = session({}, new FakeSandbox(() => 'infra'));
    const before = await none.policy.values();
    await expect(none.trainer.update()).rejects.toThrow(/could not be graded/);
    expect(await none.policy.values()).toEqual(before);
    expect(none.trainer.step).toBe(0);
    none.dispose();
  });

  it('stops when many samples cannot be graded three updates in a row', async () => {
    let calls = 0;
    const half = new FakeSandbox((_, test) => (test === 0 && calls++ % 2 === 0 ? 'infra' : 'pass'));
    const s = session({ turns: 1 }, half);
    await s.trainer.update();
    await s.trainer.update();
    await expect(s.trainer.update()).rejects.toThrow(/sandbox keeps being lost/);
    expect(s.trainer.step).toBe(2);
    s.dispose();
  });

  it('is done whole or not at all: a fault between two inner epochs leaves everything as before', async () => {
    let fault = true;
    const onProgress = (stage: string, done: number) => {
      if (stage === 'update' && done === 2 && fault) throw new Error('between two epochs');
    };
    const s = session({ innerEpochs: 3 }, countsLetter('e'), 1, onProgress);
    fault = false;
    await s.trainer.update();
    const before = await s.trainer.state();
    const tensors = tf.memory().numTensors;
    fault = true;
    await expect(s.trainer.update()).rejects.toThrow('between two epochs');
    expect(await s.trainer.state()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    fault = false;
    const again = await s.trainer.update();
    const whole = session({ innerEpochs: 3 });
    await whole.trainer.update();
    const { timing: _, ...expected } = await whole.trainer.update();
    expect(again).toMatchObject(expected);
    expect(await s.trainer.state()).toEqual(await whole.trainer.state());
    [s, whole].forEach((one) => one.dispose());
  });

  it('refuses what the model could not read to its end: turns, answers, history and feedback count', () => {
    const long = { turns: 4, maxNewTokens: 96, history: 'all' } as const;
    for (const changes of [long, { ...long, history: 'latest', feedback: 'tests' } as const]) {
      session(changes).dispose();
    }
    expect(() => session({ ...long, feedback: 'tests' })).toThrow(
      /an episode can reach 6\d\d tokens, the model reads 512\. .*no feedback/,
    );
  });

  it('refuses a tokenizer that does not fit the model', () => {
    const other = tinyLlama(300, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
    expect(() =>
      createSession(micro, {
        backend: 'wasm',
        base: wholeBase({ config: other, weights: initialWeights(other, () => 0) }, format),
        sandbox: countsLetter('e'),
      }),
    ).toThrow(/tokenizer does not fit.*512.*300/);
  });
});

describe('learningRate', () => {
  // From transformers 5.24.0, the function behind get_cosine_schedule_with_warmup run in CPython: [warm-up, total, updates done, factor].
  const reference = [
    [0, 1500, 0, 1],
    [0, 1500, 1, 0.9999989033776897],
    [0, 1500, 500, 0.75],
    [0, 1500, 750, 0.5],
    [0, 1500, 1200, 0.09549150281252633],
    [0, 1500, 1499, 1.0966223103481276e-6],
    [0, 1500, 1500, 0],
    [5, 150, 5, 1],
    [5, 150, 6, 0.9998826490092421],
    [5, 150, 50, 0.7805935326811912],
    [5, 150, 100, 0.265795779650105],
    [5, 150, 149, 0.0001173509907579362],
    [5, 150, 150, 0],
    [2, 20, 3, 0.9924038765061041],
    [2, 20, 19, 0.00759612349389599],
    [10, 10, 10, 1],
  ] as const;

  it('cosine: is that of transformers after warm-up, as float32', () => {
    for (const [warmupSteps, steps, step, factor] of reference) {
      const e = { learningRate: 1, warmupSteps, steps, lrSchedulerType: 'cosine' } as const;
      expect(learningRate(e, step)).toBe(Math.fround(factor));
    }
  });

  it('warms up in the same way under both, and stays where it is constant', () => {
    const e = { learningRate: 3e-4, warmupSteps: 4, steps: 20 };
    const rates = (lrSchedulerType: 'constant' | 'cosine') =>
      Array.from({ length: 25 }, (_, step) => learningRate({ ...e, lrSchedulerType }, step));
    const [constant, cosine] = [rates('constant'), rates('cosine')];
    expect(constant.slice(0, 5)).toEqual([1, 2, 3, 4, 4].map((n) => (3e-4 * n) / 4));
    expect(new Set(constant.slice(3)).size).toBe(1);
    expect(cosine.slice(0, 5)).toEqual(constant.slice(0, 5));
    for (let step = 5; step < 21; step++) expect(cosine[step]).toBeLessThan(cosine[step - 1]);
    expect(cosine.slice(20)).toEqual([0, 0, 0, 0, 0]); // it does not rise again
  });

  it('cosine: a run that is extended follows the longer curve', () => {
    const at = (steps: number, step: number) =>
      learningRate({ learningRate: 1, warmupSteps: 0, steps, lrSchedulerType: 'cosine' }, step);
    expect(at(20, 20)).toBe(0);
    expect(at(40, 20)).toBe(0.5);
  });

  it('is what the update is made with, and goes on after a saved state', async () => {
    const changes = { lrSchedulerType: 'cosine', steps: 4, warmupSteps: 0 } as const;
    const whole = session(changes);
    const rates: number[] = [];
    const expected: number[] = [];
    for (let i = 0; i < 4; i++) {
      const { metrics } = await whole.trainer.update();
      rates.push(metrics['train/learning_rate'] / whole.trainer.experiment.learningRate);
      expected.push(metrics['train/loss']);
    }
    rates.forEach((rate, i) => expect(rate).toBeCloseTo([1, 0.8535534, 0.5, 0.1464466][i], 6));
    const first = session(changes);
    await losses(first, 2);
    const second = session(changes);
    second.trainer.load(await first.trainer.state());
    expect(await losses(second, 2)).toEqual(expected.slice(2));
    [whole, first, second].forEach((s) => s.dispose());
  });
});
