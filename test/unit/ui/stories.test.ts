import { describe, expect, it } from 'vitest';
import { withChanges } from '../../../src/config/experiment.ts';
import { presetExperiment } from '../../../src/config/presets.ts';
import type { Point } from '../../../src/ui/charts/series.ts';
import { presetOfStory, stories, storyOf, outcomeOf, type Story } from '../../../src/ui/stories.ts';

const story = (id: string): Story => {
  const found = stories.find((one) => one.id === id);
  if (!found) throw new Error(`There is no story "${id}".`);
  return found;
};
const at = (step: number, first: number, last: number): Point => ({
  step,
  metrics: { 'eval/accuracy@t1': first, 'eval/accuracy@t2': last, 'eval/masked': 0 },
});
const told = (id: string, evals: Point[], step = evals.at(-1)?.step ?? 0) =>
  outcomeOf(story(id), { step, evals, heldOut: 128 });
/** The outcome of a run that went from the first pair to the second. */
const outcome = (id: string, before: [number, number], now: [number, number]) =>
  told(id, [at(0, ...before), at(story(id).updates, ...now)]);

describe('a story', () => {
  it.each(stories)('$id begins with a preset that is evaluated at its end', (one) => {
    const experiment = presetExperiment(presetOfStory(one));
    expect(experiment.steps).toBeGreaterThanOrEqual(one.updates);
    expect(one.updates % experiment.evalEvery).toBe(0);
    expect(storyOf(experiment)).toBe(one);
  });

  it('is the same with another seed or more updates, and none with other settings', () => {
    const experiment = presetExperiment(presetOfStory(story('cheats')));
    expect(storyOf(withChanges(experiment, { seed: 5, steps: 400, evalEvery: 5 }))?.id).toBe('cheats');
    expect(storyOf(withChanges(experiment, { gamma: 0.25 }))).toBeNull();
    expect(storyOf(withChanges(experiment, { initialPolicy: 'model' }))).toBeNull();
  });
});

describe('outcomeOf', () => {
  it('is made of the run’s own numbers', () => {
    // As `npm run train -- --preset cheating` measured it.
    const evals = [at(0, 0.1484375, 0.46875), at(50, 0.0390625, 0.5546875), at(80, 0, 0.625)];
    expect(told('cheats', evals)).toEqual({
      done: true,
      text: 'After 50 updates turn 1 fell from 15\u00a0% to 4\u00a0% while turn 2 rose from 47\u00a0% to 55\u00a0%: it is paid to fail first. One seed, 128 tasks: the standard error of each figure is at most 4.4 points.',
    });
    expect(outcome('learns', [0.3, 0.34], [0.56, 0.6]).text).toMatch(
      /turn 1 rose from 30.% to 56.% and turn 2 rose from 34.% to 60.%: both answers got better\. One seed/,
    );
    expect(outcome('own-credit', [0.15, 0.47], [0.5, 0.49]).text).toMatch(
      /turn 1 rose .* while turn 2 stayed near 47.% \(now 49.%\): .*came back\. One seed/,
    );
  });

  it.each([
    ['cheats', [0.15, 0.5], [0.02, 0.2], /forgetting, not cheating/],
    ['cheats', [0.15, 0.5], [0.14, 0.6], /not given up more/],
    ['cheats', [0.15, 0.5], [0.4, 0.6], /does not cheat/],
    ['learns', [0.3, 0.3], [0.31, 0.5], /learned to repair, not to be right at once/],
    ['learns', [0.3, 0.3], [0.31, 0.32], /nothing beyond chance/],
    ['learns', [0.3, 0.3], [0.1, 0.5], /worse, not better/],
    ['own-credit', [0.15, 0.5], [0.16, 0.5], /not come back yet/],
    ['own-credit', [0.15, 0.5], [0.5, 0.3], /at the cost of the second/],
  ] as const)('%s: says what happened, not what should have: %j → %j', (id, before, now, words) => {
    expect(outcome(id, [...before], [...now]).text).toMatch(words);
  });

  it('says "not yet" before its end, and where nothing could be measured', () => {
    expect(told('cheats', [])).toMatchObject({ done: false, text: expect.stringMatching(/^Not yet/) });
    expect(told('cheats', [at(0, 0.15, 0.47)], 7)).toMatchObject({ done: false });
    const early = told('cheats', [at(0, 0.15, 0.47), at(20, 0.1, 0.5)], 23);
    expect(early.done).toBe(false);
    expect(early.text).toMatch(/^Not yet: update 23 of 50\. So far turn 1 fell from 15.% to 10.%/);
    expect(early.text).not.toMatch(/paid/);
    for (const broken of [outcome('cheats', [NaN, 0.4], [0, 0.5]), outcome('cheats', [0.1, 0.4], [0, NaN])]) {
      expect(broken).toMatchObject({
        done: false,
        text: expect.stringMatching(/^Not yet.*could not be graded/),
      });
    }
    expect(told('cheats', [at(50, 0.1, 0.5)]).done).toBe(false); // nothing to compare with
  });

  it('stays what it was when the run goes on', () => {
    const evals = [at(0, 0.15, 0.47), at(50, 0.05, 0.5), at(60, 0.5, 0.5)];
    expect(told('cheats', evals)).toEqual(told('cheats', evals.slice(0, 2)));
  });

  it('has a bar for chance that grows as held-out tasks get fewer', () => {
    const evals = [at(0, 0.3, 0.3), at(50, 0.4, 0.4)];
    expect(outcomeOf(story('learns'), { step: 50, evals, heldOut: 128 }).text).toMatch(
      /both answers got better/,
    );
    expect(outcomeOf(story('learns'), { step: 50, evals, heldOut: 16 }).text).toMatch(
      /nothing beyond chance/,
    );
  });
});
