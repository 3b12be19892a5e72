/** The recorded update that is shown first: whatever fields an experiment has got since, it can be read. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseExperiment } from '../../../src/config/experiment.ts';
import { parseFirstEpisode } from '../../../src/ui/firstEpisode.ts';

const data = JSON.parse(readFileSync('public/first-episode.json', 'utf8')) as Record<string, object>;

it('is read, however old it is', () => {
  const record = parseFirstEpisode(data);
  expect(record.groups).toHaveLength(1);
  expect(parseExperiment(record.experiment).ok).toBe(true);
});

it('is refused by name when a field of it is wrong', () => {
  expect(() => parseFirstEpisode({ ...data, experiment: { ...data.experiment, gamma: 9 } })).toThrow(
    /^gamma: /,
  );
  expect(() => parseFirstEpisode({ ...data, experiment: null })).toThrow(/experiment/);
});
