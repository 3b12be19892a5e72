/** Speed of the sandbox: programs a second, starts, restarts, memory and cache hits. Always wall time: several threads work. */
import type { GradeRequest, Sandbox, SandboxStats, TestStatus, Verdict } from '../sandbox/types.ts';
import { makeFamilyTasks } from '../tasks/makeTasks.ts';
import { bugSites, renderProgram } from '../tasks/spec.ts';
import { interleave, spread, type Measuring, type RoundLimits, type Spread } from './measure.ts';

/** What measures grading needs from where it runs. */
export interface GradingHost {
  readonly createSandbox: (workers: number) => Sandbox | Promise<Sandbox>;
  /** Memory of the whole process in bytes, where that can be known. */
  readonly memoryBytes?: () => number;
}

export type MixName = 'typical' | 'failing' | 'timing_out';

/** The programs of a mix for so many tasks. Each task has its own six tests, so nothing comes from a cache. */
export type Mix = (tasks: number, seed: number) => GradeRequest[];

/** Half of the hanging programs can be interrupted; the others hang in C, so their worker is ended and replaced. */
const hangsInC = 'sum(range(10 ** 13))';
const hangs = ['while True:\n        pass', `return ${hangsInC}`];
/** One task in so many has a program that hangs. */
const tasksPerHang = 8;

export const mixes: Readonly<Record<MixName, Mix>> = {
  /** Right programs, and nearly right ones: with one of a novice's mistakes, with all of them. */
  typical: mixOf(({ right, nearlyRight }) => [right, ...nearlyRight]),
  /** A novice's mistakes, a program that raises IndexError in each test, and one cut off in the middle. */
  failing: mixOf(({ right, nearlyRight, name }) => [
    ...nearlyRight,
    `def ${name}(*values):\n    return values[9]`,
    right.slice(0, right.length >> 1),
  ]),
  /** Right programs, and a few that never end. Each of those costs its deadline, on any machine. */
  timing_out: mixOf(({ right, nearlyRight, name }, i) => {
    const hang = hangs[Math.floor(i / tasksPerHang) % hangs.length];
    return [right, ...nearlyRight, ...(i % tasksPerHang === 0 ? [`def ${name}(*values):\n    ${hang}`] : [])];
  }),
};

interface Written {
  readonly right: string;
  readonly nearlyRight: readonly string[];
  /** Of the function the tests call. */
  readonly name: string;
}

function mixOf(write: (programs: Written, task: number) => readonly string[]): Mix {
  return (tasks, seed) =>
    makeFamilyTasks({ count: tasks, seed, split: 'train', level: 'all' }).flatMap(({ task, spec }, i) => {
      const bugs = bugSites(spec);
      const right = renderProgram(spec);
      const buggy = [bugs.slice(0, 1), bugs].map((sites) => renderProgram(spec, new Set(sites)));
      const nearlyRight = buggy.filter((code) => code !== right);
      const programs = new Set(write({ right, nearlyRight, name: task.entryPoint }, i));
      return [...programs].map((code) => ({ code, setup: task.setup, tests: task.tests }));
    });
}

export interface MixReport {
  /** Programs by verdict, all rounds of the first sandbox. */
  readonly verdicts: Readonly<Partial<Record<TestStatus, number>>>;
  /** By number of workers. */
  readonly programs_per_s: Readonly<Record<number, Spread>>;
}

export interface GradingReport {
  readonly mixes: Readonly<Record<MixName, MixReport>>;
  /** By number of workers: from the sandbox's creation until a first worker can grade. */
  readonly cold_start_ms: Readonly<Record<number, number>>;
  /** By number of workers: growth of the process after a round of programs, for each worker; null where it is not known. */
  readonly memory_per_worker_mb: Readonly<Record<number, number | null>>;
  /** From the end of a worker that hung until its replacement can grade. */
  readonly respawn_ms: Spread;
  /** Programs graded a second time, and how many of those verdicts came from the cache. */
  readonly cache: { readonly programs: number; readonly hits: number };
}

export interface StartedSandbox {
  readonly sandbox: Sandbox;
  readonly workers: number;
  readonly cold_start_ms: number;
  readonly memory_per_worker_mb: number | null;
}

/** Starts a sandbox, waits for all of its workers, and lets them grade a first round. @throws Error when it does not start */
export async function startSandbox(host: GradingHost, workers: number): Promise<StartedSandbox> {
  const before = host.memoryBytes?.();
  const began = performance.now();
  const sandbox = await host.createSandbox(workers);
  try {
    await sandbox.ready();
    const cold_start_ms = performance.now() - began;
    await until(sandbox, ({ workers: at }) => at === workers, 'start its workers');
    await gradeAll(sandbox, mixes.typical(16, 1));
    const after = host.memoryBytes?.();
    const known = before !== undefined && after !== undefined;
    const memory_per_worker_mb = known ? (after - before) / 2 ** 20 / workers : null;
    return { sandbox, workers, cold_start_ms, memory_per_worker_mb };
  } catch (error) {
    sandbox.dispose();
    throw error;
  }
}

export interface GradingSize {
  /** Rounds of the mixes without hanging programs. */
  readonly limits: RoundLimits;
  /** Rounds of the mix with hanging programs; a round takes seconds. */
  readonly hangingRounds: number;
  /** Tasks of that mix. */
  readonly hangingTasks: number;
  readonly respawns: number;
}

/** @throws Error when a sandbox is lost, or the signal's reason */
export async function measureGrading(
  started: readonly StartedSandbox[],
  size: GradingSize,
  signal?: AbortSignal,
): Promise<GradingReport> {
  const hanging = { ...size.limits, rounds: size.hangingRounds, minRounds: size.hangingRounds };
  const measuring = (limits: RoundLimits): Measuring => ({ limits, now: () => performance.now(), signal });
  const typical = await measureMix(started, mixes.typical, 16, 1000, measuring(size.limits));
  const failing = await measureMix(started, mixes.failing, 16, 2000, measuring(size.limits));
  const timing_out = await measureMix(started, mixes.timing_out, size.hangingTasks, 3000, measuring(hanging));
  const by = <T>(part: (one: StartedSandbox) => T): Record<number, T> =>
    Object.fromEntries(started.map((one) => [one.workers, part(one)]));
  return {
    mixes: { typical, failing, timing_out },
    cold_start_ms: by((one) => one.cold_start_ms),
    memory_per_worker_mb: by((one) => one.memory_per_worker_mb),
    cache: await measureCache(started[0].sandbox),
    respawn_ms: await measureRespawn(started[0], size.respawns),
  };
}

/** The sandboxes grade the same programs in turns; each round has other tasks, which nothing has been asked about before. */
async function measureMix(
  started: readonly StartedSandbox[],
  mix: Mix,
  tasks: number,
  firstSeed: number,
  measuring: Measuring,
): Promise<MixReport> {
  const rounds = Array.from({ length: measuring.limits.rounds }, (_, round) => mix(tasks, firstSeed + round));
  const verdicts: Partial<Record<TestStatus, number>> = {};
  const entries = Object.fromEntries(
    started.map(({ sandbox, workers }, first) => {
      let round = 0;
      const grade = async () => {
        const graded = await gradeAll(sandbox, rounds[round++]);
        if (first > 0) return;
        for (const { status } of graded) verdicts[status] = (verdicts[status] ?? 0) + 1;
      };
      return [workers, grade];
    }),
  );
  const times = await interleave(entries, measuring);
  const rates = (ms: readonly number[]) => spread(ms.map((one, i) => (1000 * rounds[i].length) / one));
  return {
    verdicts,
    programs_per_s: Object.fromEntries(
      Object.entries(times).map(([workers, ms]) => [Number(workers), rates(ms)]),
    ),
  };
}

async function measureCache(sandbox: Sandbox): Promise<GradingReport['cache']> {
  const again = mixes.typical(16, 2);
  await gradeAll(sandbox, again);
  const before = sandbox.stats.cacheHits;
  await gradeAll(sandbox, again);
  return { programs: again.length, hits: sandbox.stats.cacheHits - before };
}

async function measureRespawn({ sandbox, workers }: StartedSandbox, times: number): Promise<Spread> {
  const ms: number[] = [];
  const whole = () => until(sandbox, ({ workers: at }) => at === workers, 'replace a worker');
  for (let i = 0; i < times; i++) {
    await whole();
    const { respawns } = sandbox.stats;
    const graded = gradeAll(sandbox, [{ code: `${hangsInC} # ${i}`, setup: '', tests: ['assert f()'] }]);
    await until(sandbox, (stats) => stats.respawns > respawns, 'end a worker that hangs');
    const ended = performance.now();
    await whole();
    ms.push(performance.now() - ended);
    await graded;
  }
  return spread(ms);
}

async function gradeAll(sandbox: Sandbox, requests: readonly GradeRequest[]): Promise<Verdict[]> {
  const verdicts = await sandbox.grade(requests);
  if (verdicts.some(({ status }) => status === 'infra')) {
    throw new Error('The sandbox was lost while grading; run the benchmark again.');
  }
  return verdicts;
}

/**
 * Looks every few milliseconds. A sandbox behind a port tells its numbers with its answers only, so it is asked for nothing.
 * @throws Error after a minute
 */
async function until(sandbox: Sandbox, done: (stats: SandboxStats) => boolean, what: string): Promise<void> {
  const began = performance.now();
  for (;;) {
    await sandbox.grade([]);
    if (done(sandbox.stats)) return;
    if (performance.now() - began > 60_000) throw new Error(`The sandbox did not ${what} within a minute.`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
