/** A recorded update is explained by what its gradient was really given. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parseExperiment } from '../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { openBackend } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { initialWeights } from '../../src/model/parameters.ts';
import { coefficientsOf } from '../../src/rl/algorithms/comparing.ts';
import { algorithmOf } from '../../src/rl/algorithms/index.ts';
import { uniform } from '../../src/rl/random.ts';
import { updateRecordSchema } from '../../src/rl/records.ts';
import { Tokenizer } from '../../src/tasks/tokenizer.ts';
import { oursFormat } from '../../src/tasks/formats/ours.ts';
import type * as policyModule from '../../src/train/policy.ts';
import { createSession } from '../../src/train/session.ts';
import { wholeBase } from '../../src/train/base.ts';
import { FakeSandbox } from '../unit/train/fakeSandbox.ts';

/** The coefficients of every answer, of each call. */
const given = vi.hoisted(() => [] as (readonly number[])[][]);
vi.mock('../../src/train/policy.ts', async (original) => {
  const policy = await original<typeof policyModule>();
  const weightedLogProbGradient: typeof policy.weightedLogProbGradient = (...args) => {
    given.push(args[1].map(({ coefficients }) => coefficients));
    return policy.weightedLogProbGradient(...args);
  };
  return { ...policy, weightedLogProbGradient };
});

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const config = tinyLlama(format.tokens, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
const weights = initialWeights(config, (p, i) => 2 * uniform(1, p, i) - 1);
/** Verdicts are a function of the text; every status occurs, the one that masks an episode too. */
const sandbox = new FakeSandbox(({ code }, test) => {
  const u = uniform(test, ...[...code].map((letter) => letter.charCodeAt(0)));
  return u < 0.01 ? 'infra' : u < 0.4 ? 'pass' : 'fail';
});

const base = presetExperiment(findPreset('micro')!);
const kinds = ['rloo', 'reinforce', 'grpo', 'dr-grpo'].flatMap((estimator) =>
  ['paper', 'released-code'].flatMap((objective) =>
    ['accumulated', 'per-turn'].flatMap((returns) =>
      [1, 2, 3, 4].flatMap((turns) => {
        const parsed = parseExperiment({
          ...base,
          ...{ estimator, objective, returns, turns, beta: 0.3, gamma: 0.6, learningRate: 0.01 },
          ...{ promptsPerUpdate: 3, k: 3, maxNewTokens: 8, trainTasks: 16, evalTasks: 4, innerEpochs: 2 },
        });
        return parsed.ok
          ? [[`${estimator} ${objective} ${returns} ${turns}`, parsed.experiment] as const]
          : [];
      }),
    ),
  ),
);

describe('the explanation of a recorded update', () => {
  beforeAll(async () => {
    await openBackend('wasm', { environment: 'node' });
  });

  it.each(kinds)('%s: is what the gradient got, to the last digit', async (_, e) => {
    const session = createSession(e, {
      backend: 'wasm',
      base: wholeBase({ config, weights }, format),
      sandbox,
    });
    await session.trainer.update(); // after it the policy is no longer the reference
    given.length = 0;
    const { groups, experiment } = v.parse(updateRecordSchema, await session.trainer.update());
    expect(given).toHaveLength(2);
    const explained = groups.flatMap(({ trajectories }, group) =>
      trajectories.flatMap(({ turns }, trajectory) => {
        const why = algorithmOf(experiment).explain(groups, { group, trajectory }, experiment);
        return turns.map(({ ids, gradNorm }, t) => {
          const coefficients = coefficientsOf(why, t + 1, ids.length);
          // What pushes a token has a norm, what does not has none.
          expect(gradNorm.map((norm) => norm > 0)).toEqual(coefficients.map((c) => c !== 0));
          return coefficients;
        });
      }),
    );
    expect(explained).toEqual(given[0]);
    expect(explained.flat().some((c) => c !== 0)).toBe(true);
    expect(given[1]).not.toEqual(given[0]);
    session.dispose();
  });
});
