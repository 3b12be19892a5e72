import { beforeEach, describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { TrainerClient, type TrainerClientOptions, type WorkerLike } from '../../../src/worker/client.ts';
import type { TrainerEvent } from '../../../src/worker/protocol.ts';

/** A worker that only remembers what it was told. */
class SilentWorker implements WorkerLike {
  readonly sent: { type: string; runId: string }[] = [];
  readonly target = new EventTarget();
  ended = false;
  /** Came with the loads; the sandbox's own come through them. */
  readonly ports: MessagePort[] = [];
  postMessage(message: unknown, transfer: Transferable[]): void {
    this.sent.push(message as { type: string; runId: string });
    this.ports.push(...transfer.filter((one) => one instanceof MessagePort));
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    this.target.addEventListener(type, (event) => listener(event as never));
  }
  terminate(): void {
    this.ended = true;
  }
  says(data: unknown): void {
    this.target.dispatchEvent(new MessageEvent('message', { data }));
  }
}

function setUp(options: Partial<TrainerClientOptions> = {}) {
  const workers: SilentWorker[] = [];
  const events: TrainerEvent[] = [];
  const client = new TrainerClient({
    createWorker: () => {
      const worker = new SilentWorker();
      workers.push(worker);
      return worker;
    },
    createSandboxPort: async () => new MessageChannel().port1,
    assets: 'https://example.org/',
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { client, workers, events };
}

let runs = 0;
beforeEach(() => (runs = 0));
/** The id of the next run. */
const next = () => `run-${++runs}`;

const status = (runId: string) => ({
  type: 'status',
  runId,
  phase: 'ready',
  stage: 'idle',
  done: 0,
  total: 0,
  step: 0,
});

describe('TrainerClient', () => {
  it('loads, then sends every command with the id of the run', async () => {
    const { client, workers } = setUp();
    await client.load(next(), defaultExperiment, 'auto');
    client.run('run-1');
    client.pause('run-1');
    client.step('run-1');
    client.change('run-1', defaultExperiment);
    const { sent } = workers[0];
    expect(sent.map((message) => message.type)).toEqual(['load', 'run', 'pause', 'step', 'change']);
    expect(new Set(sent.map((message) => message.runId)).size).toBe(1);
  });

  it('passes on events of the current run and drops those of an abandoned one', async () => {
    const { client, workers, events } = setUp();
    await client.load(next(), defaultExperiment, 'auto');
    const first = workers[0].sent[0].runId;
    await client.load(next(), defaultExperiment, 'auto');
    const second = workers[0].sent[1].runId;
    expect(second).not.toBe(first);
    workers[0].says(status(first));
    expect(events).toEqual([]);
    workers[0].says(status(second));
    expect(events).toEqual([status(second)]);
    expect(workers).toHaveLength(1);
  });

  it('gives the sandbox only to the last of several loads that overlap', async () => {
    const { client, workers } = setUp();
    await Promise.all([
      client.load(next(), defaultExperiment, 'auto'),
      client.load(next(), defaultExperiment, 'cpu'),
    ]);
    const [{ sent, ports }] = workers;
    expect(sent).toMatchObject([
      { type: 'load', backend: 'auto' },
      { type: 'load', backend: 'cpu' },
    ]);
    const came: number[] = [];
    ports.forEach((port, load) => (port.onmessage = () => came.push(load)));
    await expect.poll(() => came).toEqual([1]);
    ports.forEach((port) => port.close());
  });

  it('says again with each load which group is watched', async () => {
    const { client, workers } = setUp();
    client.watch('run-1', 2);
    await client.load(next(), defaultExperiment, 'auto');
    const { sent } = workers[0];
    expect(sent).toMatchObject([{ type: 'load' }, { type: 'watch', group: 2, runId: sent[0].runId }]);
  });

  it('ends a worker that sends what the protocol does not know, says so, and starts a fresh one at the next load', async () => {
    const { client, workers, events } = setUp();
    await client.load(next(), defaultExperiment, 'auto');
    workers[0].says({ ...status(workers[0].sent[0].runId), phase: 'dancing' });
    expect(workers[0].ended).toBe(true);
    expect(events).toMatchObject([{ type: 'failure', detail: expect.stringContaining('phase') }]);
    await client.load(next(), defaultExperiment, 'auto');
    expect(workers).toHaveLength(2);
  });

  it('turns a worker that dies into a failure', async () => {
    const { client, workers, events } = setUp();
    await client.load(next(), defaultExperiment, 'auto');
    workers[0].target.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    expect(events).toMatchObject([{ type: 'failure', detail: 'out of memory' }]);
  });

  it('says when the sandbox cannot start', async () => {
    const { client, workers, events } = setUp({
      createSandboxPort: () => Promise.reject(new Error('no Pyodide here')),
    });
    await client.load(next(), defaultExperiment, 'auto');
    expect(workers.map(({ ended }) => ended)).toEqual([true]);
    expect(events).toMatchObject([{ type: 'failure', detail: 'no Pyodide here' }]);
  });

  it('begins and forks runs over what is loaded, and passes on what is told of each until it is closed', async () => {
    const { client, workers, events } = setUp();
    expect(client.canBegin).toBe(false);
    await client.load('a', defaultExperiment, 'auto');
    expect(client.canBegin).toBe(true);
    client.begin('b', defaultExperiment);
    client.fork('c', { from: 'b', step: 3, changes: { gamma: 0 } }, defaultExperiment);
    client.run('c');
    const [{ sent, says }] = workers.map((worker) => ({
      sent: worker.sent,
      says: (data: unknown) => worker.says(data),
    }));
    expect(sent.map(({ type, runId }) => [type, runId])).toEqual([
      ['load', 'a'],
      ['begin', 'b'],
      ['fork', 'c'],
      ['run', 'c'],
    ]);
    for (const id of ['a', 'b', 'c', 'd']) says(status(id));
    client.close('b');
    client.run('b');
    for (const id of ['a', 'b', 'c']) says(status(id));
    expect(events.map(({ runId }) => runId)).toEqual(['a', 'b', 'c', 'a', 'c']);
    expect(sent.slice(4)).toMatchObject([{ type: 'close', runId: 'b' }]);
    expect(['a', 'b', 'c'].map((id) => client.has(id))).toEqual([true, false, true]);
  });

  it('gives a fork the problems that its own experiment names, though only its tasks are others', async () => {
    const { client, workers } = setUp({ problems: ({ tasks }) => (tasks === 'own' ? 'mine' : undefined) });
    await client.load('a', defaultExperiment, 'auto');
    const where = { from: 'a', step: 1, changes: { tasks: 'own' } };
    client.fork('b', where, { ...defaultExperiment, tasks: 'own', problems: `sha256-${'0'.repeat(64)}` });
    expect(workers[0]?.sent).toMatchObject([{ type: 'load' }, { type: 'fork', problems: 'mine' }]);
  });

  it('watches one run at a time', async () => {
    const { client, workers } = setUp();
    await client.load('a', defaultExperiment, 'auto');
    client.begin('b', defaultExperiment);
    client.watch('a', 1);
    client.watch('a', 1);
    client.watch('b', 0);
    client.watch('a', null);
    client.watch('b', null);
    client.watch('a', 0);
    client.watch('b', null); // that one is on screen, and nobody looks on
    expect(workers[0]?.sent.slice(2)).toMatchObject([
      { runId: 'a', group: 1 },
      { runId: 'a', group: null },
      { runId: 'b', group: 0 },
      { runId: 'b', group: null },
      { runId: 'a', group: 0 },
      { runId: 'a', group: null },
    ]);
  });

  it('takes a run that does not fit for no failure of what is loaded; of a worker that dies all runs hear', async () => {
    const { client, workers, events } = setUp();
    const failure = (runId: string) => ({ type: 'failure', runId, what: '', remedy: '', detail: '' });
    await client.load('a', defaultExperiment, 'auto');
    client.begin('b', defaultExperiment);
    workers[0]?.says(failure('b'));
    expect(client.canBegin).toBe(true);
    workers[0]?.says(failure('a'));
    expect(client.canBegin).toBe(false);
    events.length = 0;
    workers[0]?.target.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    expect(events.map(({ type, runId }) => [type, runId])).toEqual([
      ['failure', 'a'],
      ['failure', 'b'],
    ]);
    expect(client.has('a')).toBe(false);
  });

  it('is silent after dispose', async () => {
    const { client, workers, events } = setUp();
    await client.load(next(), defaultExperiment, 'auto');
    client.dispose();
    workers[0].says(status(workers[0].sent[0].runId));
    client.run('run-1');
    expect(events).toEqual([]);
    expect(workers[0].sent).toHaveLength(1);
  });
});
