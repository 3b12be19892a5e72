import { describe, expect, it } from 'vitest';
import { measureGrading, mixes, startSandbox, type StartedSandbox } from '../../../src/bench/grading.ts';
import type { GradeRequest, Sandbox, TestStatus, Verdict } from '../../../src/sandbox/types.ts';

/** Knows verdicts without Python, has a cache, and loses a worker for a moment when module code hangs. */
class FakeSandbox implements Sandbox {
  readonly seen = new Set<string>();
  readonly #counts = { graded: 0, cacheHits: 0, timeouts: 0, respawns: 0, infra: 0 };
  readonly #decide: (code: string) => TestStatus;
  #workers: number;
  disposed = false;

  constructor(workers: number, decide: (code: string) => TestStatus = () => 'pass') {
    this.#workers = workers;
    this.#decide = decide;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  get stats() {
    return { ...this.#counts, workers: this.#workers };
  }

  async grade(requests: readonly GradeRequest[]): Promise<Verdict[]> {
    return requests.map((request) => {
      const key = JSON.stringify(request);
      const cached = this.seen.has(key);
      if (cached) this.#counts.cacheHits++;
      else this.#counts.graded++;
      this.seen.add(key);
      if (request.code.startsWith('sum(range(')) this.#respawn();
      return {
        status: this.#decide(request.code),
        passed: 0,
        total: 0,
        tests: [],
        stdout: '',
        ms: 0,
        cached,
      };
    });
  }

  dispose(): void {
    this.disposed = true;
  }

  #respawn(): void {
    this.#counts.respawns++;
    this.#workers--;
    setTimeout(() => this.#workers++, 5);
  }
}

const size = {
  limits: { rounds: 3, minRounds: 3, budgetMs: 60_000 },
  hangingRounds: 2,
  hangingTasks: 16,
  respawns: 2,
};

describe('mixes', () => {
  it('are different programs with the tests of their task, others for another seed', () => {
    for (const mix of Object.values(mixes)) {
      const programs = mix(8, 7);
      expect(programs.length).toBeGreaterThan(8);
      expect(new Set(programs.map((one) => JSON.stringify(one))).size).toBe(programs.length);
      expect(programs).toEqual(mix(8, 7));
      expect(programs).not.toEqual(mix(8, 8));
    }
  });

  it('hang in two ways, in few programs', () => {
    const hanging = mixes.timing_out(16, 7).filter(({ code }) => /while True|sum\(range\(10 /.test(code));
    expect(hanging.map(({ code }) => code.includes('sum('))).toEqual([false, true]);
  });
});

describe('measuring the grading', () => {
  async function start(decide?: (code: string) => TestStatus) {
    const made: FakeSandbox[] = [];
    let bytes = 0;
    const host = {
      createSandbox: (workers: number) => {
        const sandbox = new FakeSandbox(workers, decide);
        made.push(sandbox);
        return sandbox;
      },
      memoryBytes: () => (bytes += 6 * 2 ** 20),
    };
    const started: StartedSandbox[] = [];
    for (const workers of [1, 2]) started.push(await startSandbox(host, workers));
    return { made, started };
  }

  it('reports each mix for one and for two workers', async () => {
    const { started } = await start((code) => (code.includes('values[9]') ? 'error' : 'pass'));
    const report = await measureGrading(started, size);
    expect(Object.keys(report.mixes)).toEqual(['typical', 'failing', 'timing_out']);
    for (const { programs_per_s } of Object.values(report.mixes)) {
      expect(Object.keys(programs_per_s)).toEqual(['1', '2']);
    }
    expect(report.mixes.typical.programs_per_s[2].rounds).toBe(3);
    expect(report.mixes.timing_out.programs_per_s[2].rounds).toBe(2);
    expect(report.mixes.failing.verdicts.error).toBe(3 * 16); // one a task
    expect(report.memory_per_worker_mb).toEqual({ 1: 6, 2: 3 });
    expect(report.respawn_ms.rounds).toBe(2);
  });

  it('times no verdict that came from the cache, and counts those of programs asked about again', async () => {
    const { made, started } = await start();
    const { cache } = await measureGrading(started, size);
    expect(cache.programs).toBeGreaterThan(16);
    expect(cache.hits).toBe(cache.programs);
    expect(made.map(({ stats }) => stats.cacheHits)).toEqual([cache.hits, 0]);
  });

  it('stops when the sandbox is lost, and leaves none behind that did not start', async () => {
    const { started } = await start();
    const lost = started.map((one) => ({ ...one, sandbox: new FakeSandbox(one.workers, () => 'infra') }));
    await expect(measureGrading(lost, size)).rejects.toThrow('The sandbox was lost');
    const broken = new FakeSandbox(1, () => 'infra');
    await expect(startSandbox({ createSandbox: () => broken }, 1)).rejects.toThrow('The sandbox was lost');
    expect(broken.disposed).toBe(true);
  });
});
