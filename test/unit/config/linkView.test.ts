import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { decodeLink } from '../../../src/config/link.ts';
import { panelNames, takeView, wholePage } from '../../../src/config/linkView.ts';

describe('the view of a link', () => {
  it.each([
    ['', wholePage, ''],
    ['#v=1&gamma=0.5', wholePage, '#v=1&gamma=0.5'],
    ['#embed', { embed: true, panels: ['episode', 'learning'] }, ''],
    ['#v=1&gamma=0.5&embed', { embed: true, panels: ['episode', 'learning'] }, '#v=1&gamma=0.5'],
    ['#v=1&embed&panels=learning&k=4', { embed: true, panels: ['learning'] }, '#v=1&k=4'],
    // In the order of the page, whatever that of the link.
    ['#embed=&panels=learning.experiment', { embed: true, panels: ['experiment', 'learning'] }, ''],
    ['#panels=episode', { embed: false, panels: ['episode'] }, ''],
  ])('%s', (fragment, view, rest) => {
    expect(takeView(fragment)).toEqual({ view, rest, problem: null });
  });

  it.each([
    ['#embed&panels=', 'not ""'],
    ['#embed&panels=learning.charts', 'panels: must be some of experiment, episode, learning'],
    ['#embed&panels=learning.learning', 'each once'],
    ['#embed&panels=learning&panels=episode', 'says panels twice'],
    ['#embed&embed', 'says embed twice'],
    ['#embed=0', 'a word by itself'],
  ])('%s is refused', (fragment, words) => {
    const { view, problem } = takeView(fragment);
    expect(problem).toContain(words);
    expect(view).toEqual(wholePage);
  });

  it('leaves the experiment alone, and fields with such names to the experiment', () => {
    const { rest } = takeView('#v=1&embedded=1&gamma=0.5');
    expect(decodeLink(rest).problem).toContain('unknown field: embedded');
    expect(decodeLink(takeView('#embed').rest).experiment).toEqual(defaultExperiment);
    expect(takeView(`#panels=${panelNames.join('.')}`).view.panels).toEqual(panelNames);
  });
});
