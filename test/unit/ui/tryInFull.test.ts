/** What a try says of its tokens: why they have no colour, and what became of one that was pushed. */
import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import EpisodePanel from '../../../src/ui/panels/EpisodePanel.svelte';
import { RunState } from '../../../src/ui/state/run.svelte.ts';
import { SelectionState } from '../../../src/ui/state/selection.svelte.ts';
import { fakeEvaluation, fakeUpdate } from '../../ui/mock/fakeRun.ts';

const runId = 'r1';
const experiment = defaultExperiment;
const update = fakeUpdate(experiment, 1);

describe('tokens without a gradient', () => {
  function shown(learns: (run: RunState) => void): string {
    const run = new RunState();
    run.apply({ type: 'eval', runId, record: fakeEvaluation(experiment, 0) });
    learns(run);
    return render(EpisodePanel, { props: { run, selection: new SelectionState(run), experiment } }).body;
  }
  const begins = (run: RunState) => {
    const tasks = update.groups.map(({ task }) => task);
    run.apply({ type: 'live', runId, event: { what: 'began', step: 1, experiment, tasks, group: 0 } });
  };
  const measured = 'these answers are measured, not learned from';
  const unscored = 'Not scored yet';

  it('are measured only, or not scored yet, and have a gradient when the update is done', () => {
    const before = shown(() => undefined);
    expect(before).toContain(measured);
    expect(before).not.toContain(unscored);
    const underWay = shown(begins);
    expect(underWay).toContain(unscored);
    expect(underWay).not.toContain(measured);
    const done = shown((run) => {
      begins(run);
      run.apply({ type: 'update', runId, record: update });
    });
    expect(done).toContain('how hard the update pushes the token');
    expect(done).not.toContain(measured);
    expect(done).not.toContain(unscored);
  });
});
