import { expect, it } from 'vitest';
import { compare } from '../../../src/receipts/compare.ts';
import { receiptOf, type RunSoFar } from '../../../src/receipts/receipt.ts';
import { fragmentOf, readLink } from '../../../src/receipts/shared.ts';
import type { UpdateRecord } from '../../../src/rl/records.ts';
import { digestsOf } from '../../../src/train/digests.ts';
import { begin, experiment, oneAtATime, type Driving } from '../train/driving.ts';
import { madeOn } from './made.ts';

const driving = oneAtATime();

type Turn = UpdateRecord['groups'][number]['trajectories'][number]['turns'][number];

/** The same record with one answer changed: the last turn of the second try at the first task. */
function withAnswer(record: UpdateRecord, change: (turn: Turn) => Turn): UpdateRecord {
  const groups = record.groups.map((group, g) => ({
    ...group,
    trajectories: group.trajectories.map((one, i) => ({
      ...one,
      turns: one.turns.map((turn, t) => (g === 0 && i === 1 && t === 1 ? change(turn) : turn)),
    })),
  }));
  return { ...record, groups };
}

const soFar = ({ updates, evals, of }: Driving): RunSoFar => ({
  experiment,
  changes: of('a', 'change').map(({ record }) => record),
  updates: updates('a'),
  evaluations: evals('a'),
  backends: ['wasm'],
});

it('one id, verdict, reward or weight that is another is found and named, in a run as it was trained', async () => {
  const first = await driving();
  first.driver.obey(begin('a'));
  first.driver.obey({ type: 'run', runId: 'a' });
  await first.driver.still('a');
  const run = soFar(first);
  expect(run.updates).toHaveLength(4);
  const fragment = fragmentOf({ experiment, madeOn, receipt: await receiptOf(run, 'a test') }) ?? '';
  const { receipt } = readLink(fragment);
  if (!receipt) throw new Error('The link has no receipt.');
  const claim = { receipt, experiment, backend: 'wasm' } as const;
  expect(await compare(claim, run, 'wasm')).toEqual({ kind: 'same' });

  const record = first.updates('a')[2];
  const digests = record?.digests;
  if (!record || !digests) throw new Error('The third update has no digests.');
  const named = async (change: (turn: Turn) => Turn) => {
    const other = await digestsOf(withAnswer(record, change), {});
    const third = { ...record, digests: other && { ...other, weights: digests.weights } };
    const here = { ...run, updates: run.updates.map((one) => (one.step === 3 ? third : one)) };
    const outcome = await compare(claim, here, 'wasm');
    return outcome.kind === 'differs' ? outcome.difference : outcome.kind;
  };
  expect(await named((turn) => turn)).toBe('same');
  expect(await named((turn) => ({ ...turn, logp: [], text: 'other', kl: 9, gradNorm: [] }))).toBe('same');
  expect(
    await named((turn) => ({ ...turn, verdict: { ...turn.verdict, ms: 9, stdout: 'x', cached: true } })),
  ).toBe('same');
  expect(
    await named((turn) => ({ ...turn, ids: turn.ids.map((id, i) => (i === 0 ? id + 1 : id)) })),
  ).toMatchObject({
    ...{ step: 3, part: 'ids' },
  });
  expect(await named((turn) => ({ ...turn, reward: turn.reward + 1e-9 }))).toMatchObject({
    step: 3,
    part: 'rewards',
  });
  const late = (turn: Turn): Turn => ({
    ...turn,
    verdict: { ...turn.verdict, tests: turn.verdict.tests.map((test) => ({ ...test, status: 'timeout' })) },
  });
  const timeouts = { here: 1, there: 0 };
  expect(await named(late)).toMatchObject({ step: 3, part: 'verdicts', machine: { timeouts } });

  // Another seed, and a change on the way.
  const second = await driving();
  second.driver.obey(begin('a'));
  await second.driver.still('a');
  second.driver.obey({ type: 'step', runId: 'a' });
  await second.driver.still('a');
  second.driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, gamma: 0.1 } });
  second.driver.obey({ type: 'step', runId: 'a' });
  await second.driver.still('a');
  expect(await compare(claim, soFar(second), 'wasm')).toMatchObject({
    ...{ kind: 'open', done: 2 },
    difference: { step: 2, part: 'settings' },
  });
});
