/** Files that are opened in the page: what they become, and what is said of those that cannot be. */
import { describe, expect, it, vi } from 'vitest';
import { defaultExperiment, withChanges } from '../../../src/config/experiment.ts';
import { experimentFile } from '../../../src/config/formats.ts';
import { packRun, runFileOf } from '../../../src/exports/runFile.ts';
import { receiptOf } from '../../../src/receipts/receipt.ts';
import { fileOf, readShared } from '../../../src/receipts/shared.ts';
import { openFiles } from '../../../src/ui/panels/files/open.ts';
import { AppState } from '../../../src/ui/state/app.svelte.ts';
import { soFar } from '../../../src/ui/state/link.svelte.ts';
import { FakeWorker } from '../../ui/mock/fakeWorker.ts';
import { MemoryRuns } from '../../ui/memoryRuns.ts';
import { madeRun, modelDigest } from '../receipts/made.ts';
import { evaluation, logOf, state } from '../train/logs.ts';

async function openApp(kept?: MemoryRuns): Promise<AppState> {
  const app = new AppState(
    {
      createWorker: () => new FakeWorker({ delay: 0 }),
      createSandboxPort: async () => new MessageChannel().port1,
      assets: 'https://example.org/',
    },
    kept ? { kept } : {},
  );
  void app.link.open('#v=1&trainTasks=32&promptsPerUpdate=2&k=2&steps=4&evalTasks=4');
  await vi.waitFor(() => expect(app.run.phase).toBe('ready'), { timeout: 10_000 });
  return app;
}

/** A run of three updates, of a model that this page does not have. */
async function runFile(name: string, file = `${name}.cocos`): Promise<File> {
  const { log, store } = await logOf(3);
  await log.evaluation(evaluation(3));
  await log.checkpoint(state(3));
  return new File([await packRun(await runFileOf(store, name))], file);
}
const textFile = (name: string, text: string) => new File([text], name);

/** What the page shows of its own run. */
const own = ({ runs, experiment }: AppState) => ({
  runs: runs.all.map(({ id, name, told }) => ({ id, name, step: told.step })),
  selected: runs.selected.id,
  draft: experiment.draft,
});

describe('a run’s file', () => {
  it('becomes a run of the page that is looked at, as its log tells it', async () => {
    const app = await openApp();
    expect(await openFiles([await runFile('γ 0.5')], app)).toEqual({
      done: ['The run “γ 0.5” is open, with 3 updates.'],
      problems: [],
    });
    const { selected, all } = app.runs;
    expect(all).toHaveLength(2);
    expect(selected).toMatchObject({ name: 'γ 0.5', alive: false });
    expect(selected.told).toMatchObject({ step: 3, phase: 'paused' });
    expect(selected.told.train.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(selected.told.evals.map(({ step }) => step)).toEqual([3]);
  });

  it('is put side by side with the others of a sweep', async () => {
    const app = await openApp();
    await openFiles(await Promise.all(['a', 'b', 'c'].map((name) => runFile(name))), app);
    expect(app.compare.on).toBe(true);
    expect(app.compare.runs.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('is kept where runs are kept, under the same id', async () => {
    const kept = new MemoryRuns();
    const app = await openApp(kept);
    await openFiles([await runFile('a'), await runFile('b')], app);
    expect((await kept.list()).map(({ name }) => name).sort()).toEqual(['a', 'b']);
    for (const { id } of await kept.list()) expect(app.runs.find(id)).toBeDefined();
  });

  it('is still looked at where nothing is kept', async () => {
    const kept = new MemoryRuns();
    kept.why = 'the browser keeps nothing here';
    const app = await openApp(kept);
    await openFiles([await runFile('a')], app);
    expect(app.runs.selected.name).toBe('a');
  });
});

describe('an experiment', () => {
  it('is loaded and waits for Run', async () => {
    const app = await openApp();
    const experiment = withChanges(defaultExperiment, { gamma: 0.25, steps: 9 });
    const { done, problems } = await openFiles(
      [textFile('experiment.json', JSON.stringify(experimentFile(experiment)))],
      app,
    );
    expect(problems).toEqual([]);
    expect(done).toEqual(['The experiment of experiment.json is loaded, and waits for Run.']);
    expect(app.experiment.applied).toEqual(experiment);
    expect(app.run.train).toEqual([]);
  });
});

describe('a file that Share saved', () => {
  const experiment = withChanges(defaultExperiment, { gamma: 0.25, steps: 9 });
  const made = { experiment, madeOn: { backend: 'wasm' as const, modelDigest } };

  it('opens as its link would', async () => {
    const app = await openApp();
    const { done, problems } = await openFiles([textFile('a.json', fileOf(made))], app);
    expect(problems).toEqual([]);
    expect(done).toEqual(['The experiment of a.json is loaded, and waits for Run.']);
    expect(app.experiment.applied).toEqual(experiment);
    expect(app.link.shared?.link.experiment).toEqual(experiment);
  });

  it('brings its result along', async () => {
    const app = await openApp();
    const run = { ...madeRun(3), experiment };
    const text = fileOf({ ...made, receipt: await receiptOf(run, 'test') });
    const { done } = await openFiles([textFile('a.json', text)], app);
    expect(done).toEqual(['The experiment of a.json, and what came of it, is loaded, and waits for Run.']);
    expect(app.link.claim?.receipt.updates).toBe(3);
    expect(app.link.claims(app.runs.selected)).toBe(true);
  });

  it('has its changes made again by the run that checks it, which then is the same', async () => {
    const phase = (app: AppState, name: string) => vi.waitFor(() => expect(app.run.phase).toBe(name), 10_000);
    const first = await openApp();
    first.step();
    await phase(first, 'paused');
    first.set('gamma', 0.5);
    first.start();
    await phase(first, 'finished');
    const run = first.runs.selected;
    const receipt = await receiptOf(soFar(run), 'test');

    const second = await openApp();
    second.link.openShared(readShared(fileOf({ ...made, experiment: run.began, receipt })));
    await vi.waitFor(() => expect(second.link.claims(second.runs.selected)).toBe(true), 10_000);
    await phase(second, 'ready');
    second.start();
    await phase(second, 'finished');
    const checked = () => second.link.checked(second.runs.selected)?.outcome;
    await vi.waitFor(() => expect(checked()).toEqual({ kind: 'same' }));
    expect(second.run.changes).toEqual(first.run.changes);
    expect([second.experiment.applied.gamma, second.experiment.draft.gamma]).toEqual([0.5, 0.5]);
  });
});

describe('what cannot be opened', () => {
  const cases: readonly [string, string, RegExp][] = [
    ['a.cocos', 'hello', /^a\.cocos is no run that can be opened: it is no zip archive\. /],
    ['a.json', '{', /^a\.json cannot be opened: it is neither a run nor JSON\. Choose a run/],
    ['a.json', '[1]', /^a\.json cannot be opened: it holds no experiment\. /],
    ['a.json', '{"format":6,"gamma":7}', /^a\.json cannot be opened: gamma: /],
    ['a.json', '{"kind":"cocos-playground"}', /^a\.json cannot be opened: /],
    [
      'a.json',
      '{"kind":"cocos-playground","format":1,"link":"#v=1&gamma=7"}',
      /^a\.json cannot be opened: .*gamma/,
    ],
    ['a.json', '{"format":99}', /^a\.json cannot be opened: made by a newer version/],
    ['a\u202e\n.json', '1', /^a\\u202e\\u000a\.json cannot be opened/],
  ];
  it.each(cases)(
    '%s with %j is said in one sentence, and the page stays as it was',
    async (name, text, message) => {
      const app = await openApp();
      const before = own(app);
      const { done, problems } = await openFiles([textFile(name, text)], app);
      expect(done).toEqual([]);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(message);
      expect(own(app)).toEqual(before);
    },
  );

  it('does not stop what can be', async () => {
    const app = await openApp();
    const { done, problems } = await openFiles([textFile('x.cocos', ''), await runFile('a')], app);
    expect(done).toHaveLength(1);
    expect(problems).toHaveLength(1);
    expect(app.runs.selected.name).toBe('a');
  });
});
