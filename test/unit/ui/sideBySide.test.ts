import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import { defaultExperiment, type Experiment } from '../../../src/config/experiment.ts';
import { RunState } from '../../../src/ui/state/run.svelte.ts';
import { SelectionState } from '../../../src/ui/state/selection.svelte.ts';
import { fakeEvaluation, fakeUpdate } from '../../ui/mock/fakeRun.ts';
import SideBySide from './SideBySide.svelte';

/** A run as the page knows it: `updates` updates after the first evaluation. */
function runOf(changes: Partial<Experiment>, updates: number) {
  const experiment = { ...defaultExperiment, evalTasks: 4, ...changes };
  const run = new RunState();
  const status = { type: 'status', runId: 'r1', phase: 'paused', stage: 'idle', done: 0, total: 0 } as const;
  run.apply({ type: 'eval', runId: 'r1', record: fakeEvaluation(experiment, 0) });
  for (let step = 1; step <= updates; step++) {
    run.apply({ type: 'update', runId: 'r1', record: fakeUpdate(experiment, step) });
  }
  run.apply({ ...status, step: updates });
  return { run, selection: new SelectionState(run), experiment };
}

type Drawable = ReturnType<typeof runOf>;

/** What each of two runs looks like, drawn in one page; without ids, which tell only the place in the page. */
function drawn(left: Drawable, right: Drawable): [string, string] {
  const { body } = render(SideBySide, { props: { runs: [left, right] } });
  const [, one = '', , two = ''] = body.replace(/\bs\d+(-|")/g, '$1').split(/<hr ?\/?>/);
  return [one, two];
}
const turnCards = (text: string) => text.match(/<article[^>]*aria-label="Turn \d"/g)?.length ?? 0;

describe('two runs in one page', () => {
  it('are each drawn as their own records and experiment say', () => {
    const one = runOf({ turns: 1, gamma: 0.5 }, 1);
    const three = runOf({ turns: 3, seed: 2 }, 3);
    three.selection.look('batch');
    const [left, right] = drawn(one, three);
    // Held-out episodes of one turn beside the training batch of three.
    expect(turnCards(left)).toBe(1);
    expect(turnCards(right)).toBe(3);
    expect(left).not.toContain('Tasks of this batch');
    expect(right).toContain('Tasks of this batch');
    // The charts reach as far as each run has come, with a line for each of its turns.
    expect(left).toContain('values up to update 1<');
    expect(right).toContain('values up to update 3<');
    expect(left).not.toContain('turn 3');
    expect(right).toContain('turn 3');
  });

  it('look the same on either side, and choosing in one leaves the other as it is', () => {
    const one = runOf({ seed: 1 }, 2);
    const two = runOf({ seed: 2 }, 2);
    const [left, right] = drawn(one, two);
    expect(left).not.toBe(right);
    expect(drawn(two, one)).toEqual([right, left]);
    two.selection.look('batch');
    two.selection.chooseTrajectory(1);
    const [still, moved] = drawn(one, two);
    expect(still).toBe(left);
    expect(moved).not.toBe(right);
  });
});
