import { describe, expect, it } from 'vitest';
import { defaultExperiment, withChanges } from '../../../src/config/experiment.ts';
import { lessonIds, lessons } from '../../../src/lessons/index.ts';
import { parseMarkup } from '../../../src/lessons/markup.ts';
import { texts } from '../../../src/lessons/texts.ts';
import { charts } from '../../../src/ui/charts/catalogue.ts';
import { experimentOf } from '../../../src/lessons/lesson.ts';
import { fieldNames, type FieldName } from '../../../src/config/fields.ts';
import { judgementOf } from '../../../src/ui/panels/lessons/said.ts';

const lesson = lessons.paidToFail;
const experiment = experimentOf(lesson, 'run');
const seen = (field: FieldName, from: number, to: number) => ({
  ...{ evals: [], train: [], updates: [] },
  changes: [{ step: 5, changes: [{ field, from, to }] }],
});

describe('what a lesson leads to', () => {
  const chartPlaces = charts.map(({ id }) => `chart/${id}`);
  const known = new Set([
    ...['episode', 'settings', 'field/preset', ...chartPlaces],
    ...fieldNames.map((name) => `field/${name}`),
  ]);

  it.each(lessonIds)('%s: is on the page', async (id) => {
    for (const words of [await texts.en(), await texts.de()]) {
      const { text, look, apply, prediction, holds, fails } = words.lessons[id];
      const all = [...text, ...look, apply.task, apply.answer, prediction.because, holds, fails];
      const places = all.flatMap((one) => parseMarkup(one).flatMap(({ place }) => place ?? []));
      expect(places.filter((place) => !known.has(place))).toEqual([]);
      expect(places.length).toBeGreaterThan(0);
    }
    // What is to be watched is named, too, so that nobody has to look for it.
    const { look } = (await texts.en()).lessons[id];
    const named = look.flatMap((one) => parseMarkup(one).flatMap(({ place }) => place ?? []));
    expect(lessons[id].watch.filter((chart) => !named.includes(`chart/${chart}`))).toEqual([]);
  });

  it('has the same places in both languages', async () => {
    const [en, de] = [await texts.en(), await texts.de()];
    for (const id of lessonIds) {
      const of = ({ look, apply }: (typeof en.lessons)[typeof id]) =>
        [...look, apply.task].flatMap((one) => parseMarkup(one).flatMap(({ place }) => place ?? []));
      expect(of(de.lessons[id])).toEqual(of(en.lessons[id]));
    }
  });
});

describe('the outcome of a lesson', () => {
  it('is not passed on a run that was changed under way', () => {
    expect(judgementOf(lesson, experiment, { ...seen('gamma', 0, 1), changes: [] })?.side).toBe('run');
    // Back at the lesson's γ, or at the counter-run's: some of it was trained under another.
    expect(judgementOf(lesson, experiment, seen('gamma', 1, 0))).toBeNull();
    expect(judgementOf(lesson, experimentOf(lesson, 'counter'), seen('gamma', 0, 1))).toBeNull();
    expect(judgementOf(lesson, experiment, seen('steps', 20, 30))?.side).toBe('run');
  });

  it('is passed on the lesson’s own run only, of any seed, not on one that is as long already', () => {
    const first = lessons.firstUpdate;
    const own = experimentOf(first, 'run');
    const other = { ...seen('gamma', 0, 1), changes: [] };
    expect(judgementOf(first, withChanges(own, { seed: 9 }), other)?.side).toBe('run');
    expect(judgementOf(first, defaultExperiment, other)).toBeNull();
    expect(judgementOf(first, withChanges(own, { evalTasks: 64 }), other)).toBeNull();
  });

  it('comes when the last evaluation is in', () => {
    const { steps } = experiment;
    const last = { ...seen('gamma', 0, 1), changes: [], train: [{ step: steps, metrics: {} }] };
    expect(judgementOf(lesson, experiment, last)?.over).toBe(false);
  });
});
