import { describe, expect, it, vi } from 'vitest';
import { headlines } from '../../../src/ui/panels/speed/headlines.ts';
import { tables } from '../../../src/ui/panels/speed/tables.ts';
import { AppState } from '../../../src/ui/state/app.svelte.ts';
import { SpeedState, type Surroundings } from '../../../src/ui/state/speed.svelte.ts';
import type { WorkerLike } from '../../../src/worker/client.ts';
import {
  describeMachine,
  SpeedError,
  speedTools,
  type SpeedRequest,
  type SpeedTools,
} from '../../../src/worker/speed.ts';
import { fakeResult, fakeSpeed } from '../../ui/mock/fakeSpeed.ts';
import { FakeWorker } from '../../ui/mock/fakeWorker.ts';

const request: SpeedRequest = { backend: 'auto', quick: true, parts: ['counts'] };

/** A worker that remembers what it was told, and sandboxes that are counted. */
function setUp(openPort = async () => new MessageChannel().port1) {
  const target = new EventTarget();
  const sent: Record<string, unknown>[] = [];
  const live = { worker: true, sandboxes: 0 };
  const worker: WorkerLike = {
    postMessage: (message) => void sent.push(message as Record<string, unknown>),
    addEventListener: (type: string, listener: (event: never) => void) =>
      target.addEventListener(type, (event) => listener(event as never)),
    terminate: () => void (live.worker = false),
  };
  const tools = speedTools('https://example.org/', {
    createWorker: () => worker,
    createSandbox() {
      live.sandboxes++;
      return { openPort, dispose: () => void live.sandboxes-- };
    },
    describe: () => 'a test',
  });
  const abort = new AbortController();
  const progress: string[] = [];
  const measuring = tools.measure(request, ({ what }) => progress.push(what), abort.signal);
  measuring.catch(() => undefined);
  const says = (data: unknown) => target.dispatchEvent(new MessageEvent('message', { data }));
  return { target, sent, live, abort, progress, measuring, says };
}

describe('speedTools', () => {
  it('asks once, passes progress on, and ends the worker when the result is there', async () => {
    const { sent, live, progress, measuring, says } = setUp();
    expect(sent).toMatchObject([
      { type: 'measure', ...request, machine: 'a test', assets: 'https://example.org/' },
    ]);
    says({ type: 'progress', what: 'operations', done: 0, total: 2 });
    says({ type: 'done', result: fakeResult });
    expect(await measuring).toEqual(fakeResult);
    expect(progress).toEqual(['operations']);
    expect(live.worker).toBe(false);
  });

  it('gives the worker sandboxes of its own, and takes them away in the end', async () => {
    const { sent, live, measuring, says } = setUp();
    says({ type: 'wantSandbox', id: 0, workers: 1 });
    says({ type: 'wantSandbox', id: 1, workers: 2 });
    await vi.waitFor(() => expect(sent).toHaveLength(3));
    expect(sent.slice(1)).toEqual([
      { type: 'sandbox', id: 0 },
      { type: 'sandbox', id: 1 },
    ]);
    expect(live.sandboxes).toBe(2);
    says({ type: 'done', result: fakeResult });
    await measuring;
    expect(live.sandboxes).toBe(0);
  });

  it('tells the worker when a sandbox does not start', async () => {
    const { sent, says } = setUp(() => Promise.reject(new Error('no Pyodide here')));
    says({ type: 'wantSandbox', id: 0, workers: 1 });
    await vi.waitFor(() =>
      expect(sent.at(-1)).toEqual({ type: 'noSandbox', id: 0, message: 'no Pyodide here' }),
    );
  });

  it('ends everything at once on abort', async () => {
    const { live, abort, measuring, says } = setUp();
    says({ type: 'wantSandbox', id: 0, workers: 1 });
    abort.abort();
    await expect(measuring).rejects.toMatchObject({ name: 'AbortError' });
    expect(live).toEqual({ worker: false, sandboxes: 0 });
  });

  it('says what the worker says, and what to do', async () => {
    const { measuring, says } = setUp();
    says({ type: 'failed', message: 'There is no room.', remedy: 'Close other tabs.' });
    await expect(measuring).rejects.toMatchObject({
      message: 'There is no room.',
      remedy: 'Close other tabs.',
    });
  });

  it('says that the worker was lost, or that it speaks another language', async () => {
    const died = setUp();
    died.target.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    await expect(died.measuring).rejects.toThrow(/worker that measures was lost: out of memory\./);
    expect(died.live.worker).toBe(false);
    const odd = setUp();
    odd.says({
      type: 'done',
      result: { ...fakeResult, report: { ...fakeResult.report, backend: 'abacus' } },
    });
    await expect(odd.measuring).rejects.toThrow(
      /does not understand: Message refused at result\.report\.backend/,
    );
  });

  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'Chromium 143, Linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0',
      'Edge 143, Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
      'Safari 18, macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
      'Safari 18, iOS',
    ],
    ['Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0', 'Firefox 145, Android'],
    ['something else', 'unknown browser, unknown system'],
  ])('reads %s', (userAgent, words) => {
    expect(describeMachine(userAgent, 8)).toBe(`8 logical cores, ${words}`);
  });
});

const quiet: Surroundings = {
  backend: () => 'auto',
  interrupt: () => ({ run: false, grading: false }),
  whenIdle: async () => undefined,
};

describe('SpeedState', () => {
  it('measures the parts that were chosen, on the back end that was', async () => {
    const measure = vi.fn<SpeedTools['measure']>(async () => fakeResult);
    const speed = new SpeedState({ measure }, { ...quiet, backend: () => 'wasm' });
    speed.toggle('python');
    speed.toggle('train');
    speed.toggle('train');
    speed.chooseQuick(false);
    await speed.measure();
    expect(measure.mock.calls[0]?.[0]).toEqual({
      backend: 'wasm',
      quick: false,
      parts: ['train', 'generate', 'counts'],
    });
    expect(speed.last).toEqual({ ...fakeResult, hidden: false });
    for (const part of speed.parts) speed.toggle(part);
    expect([speed.parts, speed.canMeasure]).toEqual([[], false]);
  });

  it('keeps the result before when the next is cancelled or fails', async () => {
    let next: () => Promise<typeof fakeResult> = async () => fakeResult;
    let signal: AbortSignal | undefined;
    const tools: SpeedTools = {
      measure(_, onProgress, given) {
        signal = given;
        onProgress({ what: 'grading', done: 0, total: 1 });
        return next();
      },
    };
    const speed = new SpeedState(tools, quiet);
    await speed.measure();
    const { last } = speed;

    next = () => new Promise(() => undefined);
    void speed.measure();
    await vi.waitFor(() => expect(speed.progress.what).toBe('grading'));
    expect(speed.phase).toBe('measuring');
    speed.noteHidden();
    speed.cancel();
    expect([speed.phase, speed.cancelled, speed.failure, signal?.aborted]).toEqual(['idle', true, '', true]);
    expect(speed.last).toBe(last);

    next = () => Promise.reject(new SpeedError('It is gone', 'Reload.'));
    await speed.measure();
    expect(speed.failure).toBe('Not measured. It stopped at “grading”: It is gone. Reload.');
    expect([speed.phase, speed.cancelled, speed.last]).toEqual(['idle', false, last]);
  });

  it('marks figures that were taken while the page was hidden', async () => {
    const speed: SpeedState = new SpeedState(
      {
        async measure() {
          speed.noteHidden();
          return fakeResult;
        },
      },
      quiet,
    );
    await speed.measure();
    expect(speed.last?.hidden).toBe(true);
  });
});

describe('AppState and Speed', () => {
  it('pauses a run first, measures when it stands, and does not start it again', async () => {
    const seen: string[] = [];
    const { measure } = fakeSpeed(0);
    const app: AppState = new AppState(
      {
        createWorker: () => new FakeWorker({ delay: 1 }),
        createSandboxPort: async () => new MessageChannel().port1,
        assets: 'https://example.org/',
      },
      {
        speed: {
          measure(...args) {
            seen.push(app.run.phase);
            return measure(...args);
          },
        },
      },
    );
    void app.link.open('#v=1&trainTasks=32&promptsPerUpdate=2&k=2&steps=100000&evalEvery=1000&evalTasks=4');
    await vi.waitFor(() => expect(app.run.phase).toBe('ready'));
    app.start();
    await vi.waitFor(() => expect(app.run.step).toBeGreaterThan(0));
    await app.speed.measure();
    expect(seen).toEqual(['paused']);
    expect(app.speed.interrupted).toEqual({ run: true, grading: false });
    expect(app.run.phase).toBe('paused');
    expect(app.speed.last?.report.backend).toBe('wasm');

    // Cancelled while it waits for the run: nothing was measured.
    app.start();
    await vi.waitFor(() => expect(app.run.phase).toBe('running'));
    const waiting = app.speed.measure();
    expect(app.speed.phase).toBe('waiting');
    app.speed.cancel();
    await waiting;
    expect([seen.length, app.speed.phase]).toEqual([1, 'idle']);

    // Measured again while it stands: that the run waits is not forgotten.
    await vi.waitFor(() => expect(app.run.phase).toBe('paused'));
    await app.speed.measure();
    expect(app.speed.interrupted.run).toBe(true);
  });
});

describe('the report', () => {
  it('says the ratios in words', () => {
    expect(headlines(fakeResult).map(({ figure, words }) => `${figure} ${words}`)).toEqual([
      '10.2× as fast as stock TensorFlow.js in training',
      '84\u00a0% of this device’s own matrix-product speed in training',
      '5.1× as fast as stock TensorFlow.js in generation',
      '880 ms for a whole update of the default experiment',
      '179 programs graded per second',
      '1 operation started per token',
    ]);
  });

  it('shows nothing of what was not measured', () => {
    const { grading: _, update_ms: __, matmul: ___, ...rest } = fakeResult.report;
    const only = { ...fakeResult, report: { ...rest, train: {}, generate: {}, ratios: {} }, counters: {} };
    expect(tables(only).map(({ title }) => title)).toEqual(['Operations']);
    expect(headlines(only)).toHaveLength(1);
  });

  it('gives every number a unit, and every row a cell for each column', () => {
    const all = tables(fakeResult);
    expect(all.map(({ title }) => title)).toEqual([
      'Training step',
      'Generation',
      'Whole update',
      'Grading',
      'Operations',
      'Counters',
    ]);
    for (const { columns, rows } of all) {
      for (const { cells } of rows) {
        expect(cells).toHaveLength(columns.length - 1);
        for (const { text } of cells) expect(text).toMatch(/^–$|^[\d.]+\s\S/);
      }
    }
  });

  it('draws the stages of an update one after the other, and grading where it ends in the wait', () => {
    const bars = Object.fromEntries(
      tables(fakeResult)
        .find(({ title }) => title === 'Whole update')!
        .rows.map(({ name, cells }) => [name, cells[1]?.bar]),
    );
    expect(bars['Wait']?.from).toBe(bars['Sample']?.to);
    expect(bars['Grade']?.to).toBeCloseTo(bars['Wait']?.to ?? NaN);
    expect(bars['Update']?.to).toBeCloseTo(876 / 880);
  });
});
