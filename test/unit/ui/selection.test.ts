/** Which task of a batch is looked at when a run comes to rest. */
import { expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { RunState } from '../../../src/ui/state/run.svelte.ts';
import { SelectionState } from '../../../src/ui/state/selection.svelte.ts';
import type { Phase } from '../../../src/worker/protocol.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';

const runId = 'r1';

it('is still the one that was looked at when the reader paused, and the most telling one when the run rests by itself', () => {
  const run = new RunState();
  const selection = new SelectionState(run);
  const goes = (phase: Phase, step: number) =>
    run.apply({ type: 'status', runId, phase, stage: 'idle', done: 0, total: 0, step });
  /** An update in which the first task tells nothing: that one is looked at while the run goes on. */
  const learns = (step: number) => {
    const record = fakeUpdate(defaultExperiment, step);
    const [first, ...rest] = record.groups;
    if (!first) throw new Error('The update has no tasks.');
    const groups = [{ ...first, trajectories: first.trajectories.slice(0, 0) }, ...rest];
    run.apply({ type: 'update', runId, record: { ...record, groups } });
  };

  goes('running', 0);
  goes('pausing', 0); // its update is finished first
  learns(1);
  goes('pausing', 1); // and evaluated
  expect(selection.groupIndex).toBe(0);
  goes('paused', 1);
  expect(selection.mostTelling).toBeGreaterThan(0);
  expect(selection.groupIndex).toBe(0);

  goes('running', 1); // a step
  learns(2);
  goes('paused', 2);
  expect(selection.mostTelling).toBeGreaterThan(0);
  expect(selection.groupIndex).toBe(selection.mostTelling);

  goes('running', 2);
  goes('pausing', 2);
  goes('running', 2); // on, after all
  learns(3);
  goes('finished', 3);
  expect(selection.groupIndex).toBe(selection.mostTelling);
});
