/** A run's log: what is put in comes out, whatever the run did in between. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { openBackend } from '../../../src/engine/index.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { initialWeights } from '../../../src/model/parameters.ts';
import { uniform } from '../../../src/rl/random.ts';
import type { EvalRecord, UpdateRecord } from '../../../src/rl/records.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';
import { oursFormat } from '../../../src/tasks/formats/ours.ts';
import { RunLog } from '../../../src/train/log.ts';
import type { TrainingRun } from '../../../src/train/run.ts';
import { SharedModel } from '../../../src/train/sharedModel.ts';
import { MemoryStore } from '../../../src/train/store.ts';
import { wholeBase } from '../../../src/train/base.ts';
import { countsLetter } from './fakeSandbox.ts';
import { evaluation, experiment, gammaAt, logOf, manifest, state, steps, update } from './logs.ts';

describe('a real run', () => {
  const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
  const config = tinyLlama(format.tokens, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
  const checkpoint = { config, weights: initialWeights(config, (p, i) => 2 * uniform(1, p, i) - 1) };
  let start: (e: Experiment) => Promise<TrainingRun>;
  beforeAll(async () => {
    const backend = await openBackend('wasm', { environment: 'node' });
    const reopen = () => Promise.reject(new Error('not in this test'));
    const parts = {
      model: 'tiny',
      backend,
      base: wholeBase(checkpoint, format),
      sandbox: countsLetter('e'),
      reopen,
    };
    start = (e) => new SharedModel(parts).begin(e);
  });

  it('comes back record by record, each with its experiment', async () => {
    const store = new MemoryStore();
    const log = await RunLog.create(store, manifest);
    const run = await start(experiment);
    const evals = [await run.evaluate()];
    await log.evaluation(evals[0]);
    const updates: UpdateRecord[] = [];
    for (const gamma of [0.75, 0.75, 0.25]) {
      const [field, step, from] = ['gamma', run.state.step, run.experiment.gamma] as const;
      if (gamma !== from) await log.change({ step, changes: [{ field, from, to: gamma }] });
      run.experiment = { ...run.experiment, gamma };
      updates.push(await run.update());
      await log.update(updates.at(-1)!);
    }
    evals.push(await run.evaluate());
    await log.evaluation(evals[1]);
    await log.checkpoint(run.state);

    const again = await RunLog.open(store);
    expect(again.manifest).toEqual(manifest);
    expect(await Promise.all([1, 2, 3].map((step) => again.updateRecord(step)))).toEqual(updates);
    expect(await Promise.all([0, 3].map((step) => again.evalRecord(step)))).toEqual(evals);
    expect(updates.map((record) => record.experiment.gamma)).toEqual([0.75, 0.75, 0.25]);
    expect([0, 1, 2, 3].map((step) => again.experimentAt(step).gamma)).toEqual([0.75, 0.75, 0.25, 0.25]);
    expect(await again.stateAt(99)).toEqual(run.state);
    run.dispose();
  });

  it('has entries below 4 kB at four turns of sixteen samples', async () => {
    const e = withChanges(experiment, { turns: 4, k: 16, promptsPerUpdate: 8, maxNewTokens: 8 });
    const store = new MemoryStore();
    const log = await RunLog.create(store, { ...manifest, experiment: e });
    const run = await start(e);
    await log.update(await run.update());
    const line = (await store.readLog()).split('\n')[1];
    expect(log.entriesOf('update')[0].metrics).toHaveProperty(['train/reward@t4']);
    expect(line.length).toBeGreaterThan(1500);
    expect(line.length).toBeLessThan(4096);
    run.dispose();
  });
});

describe('numbers that JSON does not have', () => {
  it('come back as they were: NaN from null, infinities and the sign of zero', async () => {
    const store = new MemoryStore();
    const log = await RunLog.create(store, manifest);
    const metrics = { a: NaN, b: Infinity, c: -Infinity, d: -0, e: 1 / 3 };
    await log.update({ ...update(1), metrics });
    expect(await store.readLog()).toContain('"a":null,"b":{"number":"Infinity"}');
    expect((await RunLog.open(store)).entriesOf('update')[0].metrics).toEqual(metrics);
  });

  it('come back from the answers too, where null has a meaning of its own', async () => {
    const store = new MemoryStore();
    const log = await RunLog.create(store, manifest);
    const verdict = { status: 'pass', passed: 1, total: 1, stdout: 'NaN', ms: 0, cached: false } as const;
    const test = {
      status: 'pass',
      expression: 'f(1)',
      expected: '1',
      got: '1',
      exception: null,
      ms: 1,
    } as const;
    const answer = { text: 'null', ids: [1, 2], tokens: ['a', '<eot>'], logp: [-0, NaN], truncated: false };
    const record: EvalRecord = {
      ...evaluation(0),
      examples: [
        {
          task: {
            id: 'a',
            source: 'ours',
            instruction: 'ein „Gruß“ 🐍',
            entryPoint: 'f',
            reference: '',
            setup: '',
            tests: ['assert f(1) == 1'],
            composition: '',
            family: '',
            level: 1,
          },
          trajectories: [{ turns: [{ ...answer, verdict: { ...verdict, tests: [test] }, reward: NaN }] }],
        },
      ],
    };
    await log.evaluation(record);
    expect(await (await RunLog.open(store)).evalRecord(0)).toEqual(record);
  });
});

describe('a run that goes back', () => {
  it('does updates again: the later take the place of the earlier and of all that followed them', async () => {
    const { log, store } = await logOf(2);
    await log.change(gammaAt(2, 0.5));
    const later = withChanges(experiment, { gamma: 0.5 });
    await log.update(update(3, later));
    await log.evaluation(evaluation(3, later));
    await log.notice('info', 'said after update 3', 3);
    await log.checkpoint(state(3));
    await log.update(update(2, experiment, 99)); // resumed from update 1
    for (const one of [log, await RunLog.open(store)]) {
      expect(steps(one)).toEqual(['update 1', 'notice 3', 'update 2']);
      expect(one.experimentAt(9)).toEqual(experiment);
      expect((await one.updateRecord(2))?.metrics).toEqual({ 'train/loss': 99 });
      expect(await one.updateRecord(3)).toBeNull();
      expect(await one.stateAt(9)).toBeNull();
    }
  });

  it('keeps a change that was made where it goes on, and drops what followed another', async () => {
    const { log, store } = await logOf(2);
    await log.change(gammaAt(1, 0.5));
    const later = withChanges(experiment, { gamma: 0.5 });
    await log.evaluation(evaluation(1, later));
    await log.update(update(2, later));
    for (const one of [log, await RunLog.open(store)]) {
      expect(steps(one)).toEqual(['update 1', 'change 1', 'evaluation 1', 'update 2']);
      expect((await one.evalRecord(1))?.experiment.gamma).toBe(0.5);
      expect((await one.updateRecord(1))?.experiment.gamma).toBe(0.75);
      expect((await one.updateRecord(2))?.experiment.gamma).toBe(0.5);
    }
  });

  it('cannot hide a change: a record made under another experiment is refused by the field', async () => {
    const { log } = await logOf(1);
    const moved = withChanges(experiment, { gamma: 0.5 });
    await expect(log.update(update(2, moved))).rejects.toThrow(/^gamma: .*update 2/);
    await expect(log.evaluation(evaluation(1, moved))).rejects.toThrow(/^gamma: /);
    await expect(log.change(gammaAt(1, 0.5, 0.1))).rejects.toThrow(/gamma: from 0\.1, but it was 0\.75/);
    await log.update(update(2)); // the log itself is unharmed
    expect(log.step).toBe(2);
  });
});

describe('the back end', () => {
  it('is the manifest’s, or the one that the entry names', async () => {
    const { log, store } = await logOf(1);
    await log.update({ ...update(2), backend: 'cpu' });
    const again = await RunLog.open(store);
    expect((await again.updateRecord(1))?.backend).toBe('wasm');
    expect((await again.updateRecord(2))?.backend).toBe('cpu');
    expect((await store.readLog()).match(/"backend"/g)).toHaveLength(2);
  });
});

describe('blobs', () => {
  it('of answers are kept up to so many bytes, the oldest dropped first', async () => {
    const store = new MemoryStore();
    const one = await RunLog.create(new MemoryStore(), manifest);
    await one.update(update(1));
    const log = await RunLog.create(store, manifest, { rolloutBytes: 100 });
    for (let step = 1; step <= 9; step++) await log.update(update(step));
    const kept = await store.list();
    expect(kept.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(100);
    expect(kept.map(({ name }) => name.split('-').at(-1))).toEqual([
      '6.json.gz',
      '7.json.gz',
      '8.json.gz',
      '9.json.gz',
    ]);
    expect(await log.updateRecord(5)).toBeNull();
    expect(await log.updateRecord(6)).toEqual(update(6));
    // The metrics are still there, and the budget holds after the log is opened again.
    const again = await RunLog.open(store, { rolloutBytes: 50 });
    expect(again.entriesOf('update')).toHaveLength(9);
    await again.update(update(10));
    expect((await store.list()).map(({ name }) => name.split('-').at(-1))).toEqual([
      '9.json.gz',
      '10.json.gz',
    ]);
    const none = await RunLog.create(new MemoryStore(), manifest, { rolloutBytes: 0 });
    await none.update(update(1));
    expect(none.entriesOf('update')[0]).not.toHaveProperty('rollouts');
  });

  it('of states are the first, the last and some evenly between; a state is found at or before a step', async () => {
    const { log, store } = await logOf(0);
    for (let step = 0; step <= 100; step += 5) {
      if (step > 0) await log.update(update(step));
      await log.checkpoint(state(step));
    }
    const kept = (await store.list())
      .filter(({ name }) => name.startsWith('checkpoint'))
      .map(({ name }) => Number(/-(\d+)\.safetensors$/.exec(name)?.[1]));
    expect(kept).toHaveLength(4);
    expect([kept[0], kept[3]]).toEqual([0, 100]);
    expect(kept[1]).toBeGreaterThan(20);
    expect(kept[2] - kept[1]).toBeGreaterThan(20);
    expect(100 - kept[2]).toBeGreaterThan(20);
    const again = await RunLog.open(store);
    expect(await again.stateAt(100)).toEqual(state(100));
    expect(await again.stateAt(kept[2] - 1)).toEqual(state(kept[1]));
    expect(await again.stateAt(0)).toEqual(state(0));
  });

  it('that are damaged are refused by their names', async () => {
    const { log, store } = await logOf(1);
    await log.checkpoint(state(1));
    for (const { name } of await store.list()) {
      const bytes = (await store.get(name))!;
      bytes[bytes.length - 9] ^= 1;
      await store.put(name, bytes);
    }
    await expect(log.stateAt(1)).rejects.toThrow(
      /^checkpoint-0000003-1\.safetensors is damaged \(its SHA-256/,
    );
    await expect(log.updateRecord(1)).rejects.toThrow(/^rollouts-0000002-1\.json\.gz is damaged/);
  });
});

describe('writing', () => {
  it('is in the order of the calls, however many are made at once', async () => {
    const { log, store } = await logOf(0);
    await Promise.all([
      log.evaluation(evaluation(0)),
      ...[1, 2, 3].map((step) => log.update(update(step))),
      log.checkpoint(state(3)),
      log.notice('info', 'hello', 3),
    ]);
    const want = ['evaluation 0', 'update 1', 'update 2', 'update 3', 'checkpoint 3', 'notice 3'];
    expect(steps(log)).toEqual(want);
    expect(steps(await RunLog.open(store))).toEqual(want);
  });

  it('never begins a second log over the first', async () => {
    const { store } = await logOf(1);
    const before = await store.readLog();
    await expect(RunLog.create(store, manifest)).rejects.toThrow('already is a log of a run');
    expect(await store.readLog()).toBe(before);
  });

  it('ends when the store fails, for nobody knows what it has written; what is there stays readable', async () => {
    class Full extends MemoryStore {
      full = false;
      override async appendLog(text: string): Promise<void> {
        await super.appendLog(this.full ? text.slice(0, 40) : text);
        if (this.full) throw new Error('the disk is full');
      }
    }
    const store = new Full();
    const { log } = await logOf(1, store);
    store.full = true;
    await expect(log.update(update(2))).rejects.toThrow('could not be written: the disk is full');
    store.full = false;
    await expect(log.update(update(2))).rejects.toThrow('could not be written');
    expect(log.step).toBe(1);
    const again = await RunLog.open(store);
    expect(again.torn).not.toBe('');
    await again.update(update(2));
    expect(steps(await RunLog.open(store))).toEqual(['update 1', 'update 2']);
  });
});
