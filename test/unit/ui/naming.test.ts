/** What a run over a model of others is called: by its preset, and by what differs from that. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultExperiment, withChanges } from '../../../src/config/experiment.ts';
import { otherModelText } from '../../../src/config/modelFields.ts';
import { findPreset, presetExperiment, shortProblemsPreset } from '../../../src/config/presets.ts';
import { valueWords } from '../../../src/ui/charts/catalogue.ts';
import { ExperimentState } from '../../../src/ui/state/experiment.svelte.ts';
import { nameAmong, nameOf } from '../../../src/ui/state/names.ts';
import { OpenRun } from '../../../src/ui/state/openRun.svelte.ts';
import { speak } from '../../../src/ui/say.svelte.ts';

const preset = shortProblemsPreset(otherModelText('Small-135M', 'ab'.repeat(32)));
const experiment = presetExperiment(preset);

it('a run on the short problems bears the name of its preset, from which nothing differs', () => {
  const form = new ExperimentState();
  form.open(experiment);
  expect(form.preset).toEqual(preset);
  expect(form.changed).toEqual([]);
  expect(nameOf(experiment, form.preset)).toBe('Small-135M on short problems');
  expect(nameOf(withChanges(experiment, { k: 8 }), form.preset)).toMatch(
    /^Small-135M on short problems, .*8$/,
  );
});

it('on other problems it is not said to learn short ones', () => {
  const others = withChanges(experiment, { problems: `sha256-${'0'.repeat(64)}` });
  const form = new ExperimentState();
  form.open(others);
  expect(form.preset.title).toBe('Small-135M');
});

it('a share that is set in hundredths is said with its sign', () => {
  expect(valueWords('heldOut', 40)).toBe('40\u00a0%');
  expect(valueWords('k', 4)).toBe('4');
});

/** Tells a run that γ was moved after so many updates. */
const movesGamma = (run: OpenRun) => (step: number, from: number, to: number) =>
  run.told.apply({
    type: 'change',
    runId: run.id,
    record: { step, changes: [{ field: 'gamma', from, to }] },
  });

it('a run says what was changed on the way, as long as it is not as it began', () => {
  const run = new OpenRun('a', 1, new ExperimentState());
  run.begin(defaultExperiment);
  const { name } = run;
  const change = movesGamma(run);
  change(3, 0.75, 0.5);
  change(7, 0.5, 0);
  expect(run.name).toBe(`${name}, then γ 0`);
  change(9, 0, 0.75);
  expect(run.name).toBe(name);
  run.rename('mine');
  expect(run.name).toBe('mine');
});

it('what was set before the first update is no change on the way', () => {
  const run = new OpenRun('a', 1, new ExperimentState());
  run.begin(defaultExperiment);
  const change = movesGamma(run);
  change(0, 0.75, 0);
  expect([run.name, run.told.changesOnTheWay]).toEqual(['γ 0', []]);
  change(9, 0, 0.75);
  expect(run.name).toBe('γ 0, then γ 0.75');
});

it('a fork is called by what differs from where it began, and by what was changed after that', () => {
  const parent = new OpenRun('a', 1, new ExperimentState());
  parent.begin(defaultExperiment);
  const again = new OpenRun('b', 2, new ExperimentState(), { run: parent, step: 5, changes: [] });
  expect(again.name).toBe('again · from 5');
  const changes = [{ field: 'gamma', from: 0.75, to: 0 }] as const;
  const fork = new OpenRun('c', 3, new ExperimentState(), { run: parent, step: 5, changes });
  expect(fork.name).toBe('γ 0.75 → 0 · from 5');
  const change = movesGamma(fork);
  change(5, 0, 0.5);
  expect(fork.name).toBe('γ 0.75 → 0.5 · from 5');
  change(8, 0.5, 1);
  expect(fork.name).toBe('γ 0.75 → 0.5 · from 5, then γ 1');
});

describe('a name begins with what matters', () => {
  const binary = findPreset('binary');

  it('with what is rewarded and how it is discounted, before counts', () => {
    const form = new ExperimentState();
    const changes = { promptsPerUpdate: 4, k: 8, gamma: 0.5, reward: 'binary', steps: 20 } as const;
    expect(nameOf(withChanges(defaultExperiment, changes), form.preset)).toBe(
      'r Binary, γ 0.5, k 8, Prompts per update 4, Updates 20',
    );
    expect(nameAmong(withChanges(defaultExperiment, changes), ['steps', 'k', 'gamma'])).toBe(
      'γ 0.5, k 8, Updates 20',
    );
  });

  it('with its preset, where no more than counts differs from it', () => {
    if (!binary) throw new Error('There is no preset on binary rewards.');
    const of = presetExperiment(binary);
    expect(nameOf(withChanges(of, { steps: 50 }), binary)).toBe(`${binary.title}, Updates 50`);
    expect(nameOf(withChanges(of, { gamma: 0.5 }), binary)).toBe('γ 0.5');
  });

  it('with the whole label, where that ends in a word and not in a sign', () => {
    const form = new ExperimentState();
    expect(nameOf(withChanges(defaultExperiment, { trainTests: '3' }), form.preset)).toBe(
      'Tests trained on 3',
    );
  });

  describe('in German', () => {
    beforeAll(() => speak('de', () => true));
    afterAll(() => speak('en', () => true));

    it('and what parts it is no decimal comma', () => {
      const form = new ExperimentState();
      expect(nameOf(withChanges(defaultExperiment, { gamma: 0.5, k: 8 }), form.preset)).toBe('γ 0,5; k 8');
    });
  });
});
