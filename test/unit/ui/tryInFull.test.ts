/** What a try says of its tokens: why they have no colour, and what became of one that was pushed. */
import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import EpisodePanel from '../../../src/ui/panels/EpisodePanel.svelte';
import TokenDetail from '../../../src/ui/panels/episode/TokenDetail.svelte';
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

describe('a token that was pushed', () => {
  function shown(coefficients: readonly (readonly number[])[], before: number, after: number): string {
    const turn = update.groups[0]?.trajectories[0]?.turns[0];
    if (!turn) throw new Error('The update has no answer.');
    const inspected = { before, after, reference: before, alternatives: [] };
    const state = { number: 1, token: 0, share: 50, trains: true, asking: true, refused: '' };
    const props = { turn, coefficients, inspected, ...state, onclose: () => undefined };
    return render(TokenDetail, { props }).body;
  }
  const against = (html: string) => /Its probability (\w+) all the same/.exec(html)?.[1] ?? '';

  it.each([
    [-0.01, 0.28, 0.293, 'rose'],
    [0.01, 0.607, 0.591, 'fell'],
    [0.01, 0.28, 0.293, ''],
    [-0.01, 0.607, 0.591, ''],
    [0, 0.28, 0.293, ''], // it was not pushed
    [-0.01, 0.28, 0.28001, ''], // nobody sees it rise
  ])('by %d, and went from %d to %d, went against it: "%s"', (coefficient, before, after, word) => {
    expect(against(shown([[coefficient]], before, after))).toBe(word);
  });

  it.each([
    [[[2, 2], [2]], 'try'],
    [[[2, 2], [3]], 'turn'],
    [[[2, 1], [2]], ''],
    [[[0, 0], [0]], ''], // none was pushed
  ])('as the others of its try or turn were: %j, "%s"', (coefficients, whole) => {
    const [, said = ''] = /Every token of this (\w+) is pushed/.exec(shown(coefficients, 0.5, 0.6)) ?? [];
    expect(said).toBe(whole);
  });
});
