/** A run that starts at a checkpoint of another one: the reference stays what the run began with. */
import { expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { findCaught } from '../../../src/rl/caught.ts';
import { another, begin, checkpoint, drive, type Driving } from './driving.ts';

const cheating = { initialPolicy: 'cheating', gamma: 0 } as const;

async function started(options: Parameters<typeof drive>[0], changes = {}): Promise<Driving> {
  const driving = await drive(options);
  driving.driver.obey(begin('a', { ...cheating, ...changes }));
  await driving.driver.still('a');
  return driving;
}

it('begins with the weights of the checkpoint, at update 0, with an optimizer that has seen nothing', async () => {
  const asked: string[] = [];
  const readInitial = (name: string) => {
    asked.push(name);
    return Promise.resolve(another);
  };
  const driving = await drive({ readInitial });
  const run = await driving.loaded.begin(begin('a', cheating).experiment);
  expect(asked).toEqual(['cheating']);
  expect(run.state.step).toBe(0);
  expect(run.state.weights).toEqual(another.weights);
  expect(run.state.optimizer.step).toBe(0);
  expect(Object.values(run.state.optimizer.m).every((values) => values.every((x) => x === 0))).toBe(true);
  const ordinary = await driving.loaded.begin(begin('b').experiment);
  expect(ordinary.state.weights).toEqual(checkpoint.weights);
  // A run that goes on has a state: nothing is read for it.
  const resumed = await driving.loaded.begin(begin('c', cheating).experiment, { state: run.state });
  expect(asked).toHaveLength(1);
  for (const one of [run, ordinary, resumed]) one.dispose();
  await driving.driver.dispose();
});

it('is compared with the model itself, from its first update on', async () => {
  const readInitial = () => Promise.resolve(another);
  const there = await started({ readInitial });
  there.driver.obey({ type: 'step', runId: 'a' });
  await there.driver.still('a');
  const [update] = there.updates('a');
  const [answer] = update.groups[0].trajectories[0].turns;
  expect(answer.refLogp).not.toEqual(answer.logp);
  await there.driver.dispose();
});

it('cannot begin where there is no such checkpoint, and says so', async () => {
  const driving = await drive({});
  driving.driver.obey(begin('a', cheating));
  await expect(driving.driver.still('a')).rejects.toThrow(/^initialPolicy: cheating .*choose model/);
  await driving.driver.dispose();
});

it('tells where its first answer is worse than the reference’s own, without changing anything', async () => {
  const readInitial = () => Promise.resolve(another);
  const asked = await started({ readInitial }, { evalTasks: 8 });
  const silent = await started({ readInitial }, { evalTasks: 8 });
  asked.driver.obey({ type: 'catch', runId: 'a' });
  await asked.driver.still('a');
  const [{ record }] = asked.of('a', 'caught');
  expect(record.step).toBe(0);
  expect(record.judged).toBe(8);

  // The same from evaluations of both.
  const model = await drive({});
  model.driver.obey(begin('b', { gamma: 0, evalTasks: 8 }));
  await model.driver.still('b');
  const expected = findCaught(model.evals('b')[0].examples, silent.evals('a')[0].examples, defaultExperiment);
  expect(record).toMatchObject({ judged: expected.judged, count: expected.count });
  expect(record.examples.map(({ task }) => task.id)).toEqual(expected.examples.map(({ task }) => task.id));

  for (const { driver } of [asked, silent]) {
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
  }
  expect(asked.updates('a')[0].groups).toEqual(silent.updates('a')[0].groups);
  expect(asked.phases('a').at(-1)).toBe('paused');
  for (const { driver } of [asked, silent, model]) await driver.dispose();
});
