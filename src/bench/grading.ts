/** How many programs a second the sandbox grades, in the mix that a half-trained model writes. */
import type { GradeRequest, Sandbox } from '../sandbox/types.ts';
import { generateFamilyTasks } from '../tasks/generate.ts';
import { bugSites, renderProgram } from '../tasks/spec.ts';
import { interleave, median, spread, type RoundLimits, type Spread } from './measure.ts';

export interface GradingReport {
  /** Programs graded per second, six unit tests each. */
  readonly programs_per_s: number;
  readonly programs_per_round: number;
  readonly workers: number;
  readonly ms: Spread;
}

/**
 * Per task the right program, one with a novice's mistake, one with all of them, and one cut off in the middle.
 * None hangs: a program that does costs its deadline, on any machine.
 */
export function typicalPrograms(tasks: number, seed: number): GradeRequest[] {
  return generateFamilyTasks({ count: tasks, seed, split: 'train', level: 'all' }).flatMap(
    ({ task, spec }) => {
      const bugs = bugSites(spec);
      const right = renderProgram(spec);
      const programs = new Set([
        right,
        renderProgram(spec, new Set(bugs.slice(0, 1))),
        renderProgram(spec, new Set(bugs)),
        right.slice(0, right.length >> 1),
      ]);
      return [...programs].map((code) => ({ code, setup: task.setup, tests: task.tests }));
    },
  );
}

/** @throws Error when verdicts came from the cache, or the sandbox was lost */
export async function measureGrading(sandbox: Sandbox, limits: RoundLimits): Promise<GradingReport> {
  const tasks = 32;
  // Each round has tasks of its own, so that nothing has been graded before.
  const sets = Array.from({ length: limits.rounds + 1 }, (_, round) => typicalPrograms(tasks, 1000 + round));
  let round = 0;
  const rates: number[] = [];
  const gradeNext = async () => {
    const requests = sets[round++];
    const began = performance.now();
    const verdicts = await sandbox.grade(requests);
    const fresh = verdicts.filter(({ cached }) => !cached).length;
    if (verdicts.some(({ status }) => status === 'infra')) {
      throw new Error('The sandbox was lost while grading; run the benchmark again.');
    }
    rates.push((fresh * 1000) / (performance.now() - began));
  };
  await gradeNext(); // every worker has started
  rates.length = 0;
  const { grade } = await interleave({ grade: gradeNext }, limits, () => performance.now());
  return {
    programs_per_s: median(rates),
    programs_per_round: sets[0].length,
    workers: sandbox.stats.workers,
    ms: spread(grade),
  };
}
