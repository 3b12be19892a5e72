import { describe, expect, it } from 'vitest';
import { defaultExperiment, type Experiment } from '../../../src/config/experiment.ts';
import { decodeLink, encodeLink } from '../../../src/config/link.ts';
import { panelNames } from '../../../src/config/view.ts';
import { ViewState } from '../../../src/ui/state/view.svelte.ts';
import { readText } from '../../source.ts';

const half: Experiment = { ...defaultExperiment, gamma: 0.5 };
const embed = { embed: true, panels: ['controls', 'learning'], lang: 'de' } as const;

describe('how the page is shown', () => {
  it('whole, unless the link says otherwise', () => {
    for (const fragment of ['', '#v=1&gamma=0.5', '#v=99&embed']) {
      const view = new ViewState(fragment);
      expect(view.embedded).toBe(false);
      expect(view.panels).toEqual(panelNames);
      expect(view.hidesAny).toBe(false);
    }
    expect(new ViewState('#v=7&embed').panels).toEqual(panelNames);
  });

  it('as a link asks it, in the order of the page, and whole again', () => {
    const view = new ViewState('#v=7&panels=learning.controls');
    expect(view.panels).toEqual(['controls', 'learning']);
    expect(view.shows('episode')).toBe(false);
    view.showAll();
    expect(view.hidesAny).toBe(false);
    view.open('#v=7&panels=episode');
    expect(view.panels).toEqual(['episode']);
  });

  it('the whole page has the link as it came, or what the reader has made of it', () => {
    const madeOn = { backend: 'wasm' } as const;
    const view = new ViewState(encodeLink(half, madeOn, embed));
    expect(view.whole(half)).toBe(encodeLink(half, madeOn, { lang: 'de' }));
    expect(view.whole({ ...half, k: 8 })).toBe(encodeLink({ ...half, k: 8 }, {}, { lang: 'de' }));
    expect(new ViewState('#embed&v=7').whole(defaultExperiment)).toBe('#v=7');
    expect(new ViewState('#v=7&amp;embed').whole(defaultExperiment)).toBe('#v=7');
    // A link that cannot be read is not handed on.
    expect(new ViewState('#v=7&embed&gamma=99').whole(defaultExperiment)).toBe('#v=1');
  });
});

describe('the links of the docs', () => {
  it.each(['docs/embedding.md', 'docs/examples/course.html'])('%s', (path) => {
    const links = [...readText(path).matchAll(/src="https:\/\/me\.example\/playground\/(#[^"]*)"/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [, link = ''] of links) {
      const { problem, view } = decodeLink(link.replaceAll('&amp;', '&'));
      expect(problem).toBeNull();
      expect(view.embed).toBe(true);
    }
  });
});
