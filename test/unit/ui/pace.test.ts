/** How many updates a minute a run makes, alone and beside others. */
import { expect, it } from 'vitest';
import { ExperimentState } from '../../../src/ui/state/experiment.svelte.ts';
import type { OpenRun } from '../../../src/ui/state/openRun.svelte.ts';
import { RunsState } from '../../../src/ui/state/runs.svelte.ts';
import type { Phase } from '../../../src/worker/protocol.ts';

it('is that of the run itself: while others train, it waits for their turns', () => {
  const runs = new RunsState();
  const inPhase = (phase: Phase, ...updateMs: number[]): OpenRun => {
    const run = runs.make(new ExperimentState());
    runs.add(run);
    run.told.phase = phase;
    run.told.updateMs = updateMs;
    return run;
  };
  const first = inPhase('finished', 1000, 1000);
  const second = inPhase('paused', 1000, 3000);
  const third = inPhase('paused');
  first.told.step = first.form.applied.steps;
  const pace = (run: OpenRun, ...together: OpenRun[]) => runs.updatesPerMinute(run, together);
  expect([first, second, third].map((run) => pace(run))).toEqual([60, 30, NaN]);

  third.told.phase = 'running'; // its first update is under way: how long it takes is not known
  expect(pace(second)).toBe(30);
  third.told.updateMs = [4000];
  expect([second, third].map((run) => pace(run))).toEqual([10, 15]);

  third.told.phase = 'paused';
  // Run would start both; not the first, which is at its end.
  expect([second, third].map((run) => pace(run, first, second, third))).toEqual([10, 10]);
});
