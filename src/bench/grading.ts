/** How many programs a second the sandbox grades, in the mix that a half-trained model writes. */
import type { GradeRequest, Sandbox } from '../sandbox/types.ts';
import { generateFamilyTasks } from '../tasks/generate.ts';
import { bugSites, renderProgram } from '../tasks/spec.ts';
import { spread, type RoundLimits, type Spread } from './measure.ts';

export interface GradingReport {
  /** Programs graded per second, six unit tests each. */
  readonly programs_per_s: Spread;
  readonly workers: number;
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

/** Wall time, because several workers grade. @throws Error when the sandbox was lost */
export async function measureGrading(sandbox: Sandbox, limits: RoundLimits): Promise<GradingReport> {
  const rates: number[] = [];
  const began = performance.now();
  // Round 0 starts every worker and is not counted.
  for (let round = 0; round <= limits.rounds; round++) {
    if (round > limits.minRounds && performance.now() - began > limits.budgetMs) break;
    const requests = typicalPrograms(16, 1000 + round); // other tasks each round: nothing has been graded before
    const start = performance.now();
    const verdicts = await sandbox.grade(requests);
    const seconds = (performance.now() - start) / 1000;
    if (verdicts.some(({ status }) => status === 'infra')) {
      throw new Error('The sandbox was lost while grading; run the benchmark again.');
    }
    if (round > 0) rates.push(verdicts.filter(({ cached }) => !cached).length / seconds);
  }
  return { programs_per_s: spread(rates), workers: sandbox.stats.workers };
}
