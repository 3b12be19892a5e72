/**
 * Updates of a small experiment give the same trace on cpu, wasm and webgpu. Each adds in its own order, so weights
 * drift apart in their last digits, and AdamW's division by √v makes much of gradients that are nearly nothing. So two
 * comparisons:
 *
 * - updates on recorded trajectories, where nothing is sampled: log-probabilities, loss, gradient norm and the weights at
 *   the end agree.
 * - Whole updates, each back end sampling for itself from the same seed: the same, and every token. (A token may differ only
 *   where its random number falls between two cumulative sums that differ in their last digits.) A software GPU takes a
 *   second and more for each, so there they are 2, the second of which starts from what the first changed.
 *
 * `npm test` does the first 4 of 20.
 */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withChanges } from '../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { AdamW, tf } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Llama } from '../../src/model/llama.ts';
import { initialWeights, type HostWeights } from '../../src/model/parameters.ts';
import { answersOf } from '../../src/rl/episode.ts';
import { uniform } from '../../src/rl/random.ts';
import { makeTasks } from '../../src/tasks/makeTasks.ts';
import { oursFormat } from '../../src/tasks/formats/ours.ts';
import { Tokenizer } from '../../src/tasks/tokenizer.ts';
import { weightedLogProbGradient, type Placed, type Weighted } from '../../src/train/policy.ts';
import { rollout } from '../../src/train/rollout.ts';
import { createSession } from '../../src/train/session.ts';
import { wholeBase } from '../../src/train/base.ts';
import { countsLetter } from '../unit/train/fakeSandbox.ts';
import { amount } from '../amount.ts';
import { expectNoGpuErrors, open, openFor, relativeError } from './backends.ts';

afterEach(expectNoGpuErrors);

const updates = amount(4, 20);
const micro = findPreset('micro');
if (!micro) throw new Error('There is no preset "micro".');
const experiment = withChanges(presetExperiment(micro), { maxNewTokens: 8, evalTasks: 4 });
const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const { banned, pad } = format;
const config = tinyLlama(format.tokens, {
  ...{ hidden_size: 16, intermediate_size: 24, num_hidden_layers: 2 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2 },
});
const start = initialWeights(
  config,
  (p, i) => Math.sqrt(-2 * Math.log(uniform(1, p, i, 0))) * Math.cos(2 * Math.PI * uniform(1, p, i, 1)),
);
const sandbox = countsLetter('e');

/** Measured: 1e-6 (log-probabilities, loss, weights) and 2e-5 (gradient norm, where terms cancel) after 20 updates. */
const tolerance = { logp: 2e-5, loss: 2e-5, norm: 2e-4, weights: 2e-5 };

interface Trace {
  /** Log-probabilities of each update's answers, nats. */
  readonly logp: number[][];
  readonly losses: number[];
  readonly norms: number[];
  readonly weights: HostWeights;
}

type Recorded = readonly (Placed & Weighted)[];

/** Trajectories of the starting model, a batch for each update, with coefficients of either sign. */
async function record(): Promise<Recorded[]> {
  const model = new Llama(config, start);
  const tasks = makeTasks({ count: 2 * updates, seed: 5, split: 'train', level: experiment.level });
  const recorded: Recorded[] = [];
  for (let i = 0; i < updates; i++) {
    const { groups } = await rollout(model, format, sandbox, tasks.slice(2 * i, 2 * i + 2), {
      ...experiment,
      sharedTurns: 0,
      sampling: { ...experiment, lookEvery: 1 },
      uniform: (row, turn, position) => uniform(7, i, row, turn, position),
    });
    // Sequences are counted, and the answers in each.
    const sequences = [...new Set(answersOf(groups).map(({ place }) => place.sequence))];
    recorded.push(
      answersOf(groups).map((answer, at, all) => {
        const s = sequences.indexOf(answer.place.sequence);
        const first = all.findIndex(({ place }) => place.sequence === answer.place.sequence);
        const coefficient = 0.1 * (uniform(8, i, s, at - first) - 0.4);
        return { place: answer.place, coefficients: answer.ids.map(() => coefficient) };
      }),
    );
  }
  model.dispose();
  return recorded;
}

/** The recorded updates: no sampling, only gradients and AdamW. */
async function replay(recorded: readonly Recorded[]): Promise<Trace> {
  const model = new Llama(config, start);
  const optimizer = new AdamW(model.weights, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.01 });
  const pass = { temperature: experiment.temperature, banned, pad, maxTokens: 256 };
  const [logp, losses, norms]: [number[][], number[], number[]] = [[], [], []];
  for (const answers of recorded) {
    const { gradients, loss, stats } = await weightedLogProbGradient(model, answers, pass);
    logp.push(answers.flatMap((answer) => [...stats(answer).logp]));
    losses.push(loss);
    norms.push((await optimizer.step(gradients, experiment.learningRate, experiment.maxGradNorm)).norm);
    tf.dispose(gradients);
  }
  const weights = await model.values();
  optimizer.dispose();
  model.dispose();
  return { logp, losses, norms, weights };
}

interface WholeTrace extends Trace {
  /** Tokens of each update's answers. */
  readonly tokens: string[][];
}

/** The trainer's own updates; a trace for each number of them in `ends`, ascending. */
async function wholeUpdates(
  backend: 'cpu' | 'wasm' | 'webgpu',
  ends: readonly number[],
): Promise<WholeTrace[]> {
  const checkpoint = { config, weights: start };
  const session = createSession(experiment, { backend, base: wholeBase(checkpoint, format), sandbox });
  const [tokens, logp]: [string[][], number[][]] = [[], []];
  const [losses, norms]: [number[], number[]] = [[], []];
  const traces: WholeTrace[] = [];
  for (const end of ends) {
    while (session.trainer.step < end) {
      const { metrics, groups } = await session.trainer.update();
      const turns = groups.flatMap((group) => group.trajectories.flatMap((one) => one.turns));
      tokens.push(turns.flatMap((turn) => turn.tokens));
      logp.push(turns.flatMap((turn) => turn.logp));
      losses.push(metrics['train/loss'] ?? NaN);
      norms.push(metrics['train/grad_norm'] ?? NaN);
    }
    const weights = await session.policy.values();
    traces.push({ tokens: [...tokens], logp: [...logp], losses: [...losses], norms: [...norms], weights });
  }
  session.dispose();
  return traces;
}

/** Fails with what differs by more than the tolerance. */
function expectSame(got: Trace, want: Trace): void {
  const furthest = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length ? Math.max(...a.map((x, i) => Math.abs(x - (b[i] ?? NaN)))) : Infinity;
  const names = Object.keys(want.weights);
  const differences = {
    logp: furthest(got.logp.flat(), want.logp.flat()),
    loss: furthest(got.losses, want.losses),
    norm: furthest(
      got.norms.map((x, i) => x / (want.norms[i] ?? NaN)),
      want.norms.map(() => 1),
    ),
    weights: Math.max(
      ...names.map((name) =>
        relativeError(got.weights[name] ?? new Float32Array(), want.weights[name] ?? new Float32Array()),
      ),
    ),
  };
  for (const name of ['logp', 'loss', 'norm', 'weights'] as const) {
    expect(differences[name], name).toBeLessThan(tolerance[name]);
  }
}

describe('the trace of cpu', () => {
  /** On a software GPU, which compiles kernels anew for each shape of a batch. */
  const few = amount(1, 2);
  let recorded: Recorded[];
  let replayed: Trace;
  let whole: WholeTrace[];

  beforeAll(async () => {
    await open('wasm'); // the fastest to write
    recorded = await record();
    await open('cpu');
    replayed = await replay(recorded);
    whole = await wholeUpdates('cpu', [few, updates]);
  });
  afterAll(() => open('cpu'));

  it('has updates that change the model', () => {
    const all = whole.filter(({ losses }) => losses.length === updates);
    for (const { norms, weights } of [replayed, ...all]) {
      expect(Math.min(...norms)).toBeGreaterThan(0.1);
      expect(
        relativeError(weights['embed'] ?? new Float32Array(), start['embed'] ?? new Float32Array()),
      ).toBeGreaterThan(1e-3);
    }
  });

  it.for([
    { name: 'wasm', count: updates },
    { name: 'webgpu', count: amount(2, updates) },
  ] as const)(
    'is that of $name: $count updates on recorded trajectories',
    async ({ name, count }, context) => {
      const some = recorded.slice(0, count);
      await open('cpu');
      const want = await replay(some);
      await openFor(context, name);
      expectSame(await replay(some), want);
    },
  );

  it.for([
    { name: 'wasm', count: updates },
    { name: 'webgpu', count: few },
  ] as const)('is that of $name: $count whole updates, token by token', async ({ name, count }, context) => {
    await openFor(context, name);
    const [got] = await wholeUpdates(name, [count]);
    const want = whole.find(({ losses }) => losses.length === count);
    if (!got || !want) throw new Error(`There is no trace of ${count} updates.`);
    expect(got.tokens).toEqual(want.tokens);
    expectSame(got, want);
  });
});
