/**
 * Predicates on recorded runs of the shipped models (`npm run lessons`): each holds on its lesson's run and fails on the counter-run.
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { withChanges } from '../../../src/config/experiment.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import { lessonIds, lessons } from '../../../src/lessons/index.ts';
import { isOver, judge, shownValue, type Course } from '../../../src/lessons/judge.ts';
import { experimentOf, gammaEffect } from '../../../src/lessons/lesson.ts';
import { group, trajectory } from '../rl/fixtures.ts';

const recorded = v.object({
  seed: v.number(),
  steps: v.number(),
  /** Steps of its evaluations. */
  evals: v.array(v.number()),
  /** What the predicate reads, oldest first. */
  metrics: v.record(v.string(), v.array(v.nullable(v.number()))),
});
const file = new URL('./recordedRuns.json', import.meta.url);
const recordings = v.parse(
  v.record(v.string(), v.object({ run: v.array(recorded), counter: v.array(recorded) })),
  JSON.parse(readFileSync(file, 'utf8')),
);

function courseOf({ steps, evals, metrics }: v.InferOutput<typeof recorded>): Course {
  const at = (prefix: string, index: number) =>
    Object.fromEntries(
      Object.entries(metrics)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, values]) => [name, values[index] ?? NaN]),
    );
  return {
    steps,
    evals: evals.map((step, i) => ({ step, metrics: at('eval/', i) })),
    updates: Array.from({ length: steps }, (_, i) => ({ step: i + 1, metrics: at('train/', i) })),
    record: null,
  };
}

const all = Object.entries(recordings).flatMap(([id, { run, counter }]) => [
  ...run.map((one) => ({ id, one, side: 'run' })),
  ...counter.map((one) => ({ id, one, side: 'counter' })),
]);

describe('predicates on recorded runs', () => {
  it('are tried for every lesson that metrics alone can judge', () => {
    const byMetrics = lessonIds.filter((id) =>
      lessons[id].predicate.every(({ measure }) => measure.metric !== gammaEffect),
    );
    expect(Object.keys(recordings).sort()).toEqual([...byMetrics].sort());
  });

  it.each(all)('$id, $side, seed $one.seed', ({ id, one, side }) => {
    const lesson = lessons[lessonIds.find((name) => name === id) ?? 'firstUpdate'];
    expect(one.steps).toBe(experimentOf(lesson, 'run').steps); // recorded under what the lesson says today
    expect(judge(lesson, courseOf(one)).holds).toBe(side === 'run');
  });
});

describe('the effect of γ', () => {
  const sharing = [
    group([trajectory(['ppff', 'pppp']), trajectory(['ppff', 'pfff']), trajectory(['ppff', 'ffff'])]),
  ];
  const own = [
    group([trajectory(['pppp', 'pppp']), trajectory(['ffff', 'pfff']), trajectory(['ppff', 'ffff'])]),
  ];
  const under = (changes: Partial<Experiment>) =>
    withChanges(experimentOf(lessons.releasedCode, 'run'), changes);

  it('is what the lesson on the released code is judged by', () => {
    const over = (groups: typeof own, experiment: Experiment): Course => ({
      steps: 1,
      evals: [{ step: 1, metrics: {} }],
      updates: [{ step: 1, metrics: {} }],
      record: { groups, experiment },
    });
    expect(judge(lessons.releasedCode, over(sharing, under({}))).holds).toBe(true);
    expect(judge(lessons.releasedCode, over(own, under({ objective: 'paper' }))).holds).toBe(false);
    expect(judge(lessons.releasedCode, { ...over(sharing, under({})), record: null }).holds).toBeNull();
  });
});

describe('judge', () => {
  const course = (rise: number, steps = 20): Course => ({
    steps,
    evals: [0, steps].map((step) => ({ step, metrics: {} })),
    updates: Array.from({ length: steps }, (_, i) => ({
      step: i + 1,
      metrics: { 'train/kl@t1': i < steps / 2 ? 5 : 5 + rise },
    })),
    record: null,
  });
  const { klLeash } = lessons;

  it('takes the mean of ten updates at either end', () => {
    expect(judge(klLeash, course(-2))).toMatchObject({ holds: true, findings: [{ value: -2, holds: true }] });
    expect(judge(klLeash, course(2))).toMatchObject({ holds: false, findings: [{ value: 2, holds: false }] });
  });

  it('waits for the end, its evaluation included', () => {
    const whole = course(-2);
    expect(isOver(whole)).toBe(true);
    const early = { ...whole, evals: whole.evals.slice(0, 1) };
    expect(isOver(early)).toBe(false);
    expect(judge(klLeash, early).holds).toBeNull();
    expect(judge(klLeash, { ...whole, updates: whole.updates.slice(0, 19) }).holds).toBeNull();
  });

  it('judges nothing that was not measured', () => {
    const none = { ...course(0), updates: [{ step: 20, metrics: {} }] };
    expect(judge(klLeash, none)).toMatchObject({ holds: null, findings: [{ value: NaN, holds: null }] });
  });
});

describe('shownValue', () => {
  it.each([
    [{ metric: 'train/zero_std', take: 'mean' }, 0.2083, 'en', '20.8 %'],
    [{ metric: 'train/zero_std', take: 'mean' }, 0.2083, 'de', '20,8 %'],
    [{ metric: 'eval/accuracy@t1', take: 'rise' }, -0.05, 'en', '−5.0'],
    [{ metric: 'eval/accuracy@t2', less: 'eval/accuracy@t1', take: 'end' }, 0.05, 'en', '+5.0'],
    [{ metric: 'train/kl@t1', take: 'rise' }, -1.234, 'en', '−1.2'],
    [{ metric: gammaEffect, take: 'end' }, 2.2e-16, 'en', '2 · 10⁻¹⁶'],
    [{ metric: gammaEffect, take: 'end' }, NaN, 'en', '–'],
  ] as const)('%o: %d in %s is %s', (measure, value, language, text) => {
    expect(shownValue(measure, value, language)).toBe(text);
  });
});
