/** Going back, forking, making an update again, and the log a run is kept in. */
import { describe, expect, it, vi } from 'vitest';
import { withChanges, type Experiment } from '../../../src/config/experiment.ts';
import type { UpdateRecord } from '../../../src/rl/records.ts';
import { CheckpointRing } from '../../../src/train/checkpointRing.ts';
import { RunLog } from '../../../src/train/log.ts';
import { MemoryStore } from '../../../src/train/store.ts';
import type { KeptLog } from '../../../src/train/trainable.ts';
import type { TrainerState } from '../../../src/train/trainer.ts';
import { manifest } from './logs.ts';
import { begin, experiment, oneAtATime, timeless, type Driving, type DrivingOptions } from './driving.ts';

const start = oneAtATime();

/** A run of `steps` updates; γ is 0 from update 3 on. */
async function changed(steps: number, options?: DrivingOptions): Promise<Driving> {
  const it = await start({
    ...options,
    hear: (event, driver) => {
      options?.hear?.(event, driver);
      if (event.type !== 'status' || event.runId !== 'a' || event.stage !== 'score' || event.step !== 1)
        return;
      const wanted = { ...experiment, gamma: 0, steps };
      if (it.of('a', 'change').length === 0)
        it.driver.obey({ type: 'change', runId: 'a', experiment: wanted });
    },
  });
  it.driver.obey(begin('a', { steps }));
  it.driver.obey({ type: 'run', runId: 'a' });
  await it.driver.still('a');
  return it;
}

describe('a fork', () => {
  it('without changes repeats the original to the last digit', async () => {
    const { driver, updates, evals } = await changed(12);
    driver.obey({ type: 'fork', runId: 'b', from: 'a', step: 10, changes: {} });
    driver.obey({ type: 'run', runId: 'b' });
    await driver.still('b');
    expect(updates('b').map(({ step }) => step)).toEqual([11, 12]);
    expect(updates('b').map(timeless)).toEqual(updates('a').slice(10).map(timeless));
    const metrics = (id: string) => evals(id).flatMap((one) => (one.step >= 10 ? [one.metrics] : []));
    expect(metrics('b')).toEqual(metrics('a'));
  });

  it('has the experiment of its step, with changes, those that need a new run included', async () => {
    const { driver, updates, phases } = await changed(4);
    driver.obey({
      type: 'fork',
      runId: 'b',
      from: 'a',
      step: 1,
      changes: { seed: 9, turns: 3, estimator: 'grpo' },
    });
    driver.obey({ type: 'fork', runId: 'c', from: 'a', changes: { steps: 5 } }); // from where it stands: its end
    driver.obey({ type: 'close', runId: 'a' }); // a fork does not need its origin any more
    for (const runId of ['b', 'c']) driver.obey({ type: 'step', runId });
    await Promise.all([driver.still('b'), driver.still('c')]);
    expect(updates('b')[0]).toMatchObject({
      step: 2,
      experiment: withChanges(experiment, { seed: 9, turns: 3, estimator: 'grpo' }),
    });
    expect(updates('b')[0]?.groups[0]?.trajectories[0]?.turns).toHaveLength(3);
    expect(updates('c')[0]).toMatchObject({ step: 5, experiment: { gamma: 0, steps: 5 } });
    expect(phases('b')).toEqual(['loading', 'running', 'paused']);
  });

  it.each([
    [{ from: 'a', step: 9, changes: {} }, /Update 9 has not been made yet; the last one is 4/],
    [{ from: 'x', changes: {} }, /no run "x"/],
    [{ from: 'a', changes: { gamma: 7 } }, /gamma: must be/],
    [{ from: 'a', changes: { wheels: 4 } }, /wheels/],
    [{ from: 'a', changes: { initialPolicy: 'cheating' } }, /initialPolicy: a fork begins with the weights/],
    [{ from: 'a', changes: { maxNewTokens: 96, turns: 4 } }, /maxNewTokens: an episode can reach/],
  ])('that cannot be is refused, and its origin is as it was: %j', async (wanted, why) => {
    const { driver, phases, of } = await changed(4);
    driver.obey({ type: 'fork', runId: 'b', ...wanted });
    await expect(driver.still('b')).rejects.toThrow(why);
    expect(of('b', 'failure')).toHaveLength(1);
    expect(phases('a').at(-1)).toBe('finished');
  });
});

describe('going back', () => {
  it('restores the run and its experiment, and from there it repeats itself', async () => {
    const { driver, updates, of, phases } = await changed(5);
    const first = updates('a');
    driver.obey({ type: 'goTo', runId: 'a', step: 1 });
    await driver.still('a');
    expect(phases('a').at(-1)).toBe('paused');
    expect(of('a', 'moved')).toMatchObject([{ step: 1, experiment: { ...experiment, steps: 5 } }]);
    driver.obey({ type: 'goTo', runId: 'a', step: 4 }); // forward again: nothing has taken its place yet
    await driver.still('a');
    expect(of('a', 'moved').at(-1)).toMatchObject({ step: 4, experiment: { gamma: 0 } });
    driver.obey({ type: 'goTo', runId: 'a', step: 0 });
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    expect(updates('a').slice(5).map(timeless)).toEqual(first.slice(0, 2).map(timeless));
    // The third was superseded: it has to be made first.
    driver.obey({ type: 'goTo', runId: 'a', step: 4 });
    await driver.still('a');
    expect(of('a', 'notice')).toMatchObject([
      { message: expect.stringMatching(/Update 4 has not been made yet/) },
    ]);
    expect(phases('a').at(-1)).toBe('paused');
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, gamma: 0, steps: 5 } });
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(updates('a').slice(7).map(timeless)).toEqual(first.slice(2).map(timeless));
  });

  it('saves a run that failed', async () => {
    let broken = false;
    const it = await start({
      hear: (event) => {
        if (broken && event.type === 'status' && event.stage === 'score') throw new Error('broken');
      },
    });
    const { driver, updates, phases } = it;
    driver.obey(begin('a'));
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    broken = true;
    driver.obey({ type: 'run', runId: 'a' });
    await expect(driver.still('a')).rejects.toThrow('broken');
    broken = false;
    driver.obey({ type: 'run', runId: 'a' });
    expect(phases('a').at(-1)).toBe('failed');
    driver.obey({ type: 'goTo', runId: 'a', step: 7 });
    await expect(driver.still('a')).rejects.toThrow('broken');
    driver.obey({ type: 'goTo', runId: 'a', step: 1 });
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(updates('a').map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  });
});

describe('an update made again', () => {
  it('is what it was to the last digit, under the experiment of then, and the run does not notice', async () => {
    const { driver, updates, of, phases } = await changed(5);
    for (const step of [5, 1, 3]) driver.obey({ type: 'record', runId: 'a', step });
    driver.obey({ type: 'record', runId: 'a', step: 0 });
    driver.obey({ type: 'record', runId: 'a', step: 6 });
    await driver.still('a');
    const made = of('a', 'record').map(({ record }) => record);
    expect(made.map(timeless)).toEqual(
      [5, 1, 3].flatMap((step) => updates('a').slice(step - 1, step)).map(timeless),
    );
    expect(of('a', 'unanswered').map(({ step, why }) => [step, why])).toEqual([
      [0, expect.stringMatching(/no update 0/)],
      [6, expect.stringMatching(/Update 6 has not been made yet/)],
    ]);
    expect(of('a', 'notice')).toEqual([]);
    expect(updates('a')).toHaveLength(5);
    expect(phases('a').at(-1)).toBe('finished');
  });

  it('is dropped when nobody wants it any more, and the run goes on as if nobody had asked', async () => {
    const { driver, updates, of, phases } = await changed(36);
    driver.obey({ type: 'record', runId: 'a', step: 20 }); // 3 updates after what is kept
    driver.obey({ type: 'record', runId: 'a', step: 21 });
    driver.obey({ type: 'drop', runId: 'a' });
    driver.obey({ type: 'record', runId: 'a', step: 2 });
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, gamma: 0, steps: 37 } });
    await driver.still('a');
    expect(of('a', 'unanswered').map(({ step, why }) => [step, why])).toEqual([
      [20, ''],
      [21, ''],
    ]);
    expect(of('a', 'record').map(({ record }) => record.step)).toEqual([2]);
    expect(phases('a').at(-1)).toBe('paused');
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(updates('a')).toHaveLength(37);
  });

  it('tells which states are kept, and what they take', async () => {
    const { of } = await changed(36);
    const told = of('a', 'kept');
    expect(told[0]).toMatchObject({ steps: [0] });
    expect(told.at(-1)?.steps.slice(0, 3)).toEqual([0, 2, 4]);
    expect(told.at(-1)?.bytes).toBe((told.at(-1)?.steps.length ?? 0) * (told[0]?.bytes ?? 0));
  });

  it('may lie many updates behind what is kept', async () => {
    // More updates than states are kept: some are reached by way of others.
    const { driver, updates, of } = await changed(36);
    driver.obey({ type: 'goTo', runId: 'a', step: 33 });
    driver.obey({ type: 'record', runId: 'a', step: 20 });
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    const all = updates('a').map(timeless);
    expect(of('a', 'record').map(({ record }) => timeless(record))).toEqual([all[19]]);
    expect(all.at(-1)).toEqual(all[33]);
  });
});

/** Remembers what it is told; `failing`: what it refuses. */
class NotedLog implements KeptLog {
  readonly lines: string[] = [];
  readonly records: UpdateRecord[] = [];
  readonly states: TrainerState[] = [];
  failing = '';
  /** Called for every line. */
  hear: (line: string) => void = () => undefined;

  #note(line: string): Promise<void> {
    if (this.failing !== '' && line.startsWith(this.failing))
      return Promise.reject(new Error('The disk is full.'));
    this.lines.push(line);
    this.hear(line);
    return Promise.resolve();
  }
  change({ step, changes }: Parameters<KeptLog['change']>[0]) {
    return this.#note(`change ${step} ${changes.map(({ field, to }) => `${field}=${to}`).join()}`);
  }
  update(record: UpdateRecord) {
    this.records.push(record);
    return this.#note(`update ${record.step}`);
  }
  evaluation({ step }: { step: number }) {
    return this.#note(`evaluation ${step}`);
  }
  notice(_level: string, message: string, step: number) {
    return this.#note(`notice ${step} ${message}`);
  }
  checkpoint(state: TrainerState) {
    this.states.push(state);
    return this.#note(`checkpoint ${state.step}`);
  }
  holds(kind: string, step: number) {
    return this.lines.includes(`${kind} ${step}`);
  }
  stateAt(step: number) {
    return Promise.resolve(this.states.findLast((state) => state.step <= step) ?? null);
  }
  updateRecord(step: number) {
    return Promise.resolve(this.records.find((record) => record.step === step && step % 2 === 1) ?? null);
  }
  experimentAt() {
    return experiment;
  }
}

describe('an update that cannot be made again', () => {
  it('costs nothing but itself', async () => {
    let broken = false;
    const { driver, of, phases, updates } = await start({
      hear: (event) => {
        if (broken && event.type === 'status' && event.stage === 'again') throw new Error('broken');
      },
    });
    driver.obey(begin('a'));
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    broken = true;
    driver.obey({ type: 'record', runId: 'a', step: 1 });
    await driver.still('a');
    expect(of('a', 'unanswered').map(({ why }) => why)).toEqual([
      'Update 1 could not be made again. broken.',
    ]);
    broken = false;
    expect(phases('a').at(-1)).toBe('paused');
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    expect(updates('a')).toHaveLength(4);
  });
});

describe('the log', () => {
  it('has the whole run: its beginning, changes, updates, evaluations, and checkpoints where it stops', async () => {
    const log = new NotedLog();
    const { driver, updates, of } = await changed(5, {
      newLog: () => Promise.resolve(log),
      checkpointEvery: 2,
    });
    expect(log.lines).toEqual([
      ...['evaluation 0', 'checkpoint 0', 'update 1', 'update 2', 'change 2 gamma=0', 'evaluation 2'],
      ...['checkpoint 2', 'update 3', 'update 4', 'evaluation 4', 'checkpoint 4', 'update 5', 'evaluation 5'],
      'checkpoint 5',
    ]);
    driver.obey({ type: 'record', runId: 'a', step: 3 }); // is there
    driver.obey({ type: 'record', runId: 'a', step: 4 }); // was dropped
    await driver.still('a');
    const found = of('a', 'record').map(({ record }) => record);
    expect(found[0]).toEqual(log.records[2]);
    expect(found.map(timeless)).toEqual(updates('a').slice(2, 4).map(timeless));
  });

  it('hears of a change made after going back at the step where the run stands', async () => {
    const log = new NotedLog();
    const { driver } = await changed(5, { newLog: () => Promise.resolve(log) });
    const before = log.lines.length;
    driver.obey({ type: 'goTo', runId: 'a', step: 1 });
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, beta: 0.5, steps: 5 } });
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    expect(log.lines.slice(before)).toEqual(['change 1 beta=0.5', 'update 2', 'evaluation 2']);
  });

  it('may take its time: what is asked for meanwhile is done in its turn', async () => {
    const log = new NotedLog();
    const { driver, updates, of } = await start({ newLog: () => Promise.resolve(log) });
    const move = (gamma: number) =>
      driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, gamma } });
    log.hear = (line) => {
      if (line === 'change 0 gamma=0.1') move(0.2);
    };
    driver.obey(begin('a'));
    await driver.still('a');
    move(0.1);
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    expect(of('a', 'change')).toHaveLength(2);
    expect(updates('a').map((record) => record.experiment.gamma)).toEqual([0.2]);
  });

  it('of a run that goes on has its beginning already, and reaches further back than memory does', async () => {
    const log = new NotedLog();
    const whole = (await changed(4, { newLog: () => Promise.resolve(log), checkpointEvery: 2 })).updates('a');
    const lines = log.lines.length;
    const { driver, updates, of } = await start();
    const state = await log.stateAt(3);
    if (!state) throw new Error('There is no checkpoint.');
    driver.begin('b', {
      experiment: { ...experiment, gamma: 0, steps: 4 },
      state,
      openLog: () => Promise.resolve(log),
    });
    driver.obey({ type: 'run', runId: 'b' });
    driver.obey({ type: 'record', runId: 'b', step: 2 });
    await driver.still('b');
    expect(log.lines.slice(lines)).toEqual(['update 3', 'update 4', 'evaluation 4', 'checkpoint 4']);
    expect(updates('b').map(timeless)).toEqual(whole.slice(2).map(timeless));
    expect(of('b', 'record').map(({ record }) => record.metrics)).toEqual([whole[1]?.metrics]);
  });

  it('of a run that goes on may have kept little: a fork says that it makes updates again, and how many', async () => {
    const log = new NotedLog();
    await changed(4, { newLog: () => Promise.resolve(log) });
    const { driver, of } = await start();
    driver.begin('b', { experiment, state: log.states.at(-1), openLog: () => Promise.resolve(log) });
    await driver.still('b');
    let milliseconds = 0;
    const now = vi.spyOn(performance, 'now').mockImplementation(() => (milliseconds += 100)); // nothing is told too soon
    driver.obey({ type: 'fork', runId: 'c', from: 'b', step: 3, changes: {} });
    await driver.still('c');
    now.mockRestore();
    const told = of('c', 'status').map(({ phase, stage, done, total }) => [phase, stage, done, total]);
    expect(told.slice(0, 4)).toEqual([
      ['loading', 'again', 0, 3],
      ['loading', 'again', 1, 3],
      ['loading', 'again', 2, 3],
      ['loading', 'tasks', 0, 0],
    ]);
  });

  it.each(['update', 'checkpoint', 'evaluation', 'open'])(
    'that fails (at %s) is one notice, and the run goes on without it; on the command line it ends the run',
    async (failing) => {
      const log = new NotedLog();
      log.failing = failing;
      const newLog = () =>
        failing === 'open' ? Promise.reject(new Error('The disk is full.')) : Promise.resolve(log);
      const { driver, updates, of } = await start({ newLog });
      driver.obey(begin('a'));
      driver.obey({ type: 'run', runId: 'a' });
      await driver.still('a');
      expect(updates('a')).toHaveLength(4);
      expect(of('a', 'notice').map(({ message }) => message)).toEqual([
        'This run is not kept from here on, because its log failed: The disk is full. The run itself goes on.',
      ]);

      const strict = await start({ newLog, strictLog: true });
      strict.driver.obey(begin('a'));
      strict.driver.obey({ type: 'run', runId: 'a' });
      await expect(strict.driver.still('a')).rejects.toThrow('The disk is full.');
    },
  );
});

describe('a run’s log, with a driver that goes back', () => {
  it('holds what the run did last, and a run that goes on with it does what it would have done', async () => {
    const store = new MemoryStore();
    const newLog = ({ experiment: e }: { experiment: Experiment }) =>
      RunLog.create(store, { ...manifest, experiment: e });
    const { driver, updates, evals } = await changed(5, { newLog });
    driver.obey({ type: 'goTo', runId: 'a', step: 1 });
    driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, beta: 0.5, steps: 5 } });
    driver.obey({ type: 'run', runId: 'a' });
    await driver.still('a');
    const last = [...updates('a').slice(0, 1), ...updates('a').slice(5)];
    expect(last.map((record) => [record.step, record.experiment.beta])).toEqual([
      ...[[1, 0.05], ...[2, 3, 4, 5].map((step) => [step, 0.5])],
    ]);

    const log = await RunLog.open(store);
    expect(await Promise.all([1, 2, 3, 4, 5].map((step) => log.updateRecord(step)))).toEqual(last);
    expect(log.entriesOf('change').map(({ step }) => step)).toEqual([1]);
    expect(await log.evalRecord(4)).toEqual(evals('a').findLast(({ step }) => step === 4));

    // Stopped at 5 by its end, extended by two; beside it the same without a log.
    const state = await log.stateAt(Infinity);
    if (!state) throw new Error('There is no checkpoint.');
    driver.obey({ type: 'fork', runId: 'b', from: 'a', changes: { steps: 7 } });
    const onward = { ...log.experimentAt(5), steps: 7 };
    await log.change({ step: 5, changes: [{ field: 'steps', from: 5, to: 7 }] });
    driver.begin('c', { experiment: onward, state, openLog: () => Promise.resolve(log) });
    for (const runId of ['b', 'c']) driver.obey({ type: 'run', runId });
    await Promise.all([driver.still('b'), driver.still('c')]);
    expect(updates('c').map(timeless)).toEqual(updates('b').map(timeless));
    expect(updates('c')).toHaveLength(2);
    expect(evals('c').map(({ step }) => step)).toEqual([6, 7]); // the fifth is in the log
    expect((await RunLog.open(store)).step).toBe(7);
  });
});

describe('the ring of checkpoints', () => {
  const state = (step: number): TrainerState => ({
    step,
    weights: { w: new Float32Array(10) },
    optimizer: { step, m: { w: new Float32Array(10) }, v: { w: new Float32Array(10) } },
  });
  const filled = (steps: number, bounds?: { count: number; bytes: number }, first = 0) => {
    const ring = new CheckpointRing(state(first), bounds);
    for (let step = first + 1; step <= first + steps; step++) ring.add(state(step));
    return ring;
  };

  it('is a grid over the whole run, twice as coarse whenever it is full, within a number and within bytes', () => {
    expect(filled(7, { count: 8, bytes: 1e9 }).steps).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(filled(9, { count: 8, bytes: 1e9 }).steps).toEqual([0, 2, 4, 6, 8]);
    expect(filled(100, { count: 8, bytes: 1e9 }).steps).toEqual([0, 16, 32, 48, 64, 80, 96]);
    expect(filled(9, { count: 100, bytes: 8 * 120 }).steps).toEqual([0, 2, 4, 6, 8]);
    expect(filled(9, { count: 100, bytes: 1 }).steps).toEqual([0, 8]);
    expect(filled(9, { count: 8, bytes: 1e9 }, 5).steps).toEqual([5, 7, 9, 11, 13]);
    expect(filled(10_000).steps.length).toBeLessThanOrEqual(32);
  });

  it('gives the last at or before a step, and forgets what was after one', () => {
    const ring = filled(9, { count: 8, bytes: 1e9 }, 5);
    expect([4, 5, 6, 8, 99].map((step) => ring.atOrBefore(step)?.step)).toEqual([undefined, 5, 5, 7, 13]);
    ring.add(state(9));
    expect(ring.steps).toEqual([5, 7, 9]);
    ring.forget(5);
    expect(ring.steps).toEqual([5]);
  });
});
