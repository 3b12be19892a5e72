import { describe, expect, it } from 'vitest';
import { defaultExperiment, withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { lessonIds, lessons } from '../../../src/lessons/index.ts';
import { parseMarkup } from '../../../src/lessons/markup.ts';
import { texts } from '../../../src/lessons/texts.ts';
import { charts } from '../../../src/ui/charts/catalogue.ts';
import { experimentOf } from '../../../src/lessons/lesson.ts';
import { fieldNames, type FieldName } from '../../../src/config/fields.ts';
import { fateOf, figuresOf, measured } from '../../../src/lessons/judge.ts';
import { courseOf, judgementOf, outcomesOf, sideOf, thereText } from '../../../src/ui/panels/lessons/said.ts';

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

describe('the outcomes of a lesson', () => {
  const hidden = lessons.hiddenTests;
  /** A run that is over, whose paid tests lie so far above the hidden ones at turn 2. */
  const ended = (number: number, began: Experiment, gap: number) => ({
    number,
    began,
    told: {
      ...{ updates: [], changes: [] },
      evals: [0, 20].map((step) => ({ step, metrics: {}, examples: [] })),
      train: Array.from({ length: 20 }, (_, i) => ({
        step: i + 1,
        metrics: { 'train/tests_passed@t2': 0.5, 'train/trained_tests_passed@t2': 0.5 + gap },
      })),
    },
  });
  const first = ended(1, experimentOf(hidden, 'run'), 0.1);
  const counter = ended(2, experimentOf(hidden, 'counter'), 0.01);
  const underWay = { ...counter, number: 3, told: { ...counter.told, evals: [], train: [] } };

  it('stay in view while the counter-run trains, and afterwards', () => {
    expect(outcomesOf(hidden, [first, underWay], underWay)).toMatchObject({
      run: { number: 1, holds: true },
    });
    expect(outcomesOf(hidden, [first, underWay], underWay).counter).toBeUndefined();
    expect(outcomesOf(hidden, [first, counter], counter)).toMatchObject({
      run: { number: 1, holds: true },
      counter: { number: 2, holds: false },
    });
  });

  it('are of the run on screen, where there are several, and else of the newest', () => {
    const again = ended(4, first.began, 0);
    expect(outcomesOf(hidden, [first, counter, again], counter).run?.number).toBe(4);
    expect(outcomesOf(hidden, [first, counter, again], first).run?.number).toBe(1);
  });

  it('leave out a run with other settings, whose figures can be told all the same', async () => {
    const own = ended(3, withChanges(first.began, { trainTests: '3' }), 0.03);
    expect(sideOf(hidden, own.began)).toBeNull();
    expect(outcomesOf(hidden, [own], own)).toEqual({});
    const [gap] = figuresOf(hidden);
    expect(gap && measured(gap.measure, courseOf(20, own.told))).toBeCloseTo(0.03);
    const run = outcomesOf(hidden, [first, own], own).run?.course;
    expect(gap && thereText(gap, run, await texts.en())).toBe('In the lesson’s experiment: +10.0.');
    expect(gap && thereText(gap, undefined, await texts.en())).toBe('');
  });
});

describe('what became of a prediction', () => {
  const { hiddenTests, sparseReward } = lessons;
  it('is told by the lesson’s own run, if that shows what the lesson expects', () => {
    expect(fateOf(hiddenTests, 'gap', {})).toBe('open');
    expect(fateOf(hiddenTests, 'gap', { counter: false })).toBe('open');
    expect(fateOf(hiddenTests, 'gap', { run: true })).toBe('true');
    expect(fateOf(hiddenTests, 'same', { run: true })).toBe('false');
    expect(fateOf(hiddenTests, 'same', { run: false })).toBe('unclear');
    expect(fateOf(hiddenTests, 'same', { run: null })).toBe('unclear');
  });
  it('waits for both runs where the question compares them', () => {
    expect(fateOf(sparseReward, 'binaryAhead', { run: true })).toBe('open');
    expect(fateOf(sparseReward, 'binaryAhead', { run: true, counter: false })).toBe('false');
    expect(fateOf(sparseReward, 'binaryStuck', { run: true, counter: false })).toBe('true');
    expect(fateOf(sparseReward, 'binaryStuck', { run: true, counter: true })).toBe('unclear');
  });
});
