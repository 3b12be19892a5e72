/** Every lesson is whole: its experiments are legal, and every language says all of it. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defaultExperiment, diff, withChanges } from '../../../src/config/experiment.ts';
import { presetExperiment, shortProblemsPreset } from '../../../src/config/presets.ts';
import { lessonIds, lessons } from '../../../src/lessons/index.ts';
import { figuresOf } from '../../../src/lessons/judge.ts';
import { languages, type Language } from '../../../src/lessons/languages.ts';
import { texts } from '../../../src/lessons/texts.ts';
import { changesOf, experimentOf, givesModel, readLesson } from '../../../src/lessons/lesson.ts';
import { parseMarkup, plainText } from '../../../src/lessons/markup.ts';
import { wordsSchema, type Words } from '../../../src/lessons/words.ts';

const spoken = Object.keys(languages) as Language[];
const all: readonly [Language, Words][] = await Promise.all(
  spoken.map(async (one): Promise<[Language, Words]> => [one, await texts[one]()]),
);
const english = all.find(([one]) => one === 'en')?.[1];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}(?!\})/g)].map(([, name]) => name).sort();

/** Every text of a value, by its path. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}/${key}`));
}

describe('lessons', () => {
  it('are called what they are called in the list', () => {
    expect(lessonIds.length).toBeGreaterThanOrEqual(6);
    for (const id of lessonIds) expect(lessons[id].id).toBe(id);
  });

  it.each(lessonIds)('%s: its counter-run is another experiment, and both are short', (id) => {
    const [run, counter] = (['run', 'counter'] as const).map((side) => experimentOf(lessons[id], side));
    expect(Object.keys(diff(counter, run))).toEqual(Object.keys(lessons[id].counter));
    expect(run.steps).toBeLessThanOrEqual(60);
    expect(counter.steps).toBe(run.steps);
  });

  it.each([
    ['a preset that does not exist', { preset: 'none' }, /preset must be the id of a preset/],
    ['a field that does not exist', { changes: { speed: 9 } }, /changes/],
    ['a value out of range', { changes: { gamma: 7 } }, /changes: gamma must be a number from 0 to 2/],
    [
      'a counter-run that breaks a rule',
      { counter: { returns: 'per-turn', objective: 'released-code' } },
      /counter: returns/,
    ],
    ['a right answer that is not offered', { prediction: { options: ['a'], right: 'b' } }, /right option/],
    ['no predicate', { predicate: [] }, /predicate/],
    [
      'a metric that does not exist',
      { predicate: [{ id: 'x', measure: { metric: 'eval/luck', take: 'end' }, atMost: 1 }] },
      /metric of the table/,
    ],
    [
      'two bounds',
      { predicate: [{ id: 'x', measure: { metric: 'eval/delta', take: 'end' }, atMost: 1, atLeast: 0 }] },
      /either atLeast or atMost/,
    ],
  ])('refuse %s, naming the lesson', (_, wrong, message) => {
    const data: unknown = { ...lessons.paidToFail, ...wrong };
    expect(() => readLesson(data)).toThrow(message);
    expect(() => readLesson(data)).toThrow(/^Lesson paidToFail: /);
  });
});

describe('a lesson about a model that others trained', () => {
  const { realModel } = lessons;
  const brought = withChanges(presetExperiment(shortProblemsPreset('Mine@0123456789abcdef')), {
    ...{ loraRank: 4, loraAlpha: 32, gamma: 2, steps: 7 },
  });

  it('is held with the model that was brought, and its own settings', () => {
    const experiment = experimentOf(realModel, 'run', brought);
    expect(Object.keys(diff(experiment, experimentOf(realModel, 'run')))).toEqual([
      ...['otherModel', 'loraRank', 'loraAlpha'],
    ]);
    expect(experiment).toMatchObject({ otherModel: brought.otherModel, loraRank: 4, gamma: 0 });
  });

  it('waits for one: neither one of ours nor other problems will do', () => {
    expect(givesModel(brought)).toBe(true);
    const problems = `sha256-${'0'.repeat(64)}`;
    const others = [defaultExperiment, withChanges(brought, { problems })];
    for (const one of others) {
      expect(givesModel(one)).toBe(false);
      expect(experimentOf(realModel, 'run', one)).toEqual(experimentOf(realModel, 'run'));
    }
    expect(experimentOf(lessons.klLeash, 'run', brought)).toEqual(experimentOf(lessons.klLeash, 'run'));
  });

  it('says what it changes of its preset, not what that is', () => {
    expect(changesOf(realModel)).toMatchObject({
      of: { title: 'SmolLM2-135M-Instruct on short problems' },
      changes: { ...realModel.changes, evalTasks: 8 },
    });
    expect(changesOf(lessons.klLeash)).toMatchObject({ of: null, changes: { beta: 0.3 } });
  });
});

describe.each(all)('words in %s', (tag, words) => {
  it('are complete', () => {
    const parsed = v.safeParse(wordsSchema, words);
    expect(parsed.issues?.map((issue) => v.getDotPath(issue))).toBeUndefined();
    expect(words.tag).toBe(tag);
    expect(words.name).toBe(languages[tag].name);
  });

  it.each(lessonIds)('name every option and figure of %s, and no other', (id) => {
    const { prediction } = lessons[id];
    const said = words.lessons[id];
    expect(Object.keys(said.prediction.options).sort()).toEqual([...prediction.options].sort());
    const figures = figuresOf(lessons[id]).map((figure) => figure.id);
    expect(new Set(figures).size).toBe(figures.length);
    expect(Object.keys(said.figures).sort()).toEqual(figures.sort());
    for (const text of Object.values(said.figures)) expect(placeholders(text)).toEqual(['value']);
    expect(said.apply.task).not.toBe('');
  });

  it('close every mark, and put in the same values as English', () => {
    const texts = textsOf(words.lessons);
    for (const [, text] of texts) expect(() => parseMarkup(text)).not.toThrow();
    const inEnglish = new Map(textsOf(english?.controls));
    for (const [path, text] of textsOf(words.controls)) {
      expect(placeholders(text), path).toEqual(placeholders(inEnglish.get(path) ?? ''));
    }
  });
});

describe('markup', () => {
  it('sets strong, code, and formulas with sub- and superscripts', () => {
    expect(parseMarkup('A **b** `c` $R = γ^2 r_{12}$.')).toEqual([
      { as: 'text', text: 'A ', level: 'on' },
      { as: 'strong', text: 'b', level: 'on' },
      { as: 'text', text: ' ', level: 'on' },
      { as: 'code', text: 'c', level: 'on' },
      { as: 'text', text: ' ', level: 'on' },
      { as: 'formula', text: 'R = γ', level: 'on' },
      { as: 'formula', text: '2', level: 'sup' },
      { as: 'formula', text: ' r', level: 'on' },
      { as: 'formula', text: '12', level: 'sub' },
      { as: 'text', text: '.', level: 'on' },
    ]);
    expect(plainText('**Why** γ')).toBe('Why γ');
  });
  it.each(['a **b', 'a `b', 'a $b'])('refuses %s', (text) => {
    expect(() => parseMarkup(text)).toThrow(/opened and not closed/);
  });
});
