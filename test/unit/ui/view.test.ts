import { describe, expect, it } from 'vitest';
import { defaultExperiment, type Experiment } from '../../../src/config/experiment.ts';
import { decodeLink, encodeLink } from '../../../src/config/link.ts';
import { panelNames } from '../../../src/config/view.ts';
import { ExperimentState } from '../../../src/ui/state/experiment.svelte.ts';
import { OpenRun } from '../../../src/ui/state/openRun.svelte.ts';
import { ViewState } from '../../../src/ui/state/view.svelte.ts';
import { readText } from '../../source.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';

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

describe('what is looked at', () => {
  const experiment = { ...defaultExperiment, promptsPerUpdate: 3, k: 2 };
  const runWith = (updates: number): OpenRun => {
    const run = new OpenRun('a', 1, new ExperimentState());
    run.begin(experiment);
    for (let step = 1; step <= updates; step++) {
      run.told.apply({ type: 'update', runId: 'a', record: fakeUpdate(experiment, step) });
    }
    return run;
  };

  it('travels in a link: the update, its task, try and turn, the lesson and its language, and what is shown', () => {
    const run = runWith(3);
    run.selection.goTo(2);
    run.selection.chooseGroup(2);
    run.selection.chooseTrajectory(1);
    run.selection.chooseTurn(1);
    const view = new ViewState('#v=7&panels=controls.episode');
    view.teach({ lesson: 'paidToFail', lang: 'de' });
    const seen = view.seen(run);
    expect(seen).toEqual({
      ...{ panels: ['controls', 'episode'], lesson: 'paidToFail', lang: 'de' },
      ...{ update: 2, task: 3, try: 2, turn: 2 },
    });

    const link = encodeLink(experiment, {}, seen);
    const other = new ViewState(link);
    const again = runWith(1);
    other.lookAt(again);
    expect(again.selection.following).toBe(true);
    const further = runWith(3); // more than one came at a time
    other.lookAt(further);
    expect(other.seen(further)).toEqual({ ...seen, lesson: undefined, lang: undefined });
    further.selection.chooseTrajectory(0);
    expect(further.selection.turnIndex).toBeNull();
    other.lookAt(further); // once only
    expect(other.seen(further)).toMatchObject({ try: 1 });
  });

  it('is looked at in the first update where no other is named', () => {
    const run = runWith(2);
    new ViewState('#v=7&try=2').lookAt(run);
    expect(run.selection.cursor).toBe(1);
    expect(run.selection.trajectoryIndex).toBe(1);
  });

  it('is asked for by a file as by a link, but for the page’s frame', () => {
    const view = new ViewState('');
    view.openFile(decodeLink('#v=7&embed&panels=learning&lesson=paidToFail'));
    expect(view.embedded).toBe(false);
    expect(view.panels).toEqual(['learning']);
    expect(view.asked.lesson).toBe('paidToFail');
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
