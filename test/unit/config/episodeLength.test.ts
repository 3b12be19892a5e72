import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { longestSequence, maxFeedback } from '../../../src/config/episodeLength.ts';

describe('longestSequence', () => {
  const e = { ...defaultExperiment, turns: 4, maxNewTokens: 96, history: 'all' } as const;

  it('counts the prompt, every answer in view with its end, and what stands between them', () => {
    expect(longestSequence({ ...e, turns: 1 }, 40)).toBe(40 + 97);
    expect(longestSequence(e, 40)).toBe(40 + 4 * 97 + 3);
    expect(longestSequence({ ...e, history: 'latest' }, 40)).toBe(40 + 2 * 97 + 1);
    expect(longestSequence({ ...e, feedback: 'tests' }, 40)).toBe(40 + 4 * 97 + 3 * (maxFeedback + 2));
  });
});
