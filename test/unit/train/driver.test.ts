/** Several runs over one loaded model: what each does, and that none disturbs another. */
import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../src/config/experiment.ts';
import { BackendLostError, tf } from '../../../src/engine/index.ts';
import type { UpdateRecord } from '../../../src/rl/records.ts';
import { DrivenRun } from '../../../src/train/drivenRun.ts';
import { Driver } from '../../../src/train/driver.ts';
import { UnrecoverableError } from '../../../src/train/failure.ts';
import type { RunEvent } from '../../../src/train/messages.ts';
import { begin, experiment, oneAtATime, timeless } from './driving.ts';
import { countsLetter } from './fakeSandbox.ts';

const moved = { ...experiment, gamma: 0, beta: 0.3 };
const start = oneAtATime();

const done = new Map<string, UpdateRecord[]>();
/** What a run from its start to its end does, alone. */
async function alone(changes: Partial<Experiment> = {}): Promise<UpdateRecord[]> {
  const key = JSON.stringify(changes);
  const known = done.get(key);
  if (known) return known;
  const { driver, updates } = await start();
  driver.obey(begin('alone', changes));
  driver.obey({ type: 'run', runId: 'alone' });
  await driver.still('alone');
  done.set(key, updates('alone'));
  return updates('alone');
}

describe('a run that was closed', () => {
  it('holds on to no state that it could have gone back to', async () => {
    const { loaded } = await start();
    const run = new DrivenRun({
      ...{ id: 'a', strictLog: false, readyEarly: false, checkpointEvery: 25 },
      emit: () => undefined,
      wake: () => undefined,
      explain: () => ({ what: '', remedy: '', detail: '' }),
      breathe: () => Promise.resolve(),
    });
    run.begin(() => Promise.resolve({ experiment }));
    await run.turn(loaded);
    expect(run.past?.kept.steps).toEqual([0]);
    run.abort();
    await run.dispose();
    expect(run.past).toBeNull();
    expect(() => run.timeline).toThrow(/has ended/);
  });
});

describe('the loop', () => {
  it('evaluates, updates, evaluates every n updates and at the end, and stops', async () => {
    const { driver, events, phases } = await start();
    driver.obey(begin('a', { steps: 5 }));
    await driver.still('a');
    expect(phases('a')).toEqual(['loading', 'ready']);
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(phases('a')).toEqual(['loading', 'ready', 'running', 'finished']);
    const records = events.flatMap((event) =>
      event.type === 'update' || event.type === 'eval' ? [`${event.type} ${event.record.step}`] : [],
    );
    expect(records).toEqual([
      ...['eval 0', 'update 1', 'update 2', 'eval 2', 'update 3', 'update 4', 'eval 4', 'update 5', 'eval 5'],
    ]);
  });

  it('does not evaluate what is known: how good the model is that it begins with', async () => {
    const { loaded } = await start();
    const events: RunEvent[] = [];
    const run = new DrivenRun({
      ...{ id: 'a', strictLog: false, readyEarly: true, checkpointEvery: 25 },
      emit: (event) => void events.push(event),
      wake: () => undefined,
      explain: () => ({ what: '', remedy: '', detail: '' }),
      breathe: () => Promise.resolve(),
    });
    const metrics = { 'eval/accuracy@t1': 0.25 };
    const baseline = { experiment, backend: 'wasm' as const, step: 0, metrics, examples: [], ms: 1 };
    run.begin(() => Promise.resolve({ experiment, baseline }));
    await run.turn(loaded);
    expect(events.flatMap((event) => (event.type === 'eval' ? [event.record] : []))).toEqual([baseline]);
    await run.dispose();
  });

  it('changes what it was told ahead, after the updates it was told, also when it goes back and comes again', async () => {
    const { driver, updates, of } = await start();
    driver.obey(begin('a'));
    const changes = [
      { step: 2, field: 'gamma', to: 0 },
      { step: 2, field: 'beta', to: 0.3 },
    ] as const;
    driver.obey({ type: 'ahead', runId: 'a', changes: [...changes] });
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(
      of('a', 'change').map(({ record }) => [record.step, record.changes.map(({ field }) => field)]),
    ).toEqual([[2, ['gamma', 'beta']]]);
    const first = updates('a');
    expect(first.map(({ experiment }) => experiment.gamma)).toEqual([0.75, 0.75, 0, 0]);
    driver.obey({ type: 'goTo', runId: 'a', step: 1 });
    await driver.still('a');
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(updates('a').slice(4).map(timeless)).toEqual(first.slice(1).map(timeless));
  });

  it('obeys what it was told before it was ready, in order', async () => {
    let loaded = (): void => undefined;
    const { driver, updates, phases, of } = await start({ loading: new Promise((done) => (loaded = done)) });
    driver.obey(begin('a'));
    driver.obey({ type: 'change', runId: 'a', experiment: moved });
    driver.obey({ type: 'run', runId: 'a' });
    driver.obey({ type: 'pause', runId: 'a' });
    driver.obey({ type: 'step', runId: 'a' });
    expect(phases('a')).toEqual([]);
    loaded();
    await driver.still('a');
    expect(phases('a')).toEqual(['loading', 'running', 'paused']);
    expect(updates('a').map(({ step }) => step)).toEqual([1]);
    expect(updates('a')[0]?.experiment).toEqual(moved);
    expect(of('a', 'change').map(({ record }) => record.step)).toEqual([0]);
  });

  it('pauses after the update under way, steps, and goes on as if nothing had been', async () => {
    const whole = await alone();
    const { driver, updates, evals, phases } = await start({
      hear: (event, driver) => {
        if (event.type === 'status' && event.stage === 'score' && event.step === 1) {
          driver.obey({ type: 'pause', runId: 'a' });
        }
      },
    });
    driver.obey(begin('a'));
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(updates('a')).toHaveLength(2);
    expect(evals('a').map(({ step }) => step)).toEqual([0, 2]);
    expect(phases('a')).toEqual(['loading', 'running', 'pausing', 'paused']);
    driver.obey({ type: 'step', runId: 'a' });
    driver.obey({ type: 'step', runId: 'a' }); // while one is under way it asks for nothing more
    await driver.still('a');
    expect(updates('a')).toHaveLength(3);
    driver.obey({ type: 'pause', runId: 'a' }); // it stands: nothing to pause
    driver.obey({ type: 'run', runId: 'a' });
    driver.obey({ type: 'pause', runId: 'a' }); // before it began
    await driver.still('a');
    expect(updates('a')).toHaveLength(3);
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(updates('a').map(timeless)).toEqual(whole.map(timeless));
  });

  it('goes on when a finished run is given more updates, and ends when one that stands is given fewer', async () => {
    const { driver, updates, phases } = await start();
    driver.obey(begin('a', { steps: 2 }));
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    driver.obey({ type: 'run', runId: 'a' });
    expect(phases('a').at(-1)).toBe('finished');
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, steps: 4 } });
    await driver.still('a');
    expect(phases('a').at(-1)).toBe('paused');
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, steps: 3 } });
    await driver.still('a');
    expect(phases('a').at(-1)).toBe('finished');
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, steps: 4 } });
    driver.obey({ type: 'run', runId: 'a' }); // at once: it need not wait for the change
    await driver.still('a');
    expect(updates('a').map(timeless)).toEqual(
      (await alone()).map(timeless).map((record, i) => ({
        ...record,
        experiment: { ...record.experiment, steps: [2, 2, 4, 4][i] },
      })),
    );
  });

  it('evaluates when it is asked to, whatever the interval', async () => {
    const { driver, evals, phases } = await start();
    driver.obey(begin('a'));
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    driver.obey({ type: 'evaluate', runId: 'a' });
    await driver.still('a');
    expect(evals('a').map(({ step }) => step)).toEqual([0, 1]);
    expect(phases('a').at(-1)).toBe('paused');
  });
});

describe('a change of live fields', () => {
  it.each(['sample', 'score', 'update'])(
    'in the middle of an update (at %s) leaves it as it was begun, and holds from the next on',
    async (stage) => {
      const [first] = await alone();
      const plain = await start();
      plain.driver.obey(begin('a'));
      plain.driver.obey({ type: 'step', runId: 'a' });
      await plain.driver.still('a');
      plain.driver.obey({ type: 'change', runId: 'a', experiment: moved }); // between two updates
      plain.driver.obey({ type: 'step', runId: 'a' });
      await plain.driver.still('a');

      let told = false;
      const { driver, events, updates, of } = await start({
        hear: (event, driver) => {
          if (told || event.type !== 'status' || event.stage !== stage) return;
          told = true;
          driver.obey({ type: 'change', runId: 'a', experiment: { ...moved, gamma: 1 } });
          driver.obey({ type: 'change', runId: 'a', experiment: moved }); // only the last counts
        },
      });
      driver.obey(begin('a'));
      driver.obey({ type: 'step', runId: 'a' });
      await driver.still('a');
      driver.obey({ type: 'step', runId: 'a' });
      await driver.still('a');
      expect(updates('a')[0]).toMatchObject({ experiment, backend: 'wasm' });
      expect(updates('a').map(timeless)).toEqual(plain.updates('a').map(timeless));
      expect(updates('a')[0]?.metrics).toEqual(first?.metrics);
      expect(updates('a')[1]?.experiment).toEqual(moved);
      expect(of('a', 'change')).toEqual(plain.of('a', 'change'));
      expect(of('a', 'change').map(({ record }) => record)).toEqual([
        {
          step: 1,
          changes: [
            { field: 'gamma', from: experiment.gamma, to: 0 },
            { field: 'beta', from: experiment.beta, to: 0.3 },
          ],
        },
      ]);
      const order = events.filter(({ type }) => type === 'update' || type === 'change');
      expect(order.map(({ type }) => type)).toEqual(['update', 'change', 'update']);
    },
  );

  it('in the middle of an evaluation leaves it as it was begun', async () => {
    const { driver, evals, updates } = await start({
      hear: (event, driver) => {
        if (event.type === 'status' && event.stage === 'evaluate' && event.step === 0) {
          driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, gamma: 0.1 } });
        }
      },
    });
    driver.obey(begin('a'));
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    expect(evals('a')[0]).toMatchObject({ experiment, backend: 'wasm' });
    expect(updates('a')[0]?.experiment.gamma).toBe(0.1);
  });

  it('that changes nothing, or only what needs a new run, is no entry; one that cannot be is refused by name', async () => {
    const { driver, updates, of } = await start();
    driver.obey(begin('a', { turns: 1 }));
    await driver.still('a');
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, turns: 1 } });
    await driver.still('a');
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, turns: 3 } });
    await driver.still('a');
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, objective: 'released-code' } });
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    expect(of('a', 'change')).toEqual([]);
    expect(of('a', 'notice')).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/objective/) },
    ]);
    expect(updates('a')[0]?.experiment).toEqual({ ...experiment, turns: 1 });
  });
});

describe('several runs', () => {
  it('take turns by update, and each computes what it computes alone', async () => {
    const four = {
      a: {},
      b: { gamma: 0.2, seed: 5, estimator: 'grpo', turns: 3 },
      c: { gamma: 0, objective: 'released-code' },
      d: { gamma: 1, returns: 'per-turn' },
    } as const;
    const runs = Object.entries(four);
    const { driver, events, updates } = await start();
    for (const [id, changes] of runs) driver.obey(begin(id, { ...changes, steps: 2 }));
    for (const [runId] of runs) driver.obey({ type: 'run', runId });
    await Promise.all(runs.map(([id]) => driver.still(id)));
    const order = events.flatMap((event) => (event.type === 'update' ? [event.runId] : []));
    expect(order.join('')).toBe('abcd'.repeat(2));
    expect(() => driver.obey(begin('a'))).toThrow(/"a" already/);
    for (const [id, changes] of runs) {
      expect(updates(id).map(timeless)).toEqual((await alone({ ...changes, steps: 2 })).map(timeless));
    }
  });

  it('go on from their own copies when the back end they share is lost', async () => {
    const [first, second] = [await alone(), await alone({ seed: 7 })];
    let losses = 0;
    let reopened = 0;
    const plain = countsLetter('e');
    const graded = plain.grade.bind(plain);
    const sandbox = Object.assign(plain, {
      grade: (...args: Parameters<typeof graded>) => {
        // In the second update of each run, twice in that of the first.
        if ([14, 15, 20].includes(++losses)) return Promise.reject(new BackendLostError('The GPU was lost.'));
        return graded(...args);
      },
    });
    const { driver, updates, of } = await start({ sandbox, reopened: () => reopened++ });
    driver.obey(begin('a'));
    driver.obey(begin('b', { seed: 7 }));
    driver.obey({ type: 'run', runId: 'a' });
    driver.obey({ type: 'run', runId: 'b' });
    await Promise.all([driver.still('a'), driver.still('b')]);
    expect(updates('a').map(timeless)).toEqual(first.map(timeless));
    expect(updates('b').map(timeless)).toEqual(second.map(timeless));
    expect(reopened).toBe(3);
    for (const id of ['a', 'b']) {
      const said = of(id, 'notice').map(({ message }) => message);
      expect(said.length).toBeGreaterThan(0);
      for (const message of said) expect(message).toMatch(/^The GPU was lost\. The run goes on .* from /);
    }
  });

  it('outlive one that fails and one that is closed', async () => {
    const whole = await alone();
    const { driver, updates, phases, of, events } = await start({
      hear: (event, driver) => {
        if (event.type === 'status' && event.runId === 'b' && event.step === 1) {
          driver.obey({ type: 'close', runId: 'b' });
        }
      },
    });
    for (const id of ['a', 'b', 'c'])
      driver.obey(begin(id, id === 'c' ? { maxNewTokens: 96, turns: 4 } : {}));
    for (const runId of ['a', 'b', 'c']) driver.obey({ type: 'run', runId });
    await expect(driver.still('c')).rejects.toThrow(/maxNewTokens: an episode can reach/);
    await driver.still('a');
    expect(updates('a').map(timeless)).toEqual(whole.map(timeless));
    expect(updates('b')).toHaveLength(1);
    expect(of('c', 'failure')).toMatchObject([{ what: expect.stringMatching(/^maxNewTokens/) }]);
    expect(phases('c')).toEqual(['loading', 'failed']);
    const told = events.length;
    for (const type of ['run', 'step', 'pause', 'evaluate'] as const) driver.obey({ type, runId: 'b' });
    driver.obey(begin('b')); // its name is free again
    await driver.still('b');
    expect(events.slice(told).filter(({ type }) => type === 'eval')).toHaveLength(1);
  });

  it('closed in the middle of whatever they do, leave no tensor behind', async () => {
    let gone: Promise<void> | undefined;
    let stage = '';
    const { driver } = await start({
      hear: (event, driver) => {
        if (event.type !== 'status' || event.runId !== 'b' || event.stage !== stage) return;
        gone ??= driver.close('b');
      },
    });
    driver.obey(begin('a'));
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    const before = tf.memory().numTensors;
    for (stage of ['tasks', 'evaluate', 'sample', 'score', 'update']) {
      gone = undefined;
      driver.obey(begin('b'));
      driver.obey({ type: 'run', runId: 'b' });
      await driver.still('b');
      expect(gone, stage).toBeDefined();
      await gone;
      expect(tf.memory().numTensors, stage).toBe(before);
    }
    await driver.dispose();
    expect(tf.memory().numTensors).toBeLessThan(before);
  });

  it('hear why nothing could be loaded, also those that are begun later', async () => {
    const events: RunEvent[] = [];
    const driver = new Driver({
      load: () => Promise.reject(new UnrecoverableError('No model.', 'Bring one.', new Error('404'))),
      emit: (event) => events.push(event),
    });
    driver.obey(begin('a'));
    await expect(driver.still('a')).rejects.toThrow('No model.');
    driver.obey(begin('b'));
    await expect(driver.still('b')).rejects.toThrow('No model.');
    const said = { type: 'failure', what: 'No model.', remedy: 'Bring one.', detail: '404' };
    expect(events.filter(({ type }) => type === 'failure')).toEqual(
      ['a', 'b'].map((runId) => ({ ...said, runId })),
    );
    await driver.close('a');
    await driver.dispose();
  });
});
