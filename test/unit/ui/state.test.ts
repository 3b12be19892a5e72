import { describe, expect, it, vi } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { encodeLink } from '../../../src/config/link.ts';
import { findPreset } from '../../../src/config/presets.ts';
import { AppState } from '../../../src/ui/state/app.svelte.ts';
import { ExperimentState } from '../../../src/ui/state/experiment.svelte.ts';
import { latestThatFit } from '../../../src/ui/state/run.svelte.ts';
import { stories, storyOf } from '../../../src/ui/stories.ts';
import { metricsOf } from '../../../src/ui/download.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';
import { FakeWorker } from '../../ui/mock/fakeWorker.ts';

function openApp(fragment = '', failAfter = 0): AppState {
  const app = new AppState({
    createWorker: () => new FakeWorker({ delay: 0, failAfter }),
    createSandboxPort: async () => new MessageChannel().port1,
    assets: 'https://example.org/',
  });
  void app.link.open(fragment);
  return app;
}

const micro = '#v=1&trainTasks=32&promptsPerUpdate=2&k=2&steps=6&evalEvery=3&evalTasks=4';
const reaches = (app: AppState, phase: string) =>
  vi.waitFor(() => expect(app.run.phase).toBe(phase), { timeout: 10_000, interval: 2 });

/** Lets one message after another through until the run is at a stage of an update. */
async function comesTo(app: AppState, stage: string): Promise<void> {
  for (let messages = 0; app.run.stage !== stage; messages++) {
    if (messages > 100_000) throw new Error(`The run is at ${app.run.stage}, never at ${stage}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('ExperimentState', () => {
  it('marks what differs from the preset, and takes it back field by field', () => {
    const state = new ExperimentState();
    state.set('gamma', '0.5');
    state.set('k', '8');
    expect(state.changed).toEqual(['k', 'gamma']);
    state.resetField('gamma');
    expect(state.changed).toEqual(['k']);
    expect(state.valid?.k).toBe(8);
  });

  it('keeps what was typed, names the field that is wrong, and is not valid meanwhile', () => {
    const state = new ExperimentState();
    state.set('gamma', '7');
    state.set('turns', 'two');
    expect(state.draft.turns).toBe('two');
    expect(state.errorOf('gamma')).toMatch(/from 0 to 2/);
    expect(state.errorOf('turns')).toMatch(/two/);
    expect(state.errorOf('beta')).toBe('');
    expect(state.valid).toBeNull();
    expect(state.problem).toMatch(/Turns T/);
  });

  it('applies live fields at once and leaves restart fields for a reload', () => {
    const state = new ExperimentState();
    state.set('gamma', 0.5);
    state.set('turns', 3);
    expect(state.applyLive()).toMatchObject({ gamma: 0.5, turns: 2 });
    expect(state.applyLive()).toBeNull();
    expect(state.pending).toEqual(['turns']);
  });

  it('does not apply a live field that is wrong', () => {
    const state = new ExperimentState();
    state.set('gamma', 7);
    state.set('beta', 0.5);
    expect(state.applyLive()).toMatchObject({ gamma: defaultExperiment.gamma, beta: 0.5 });
  });

  it('recognises a preset in a link and says why a field has no effect', () => {
    const state = new ExperimentState();
    state.open({ ...defaultExperiment, objective: 'released-code' });
    expect(state.preset.id).toBe('released-code');
    expect(state.changed).toEqual([]);
    expect(state.idleReason('gamma')).not.toBe('');
  });
});

describe('AppState', () => {
  it('loads, evaluates the starting model, and waits for Run', async () => {
    const app = openApp(micro);
    expect(app.canRun).toBe(false);
    await reaches(app, 'ready');
    expect(app.run.step).toBe(0);
    await vi.waitFor(() => expect(app.run.evals).toHaveLength(1));
    expect(app.selection.group?.trajectories[0].turns).toHaveLength(2);
    expect(app.canRun).toBe(true);
  });

  it('runs to the end, keeping every metric', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.start();
    await reaches(app, 'finished');
    expect(app.run.train.map((point) => point.step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(app.run.evals.map((record) => record.step)).toEqual([0, 3, 6]);
    expect(app.runs.updatesPerMinute(app.runs.selected, [])).toBeGreaterThan(0);
  });

  it('says why nothing can be run while a setting is wrong', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    expect(app.hindrance).toBe('');
    app.set('turns', 'two');
    expect(app.canRun || app.canReset).toBe(false);
    expect(app.hindrance).toMatch(/with these settings: Turns T must be a whole number.*"two"\.$/);
  });

  it('steps once, and Reset goes back to the start', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.step();
    await reaches(app, 'paused');
    expect(app.run.step).toBe(1);
    app.reset();
    await reaches(app, 'ready');
    expect(app.run.step).toBe(0);
    expect(app.run.train).toEqual([]);
  });

  it('goes on after the end as soon as Updates is raised, and remembers on Reset how it went', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.start();
    await reaches(app, 'finished');
    expect(app.canRun).toBe(false);
    app.set('steps', 8);
    expect(app.canRun).toBe(true);
    app.start(); // before the trainer has answered
    await vi.waitFor(() => expect(app.run.step).toBe(8));
    await reaches(app, 'finished');
    const went = app.run.evals.map(({ step }) => step);
    expect(app.runs.before).toBeNull();
    app.reset();
    await reaches(app, 'ready');
    expect(app.runs.before?.told.evals.map(({ step }) => step)).toEqual(went);
    app.reset(); // nothing has happened since
    expect(app.runs.before?.told.evals.map(({ step }) => step)).toEqual(went);
  });

  it('does not put a preset’s title over a run that began as another', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    expect(app.experiment.waiting(false)).toBe('');
    app.step();
    await reaches(app, 'paused');
    const other = findPreset('cheating');
    if (other) app.choose(other);
    const words = app.experiment.waiting(app.run.begun);
    expect(words).toContain(`“${other?.title}” loads on Reset: `);
    expect(words).toContain('this is still “Micro (for tests)');
    app.reset();
    expect(app.experiment.waiting(app.run.begun)).toBe('');
  });

  it('goes to an update that is kept, else to the evaluation after it', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.start();
    await reaches(app, 'finished');
    app.selection.goTo(2);
    expect([app.selection.source, app.selection.moment?.step]).toEqual(['batch', 2]);
    app.selection.goTo(0);
    expect([app.selection.source, app.selection.moment?.step]).toEqual(['held-out', 0]);
    app.selection.goTo(99);
    expect(app.selection.moment?.step).toBe(0);
  });

  it('loads changed restart fields when Run is pressed at the start, and then runs', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.set('turns', '3');
    expect(app.experiment.pending).toEqual(['turns']);
    app.start();
    await reaches(app, 'finished');
    expect(app.run.updates.at(-1)?.groups[0].trajectories[0].turns).toHaveLength(3);
    expect(app.experiment.pending).toEqual([]);
  });

  it('changes a live field during a run from the next update on', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.step();
    await reaches(app, 'paused');
    app.set('gamma', 0);
    app.set('turns', 3);
    app.step();
    await vi.waitFor(() => expect(app.run.step).toBe(2));
    expect(app.run.train.map((point) => point.metrics['train/weight@t1'])).toEqual([-0.25, -1]);
    expect(app.experiment.pending).toEqual(['turns']);
  });

  it('keeps an update with its own γ when γ is moved while it is computed, and the change as an entry', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.selection.look('batch');
    app.step();
    await comesTo(app, 'grade'); // the update is under way
    app.set('gamma', 0);
    app.set('beta', 0.2);
    expect(app.experiment.applied.gamma).toBe(0);
    await reaches(app, 'paused');
    // The page shows the update with the γ it was made under; what it was moved to comes after it.
    expect(app.run.updates.map(({ step, experiment }) => [step, experiment.gamma])).toEqual([[1, 0.75]]);
    expect(app.selection.moment?.experiment).toMatchObject({ gamma: 0.75, beta: defaultExperiment.beta });
    expect(app.run.train[0]?.metrics['train/weight@t1']).toBe(-0.25);
    const changes = [
      { field: 'gamma', from: 0.75, to: 0 },
      { field: 'beta', from: defaultExperiment.beta, to: 0.2 },
    ];
    expect(app.run.changes.map(({ step }) => step)).toEqual([1]);
    expect(app.run.changes[0]?.changes).toEqual(expect.arrayContaining(changes));
    app.step();
    await vi.waitFor(() => expect(app.run.step).toBe(2));
    expect(app.run.updates.at(-1)?.experiment).toMatchObject({ gamma: 0, beta: 0.2 });
    expect(app.selection.moment?.experiment.gamma).toBe(0);
    const lines = metricsOf(app.run)
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines.map((line) => (line as { step: number }).step)).toEqual([0, 1, 1, 2]);
    expect(lines[2]).toEqual({ step: 1, changes: { gamma: 0, beta: 0.2 } });
    app.reset();
    expect(app.run.changes).toEqual([]);
  });

  it('opens a link, and refuses a bad one with the default instead', async () => {
    const link = encodeLink({ ...defaultExperiment, gamma: 0.5, seed: 9 });
    expect(openApp(link).experiment.valid).toMatchObject({ gamma: 0.5, seed: 9 });
    const bad = openApp('#v=1&gamma=9');
    expect(bad.link.problem).toMatch(/gamma/);
    expect(bad.experiment.valid).toEqual(defaultExperiment);
  });

  it('says on which back end a link was made, when it is another, until it is dismissed', async () => {
    const app = openApp(encodeLink(defaultExperiment, { backend: 'webgpu' }));
    await reaches(app, 'ready');
    expect(app.link.differences).toEqual([expect.stringMatching(/made on WebGPU.*computes on WASM/)]);
    app.reset();
    await reaches(app, 'ready');
    expect(app.link.differences).toHaveLength(1);
    app.link.dismissDifferences();
    expect(app.link.differences).toEqual([]);
    void app.link.open(encodeLink(defaultExperiment, { backend: 'wasm' }));
    await reaches(app, 'ready');
    expect(app.link.differences).toEqual([]);
  });

  it('tells a story: loads it, runs it, keeps what the run before has measured, and finds who cheats', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.step();
    await reaches(app, 'paused');
    const story = stories.find(({ id }) => id === 'cheats');
    if (!story) throw new Error('There is no such story.');
    app.tell(story);
    expect(storyOf(app.experiment.applied)).toBe(story);
    expect(app.runs.before?.told.train.map(({ step }) => step)).toEqual([1]);
    await vi.waitFor(() => expect(app.run.step).toBeGreaterThan(1), { timeout: 10_000 });
    expect(app.run.updates[0]?.experiment).toMatchObject({ gamma: 0, initialPolicy: 'cheating' });
    app.asking.caught();
    expect(app.run.catching).toBe(true);
    expect(app.asking.canAskForCaught).toBe(false);
    await vi.waitFor(() => expect(app.run.caught).not.toBeNull(), { timeout: 10_000 });
    expect(app.run.catching).toBe(false);
    const [example] = app.run.caught?.examples ?? [];
    expect(example?.before.reward).toBeGreaterThan(example?.turns[0]?.reward ?? NaN);
    app.asking.closeCaught();
    expect(app.run.caught).toBeNull();
    app.pause();
    await reaches(app, 'paused'); // it had gone on meanwhile
    app.reset();
    expect(app.runs.before?.told.train.length).toBeGreaterThan(1);
  });

  it('takes a preset at once while nothing has been trained', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    const preset = findPreset('micro');
    if (!preset) throw new Error('The preset for tests is missing.');
    app.choose(preset);
    expect(app.run.phase).toBe('loading');
    await reaches(app, 'ready');
    expect(app.experiment.applied.maxNewTokens).toBe(preset.changes.maxNewTokens);
  });

  it('keeps what was recorded when the run fails', async () => {
    const app = openApp(micro, 2);
    await reaches(app, 'ready');
    app.start();
    await reaches(app, 'failed');
    expect(app.run.failure?.what).toMatch(/not finite/);
    expect(app.run.train).toHaveLength(2);
    expect(app.canRun).toBe(false);
  });
});

describe('SelectionState', () => {
  it('holds a batch once something in it is chosen, and follows the latest on request', async () => {
    const app = openApp(micro.replace('steps=6', 'steps=200'));
    await reaches(app, 'ready');
    app.step();
    await reaches(app, 'paused');
    app.selection.look('batch');
    expect(app.selection.following).toBe(true);
    app.selection.chooseTrajectory(1);
    expect(app.selection.following).toBe(false);
    app.start(); // who lets it go on wants to see that
    expect(app.selection.following).toBe(true);
    await vi.waitFor(() => expect(app.run.step).toBeGreaterThan(1));
    app.selection.chooseTrajectory(1);
    const held = app.selection.moment?.step;
    await vi.waitFor(() => expect(app.run.step).toBeGreaterThan(held ?? NaN));
    expect(app.selection.moment?.step).toBe(held);
    app.pause();
    await reaches(app, 'paused');
    const { step } = app.run;
    app.selection.followLatest();
    expect(app.selection.moment?.step).toBe(step);
    app.selection.moveMoment(-1);
    expect(app.selection.moment?.step).toBe(step - 1);
    app.step(); // who takes a step wants to see it
    await vi.waitFor(() => expect(app.run.step).toBe(step + 1));
    expect(app.selection.moment?.step).toBe(step + 1);
  });

  it('looks at an update under way, stays at its group when it is done, and is not moved once it holds on', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    const { run, selection } = app;
    const look = () => app.watch(selection.watching); // as the page does whenever that changes
    look();
    const stands = (station: string) =>
      vi.waitFor(() => expect([run.phase, run.at?.station]).toEqual(['paused', station]));
    app.station();
    await stands('write');
    expect(selection).toMatchObject({ source: 'batch', groupIndex: 0, moment: { step: 1 } });
    expect(run.begun).toBe(true);
    expect(selection.trajectory?.turns).toHaveLength(1);
    expect(selection.live?.shares.flat().map((turns) => turns.length)).toEqual([1, 1, 1, 1]);
    selection.chooseGroup(1);
    look();
    await vi.waitFor(() => expect(selection.live?.group).toBe(1));
    expect(selection.trajectory?.turns).toHaveLength(1);
    for (const station of ['correct', 'reward', 'compare']) {
      app.station();
      look();
      await stands(station);
    }
    const task = selection.group?.task.id;
    expect(selection.live?.explanations).toHaveLength(2);
    selection.chooseTrajectory(1);
    app.station();
    await vi.waitFor(() => expect(run.step).toBe(1));
    expect(run).toMatchObject({ live: null, at: null });
    expect(selection).toMatchObject({ groupIndex: 1, trajectoryIndex: 1, group: { task: { id: task } } });
    await reaches(app, 'paused');

    selection.chooseTrajectory(0); // holds on to update 1
    look();
    expect(selection.watching).toBeNull();
    app.step();
    await vi.waitFor(() => expect(run.step).toBe(2));
    expect(selection).toMatchObject({ live: null, moment: { step: 2 } });
    await reaches(app, 'paused');
    app.station(); // looks at what comes
    look();
    await stands('write');
    expect(selection).toMatchObject({ following: true, moment: { step: 3 } });
    app.reset();
    expect(app.run).toMatchObject({ live: null, at: null });
    await reaches(app, 'ready');
  });

  it('opens a batch at its most telling task when the run rests, and stays where the reader is', async () => {
    const app = openApp(micro.replace('steps=6', 'steps=200'));
    await reaches(app, 'ready');
    const { run, selection } = app;
    app.step();
    await reaches(app, 'paused');
    const telling = selection.mostTelling;
    expect(selection.groupIndex).toBe(telling);
    // Another update has another task that tells most.
    selection.chooseTrajectory(1);
    app.step();
    await vi.waitFor(() => expect(run.step).toBe(2));
    await reaches(app, 'paused');
    expect(selection).toMatchObject({ moment: { step: 2 }, groupIndex: selection.mostTelling });
    // Whoever went through an update station by station is not taken away from the task that was watched.
    for (const station of ['write', 'correct', 'reward', 'compare']) {
      app.station();
      await vi.waitFor(() => expect(run.at?.station).toBe(station));
    }
    app.station();
    await vi.waitFor(() => expect(run.step).toBe(3));
    await reaches(app, 'paused');
    expect(selection.groupIndex).toBe(0);
    app.start();
    await vi.waitFor(() => expect(run.step).toBeGreaterThan(3));
    selection.chooseGroup(1);
    app.pause();
    await reaches(app, 'paused');
    selection.followLatest();
    expect(selection.groupIndex).toBe(1);
  });

  it('shows first a held-out task that the model gets wrong', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    const { passed, total } = app.selection.trajectory?.turns[0]?.verdict ?? { passed: 1, total: 1 };
    expect(app.selection.source).toBe('held-out');
    expect(passed).toBeLessThan(total);
  });

  it('goes around the ends of the prompts', async () => {
    const app = openApp(micro);
    await reaches(app, 'ready');
    app.selection.moveGroup(-1);
    expect(app.selection.groupIndex).toBe(app.selection.groups.length - 1);
    app.selection.moveGroup(1);
    expect(app.selection.groupIndex).toBe(0);
  });
});

describe('RunState', () => {
  it('forgets the episodes of old updates before they fill the memory, but never the latest', () => {
    const experiment = { ...defaultExperiment, promptsPerUpdate: 50, k: 10 }; // 1,000 answers
    const record = fakeUpdate(experiment, 1);
    const kept = (count: number) =>
      latestThatFit(Array.from({ length: count }, (_, i) => ({ ...record, step: i + 1 })));
    expect(kept(1)).toHaveLength(1);
    expect(kept(20).map((update) => update.step)).toEqual([15, 16, 17, 18, 19, 20]);
    const huge = fakeUpdate({ ...experiment, promptsPerUpdate: 64, k: 16, turns: 4 }, 1);
    expect(latestThatFit([...kept(3), { ...huge, groups: [...huge.groups, ...huge.groups] }])).toHaveLength(
      1,
    );
  });
});
