/** The recorded update: shown until the reader goes on or the model learns, and there to go back to. */
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { RunState } from '../../../src/ui/state/run.svelte.ts';
import { SelectionState } from '../../../src/ui/state/selection.svelte.ts';
import { fakeEvaluation, fakeUpdate } from '../../ui/mock/fakeRun.ts';

const runId = 'r1';
function opened() {
  const run = new RunState();
  const selection = new SelectionState(run);
  selection.recorded = fakeUpdate(defaultExperiment, 1);
  return {
    selection,
    measure: () => run.apply({ type: 'eval', runId, record: fakeEvaluation(defaultExperiment, 0) }),
    learn: () => run.apply({ type: 'update', runId, record: fakeUpdate(defaultExperiment, 1) }),
  };
}

describe('the recorded update', () => {
  it('stays when the model has answers of its own, and gives way when it learns', () => {
    const { selection, measure, learn } = opened();
    expect(selection).toMatchObject({ source: 'recorded', offersRecorded: true, hasOwn: false });
    measure();
    expect(selection).toMatchObject({ source: 'recorded', offersRecorded: true, hasOwn: true });
    learn();
    expect(selection).toMatchObject({ source: 'batch', offersRecorded: true });
  });

  it('is left for what the model wrote by itself, and can be had back', () => {
    const { selection, measure, learn } = opened();
    selection.chooseTrajectory(2);
    measure();
    expect(selection).toMatchObject({ source: 'recorded', trajectoryIndex: 2 });
    selection.putAway();
    expect(selection).toMatchObject({ source: 'held-out', trajectoryIndex: 0 });
    selection.look('recorded');
    expect(selection.source).toBe('recorded');
    learn();
    expect(selection.source).toBe('batch');
  });

  it('is there to go back to while the model learns, until they go elsewhere', () => {
    const { selection, measure, learn } = opened();
    measure();
    learn();
    const leaves = [
      () => selection.putAway(),
      () => selection.lookBack(1),
      () => selection.goTo(1),
      () => selection.followTraining(),
      () => selection.look('batch'),
    ];
    for (const leave of leaves) {
      selection.look('recorded');
      expect(selection.moment).toBe(selection.recorded);
      learn();
      expect(selection.source).toBe('recorded');
      leave();
      expect(selection.source).toBe('batch');
    }
  });

  it('has the colours of everything else', () => {
    const { selection, measure, learn } = opened();
    const before = selection.shading;
    measure();
    expect(selection.shading).toBe(before);
    learn();
    expect(selection.shading).toBe(before);
    selection.shade('entropy');
    expect(selection.shading).toBe('entropy');
  });
});
