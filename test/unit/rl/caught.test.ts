import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { findCaught } from '../../../src/rl/caught.ts';
import { group, trajectory } from './fixtures.ts';

/** Letters: one a unit test, p(ass), f(ail), i(nfra). */
const before = (tests: string) => group([trajectory([tests])]);
const now = (...tests: string[]) => group([trajectory(tests)]);
const caught = (...pairs: [before: string, ...now: string[]][]) =>
  findCaught(
    pairs.map(([own]) => before(own)),
    pairs.map(([, ...turns]) => now(...turns)),
    defaultExperiment,
  );

describe('findCaught', () => {
  it('wants a first answer worse than the reference’s, and a last one that passes everything', () => {
    expect(caught(['pp', 'ff', 'pp'])).toMatchObject({ judged: 1, count: 1 });
    expect(caught(['pf', 'ff', 'pp'])).toMatchObject({ count: 1 });
    expect(caught(['pp', 'ff', 'pf'])).toMatchObject({ judged: 1, count: 0 }); // repairs only half of it
    expect(caught(['ff', 'ff', 'pp'])).toMatchObject({ count: 0 }); // an honest repair
    expect(caught(['pf', 'pf', 'pp'])).toMatchObject({ count: 0 });
    expect(caught(['pp', 'ff', 'pf', 'pp'])).toMatchObject({ count: 1 }); // the last of several
  });

  it('judges nothing that could not be graded, and no single turn', () => {
    expect(caught(['pi', 'ff', 'pp'], ['pp', 'if', 'pp'], ['pp', 'ff', 'ip'])).toMatchObject({
      judged: 0,
      count: 0,
    });
    expect(caught(['pp', 'ff'])).toMatchObject({ judged: 0, count: 0 });
    expect(findCaught([], [], defaultExperiment)).toEqual({ judged: 0, count: 0, examples: [] });
  });

  it('shows a few, those that lost most first', () => {
    const pairs = ['pfff', 'pppp', 'ppff', 'pppf', 'ppff'].map((own): [string, string, string] => [
      own,
      'ffff',
      'pppp',
    ]);
    const { count, examples } = caught(...pairs);
    expect(count).toBe(5);
    expect(examples.map((one) => one.before.reward)).toEqual([1, 0.75, 0.5, 0.5]);
    expect(examples.every(({ turns }) => turns.length === 2)).toBe(true);
  });
});
