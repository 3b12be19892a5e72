import { describe, expect, it } from 'vitest';
import { defaultExperiment, withChanges } from '../../../src/config/experiment.ts';
import { lessons } from '../../../src/lessons/index.ts';
import { experimentOf } from '../../../src/lessons/lesson.ts';
import type { FieldName } from '../../../src/config/fields.ts';
import { judgementOf } from '../../../src/ui/panels/lessons/said.ts';

const lesson = lessons.paidToFail;
const experiment = experimentOf(lesson, 'run');
const seen = (field: FieldName, from: number, to: number) => ({
  ...{ evals: [], train: [], updates: [] },
  changes: [{ step: 5, changes: [{ field, from, to }] }],
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
