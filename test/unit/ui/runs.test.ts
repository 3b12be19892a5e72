/** Several runs in one page, and looking back in one. */
import { describe, expect, it, vi } from 'vitest';
import { changesBetween, withChanges } from '../../../src/config/experiment.ts';
import { AppState } from '../../../src/ui/state/app.svelte.ts';
import { asLongAgain, type OpenRun } from '../../../src/ui/state/openRun.svelte.ts';
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
  void app.link.open(micro);
  return app;
}
const reaches = (run: OpenRun, phase: string) =>
  vi.waitFor(() => expect(run.told.phase).toBe(phase), { timeout: 10_000, interval: 2 });

/** Forks of a run's end, each beside the others. */
async function forks(app: AppState, from: OpenRun, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    app.select(from);
    app.fork(6, withChanges(from.experimentAfter(6), { steps: 7 + i }), false);
    await reaches(app.runs.selected, 'ready');
  }
}

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
    for (const step of [4, 5, 4]) app.askFor(step); // back and forth, before anything is answered
    await vi.waitFor(() => expect(told.update(4)?.step).toBe(4));
    app.askFor(4);
    app.askFor(null);
    expect(told.asked).toBeNull();
    expect(told.phase).toBe('finished');
  });
});

describe('a question about an update', () => {
  it('that cannot be answered is not waited for: why is said in its place', async () => {
    const app = await finished();
    const { selected } = app.runs;
    app.asking.layers(99);
    await vi.waitFor(() =>
      expect(app.run.refused).toEqual({ step: 99, why: expect.stringContaining('not been made yet') }),
    );
    expect(app.run.notices).toEqual([]);
    // One who waits for the update itself hears it too.
    app.askFor(98);
    await vi.waitFor(() => expect(selected.told.asked).toBeNull());
    expect(app.run.refused?.step).toBe(98);
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
    expect(branch.name).toBe('γ 0.75 → 0, k 2 → 3, Updates 6 → 4 · from 2');
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

  it('with other weights is refused by name', async () => {
    const app = await finished();
    const { all, selected } = app.runs;
    app.fork(2, { ...selected.experimentAfter(2), initialPolicy: 'cheating' }, true);
    expect(app.runs.all).toEqual(all);
    expect(app.run.notices.at(-1)?.message).toMatch(/cannot be another in a fork/);
    expect([asLongAgain(150), asLongAgain(9000)]).toEqual([300, 10_000]);
  });

  it('hears what it asked for, and its origin what that asked for', async () => {
    const app = await finished();
    const origin = app.runs.selected;
    app.fork(2, origin.experimentAfter(2), false);
    const branch = app.runs.selected;
    await reaches(branch, 'ready');
    app.select(origin);
    app.asking.layers(5);
    app.asking.inspect({ step: 6, group: 0, trajectory: 0 });
    app.select(branch);
    await vi.waitFor(() => expect([origin.told.layers?.step, origin.told.inspected?.step]).toEqual([5, 6]));
    expect([branch.told.layers, branch.told.inspected]).toEqual([null, null]);
    app.asking.layers(1);
    await vi.waitFor(() => expect(branch.told.layers?.step).toBe(1));
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

  it('are each drawn over another: what they come from or came after, else the newest that got anywhere', async () => {
    const app = await finished();
    const first = app.runs.selected;
    expect(app.runs.ghost).toBeNull();
    app.fork(3, first.experimentAfter(3), true);
    const branch = app.runs.selected;
    await reaches(branch, 'finished');
    expect(app.runs.ghost).toBe(first);
    app.select(first);
    expect(app.runs.ghost).toBe(branch);
    app.runs.pinned = first; // which is on screen
    expect(app.runs.ghost).toBe(branch);
  });

  it('are called as their lesson is, and nothing else is when there is no room for it', async () => {
    const app = await finished();
    app.teach(app.experiment.applied, () => 'One two');
    expect(app.runs.all.map(({ name }) => name === 'One two')).toEqual([false, true]);
    vi.spyOn(app.runs, 'whyNoRoom').mockReturnValue('There is no room.');
    app.teach(app.experiment.applied, () => 'Three');
    expect(app.runs.selected.name).toBe('One two');
  });

  it('are drawn over another by themselves only where both were evaluated on the same', async () => {
    const app = await finished();
    const first = app.runs.selected;
    app.set('evalTasks', 8);
    app.reset();
    await reaches(app.runs.selected, 'ready');
    expect([app.runs.before, app.runs.ghost]).toEqual([first, null]);
    app.runs.pinned = first; // asked for
    expect(app.runs.ghost).toBe(first);
  });

  it('are bounded, and so is what is kept of them; the oldest goes, and that is said', async () => {
    const app = await finished();
    const first = app.runs.selected;
    await forks(app, first, maxRuns - 1);
    app.select(first);
    const second = app.runs.all.find(({ number }) => number === 2);
    app.fork(6, withChanges(first.experimentAfter(6), { steps: 9 }), false);
    const last = app.runs.selected;
    await reaches(last, 'ready');
    expect(app.runs.all).toHaveLength(maxRuns);
    expect(app.runs.all).toContain(first); // the oldest, which others come from
    expect(last.told.notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Run 2 \(.*\) was closed: 8 are kept\.$/),
    ]);
    app.runs.undoClose();
    expect(second && app.runs.all.includes(second)).toBe(true);
    if (second) app.select(second);
    app.start();
    await vi.waitFor(() => expect(second?.told.phase).toBe('finished'));
  });

  it('are not given up for another while they train or others come from them: it is not begun, and why is said', async () => {
    const app = await finished();
    for (let i = 1; i < maxRuns; i++) {
      app.fork(6, withChanges(app.runs.selected.experimentAfter(6), { steps: 6 + i }), false);
      await reaches(app.runs.selected, 'ready');
    }
    const { all, selected } = app.runs;
    for (const begin of [
      () => app.fork(6, selected.experimentAfter(6), false),
      () => app.reset(),
      () => app.runTogether([selected.experimentAfter(6), selected.experimentAfter(6)], 6),
    ]) {
      begin();
      expect(app.runs.all).toEqual(all);
      expect(app.runs.selected).toBe(selected);
      expect(app.run.notices.at(-1)?.message).toMatch(/Close (one|up to 2) first/);
      for (const { id } of app.run.notices) app.run.dismiss(id);
    }
    // Nor for another back end: the page stays with the one that computes.
    app.chooseBackend('cpu');
    expect([app.backendChoice, app.runs.selected]).toEqual(['auto', selected]);
    app.start();
    await reaches(selected, 'finished');
    app.close(selected);
    app.fork(6, app.runs.selected.experimentAfter(6), false);
    await reaches(app.runs.selected, 'ready');
  });

  it('that train stop for another back end, and so one of them can be spared', async () => {
    const app = await finished();
    const first = app.runs.selected;
    await forks(app, first, maxRuns - 1);
    const progress = { done: 0, total: 0, step: 6 };
    for (const { id, told } of app.runs.all)
      told.apply({ type: 'status', runId: id, phase: 'running', stage: 'sample', ...progress });
    app.reset(); // over what is loaded: nothing can be spared
    expect(app.run.notices.at(-1)?.message).toMatch(/Close one first/);
    app.chooseBackend('wasm');
    expect(app.backendChoice).toBe('wasm');
    expect(app.runs.all).toHaveLength(maxRuns);
    await reaches(app.runs.selected, 'ready');
  });

  it('are not closed for another while they train, although they are older', async () => {
    const app = await finished();
    const first = app.runs.selected;
    await forks(app, first, maxRuns - 1);
    app.select(first);
    const [, ...others] = app.runs.all;
    const second = others.find(({ number }) => number === 2);
    const progress = { done: 0, total: 0, step: 6 };
    second?.told.apply({ type: 'status', runId: second.id, phase: 'running', stage: 'sample', ...progress });
    app.fork(6, first.experimentAfter(6), false);
    expect(app.runs.closed?.run.number).toBe(3);
    expect(app.runs.all).toContain(second);
  });

  it('begin with one that is closed for good by that', async () => {
    const app = await finished();
    const first = app.runs.selected;
    app.fork(3, first.experimentAfter(3), true);
    const branch = app.runs.selected;
    await reaches(branch, 'finished');
    await forks(app, branch, maxRuns - 2);
    app.select(branch);
    app.close(first);
    await forks(app, branch, 1);
    app.select(branch);
    // One more: the next is put aside, and what was put aside before, which it begins with, ends.
    app.fork(2, branch.experimentAfter(2), true);
    await reaches(app.runs.selected, 'finished');
    expect(app.runs.all).not.toContain(first);
    expect(first.told.updates).toEqual([]); // nobody can look at it again
  });

  it('rest when what they stand on goes, and the page says which of them stopped', async () => {
    const app = openApp();
    const first = app.runs.selected;
    await reaches(first, 'ready');
    app.start();
    await vi.waitFor(() => expect(first.told.step).toBeGreaterThan(0));
    expect(first.told.training).toBe(true);
    app.chooseBackend('wasm');
    const second = app.runs.selected;
    expect([first.alive, first.told.phase, first.told.stage]).toEqual([false, 'paused', 'idle']);
    expect(second.told.notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Run 1 \(.*\) stopped, because something else was loaded\.$/),
    ]);
    await reaches(second, 'ready');
    await app.runs.idle(AbortSignal.timeout(5000));
    // What it would have to be asked for is refused, and why is said.
    app.select(first);
    app.asking.layers(1);
    expect(app.run.refused).toMatchObject({ step: 1, why: expect.stringContaining('its run has ended') });
    expect(app.asking.canAskForCaught).toBe(false);
    app.asking.caught();
    expect(app.run.catching).toBe(false);
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
    branch.told.room = 1;
    branch.selection.goTo(1);
    app.askFor(1);
    expect([branch.told.asked, branch.told.refused]).toEqual([1, null]);
    app.forgetClosed();
    expect([branch.told.asked, branch.told.refused?.step]).toEqual([null, 1]);
    // What its origin made cannot be made again now, and that is said.
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
