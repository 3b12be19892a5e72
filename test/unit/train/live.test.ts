/** An update while it is under way: what is told of it, and the stations at which a run can stand. */
import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../src/config/experiment.ts';
import { BackendLostError, tf } from '../../../src/engine/index.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import type { UpdateRecord } from '../../../src/rl/records.ts';
import type { RunEvent } from '../../../src/train/messages.ts';
import { foldLive, type LiveUpdate } from '../../../src/ui/state/live.ts';
import { begin, experiment, oneAtATime, timeless, type Driving } from './driving.ts';
import { countsLetter } from './fakeSandbox.ts';

const start = oneAtATime();
const lively = (id: string, events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'live' && event.runId === id ? [event.event] : []));
/** What has been told of the update under way. */
const seenOf = (id: string, events: readonly RunEvent[]): LiveUpdate | null =>
  lively(id, events).reduce<LiveUpdate | null>(foldLive, null);

/** Everything that was told of an update is what its record says. */
function agrees(seen: LiveUpdate | null, record: UpdateRecord | undefined): void {
  if (!seen || !record) throw new Error('Nothing was told.');
  const { experiment, groups } = record;
  const group = groups[seen.group];
  expect(seen).toMatchObject({ step: record.step, experiment });
  expect(seen.tasks).toEqual(groups.map(({ task }) => task));
  expect(seen.answers.map((turns) => turns.map(({ text }) => text))).toEqual(
    group?.trajectories.map(({ turns }) => turns.map(({ text }) => text)),
  );
  expect(seen.answers.map((turns) => turns.map(({ graded }) => graded?.verdict))).toEqual(
    group?.trajectories.map(({ turns }) => turns.map(({ verdict }) => verdict)),
  );
  expect(seen.answers.map((turns) => turns.map(({ graded }) => graded?.reward))).toEqual(
    group?.trajectories.map(({ turns }) => turns.map(({ reward }) => reward)),
  );
  expect(seen.shares).toEqual(
    groups.map(({ trajectories }) =>
      trajectories.map(({ turns }) => turns.map(({ verdict }) => verdict.passed / verdict.total)),
    ),
  );
  expect(seen.explanations).toEqual(
    group?.trajectories.map((_, trajectory) =>
      algorithmOf(experiment).explain(groups, { group: seen.group, trajectory }, experiment),
    ),
  );
}

const gone = (change: Partial<Experiment> = {}) =>
  [begin('a', change), { type: 'step', runId: 'a' }] as const;

describe('an update under way', () => {
  it.each([
    ['CoCoS', {}],
    ['per-turn returns over three turns', { returns: 'per-turn', turns: 3 }],
    ['a shared first turn', { objective: 'released-code' }],
    ['GRPO', { estimator: 'grpo' }],
    ['a control', { control: 'shuffled' }],
  ] as const)('is told as its record says: %s', async (_, change) => {
    const { driver, events, updates } = await start();
    for (const command of gone(change)) driver.obey(command);
    driver.obey({ type: 'watch', runId: 'a', group: 1 });
    await driver.still('a');
    agrees(seenOf('a', events), updates('a')[0]);
    const told = lively('a', events).map(({ what }) => what);
    expect(told[0]).toBe('began');
    expect(told.slice(-3)).toEqual(['compared', 'reached', 'reached']);
    expect(events.findIndex(({ type }) => type === 'update')).toBeGreaterThan(
      events.findLastIndex(({ type }) => type === 'live'),
    );
  });

  it('of a control has no reward before rewards are dealt out', async () => {
    const { driver, events } = await start();
    for (const command of gone({ control: 'shuffled' })) driver.obey(command);
    driver.obey({ type: 'watch', runId: 'a', group: 1 });
    await driver.still('a');
    const told = lively('a', events);
    const dealt = told.findIndex(({ what }) => what === 'compared');
    const before = told.slice(0, dealt).reduce<LiveUpdate | null>(foldLive, null);
    const graded = before?.answers.flatMap((turns) => turns.flatMap(({ graded }) => graded ?? [])) ?? [];
    expect(graded.length).toBeGreaterThan(0);
    expect(graded.every(({ reward }) => Number.isNaN(reward))).toBe(true);
  });

  it('is not told when nobody looks on, and is the same update', async () => {
    const { driver, events, updates } = await start();
    for (const command of gone()) driver.obey(command);
    await driver.still('a');
    expect(lively('a', events)).toEqual([]);
    const alone = updates('a').map(timeless);
    const watched = await start();
    watched.driver.obey(begin('a'));
    watched.driver.obey({ type: 'watch', runId: 'a', group: 0 });
    watched.driver.obey({ type: 'step', runId: 'a' });
    await watched.driver.still('a');
    expect(watched.updates('a').map(timeless)).toEqual(alone);
  });

  it('is told whole to who begins to look on in the middle, or at another group', async () => {
    const { driver, events, updates } = await start();
    driver.obey(begin('a'));
    driver.obey({ type: 'watch', runId: 'a', group: 0 });
    for (let station = 0; station < 4; station++) {
      driver.obey({ type: 'station', runId: 'a' });
      await driver.still('a');
    }
    driver.obey({ type: 'watch', runId: 'a', group: null });
    driver.obey({ type: 'watch', runId: 'a', group: 99 }); // the last there is
    expect(seenOf('a', events)).toMatchObject({ group: 1, reached: { station: 'compare', turn: 2 } });
    driver.obey({ type: 'station', runId: 'a' });
    await driver.still('a');
    agrees(seenOf('a', events), updates('a')[0]);
  });

  it('that is made again for a replay or a fork is not told', async () => {
    const { driver, events } = await start();
    driver.obey(begin('a'));
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    driver.obey({ type: 'watch', runId: 'a', group: 0 });
    driver.obey({ type: 'record', runId: 'a', step: 3 });
    driver.obey({ type: 'fork', runId: 'b', from: 'a', step: 3, changes: {} });
    await Promise.all([driver.still('a'), driver.still('b')]);
    expect([...lively('a', events), ...lively('b', events)]).toEqual([]);
  });
});

describe('stations', () => {
  const press = async ({ driver }: Driving, id = 'a') => {
    driver.obey({ type: 'station', runId: id });
    await driver.still(id);
  };
  const at = ({ of }: Driving, id = 'a') => {
    const { phase, step, at } = of(id, 'status').at(-1) ?? {};
    return at ? `${phase} ${step}: ${at.station} ${at.turn}` : `${phase} ${step}`;
  };
  const alone = async (changes: Partial<Experiment> = {}) => {
    const { driver, updates } = await start();
    driver.obey(begin('a', changes));
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    return updates('a').map(timeless);
  };

  it('are stood at one after the other, and the update is the same', async () => {
    const whole = await alone({ turns: 3 });
    const driving = await start();
    driving.driver.obey(begin('a', { turns: 3 }));
    await driving.driver.still('a');
    const stood: string[] = [];
    for (let n = 0; n < 7; n++) {
      await press(driving);
      stood.push(at(driving));
    }
    expect(stood).toEqual([
      'paused 0: write 1',
      'paused 0: correct 2',
      'paused 0: correct 3',
      'paused 0: reward 3',
      'paused 0: compare 3',
      'paused 1',
      'paused 1: write 1',
    ]);
    driving.driver.obey({ type: 'step', runId: 'a' }); // to the end of this update
    await driving.driver.still('a');
    expect(at(driving)).toBe('paused 2');
    await press(driving);
    driving.driver.obey({ type: 'run', runId: 'a' });
    await driving.driver.still('a');
    expect(at(driving)).toBe('finished 4');
    expect(driving.updates('a').map(timeless)).toEqual(whole);
  });

  it('a change between two is in force afterwards', async () => {
    const driving = await start();
    driving.driver.obey(begin('a'));
    await driving.driver.still('a');
    await press(driving);
    driving.driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, gamma: 0 } });
    await press(driving);
    expect(at(driving)).toBe('paused 0: correct 2');
    driving.driver.obey({ type: 'step', runId: 'a' });
    await driving.driver.still('a');
    await press(driving);
    driving.driver.obey({ type: 'step', runId: 'a' });
    await driving.driver.still('a');
    expect(driving.updates('a').map(({ experiment: { gamma } }) => gamma)).toEqual([experiment.gamma, 0]);
    expect(driving.of('a', 'change').map(({ record }) => record.step)).toEqual([1]);
  });

  it('no time passes there for the record', async () => {
    const driving = await start();
    driving.driver.obey(begin('a'));
    await driving.driver.still('a');
    const began = performance.now();
    for (let n = 0; n < 4; n++) {
      await press(driving);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await press(driving);
    const { total = NaN } = driving.updates('a')[0]?.timing ?? {};
    expect(total).toBeLessThan(performance.now() - began - 1000 + 5);
  });

  it('another run trains while one stands there', async () => {
    const [first, second] = [await alone(), await alone({ seed: 5 })];
    const driving = await start();
    const { driver, updates } = driving;
    driver.obey(begin('a'));
    driver.obey(begin('b', { seed: 5 }));
    await driver.still('a');
    await press(driving);
    driver.obey({ type: 'run', runId: 'b' });
    await driver.still('b');
    expect(at(driving)).toBe('paused 0: write 1');
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(updates('a').map(timeless)).toEqual(first);
    expect(updates('b').map(timeless)).toEqual(second);
  });

  it.each([
    ['by the run itself', 'a'],
    ['by another run', 'b'],
  ])('a back end that is lost between two is survived: met %s', async (_, who) => {
    const whole = await alone();
    let armed = false;
    const plain = countsLetter('e');
    const graded = plain.grade.bind(plain);
    const sandbox = Object.assign(plain, {
      grade: (...args: Parameters<typeof graded>) => {
        if (!armed) return graded(...args);
        armed = false;
        return Promise.reject(new BackendLostError('The GPU was lost.'));
      },
    });
    const driving = await start({ sandbox });
    const { driver, events, updates, of } = driving;
    driver.obey(begin('a'));
    driver.obey(begin('b'));
    driver.obey({ type: 'watch', runId: 'a', group: 0 });
    await driver.still('a');
    await driver.still('b');
    await press(driving);
    armed = true;
    if (who === 'b') {
      driver.obey({ type: 'step', runId: 'b' });
      await driver.still('b');
    }
    // Sooner or later that is noticed, and the update begins again.
    do await press(driving);
    while (at(driving) !== 'paused 0: write 1' && at(driving) !== 'paused 1');
    expect(armed).toBe(false);
    expect(at(driving)).toBe('paused 0: write 1');
    expect(lively('a', events).filter(({ what }) => what === 'began')).toHaveLength(2);
    for (let n = 0; n < 4; n++) await press(driving);
    agrees(seenOf('a', events), updates('a')[0]);
    expect(updates('a').map(timeless)).toEqual(whole.slice(0, 1));
    expect(of('a', 'notice').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The GPU was lost/),
    ]);
  });

  it('a run that is closed there leaves no tensor behind, and one that goes back ends its update first', async () => {
    const driving = await start();
    const { driver } = driving;
    driver.obey(begin('a'));
    await driver.still('a');
    const before = tf.memory().numTensors;
    for (let stations = 1; stations <= 4; stations++) {
      driver.obey(begin('b'));
      await driver.still('b');
      for (let n = 0; n < stations; n++) await press(driving, 'b');
      await driver.close('b');
      expect(tf.memory().numTensors).toBe(before);
    }
    await press(driving);
    driver.obey({ type: 'goTo', runId: 'a', step: 0 });
    await driver.still('a');
    expect(driving.updates('a')).toHaveLength(1);
    expect(at(driving)).toBe('ready 0');
    await press(driving);
    await driver.dispose();
  });
});
