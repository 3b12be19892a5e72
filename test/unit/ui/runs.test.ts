/** Several runs in one page, and looking back in one. */
import { describe, expect, it, vi } from 'vitest';
import { withChanges } from '../../../src/config/experiment.ts';
import { AppState } from '../../../src/ui/state/app.svelte.ts';
import { changesBetween, type OpenRun } from '../../../src/ui/state/openRun.svelte.ts';
import { keptAnswers } from '../../../src/ui/state/run.svelte.ts';
import { maxRuns } from '../../../src/ui/state/runs.svelte.ts';
import { FakeWorker } from '../../ui/mock/fakeWorker.ts';

const micro = '#v=1&trainTasks=32&promptsPerUpdate=2&k=2&steps=6&evalEvery=3&evalTasks=4';

function openApp(failAfter = 0): AppState {
  const app = new AppState({
    createWorker: () => new FakeWorker({ delay: 0, failAfter }),
    createSandboxPort: async () => new MessageChannel().port1,
    assets: 'https://example.org/',
  });
  app.openLink(micro);
  return app;
}
const reaches = (run: OpenRun, phase: string) =>
  vi.waitFor(() => expect(run.told.phase).toBe(phase), { timeout: 10_000, interval: 2 });

/** An app whose run has come to its end. */
async function finished(): Promise<AppState> {
  const app = openApp();
  const { selected } = app.runs;
  await reaches(selected, 'ready');
  app.start();
  await reaches(selected, 'finished');
  return app;
}

/** All that the panels draw. */
const shown = ({ selection, run, runs: { selected } }: AppState) =>
  structuredClone({
    moment: selection.moment,
    batch: selection.batch,
    cursor: selection.cursor,
    steps: selection.steps,
    experiment: selected.experiment,
    train: run.train,
    evals: run.evals,
    updates: run.updates,
  });

describe('looking back', () => {
  it('shows what was true then, stays there while training goes on, and comes back to now', async () => {
    const app = openApp();
    await reaches(app.runs.selected, 'ready');
    for (const gamma of [0.75, 0.5, 0]) {
      app.set('gamma', gamma);
      app.step();
      await reaches(app.runs.selected, 'running');
      await reaches(app.runs.selected, 'paused');
    }
    const { selection } = app;
    const gammas = [0, 1, 2, 3].map((step) => {
      selection.lookBack(step);
      return [selection.cursor, selection.moment?.step, app.runs.selected.experiment.gamma];
    });
    expect(gammas).toEqual([
      [0, 0, 0.75],
      [1, 1, 0.75],
      [2, 2, 0.5],
      [null, 3, 0], // that is now
    ]);
    selection.lookBack(2);
    app.start();
    await reaches(app.runs.selected, 'finished');
    expect([selection.cursor, selection.moment?.step, app.run.step]).toEqual([2, 2, 6]);
    selection.look('held-out');
    expect([selection.cursor, selection.moment?.step]).toEqual([2, 0]); // what was measured last by then
    selection.lookBack(Infinity);
    expect([selection.cursor, selection.moment?.step]).toEqual([null, 6]);
  });

  it('fifty times leaves everything as it was', async () => {
    const app = await finished();
    app.selection.look('batch');
    const before = shown(app);
    for (let i = 0; i < 50; i++) {
      app.selection.lookBack(i % 6);
      app.selection.moveGroup(1);
      app.selection.lookBack(Infinity);
      app.selection.moveGroup(-1);
      app.selection.followLatest();
    }
    expect(shown(app)).toEqual(before);
  });

  it('asks for what is not kept, which comes as it was; dropping the question is no harm', async () => {
    const app = await finished();
    const { told, selection } = app.runs.selected;
    const second = told.update(2);
    told.room = 1; // only the latest is kept
    selection.goTo(2);
    expect([selection.wanted, selection.moment]).toEqual([2, null]);
    app.askFor(3);
    app.askFor(2);
    expect(told.asked).toBe(2);
    await vi.waitFor(() => expect(selection.wanted).toBeNull());
    expect(told.asked).toBeNull();
    expect({ ...selection.moment, timing: null }).toEqual({ ...second, timing: null });
    app.askFor(4);
    app.askFor(null);
    expect(told.asked).toBeNull();
    expect(told.phase).toBe('finished');
  });
});

describe('a fork', () => {
  it('without changes repeats its origin, knows its past, and leaves it as it was', async () => {
    const app = await finished();
    const origin = app.runs.selected;
    const before = shown(app);
    app.fork(2, origin.experimentAfter(2), true);
    const branch = app.runs.selected;
    expect(branch).not.toBe(origin);
    expect([branch.name, branch.told.step, branch.told.train.length]).toEqual(['again · from 2', 2, 2]);
    await reaches(branch, 'finished');
    expect(branch.told.train).toEqual(origin.told.train);
    expect(branch.told.evals.map(({ step, metrics }) => [step, metrics])).toEqual(
      [0, 2, 3, 6].map((step) => [step, expect.anything()]),
    );
    app.select(origin);
    expect(shown(app)).toEqual(before);
  });

  it('with other values is named by them, has them as a mark, and asks its origin for what that has made', async () => {
    const app = await finished();
    const origin = app.runs.selected;
    app.fork(2, withChanges(origin.experimentAfter(2), { gamma: 0, k: 3, steps: 4 }), true);
    const branch = app.runs.selected;
    expect(branch.name).toBe('k 2 → 3, γ 0.75 → 0, Updates 6 → 4 · from 2');
    await reaches(branch, 'finished');
    expect(branch.told.updates.at(-1)?.groups[0]?.trajectories).toHaveLength(3);
    expect(branch.told.changes.map(({ step }) => step)).toEqual([2]);
    const gammas = [1, 2, 3].map((step) => {
      branch.selection.lookBack(step);
      return branch.experiment.gamma;
    });
    expect(gammas).toEqual([0.75, 0.75, 0]);
    branch.told.room = 1;
    branch.selection.goTo(1);
    app.askFor(1);
    await vi.waitFor(() => expect(branch.selection.moment?.step).toBe(1));
    expect(branch.selection.moment?.experiment.gamma).toBe(0.75);
    // A fork of the fork, from before it began: that was its origin.
    expect(branch.ownerOfState(1)).toBe(origin);
    app.fork(1, branch.experimentAfter(1), false);
    expect(changesBetween(app.runs.selected.form.applied, origin.began)).toEqual([]);
    await reaches(app.runs.selected, 'ready');
    expect(app.runs.all.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('saves a run that failed', async () => {
    const app = openApp(3);
    await reaches(app.runs.selected, 'ready');
    app.start();
    await reaches(app.runs.selected, 'failed');
    expect(app.canFork(2)).toBe(true);
    app.fork(2, app.runs.selected.experimentAfter(2), false);
    await reaches(app.runs.selected, 'ready');
    expect(app.canRun).toBe(true);
  });
});

describe('the runs of the page', () => {
  it('stay when another begins: Reset loses nothing, and the old one can be gone on with', async () => {
    const app = await finished();
    const first = app.runs.selected;
    app.set('seed', 7);
    app.reset();
    const second = app.runs.selected;
    expect(app.runs.all).toEqual([first, second]);
    expect([first.form.pending, second.form.applied.seed]).toEqual([[], 7]);
    await reaches(second, 'ready');
    expect(app.runs.ghost).toBe(first);
    app.select(first);
    expect(app.run.train).toHaveLength(6);
    app.set('steps', 8);
    app.start();
    await reaches(first, 'finished');
    expect([first.told.step, second.told.step]).toEqual([8, 0]);
  });

  it('are bounded, and so is what is kept of them; the oldest goes, and that is said', async () => {
    const app = await finished();
    for (let i = 0; i <= maxRuns; i++) {
      app.fork(6, withChanges(app.runs.selected.experimentAfter(6), { steps: 7 + i }), false);
      await reaches(app.runs.selected, 'ready');
    }
    expect(app.runs.all).toHaveLength(maxRuns);
    expect(app.runs.selected.told.notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Run \d+ \(.*\) was closed: 8 are kept\.$/),
    ]);
  });

  it('can be closed, and had back', async () => {
    const app = await finished();
    const first = app.runs.selected;
    app.fork(3, first.experimentAfter(3), false);
    const branch = app.runs.selected;
    await reaches(branch, 'ready');
    app.close(branch);
    expect([app.runs.all, app.runs.selected]).toEqual([[first], first]);
    app.close(first); // the last one stays
    expect(app.runs.all).toEqual([first]);
    app.runs.undoClose();
    expect(app.runs.all).toEqual([first, branch]);
    app.select(branch);
    app.start();
    await reaches(branch, 'finished');
    app.close(first);
    app.forgetClosed();
    // What its origin made cannot be made again now, and that is said.
    branch.told.room = 1;
    branch.selection.goTo(1);
    app.askFor(1);
    expect(branch.told.refused).toMatchObject({ step: 1, why: expect.stringContaining('ended') });
    expect(app.canFork(1)).toBe(false);
    expect(app.canFork(4)).toBe(true);
  });
});

describe('what the page keeps', () => {
  it('stays within its bound over a thousand updates of four runs', async () => {
    const app = await finished();
    const [record] = app.run.updates;
    if (!record) throw new Error('Nothing was recorded.');
    while (app.runs.all.length < 4) {
      app.fork(6, app.runs.selected.experimentAfter(6), false);
      await reaches(app.runs.selected, 'finished');
    }
    const answers = () =>
      app.runs.all
        .flatMap(({ told }) => [...told.updates, ...told.fetched])
        .flatMap(({ groups }) =>
          groups.flatMap(({ trajectories }) => trajectories.flatMap(({ turns }) => turns)),
        ).length;
    for (const { id, told } of app.runs.all) {
      for (let step = 7; step <= 1000; step++) {
        told.apply({ type: 'update', runId: id, record: { ...record, step } });
        if (step % 3 === 0) told.apply({ type: 'record', runId: id, record: { ...record, step: step - 5 } });
      }
    }
    expect(app.run.train).toHaveLength(1000);
    expect(answers()).toBeLessThanOrEqual(1.25 * keptAnswers);
    app.runs.selected.told.room = 8;
    expect(answers()).toBeLessThan(keptAnswers);
  });
});
