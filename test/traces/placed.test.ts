/** Recorded answers are put back where they stood, and can be learned from again. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { withChanges } from '../../src/config/experiment.ts';
import type { Experiment } from '../../src/config/fields.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { openBackend } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Llama } from '../../src/model/llama.ts';
import { initialWeights } from '../../src/model/parameters.ts';
import type * as algorithms from '../../src/rl/algorithms/index.ts';
import { answersOf, fill } from '../../src/rl/episode.ts';
import { uniform } from '../../src/rl/random.ts';
import { makeTasks } from '../../src/tasks/makeTasks.ts';
import { oursFormat } from '../../src/tasks/formats/ours.ts';
import { Tokenizer } from '../../src/tasks/tokenizer.ts';
import { placed } from '../../src/train/placed.ts';
import { recorded } from '../../src/train/record.ts';
import { rollout } from '../../src/train/rollout.ts';
import { createSession } from '../../src/train/session.ts';
import { Trainer, type TrainerParts } from '../../src/train/trainer.ts';
import { wholeBase } from '../../src/train/base.ts';
import { countsLetter, FakeSandbox } from '../unit/train/fakeSandbox.ts';

/** None of the algorithms learns from recorded episodes yet; here each can be made to. */
const source = vi.hoisted(() => ({ episodes: 'sampled' as 'sampled' | 'recorded' }));
vi.mock('../../src/rl/algorithms/index.ts', async (original) => {
  const { algorithmOf } = await original<typeof algorithms>();
  const wrapped: typeof algorithmOf = (e) => ({ ...algorithmOf(e), episodes: source.episodes });
  return { algorithmOf: wrapped };
});

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const config = tinyLlama(format.tokens, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
const weights = initialWeights(config, (p, i) => 2 * uniform(1, p, i) - 1);
const tasks = makeTasks({ count: 3, seed: 1, split: 'train', level: '1' });

beforeAll(async () => {
  await openBackend('wasm', { environment: 'node' });
});

describe('placed', () => {
  const forms = [1, 2, 3, 4].flatMap((turns) =>
    (['all', 'latest'] as const).flatMap((history) =>
      (['none', 'tests'] as const).flatMap((feedback) =>
        [0, 1]
          .filter((shared) => shared < turns)
          .map((sharedTurns) => ({ turns, history, feedback, sharedTurns })),
      ),
    ),
  );

  it.each(forms)('is what the rollout did: %o', async (form) => {
    const model = new Llama(config, weights);
    const { groups } = await rollout(model, format, new FakeSandbox(() => 'fail'), tasks, {
      ...form,
      reward: 'progressive',
      rewardScale: 'fraction',
      trainTests: 'all',
      k: 2,
      sampling: { temperature: 1, topP: 1, maxNewTokens: 8, lookEvery: 1 },
      // 0 draws the first id that may be drawn, which ends the answer: some end, others are cut off.
      uniform: (row, turn, position) =>
        position === 3 + (row % 3) && row % 2 === 0 ? 0 : 0.1 + 0.9 * uniform(5, row, turn, position),
    });
    expect(new Set(answersOf(groups).map(({ truncated }) => truncated)).size).toBe(2);
    const again = placed(format, fill(groups, recorded), { ...form, trainTests: 'all' });
    expect(again).toEqual(groups);
    // Answers that are read in one pass share the very array.
    again.forEach(({ trajectories }, g) =>
      trajectories.forEach(({ turns }, i) => {
        const there = groups[g].trajectories[i].turns;
        const sharing = (all: typeof there) =>
          all.map(({ place }) => all.findIndex((other) => other.place.sequence === place.sequence));
        expect(sharing(turns)).toEqual(sharing(there));
      }),
    );
    model.dispose();
  });
});

describe('an algorithm that learns from recorded episodes', () => {
  const micro = presetExperiment(findPreset('micro')!);
  /** A trainer of its own over a fresh policy. */
  function trainer(changes: Partial<Experiment>, recordedBatch?: TrainerParts['recordedBatch']) {
    const experiment = withChanges(micro, { maxNewTokens: 12, evalTasks: 4, ...changes });
    const session = createSession(experiment, {
      backend: 'wasm',
      base: wholeBase({ config, weights }, format),
      sandbox: countsLetter('e'),
    });
    const offline = new Trainer(experiment, {
      ...session.parts,
      ...(recordedBatch ? { recordedBatch } : {}),
    });
    return {
      trainer: offline,
      policy: session.policy,
      dispose() {
        offline.dispose();
        session.dispose();
      },
    };
  }

  it('gets an earlier batch in its places, and makes the same step of it', async () => {
    for (const changes of [{}, { turns: 3, feedback: 'tests' }, { objective: 'released-code' }] as const) {
      source.episodes = 'sampled';
      const online = trainer(changes);
      const record = await online.trainer.update();
      source.episodes = 'recorded';
      const offline = trainer(changes, async (step) => {
        expect(step).toBe(0);
        return record;
      });
      const repeated = await offline.trainer.update();
      expect(answersOf(repeated.groups).map(({ ids }) => ids)).toEqual(
        answersOf(record.groups).map(({ ids }) => ids),
      );
      // Log-probabilities of decoding and of a whole pass agree up to float32, so the ratio is 1 up to that.
      expect(repeated.metrics['train/grad_norm']).toBeCloseTo(record.metrics['train/grad_norm'], 4);
      expect(repeated.metrics['train/loss']).toBeCloseTo(record.metrics['train/loss'], 4);
      [online, offline].forEach((one) => one.dispose());
    }
  });

  it('pays what its own experiment pays', async () => {
    source.episodes = 'sampled';
    const online = trainer({ reward: 'progressive' });
    const record = await online.trainer.update();
    source.episodes = 'recorded';
    const offline = trainer({ reward: 'binary' }, async () => record);
    const { groups } = await offline.trainer.update();
    for (const { reward, verdict } of answersOf(groups)) {
      expect(reward).toBe(verdict.tests.every(({ status }) => status === 'pass') ? 1 : 0);
    }
    [online, offline].forEach((one) => one.dispose());
  });

  it('is refused by name without a source, or with episodes of other turns', async () => {
    source.episodes = 'recorded';
    const none = trainer({});
    await expect(none.trainer.update()).rejects.toThrow(/CoCoS learns from recorded episodes.*recordedBatch/);
    source.episodes = 'sampled';
    const online = trainer({ turns: 3 });
    const record = await online.trainer.update();
    source.episodes = 'recorded';
    const offline = trainer({}, async () => record);
    await expect(offline.trainer.update()).rejects.toThrow('turns: the recorded episodes have 3');
    expect(offline.trainer.step).toBe(0);
    [none, online, offline].forEach((one) => one.dispose());
  });
});
