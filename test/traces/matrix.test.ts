/**
 * What every algorithm computes, to the last digit: two updates for each estimator × objective × returns that may be combined,
 * one to four turns, both kinds of feedback, both histories, two inner epochs. The model is tiny and random, the verdicts are a
 * function of the text, so that no Python is started and the whole matrix takes seconds. WASM gives the same bits everywhere.
 *
 * matrix.json is made again, after a change that is meant to alter the numbers, with
 * `UPDATE_TRACE=1 npx vitest run --project traces test/traces/matrix.test.ts`. Look at which digests differ before committing it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parseExperiment, withChanges } from '../../src/config/experiment.ts';
import type { Experiment } from '../../src/config/fields.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { idleFields } from '../../src/config/rules.ts';
import { openBackend } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { initialWeights } from '../../src/model/parameters.ts';
import { uniform } from '../../src/rl/random.ts';
import type { UpdateRecord } from '../../src/rl/records.ts';
import { Tokenizer } from '../../src/tasks/tokenizer.ts';
import { oursFormat } from '../../src/tasks/formats/ours.ts';
import { createSession, type Session } from '../../src/train/session.ts';
import type * as policyModule from '../../src/train/policy.ts';
import { wholeBase } from '../../src/train/base.ts';
import { amount } from '../amount.ts';
import { FakeSandbox } from '../unit/train/fakeSandbox.ts';

/** What the gradient was asked for: each sequence's ids, and the coefficient of each of its answers' tokens. */
const pushed = vi.hoisted(() => ({ ids: [] as number[][], coefficients: [] as number[][] }));

vi.mock('../../src/train/policy.ts', async (original) => {
  const policy = await original<typeof policyModule>();
  const weightedLogProbGradient: typeof policy.weightedLogProbGradient = (...args) => {
    const [, answers] = args;
    const sequences = new Set(answers.map(({ place }) => place.sequence));
    pushed.ids.push(...[...sequences].map((ids) => [...ids]));
    pushed.coefficients.push(...answers.map(({ coefficients }) => [...coefficients]));
    return policy.weightedLogProbGradient(...args);
  };
  return { ...policy, weightedLogProbGradient };
});

const file = new URL('./matrix.json', import.meta.url);
/** By the name of the combination: what its updates left, one line an update. */
type Recording = Readonly<Record<string, readonly string[]>>;

const updates = 2;
const micro = findPreset('micro');
if (!micro) throw new Error('There is no preset "micro".');
const base = withChanges(presetExperiment(micro), {
  ...{
    promptsPerUpdate: 2,
    k: 3,
    maxNewTokens: 8,
    innerEpochs: 2,
    clipRatio: 0.02,
    trainTasks: 16,
    evalTasks: 4,
  },
  ...{ learningRate: 0.01, warmupSteps: 0, beta: 0.05, gamma: 0.6, temperature: 0.9 },
});
const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const config = tinyLlama(format.tokens, {
  ...{ hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2 },
});
const weights = initialWeights(
  config,
  (p, i) => Math.sqrt(-2 * Math.log(uniform(1, p, i, 0))) * Math.cos(2 * Math.PI * uniform(1, p, i, 1)),
);
// A wide end-of-answer row: some answers end early, others are cut off.
const [eot = -1] = format.stops;
const width = config.hidden_size;
weights['embed'] = weights['embed'].map((x, i) => (Math.floor(i / width) === eot ? 60 * x : x));

/** A number in [0, 1) from a text. */
const share = (text: string): number => createHash('sha256').update(text).digest().readUInt32LE() / 2 ** 32;
/** Every status occurs, the one that masks an episode too. */
const sandbox = new FakeSandbox(({ code, tests }, test) => {
  const u = share(`${code}\n${tests[test]}`);
  return u < 0.4 ? 'pass' : u < 0.7 ? 'fail' : u < 0.9 ? 'error' : u < 0.99 ? 'timeout' : 'infra';
});

/** Every combination that the rules allow, by name; a field that changes nothing keeps its value. */
function combinations(): Map<string, Experiment> {
  const axes = {
    estimator: ['rloo', 'reinforce', 'grpo', 'dr-grpo'],
    objective: ['paper', 'released-code'],
    returns: ['accumulated', 'per-turn'],
    turns: [1, 2, 3, 4],
    feedback: ['none', 'tests'],
    history: ['all', 'latest'],
  } as const;
  let all: Record<string, string | number>[] = [{}];
  for (const [axis, values] of Object.entries(axes)) {
    all = all.flatMap((one) => values.map((value) => ({ ...one, [axis]: value })));
  }
  const legal = all.map((one) => ({
    name: Object.values(one).join(' '),
    parsed: parseExperiment({ ...base, ...one }),
  }));
  return new Map(
    legal.flatMap(({ name, parsed }) => {
      if (!parsed.ok) return [];
      const { experiment } = parsed;
      const idle = idleFields(experiment).some(({ field }) => experiment[field] !== base[field]);
      return idle ? [] : [[name, experiment] as const];
    }),
  );
}

/** Those that are run: all to record them, else every third, among which are all values of all axes. */
function tried(): [string, Experiment][] {
  const step = process.env['UPDATE_TRACE'] === '1' ? 1 : amount(3, 1);
  return [...combinations()].filter((_, i) => i % step === 0);
}

const digest = (data: ArrayBuffer | Uint8Array | string): string =>
  createHash('sha256')
    .update(typeof data === 'string' ? data : new Uint8Array(data))
    .digest('hex')
    .slice(0, 10);
/** Of numbers: as text, where every NaN is alike and nothing else is rounded. */
const digits = (values: readonly number[]): string => digest(values.join(' '));

/** All numbers and texts of a record's answers and episodes, those that are times excepted. */
function numbersOf({ groups }: UpdateRecord): { rewards: string; answers: string; credits: string } {
  const episodes = groups.flatMap((group) => group.trajectories);
  const turns = episodes.flatMap((one) => one.turns);
  return {
    rewards: digits(turns.map((turn) => turn.reward)),
    answers: digest(
      JSON.stringify(
        turns.map((turn) => [
          ...[turn.text, turn.tokens, turn.truncated, turn.verdict.tests.map(({ status }) => status)],
          ...[turn.logp, turn.refLogp, turn.entropy, turn.gradNorm].map(digits),
          digits([turn.kl]),
        ]),
      ),
    ),
    credits: digits(
      episodes.flatMap((one) => [
        one.R,
        one.adjusted,
        one.baseline,
        ...one.turns.map((turn) => turn.advantage),
      ]),
    ),
  };
}

async function lineOf(session: Session): Promise<string> {
  pushed.ids = [];
  pushed.coefficients = [];
  const record = await session.trainer.update();
  const values = await session.policy.values();
  const bytes = Object.keys(values)
    .sort()
    .map((name) => digest(Float32Array.from(values[name] ?? []).buffer));
  return Object.entries({
    ids: digest(JSON.stringify(pushed.ids)),
    coefficients: digits(pushed.coefficients.flat()),
    ...numbersOf(record),
    metrics: digits(
      Object.keys(record.metrics)
        .sort()
        .map((name) => record.metrics[name] ?? NaN),
    ),
    weights: digest(bytes.join()),
  })
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** Two updates, and a greedy evaluation of what they made. */
async function run(experiment: Experiment): Promise<string[]> {
  const session = createSession(experiment, {
    backend: 'wasm',
    base: wholeBase({ config, weights }, format),
    sandbox,
  });
  try {
    const lines: string[] = [];
    for (let i = 0; i < updates; i++) lines.push(await lineOf(session));
    const { metrics, examples } = await session.trainer.evaluate();
    const texts = examples.flatMap((group) =>
      group.trajectories.flatMap(({ turns }) => turns.map((t) => t.text)),
    );
    return [...lines, `eval ${digest(JSON.stringify([metrics, texts]))}`];
  } finally {
    session.dispose();
  }
}

describe('the matrix of algorithms', () => {
  beforeAll(async () => {
    await openBackend('wasm', { environment: 'node' });
  });

  it('computes what was recorded, to the last digit', async () => {
    const made: Record<string, string[]> = {};
    for (const [name, experiment] of tried()) made[name] = await run(experiment);
    if (process.env['UPDATE_TRACE'] === '1') {
      writeFileSync(file, JSON.stringify(made, null, 2) + '\n');
      return;
    }
    const whole = JSON.parse(readFileSync(file, 'utf8')) as Recording;
    const recorded = Object.fromEntries(Object.keys(made).map((name) => [name, whole[name]]));
    expect(made, 'Digests that differ from the recording').toEqual(recorded);
  });

  it('has combinations that differ: none stands for another', () => {
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recording;
    expect(Object.keys(recorded)).toEqual([...combinations().keys()]);
    const same = Object.keys(recorded).filter((name, i, names) =>
      names.slice(0, i).some((other) => String(recorded[other]) === String(recorded[name])),
    );
    expect(same).toEqual([]);
  });
});
