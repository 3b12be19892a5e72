/** What a run over a model of others is called: by its preset, and by what differs from that. */
import { expect, it } from 'vitest';
import { withChanges } from '../../../src/config/experiment.ts';
import { otherModelText } from '../../../src/config/modelFields.ts';
import { presetExperiment, shortProblemsPreset } from '../../../src/config/presets.ts';
import { valueWords } from '../../../src/ui/charts/catalogue.ts';
import { ExperimentState } from '../../../src/ui/state/experiment.svelte.ts';
import { nameOf } from '../../../src/ui/state/openRun.svelte.ts';

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
