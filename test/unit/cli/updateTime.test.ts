/** What the command line says before a run over a model of others begins. */
import { expect, it } from 'vitest';
import { updateTime } from '../../../src/cli/updateTime.ts';
import { otherModelText } from '../../../src/config/modelFields.ts';
import { otherModelPreset, presetExperiment } from '../../../src/config/presets.ts';
import { updateSeconds, updateWork } from '../../../src/hub/needs.ts';
import { bytesInMemory } from '../../../src/model/byteSource.ts';
import { parameterCount } from '../../../src/model/parameters.ts';
import { openModel } from '../../../src/train/openedModel.ts';
import { tinyFolder } from '../../tinyModel.ts';

it('is how long an update takes, by a measurement of matrices as the model has them', async () => {
  const files = tinyFolder();
  const { config, facts } = await openModel({
    names: Object.keys(files),
    open: (name) => Promise.resolve(files[name] ? bytesInMemory(name, files[name]) : null),
  });
  const e = presetExperiment(otherModelPreset(otherModelText('tiny', 'ab'.repeat(32))));
  expect(parameterCount(config)).toBe(facts.parameters);
  const asked: number[][] = [];
  // So slow that an update takes two minutes.
  const unit = updateSeconds(updateWork(e), facts.parameters, { few: 1, many: 1 });
  const slow = { few: unit / 120, many: unit / 120 };
  const said = await updateTime(config, e, (...sizes) => (asked.push(sizes), Promise.resolve(slow)));
  expect(said).toContain('An update will take about 2 min 00 s,');
  expect(asked).toEqual([[config.hidden_size, config.intermediate_size]]);
  const quick = () => Promise.resolve({ few: 1e6, many: 1e6 });
  expect(await updateTime(config, e, quick)).toContain('about 1 s,');
});
