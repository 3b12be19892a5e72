/** What if other rules had scored an update: the same, to the last digit, as the first update of a run by those rules. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Experiment } from '../../../src/config/experiment.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import { answersOf } from '../../../src/rl/episode.ts';
import type { UpdateRecord } from '../../../src/rl/records.ts';
import { whatIf, type OtherRules } from '../../../src/rl/whatIf.ts';
import { another, begin, drive, type Driving } from './driving.ts';
import { countsLetter } from './fakeSandbox.ts';

/** It starts at a checkpoint of another run, so that there is a KL to the reference from the first update on. */
const base = { initialPolicy: 'cheating', promptsPerUpdate: 4, temperature: 1.2 } as const;
let driving: Driving;
let runs = 0;
async function firstUpdate(changes: Partial<Experiment>): Promise<UpdateRecord> {
  const id = `run ${++runs}`;
  driving.driver.obey(begin(id, { ...base, ...changes }));
  driving.driver.obey({ type: 'step', runId: id });
  await driving.driver.still(id);
  const [record] = driving.updates(id);
  if (!record) throw new Error(`${id} has made no update.`);
  return record;
}

beforeAll(async () => {
  driving = await drive({ sandbox: countsLetter('e'), readInitial: () => Promise.resolve(another) });
});
afterAll(() => driving.driver.dispose());

/** A run, and what might have been. */
const cases: readonly (readonly [string, Partial<Experiment>, OtherRules])[] = [
  ['another γ', {}, { gamma: 0 }],
  ['three turns, another γ', { turns: 3, maxNewTokens: 8 }, { gamma: 2 }],
  ['the number of tests', {}, { rewardScale: 'count' }],
  ['all tests or nothing', {}, { reward: 'binary' }],
  ['another β', {}, { beta: 0.7 }],
  ['REINFORCE', {}, { estimator: 'reinforce' }],
  ['GRPO, whose KL is in the loss', {}, { estimator: 'grpo', beta: 0.2 }],
  ['another β of a KL in the loss', { estimator: 'grpo' }, { beta: 0.9 }],
  ['Dr. GRPO', {}, { estimator: 'dr-grpo', gamma: 1 }],
  ['credit for each turn', {}, { returns: 'per-turn', gamma: 0.5 }],
  ['one credit for all turns', { returns: 'per-turn' }, { returns: 'accumulated', gamma: 0 }],
  ['a shared first answer, REINFORCE', { objective: 'released-code' }, { estimator: 'reinforce', gamma: 0 }],
];

describe('what if', () => {
  it.each(cases)('says what a run by those rules does first: %s', async (_, changes, rules) => {
    const [run, other] = [await firstUpdate(changes), await firstUpdate({ ...changes, ...rules })];
    const written = (record: UpdateRecord) => answersOf(record.groups).map(({ ids }) => ids);
    expect(written(other)).toEqual(written(run));

    const { pushes } = whatIf(run.groups, run.experiment, other.experiment);
    const credited = [run, other].map((record) =>
      algorithmOf(record.experiment).credit(record.groups, record.experiment),
    );
    let seen = 0;
    for (const [g, trajectories] of pushes.entries())
      for (const [i, some] of trajectories.entries())
        for (const { turns, now, then } of some)
          for (const turn of turns) {
            seen++;
            const at = (record: UpdateRecord) =>
              record.groups[g]?.trajectories[i]?.turns[turn - 1]?.advantage;
            expect([now.advantage, then.advantage]).toEqual([at(run), at(other)]);
            const given = credited.map(
              (groups) => groups[g]?.trajectories[i]?.turns[turn - 1]?.coefficients ?? [NaN],
            );
            for (const [{ coefficients: range }, all] of [
              [now, given[0]],
              [then, given[1]],
            ] as const) {
              expect(all).toHaveLength(run.groups[g]?.trajectories[i]?.turns[turn - 1]?.ids.length ?? -1);
              expect(Math.min(...all)).toBeGreaterThanOrEqual(range[0]);
              expect(Math.max(...all)).toBeLessThanOrEqual(range[1]);
              if (turns.length === 1) expect(range).toEqual([Math.min(...all), Math.max(...all)]);
            }
          }
    const trained = algorithmOf(run.experiment).trainedTurns(run.experiment.turns).filter(Boolean);
    expect(seen).toBe(4 * 3 * trained.length);
  });

  it('has something to tell of these answers', async () => {
    const { groups, experiment } = await firstUpdate({});
    expect(whatIf(groups, experiment, { ...experiment, gamma: 0 }).largest).toBeGreaterThan(0.01);
    expect(whatIf(groups, experiment, experiment).largest).toBe(0);
  });
});
