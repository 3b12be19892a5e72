import { describe, expect, it, vi } from 'vitest';
import { gradeInOrder } from '../../src/sandbox/inOrder.ts';
import { messageCap, shownCap, stdoutCap, testsCap } from '../../src/sandbox/limits.ts';
import { Pool, type Runner, type SnapshotStore, type Spawn } from '../../src/sandbox/pool.ts';
import type { FromRunner, ToRunner } from '../../src/sandbox/runner.ts';
import type { GradeRequest, TestVerdict } from '../../src/sandbox/types.ts';

const request = (code: string): GradeRequest => ({
  code,
  setup: '',
  tests: ['assert f() == 1', 'assert f() == 2'],
});
const pass: TestVerdict = {
  status: 'pass',
  expression: 'f()',
  expected: '1',
  got: '1',
  exception: null,
  ms: 1,
};
const shown = { expression: 'f()', expected: '1' };

/** Runners without Python: what the code says is what they do. */
function fakeRunners() {
  const batches: string[][] = [];
  const alive = new Set<Runner>();
  const spawn: Spawn = (onMessage, onLost) => {
    const say = (message: FromRunner): void => {
      if (alive.has(runner)) onMessage(message);
    };
    const work = async (message: ToRunner): Promise<void> => {
      await Promise.resolve();
      if (message.kind === 'snapshot') return say({ kind: 'snapshot', bytes: new Uint8Array() });
      if (message.kind === 'start') return say({ kind: 'ready' });
      batches.push(message.jobs.map((job) => job.code));
      for (const job of message.jobs) {
        if (!alive.has(runner)) return;
        for (const test of [0, 1]) {
          if (job.skip.includes(test)) continue;
          if (job.code === 'crash before') {
            alive.delete(runner);
            return onLost('it broke');
          }
          say({ kind: 'stage', item: job.item, test: job.code === 'crash in tests' ? -2 : test, shown });
          if (
            job.code.startsWith('crash in') ||
            job.code === 'crash' ||
            (job.code === 'crash once' && batches.length === 1)
          ) {
            alive.delete(runner);
            return onLost('it broke');
          }
          if (job.code === 'hang' && test === 0) return; // for ever
          const got = job.code === 'flood' ? 'x'.repeat(10 ** 6) : pass.got;
          say({ kind: 'verdict', item: job.item, test, verdict: { ...pass, got } });
        }
        say({ kind: 'done', item: job.item, stdout: job.code === 'flood' ? 'x'.repeat(10 ** 6) : '' });
      }
      say({ kind: 'idle', recycle: false });
    };
    const runner: Runner = { post: (message) => void work(message), terminate: () => alive.delete(runner) };
    alive.add(runner);
    return runner;
  };
  return { spawn, batches, alive };
}

const options = { workers: 1, limits: { perTestMs: 20, perProgramMs: 100 } };

describe('Pool', () => {
  it('answers in the order of the requests, in batches, and remembers', async () => {
    const { spawn, batches } = fakeRunners();
    const pool = new Pool(spawn, options);
    const codes = Array.from({ length: 40 }, (_, i) => `p${i % 30}`);
    const verdicts = await pool.grade(codes.map(request));
    expect(verdicts.every((v) => v.status === 'pass' && v.passed === 2)).toBe(true);
    expect(batches.map((b) => b.length)).toEqual([16, 14]);
    expect((await pool.grade([request('p3')]))[0]?.cached).toBe(true);
    expect(pool.stats).toMatchObject({ graded: 30, cacheHits: 11, infra: 0, respawns: 0 });
    pool.dispose();
  });

  it('serves in turn: a file is graded beside a run that asks again and again', async () => {
    const { spawn } = fakeRunners();
    const pool = new Pool(spawn, options);
    let updates = 0;
    let trains = true;
    const run = async (): Promise<void> => {
      while (trains) {
        const answers = Array.from({ length: 100 }, (_, i) => request(`update ${updates}, answer ${i}`));
        await pool.grade(answers);
        updates++;
      }
    };
    const training = run();
    const file = ['a', 'b', 'c', 'd', 'e', 'f'].map(request);
    const statuses: string[] = [];
    for await (const { status } of gradeInOrder(pool, file, { inFlight: 2 })) statuses.push(status);
    trains = false;
    await training;
    expect(statuses).toEqual(file.map(() => 'pass'));
    // Two programs of the file go with each update; the run is not held up by it either.
    expect(updates).toBeLessThanOrEqual(file.length + 1);
    pool.dispose();
  });

  it('ends a silent runner: one timeout, the rest goes on', async () => {
    const { spawn } = fakeRunners();
    const pool = new Pool(spawn, options);
    const verdicts = await pool.grade(['a', 'hang', 'b'].map(request));
    expect(verdicts.map((v) => v.tests.map((t) => t.status))).toEqual([
      ['pass', 'pass'],
      ['timeout', 'timeout'], // the second test: the program's time was used up
      ['pass', 'pass'],
    ]);
    expect(pool.stats).toMatchObject({ timeouts: 1, respawns: 1 });
    pool.dispose();
  });

  it('tries again after a loss, and calls a second loss the error of the program', async () => {
    const { spawn } = fakeRunners();
    const pool = new Pool(spawn, options);
    const verdicts = await pool.grade(['crash once', 'crash', 'good'].map(request));
    expect(verdicts.map((v) => v.status)).toEqual(['pass', 'error', 'pass']);
    expect(verdicts[1]?.tests.map((test) => test.exception)).toEqual(
      [0, 1].map(() => ({
        type: 'SandboxError',
        message: 'the program brought the sandbox down twice: it broke',
        line: 0,
      })),
    );
    expect(pool.stats).toMatchObject({ infra: 0 });
    pool.dispose();
  });

  it('blames no program for a loss while the tests are cut', async () => {
    const { spawn } = fakeRunners();
    const pool = new Pool(spawn, options);
    const ask = ['crash in tests', 'good'].map(request);
    expect((await pool.grade(ask)).map((v) => v.status)).toEqual(['infra', 'pass']);
    expect((await pool.grade(ask)).map((v) => v.cached)).toEqual([false, true]); // a fault is no verdict to remember
    pool.dispose();
  });

  it('blames no program for runners that are lost before they begin one', async () => {
    const { spawn } = fakeRunners();
    const pool = new Pool(spawn, options);
    const [verdict] = await pool.grade([request('crash before')]);
    expect(verdict?.status).toBe('infra');
    expect(verdict?.tests[0]?.exception?.message).toBe('Python could not be started: it broke');
    pool.dispose();
  });

  it('cuts what a runner sends, and refuses too many tests', async () => {
    const { spawn } = fakeRunners();
    const pool = new Pool(spawn, options);
    const [flood] = await pool.grade([request('flood')]);
    expect(flood?.tests.map((test) => test.got.length)).toEqual([shownCap, shownCap]);
    expect(flood?.stdout).toHaveLength(stdoutCap);
    const many = (length: number) => ({
      ...request('many'),
      tests: Array<string>(length).fill('assert f()'),
    });
    const [most, more] = await pool.grade([many(testsCap), many(testsCap + 1)]);
    expect(most?.total).toBe(testsCap);
    expect([more?.status, more?.total]).toEqual(['infra', 1]);
    expect(more?.tests[0]?.exception?.message).toContain('divide the task');
    pool.dispose();

    const broken = new Pool((_, onLost) => {
      queueMicrotask(() => onLost('x'.repeat(10 ** 6)));
      return { post: () => undefined, terminate: () => undefined };
    }, options);
    const [infra] = await broken.grade([request('x')]);
    expect(infra?.tests[0]?.exception?.message).toHaveLength(messageCap);
    broken.dispose();
  });

  it('aborts with AbortError and goes on for others', async () => {
    const { spawn } = fakeRunners();
    const pool = new Pool(spawn, options);
    const controller = new AbortController();
    const aborted = pool.grade([request('x')], controller.signal);
    const kept = pool.grade([request('x')]);
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect((await kept)[0]?.status).toBe('pass');
    await expect(pool.grade([request('y')], AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    pool.dispose();
  });

  it('makes a new snapshot when a stored one does not start', async () => {
    const { spawn } = fakeRunners();
    const saved: number[] = [];
    const store: SnapshotStore = {
      load: () => Promise.resolve(new Uint8Array([9])),
      save: (snapshot) => saved.push(snapshot.length),
    };
    const picky: Spawn = (onMessage, onLost) => {
      const runner = spawn(onMessage, onLost);
      return {
        ...runner,
        post: (message) =>
          message.kind === 'start' && message.snapshot[0] === 9
            ? onMessage({ kind: 'failed', message: 'an old snapshot' })
            : runner.post(message),
      };
    };
    const pool = new Pool(picky, { ...options, store });
    expect((await pool.grade([request('x')]))[0]?.status).toBe('pass');
    expect(saved).toEqual([0]);
    pool.dispose();
  });

  it('says why it cannot start', async () => {
    const spawn: Spawn = (onMessage) => ({
      post: () => queueMicrotask(() => onMessage({ kind: 'failed', message: 'no such file' })),
      terminate: () => undefined,
    });
    const pool = new Pool(spawn, options);
    const graded = pool.grade([request('x')]);
    await expect(pool.ready()).rejects.toThrow('no such file');
    expect((await graded)[0]?.tests[0]?.exception?.message).toContain('no such file');
    pool.dispose();
    await expect(pool.grade([request('x')])).rejects.toThrow('disposed');
  });

  it('does not count the time a machine sleeps', async () => {
    const { spawn, alive } = fakeRunners();
    const pool = new Pool(spawn, { workers: 1, limits: { perTestMs: 60_000, perProgramMs: 60_000 } });
    await pool.ready();
    void pool.grade([request('hang')]);
    const real = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => real() + 3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(alive.size).toBe(1);
    expect(pool.stats.respawns).toBe(0);
    clock.mockRestore();
    pool.dispose();
  });
});
