/** Alarms of a run on the page, what is proposed against them, and what is said of "What if?". */
import { describe, expect, it, vi } from 'vitest';
import { defaultExperiment, withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { encodeLink } from '../../../src/config/link.ts';
import { remediesFor } from '../../../src/rl/remedies.ts';
import { exampleOf } from '../../../src/rl/telling.ts';
import { reachOfGamma, whatIf } from '../../../src/rl/whatIf.ts';
import { hintsFor, whatChanges, whatGammaDoes } from '../../../src/ui/panels/episode/whatIf.ts';
import { AppState } from '../../../src/ui/state/app.svelte.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';
import { FakeWorker } from '../../ui/mock/fakeWorker.ts';

function openApp(changes: Partial<Experiment>): AppState {
  const app = new AppState({
    createWorker: () => new FakeWorker({ delay: 0, failAfter: 0 }),
    createSandboxPort: async () => new MessageChannel().port1,
    assets: 'https://example.org/',
  });
  void app.link.open(encodeLink(withChanges(defaultExperiment, changes)));
  return app;
}
const reaches = (app: AppState, phase: string) =>
  vi.waitFor(() => expect(app.run.phase).toBe(phase), { timeout: 30_000, interval: 5 });

const cheats = { gamma: 0, steps: 50, promptsPerUpdate: 8, evalTasks: 8, evalEvery: 50 };

describe('the alarms of a run', () => {
  it('go off when it is paid to fail, have an example, and their remedy is in force at once', async () => {
    const app = openApp(cheats);
    await reaches(app, 'ready');
    expect(app.run.alarms).toEqual([]);
    app.start();
    await reaches(app, 'finished');
    const [alarm] = app.run.alarms;
    expect(alarm?.signature.id).toBe('paid-to-fail');
    expect(alarm?.since).toBeLessThan(50);
    expect(alarm && exampleOf(alarm.signature.telling, app.run)?.of).toBe('task');

    const proposed = remediesFor(
      app.experiment.applied,
      alarm?.signature.remedies(app.experiment.applied) ?? [],
    );
    expect(proposed.map(({ label, again }) => [label, again])).toEqual([
      ['γ = 1', false],
      ['Own credit for each turn', false],
    ]);
    if (proposed[0]) app.cure(proposed[0]);
    expect(app.experiment.applied.gamma).toBe(1);
    await vi.waitFor(() =>
      expect(app.run.changes.at(-1)?.changes[0]).toMatchObject({ field: 'gamma', to: 1 }),
    );
    expect(app.run.step).toBe(50);
  });

  it('do not go off in a healthy run', async () => {
    const app = openApp({ ...cheats, gamma: 0.75 });
    await reaches(app, 'ready');
    app.start();
    await reaches(app, 'finished');
    expect(app.run.alarms).toEqual([]);
  });

  it('begin the run again where a remedy needs that, but not while a setting is wrong', async () => {
    const app = openApp({ ...cheats, steps: 3 });
    await reaches(app, 'ready');
    app.start();
    await reaches(app, 'finished');
    app.set('beta', 'much');
    app.cure({ changes: { maxNewTokens: 72 }, again: true });
    expect(app.run.phase).toBe('finished');
    app.set('beta', 0.01);
    app.cure({ changes: { maxNewTokens: 72 }, again: true });
    expect(app.experiment.applied.maxNewTokens).toBe(72);
    expect(app.run.step).toBe(0);
    await reaches(app, 'finished');
    expect(app.run.train).toHaveLength(3);
  });
});

describe('what is said of other rules', () => {
  const e = (changes: Partial<Experiment> = {}) => withChanges(defaultExperiment, changes);
  const said = (now: Experiment, changes: Partial<Experiment>) => {
    const { groups } = fakeUpdate(now, 3);
    const then = withChanges(now, changes);
    return [whatChanges(whatIf(groups, now, then), 0), whatGammaDoes(then, reachOfGamma(groups, then))];
  };

  it('counts the pushes that change sign, and says how far γ reaches', () => {
    const [changes, gamma] = said(e(), { gamma: 0 });
    expect(changes).toMatch(
      /^\d+ of 64 pushes change sign, \d+ of them at this task(; .*)?\. A moves by up to [\d.]+\.$/,
    );
    expect(gamma).toMatch(/^By these rules γ matters: .* by up to [\d.]+\.$/);
    expect(said(e(), { returns: 'per-turn' })[0]).toMatch(/ of 128 pushes /);
  });

  it('says that γ does nothing in the released code, and why', () => {
    const [changes, gamma] = said(e({ objective: 'released-code' }), { gamma: 0 });
    expect(changes).toBe('Nothing changes: all 64 pushes stay as they are.');
    expect(gamma).toMatch(
      /^By these rules γ changes nothing: .*All samples of a prompt share their first answer/,
    );
    expect(said(e({ objective: 'released-code' }), { estimator: 'reinforce' })[1]).toMatch(/γ matters/);
    expect(said(e({ objective: 'released-code', turns: 3 }), {})[1]).toMatch(/γ matters/);
    expect(said(e({ turns: 1 }), {})[1]).toBe('');
  });

  it('proposes what is legal and not so already', () => {
    const labels = (changes: Partial<Experiment>) => hintsFor(e(changes)).map(({ label }) => label);
    expect(labels({})).toEqual([
      'γ = 0',
      'γ = 1',
      'Binary reward',
      'Own credit for each turn',
      'REINFORCE: compare with the batch',
    ]);
    expect(labels({ gamma: 0, reward: 'binary', returns: 'per-turn', estimator: 'reinforce' })).toEqual([
      'γ = 1',
    ]);
    expect(labels({ objective: 'released-code' })).toContain('REINFORCE and γ = 0');
    expect(labels({ objective: 'released-code' })).not.toContain('Own credit for each turn');
  });
});
