/** The picture shows the numbers of the record: for every algorithm and estimator, what `explain` says, and nothing else. */
import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import { parseExperiment, defaultExperiment, type Experiment } from '../../../src/config/experiment.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import type { UpdateRecord } from '../../../src/rl/records.ts';
import { fixed, signed } from '../../../src/ui/format.ts';
import LoopPicture from '../../../src/ui/panels/loop/LoopPicture.svelte';
import WhyPush from '../../../src/ui/panels/loop/WhyPush.svelte';
import { readingOf, viewOf } from '../../../src/ui/panels/loop/picture.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';

const axes = {
  objective: ['paper', 'released-code'],
  returns: ['accumulated', 'per-turn'],
  estimator: ['rloo', 'reinforce', 'grpo', 'dr-grpo'],
  turns: [1, 2, 3, 4],
} as const;

function experiments(): Experiment[] {
  let all: Record<string, string | number>[] = [{ promptsPerUpdate: 3, k: 3, beta: 0.05 }];
  for (const [axis, values] of Object.entries(axes)) {
    all = all.flatMap((one) => values.map((value) => ({ ...one, [axis]: value })));
  }
  return all.flatMap((changes) => {
    const parsed = parseExperiment({ ...defaultExperiment, ...changes });
    return parsed.ok ? [parsed.experiment] : [];
  });
}

/** The picture of one group of an update, as text without tags: what is read, and what is only seen. */
function drawn(record: UpdateRecord, group: number): string {
  const one = record.groups[group];
  if (!one) throw new Error(`The update has no group ${group}.`);
  const view = viewOf(one, { groups: record.groups, index: group }, record.experiment, 'live');
  const props = {
    view,
    of: 'an update',
    experiment: record.experiment,
    lit: null,
    selected: 0,
    onselect: () => undefined,
  };
  return render(LoopPicture, { props }).body;
}
const textOf = (html: string) =>
  html
    .replace(/<!--.*?-->/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;| /g, ' ')
    .replace(/\s+/g, ' ');
const times = (text: string, part: string) => text.split(part).length - 1;

describe('the picture of one group', () => {
  it.each(
    experiments().map((e) => [`${e.objective} ${e.returns} ${e.estimator}, ${e.turns} turns`, e] as const),
  )('shows what explain says: %s', (_, experiment) => {
    const record = fakeUpdate(experiment, 3);
    const html = drawn(record, 1);
    const text = textOf(html);
    const algorithm = algorithmOf(experiment);
    record.groups[1]?.trajectories.forEach((one, trajectory) => {
      const explanation = algorithm.explain(record.groups, { group: 1, trajectory }, experiment);
      expect(html).toContain(
        readingOf(trajectory + 1, { turns: one.turns, explanation }).replaceAll('"', '&quot;'),
      );
      for (const { name, compared, advantage, turns } of explanation.comparisons) {
        expect(text).toContain(`${name} ${fixed(compared)}`);
        expect(text).toContain(signed(advantage));
        // What the picture says is what was recorded of the answers that were trained.
        for (const turn of turns) expect(one.turns[turn - 1]?.advantage).toBe(advantage);
      }
      expect(times(text, 'and a KL push') > 0).toBe(explanation.klPushes.length > 0);
    });
    // A shared first answer is one card across the lanes.
    const cards = record.experiment.k * experiment.turns - algorithm.sharedTurns * (record.experiment.k - 1);
    expect(html.match(/class="tile /g)?.length).toBe(cards);
    expect(times(text, 'one first answer for all tries')).toBe(algorithm.sharedTurns > 0 ? 1 : 0);
  });

  it('says "not judged" of a try whose tests could not be run, and compares the others', () => {
    const experiment = { ...defaultExperiment, promptsPerUpdate: 2, k: 3 };
    const record = fakeUpdate(experiment, 3);
    const spoilt: UpdateRecord = {
      ...record,
      groups: record.groups.map(({ task, trajectories }) => ({
        task,
        trajectories: trajectories.map((one, i) =>
          i > 0
            ? one
            : {
                ...one,
                turns: one.turns.map((turn) => ({
                  ...turn,
                  reward: NaN,
                  verdict: { ...turn.verdict, status: 'infra' as const },
                })),
              },
        ),
      })),
    };
    const text = textOf(drawn(spoilt, 0));
    expect(text).toContain('not judged: a test could not be run');
    expect(times(text, '▲') + times(text, '▼') + times(text, '•')).toBe(3);
  });

  it('draws a held-out episode without stations that it does not have', () => {
    const record = fakeUpdate(defaultExperiment, 1);
    const [group] = record.groups;
    if (!group) throw new Error('The update has no groups.');
    const view = viewOf(
      { ...group, trajectories: group.trajectories.slice(0, 1) },
      null,
      record.experiment,
      'live',
    );
    const props = {
      view,
      of: 'an evaluation',
      experiment: record.experiment,
      lit: null,
      selected: 0,
      onselect: () => undefined,
    };
    const text = textOf(render(LoopPicture, { props }).body);
    expect(text).toContain('1 Write');
    expect(text).not.toContain('5 Push');
    expect(text).toContain('never learned from');
  });

  it('has 16 lanes for 16 tries', () => {
    const record = fakeUpdate({ ...defaultExperiment, promptsPerUpdate: 2, k: 16 }, 1);
    expect(times(drawn(record, 0), '<li class="lane')).toBe(16);
  });
});

it('a push of tries that all earned the same says that nothing is learned, not that one did better', () => {
  const parsed = parseExperiment({ ...defaultExperiment, promptsPerUpdate: 2, k: 4, beta: 0.05 });
  if (!parsed.ok) throw new Error('no experiment');
  const { experiment } = parsed;
  const record = fakeUpdate(experiment, 3);
  const said = (reward: number | null) => {
    const groups = record.groups.map((group) => ({
      ...group,
      trajectories: group.trajectories.map((one) => ({
        ...one,
        turns: one.turns.map((turn) => ({ ...turn, reward: reward ?? turn.reward })),
      })),
    }));
    const group = groups[0];
    const { lanes } = viewOf(group, { groups, index: 0 }, experiment, 'live');
    return lanes.map(({ explanation }, i) => {
      if (!explanation) throw new Error('nothing is compared');
      const [comparison] = explanation.comparisons;
      const props = { comparison, explanation, number: i + 1, at: 0, all: lanes, experiment };
      const { body } = render(WhyPush, { props: { ...props, ongo: () => undefined, onwhatif: undefined } });
      return textOf(body);
    });
  };
  for (const text of said(0)) {
    expect(text).toContain('All tries earned the same: nothing is learned from this task.');
    expect(text).not.toMatch(/than the baseline|is multiplied by/);
  }
  for (const text of said(null)) expect(text).not.toContain('All tries earned the same');
});
