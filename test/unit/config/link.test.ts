import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { backendNames } from '../../../src/config/backends.ts';
import { defaultExperiment, type Experiment } from '../../../src/config/experiment.ts';
import {
  decodeLink,
  encodeLink,
  linkVersion,
  maxLinkLength,
  type DecodedLink,
  type MadeOn,
} from '../../../src/config/link.ts';
import { defaultsAt } from '../../../src/config/formats.ts';
import { field, fieldNames } from '../../../src/config/fields.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import { panelNames, viewNames, type View } from '../../../src/config/view.ts';
import { amount } from '../../amount.ts';
import { anyExperiment } from './arbitrary.ts';

/** What a link may say that it was made on. */
const anyMadeOn: fc.Arbitrary<MadeOn> = fc.record(
  {
    backend: fc.constantFrom(...backendNames),
    modelDigest: fc
      .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 12, maxLength: 12 })
      .map((digits) => digits.join('')),
  },
  { requiredKeys: [] },
);

/** What a link may ask the page to show. */
const anyView: fc.Arbitrary<View> = fc.record(
  {
    embed: fc.constant(true as const),
    panels: fc.shuffledSubarray([...panelNames], { minLength: 1 }),
    lesson: fc.constantFrom('paidToFail', 'lessonOfTomorrow'),
    lang: fc.constantFrom('de', 'en', 'fr'),
    update: fc.integer({ min: 0, max: 10_000 }),
    task: fc.integer({ min: 1, max: 10_000 }),
    try: fc.integer({ min: 1, max: 64 }),
    turn: fc.integer({ min: 1, max: 6 }),
  },
  { requiredKeys: [] },
);

/** All that makes a link. */
const anyLink = fc.tuple(anyExperiment, anyMadeOn, anyView);

/** A link that was read without a problem. */
const taken = (experiment: Experiment, madeOn: MadeOn = {}, view: View = {}): DecodedLink => ({
  ...{
    experiment,
    madeOn,
    view,
    receipt: '',
    problems: '',
    problem: null,
    notes: [],
    version: expect.any(Number) as number,
  },
});

describe('links', () => {
  it('give back any valid experiment', () => {
    fc.assert(
      fc.property(anyExperiment, (e) => {
        expect(decodeLink(encodeLink(e))).toEqual(taken(e));
      }),
    );
  });

  it('give back what they were made on', () => {
    fc.assert(
      fc.property(anyExperiment, anyMadeOn, anyView, (experiment, madeOn, view) => {
        const link = encodeLink(experiment, madeOn, view);
        expect(decodeLink(link), link).toEqual(taken(experiment, madeOn, view));
      }),
    );
    const digest = '0123456789abcdef'.repeat(4);
    expect(encodeLink(defaultExperiment, { backend: 'wasm', modelDigest: digest })).toBe(
      '#v=3&made-on=wasm&model-digest=sha256-0123456789ab',
    );
  });

  it('are readable and hold only what differs from the default', () => {
    expect(encodeLink(defaultExperiment)).toBe('#v=1');
    const preset = findPreset('per-turn');
    expect(preset && encodeLink(presetExperiment(preset))).toBe('#v=1&gamma=0.5&returns=per-turn');
  });

  it.each(['', '#'])('%j is the default experiment', (fragment) => {
    expect(decodeLink(fragment)).toEqual(taken(defaultExperiment));
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
    ['#v=1&gamma', 'not name=value'],
    [`#v=${linkVersion + 1}`, 'newer'],
    [`#v=${linkVersion + 1}&fieldOfTomorrow=1`, 'newer'],
    [`#v%3D${linkVersion + 1}%26fieldOfTomorrow%3D1`, 'newer'],
    ['#v=0', 'version'],
    ['#v=one', 'version'],
    ['#gamma=1', 'no version'],
    ['#learning', 'not name=value'],
    [`#v=1&gamma=${'1'.repeat(maxLinkLength)}`, 'too long'],
    ['#v=3&made-on=abacus', 'made-on: must be one of webgpu, wasm, cpu, not "abacus"'],
    ['#v=3&made-on=', 'made-on: must be one of'],
    ['#v=3&made-on=wasm&made-on=wasm', 'made-on twice'],
    ['#v=3&model-digest=0123456789ab', 'model-digest: must be sha256- and 12 hexadecimal digits, not "012'],
    ['#v=3&model-digest=sha256-0123456789a', 'model-digest: must be'], // cut short
    ['#v=3&model-digest=sha256-0123456789ag', 'model-digest: must be'],
    ['#v=3&made-by=me', 'unknown field: made-by'],
    ['#v=7&embed=1', 'embed: has no value, not "1"'],
    ['#v=7&embed&embed', 'embed twice'],
    ['#v=7&panels=episode.cellar', 'panels: must be some of controls, timeline, '],
    ['#v=7&panels=episode.episode', 'panels: must name no panel twice'],
    ['#v=7&panels=', 'panels: must be some of'],
    ['#v=7&lesson=../x', 'lesson: must be the id of a lesson, not "../x"'],
    ['#v=7&lang=deutsch', 'lang: must be two small letters'],
    ['#v=7&update=-1', 'update: must be a whole number from 0 to 10000, not "-1"'],
    ['#v=7&update=1e3', 'update: must be'],
    ['#v=7&update=10001', 'update: must be'],
    ['#v=7&task=0', 'task: must be a whole number from 1 to 10000, not "0"'],
    ['#v=7&turn=', 'turn: must be'],
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

/** What programs between two people do to a link, from its text without '#'; `n` chooses where. */
const reencodings: Readonly<Record<string, (body: string, n: number) => string>> = {
  'percent-encoded': (body) => encodeURIComponent(body),
  'percent-encoded, in lower case': (body) =>
    encodeURIComponent(body).replace(/%../g, (x) => x.toLowerCase()),
  'percent-encoded twice': (body) => encodeURIComponent(encodeURIComponent(body)),
  'only & percent-encoded': (body) => body.replaceAll('&', '%26'),
  'every character percent-encoded': (body) =>
    [...new TextEncoder().encode(body)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'as HTML': (body) => body.replaceAll('&', '&amp;'),
  'as HTML in capitals': (body) => body.replaceAll('&', '&AMP;'),
  'as HTML with a number': (body, n) => body.replaceAll('&', `&#${'0'.repeat(n % 3)}38;`),
  'as HTML with a hexadecimal number': (body) => body.replaceAll('&', '&#x26;'),
  'as quoted-printable': (body) => body.replaceAll('=', '=3D'),
  'with an & at the end': (body) => `${body}&`,
  'with an empty part': (body) => body.replace('&', '&&'),
  'with what stood behind it': (body, n) =>
    body + ['>', '"', "'", ')', '.', ',', ';', '!', '&gt;', '&quot;'][n % 10],
  'with a line break': (body, n) => insert(body, n, '\n'),
  'with a line break of mail, and spaces': (body, n) => insert(body, n, '\r\n  '),
  'with an encoded space': (body, n) => insert(body, n, '%20'),
  'with a plus': (body, n) => insert(body, n, '+'),
  'with an invisible character': (body, n) => insert(body, n, '\u200b'),
};
const insert = (text: string, n: number, what: string) => {
  const at = n % (text.length + 1);
  return text.slice(0, at) + what + text.slice(at);
};

describe('links that mail or a chat re-encoded', () => {
  const names = fc.constantFrom(...Object.keys(reencodings));
  const place = fc.nat(10_000);

  it.each(Object.keys(reencodings))('%s', (name) => {
    fc.assert(
      fc.property(anyExperiment, anyMadeOn, anyView, place, (experiment, madeOn, view, n) => {
        const link = `#${reencodings[name](encodeLink(experiment, madeOn, view).slice(1), n)}`;
        expect(decodeLink(link), link).toEqual(taken(experiment, madeOn, view));
      }),
    );
  });

  it('twice, by two programs', () => {
    fc.assert(
      fc.property(anyLink, names, place, names, place, ([e, madeOn, view], first, m, second, n) => {
        const once = reencodings[first](encodeLink(e, madeOn, view).slice(1), m);
        // A %20 between the digits of another escape is damage, not an encoding.
        fc.pre(second !== 'with an encoded space' || !once.includes('%'));
        const link = `#${reencodings[second](once, n)}`;
        fc.pre(!link.endsWith('..')); // as if cut short
        expect(decodeLink(link), link).toEqual(taken(e, madeOn, view));
      }),
      { numRuns: amount(300, 2000) },
    );
  });

  it('a link is made of characters that nothing undone stands for', () => {
    for (const name of fieldNames) {
      expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]*$/);
      expect(viewNames).not.toContain(name);
      const f = field(name);
      if (f.kind === 'choice')
        for (const { value } of f.choices) expect(value).toMatch(/^[a-z0-9-]*[a-z0-9]$/);
    }
    fc.assert(
      fc.property(anyLink, ([e, madeOn, view]) => {
        expect(encodeLink(e, madeOn, view)).toMatch(/^#[A-Za-z0-9.=&-]+$/);
      }),
    );
  });

  it.each([')', '.', '&', '&amp', '&gt', '%25', '=3D', ' '])(
    'made of %j over and over is refused in less than the hours that a pattern could take',
    (piece) => {
      const { problem } = decodeLink(`#v=1&gamma=0.5${piece.repeat(30_000 / piece.length)}x`);
      expect(problem).not.toBeNull();
    },
  );

  it.each([
    ['#v=1&gamma=0.5...', 'gamma'], // cut short: 0.5 may have been 0.55
    ['#v=1&gamma=0.5…', 'gamma'],
    ['#v=1%26gamma=0.5%2E%2E%2E', 'gamma'],
    ['#v=1&gamma=0,5', 'gamma'],
    ['#v=1&gamma=0.5 or so', 'gamma'],
    ['#v=1&gamma=0.5&amp;gamma=0.6', 'gamma twice'],
    ['#v%3D1%26gamma%3D9', 'gamma: must be a number from 0 to 2, not 9'],
    ['#v=1&gamma=100%', 'gamma'],
  ])('%s stays refused', (link, words) => {
    const { experiment, problem } = decodeLink(link);
    expect(problem).toContain(words);
    expect(experiment).toEqual(defaultExperiment);
  });
});

describe('versions of links', () => {
  it('keep the defaults of their time', () => {
    for (let version = 1; version <= linkVersion; version++)
      expect(decodeLink(`#v=${version}`).experiment, `v=${version}`).toEqual(defaultsAt(version));
  });

  it('are the oldest that can say it, so that an older page opens what it can', () => {
    expect(encodeLink({ ...defaultExperiment, gamma: 0.5 })).toBe('#v=1&gamma=0.5');
    expect(encodeLink({ ...defaultExperiment, lrSchedulerType: 'cosine' })).toBe(
      '#v=2&lrSchedulerType=cosine',
    );
  });

  it('say what is to be shown from version 7 on', () => {
    const view: View = { lesson: 'paidToFail', lang: 'de', panels: ['episode', 'learning'], embed: true };
    expect(encodeLink(defaultExperiment, {}, view)).toBe(
      '#v=7&embed&panels=episode.learning&lesson=paidToFail&lang=de',
    );
    expect(() => encodeLink(defaultExperiment, {}, { update: -1 })).toThrow('must be a whole number from 0');
  });

  it('say what they were made on from version 3 on, so that an older page asks for a newer one', () => {
    expect(encodeLink({ ...defaultExperiment, gamma: 0.5 }, { backend: 'cpu' })).toBe(
      '#v=3&gamma=0.5&made-on=cpu',
    );
  });
});
