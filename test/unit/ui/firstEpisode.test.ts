/** The shipped recording can be read by this version, whatever fields experiments have got since it was made. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { parseFirstEpisode } from '../../../src/ui/firstEpisode.ts';

describe('the recorded first episode', () => {
  const data: unknown = JSON.parse(readFileSync('public/first-episode.json', 'utf8'));
  it('is read, with what its experiment did not have yet', () => {
    const { experiment, groups } = parseFirstEpisode(data);
    expect(groups[0]?.trajectories).toHaveLength(experiment.k);
    expect(experiment.accumulate).toBe(defaultExperiment.accumulate);
  });
  it('is refused when it is something else', () => {
    expect(() => parseFirstEpisode({})).toThrow();
    expect(() => parseFirstEpisode({ experiment: { gamma: 9 } })).toThrow(/gamma/);
  });
});
