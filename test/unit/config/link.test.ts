import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { decodeLink, encodeLink, maxLinkLength } from '../../../src/config/link.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import { anyExperiment } from './arbitrary.ts';

describe('links', () => {
  it('give back any valid experiment', () => {
    fc.assert(
      fc.property(anyExperiment, (e) => {
        expect(decodeLink(encodeLink(e))).toEqual({ experiment: e, problem: null });
      }),
    );
  });

  it('are readable and hold only what differs from the default', () => {
    expect(encodeLink(defaultExperiment)).toBe('#v=1');
    const preset = findPreset('per-turn');
    expect(preset && encodeLink(presetExperiment(preset))).toBe('#v=1&gamma=0.5&returns=per-turn');
  });

  it.each(['', '#'])('%j is the default experiment', (fragment) => {
    expect(decodeLink(fragment)).toEqual({ experiment: defaultExperiment, problem: null });
  });

  it.each([
    ['#v=1&gamma=9', 'gamma: must be a number from 0 to 2, not 9'],
    ['#v=1&gamma=abc', 'gamma: must be a number from 0 to 2, not "abc"'],
    ['#v=1&gamma=', 'gamma'],
    ['#v=1&gamma=0x1', 'gamma'],
    ['#v=1&k=3.5', 'k: must be a whole number'],
    ['#v=1&objective=released-code&turns=1', 'objective'],
    ['#v=1&gama=1', 'unknown field: gama'],
    ['#v=1&__proto__=1', 'unknown field: __proto__'],
    ['#v=1&constructor=1', 'unknown field: constructor'],
    ['#v=1&gamma=1&gamma=1', 'gamma twice'],
    ['#v=1&gamma=%E0%A4', 'gamma is not readable'],
    ['#v=1&', 'not name=value'],
    ['#v=2', 'newer'],
    ['#v=2&fieldOfTomorrow=1', 'newer'],
    ['#v=0', 'version'],
    ['#v=one', 'version'],
    ['#gamma=1', 'no version'],
    ['#learning', 'not name=value'],
    [`#v=1&gamma=${'1'.repeat(maxLinkLength)}`, 'too long'],
  ])('%.40s is refused in words', (fragment, words) => {
    const { experiment, problem } = decodeLink(fragment);
    expect(problem).toContain(words);
    expect(problem?.length).toBeLessThan(200);
    expect(experiment).toEqual(defaultExperiment);
  });

  it('never throw, whatever the fragment', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (a, b) => {
        for (const fragment of [a, `#v=1&${a}=${b}`, `#v=1&gamma=${b}`]) {
          const { experiment, problem } = decodeLink(fragment);
          if (problem !== null) expect(experiment).toEqual(defaultExperiment);
        }
      }),
    );
  });
});
