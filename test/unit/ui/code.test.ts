import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import type { TurnRecord } from '../../../src/rl/records.ts';
import { differenceOf, type DiffLine } from '../../../src/ui/code/difference.ts';
import { highlightPython } from '../../../src/ui/code/python.ts';
import { darkestTokens, shadeEpisode, shadings } from '../../../src/ui/code/shading.ts';
import { RandomStream } from '../../../src/rl/random.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';
import { defaultExperiment } from '../../../src/config/experiment.ts';

const textOf = (line: { readonly pieces: readonly { readonly text: string }[] }) =>
  line.pieces.map((piece) => piece.text).join('');

/** Programs that share many lines and words, as consecutive answers do. */
const line = fc.array(fc.constantFrom('x', ' ', 'set(', ')', '"s"', '# c', 'return', '==', '9', '\t'), {
  maxLength: 6,
});
const program = fc
  .array(
    line.map((words) => words.join('')),
    { maxLength: 6 },
  )
  .map((lines) => lines.join('\n'));

describe('highlightPython', () => {
  it('keeps every character, legal Python or not', () => {
    fc.assert(
      fc.property(fc.oneof(program, fc.string()), (code) => {
        expect(
          highlightPython(code)
            .map((pieces) => textOf({ pieces }))
            .join('\n'),
        ).toBe(code);
      }),
    );
  });

  it('tells the kinds of words apart', () => {
    const [first, second] = highlightPython('def f(xs):\n    return len("a") + 12  # ok');
    const looks = Object.fromEntries([...first, ...second].map((piece) => [piece.text, piece.syntax]));
    expect(looks).toMatchObject({
      def: 'keyword',
      f: 'function',
      return: 'keyword',
      '"a"': 'string',
      '12': 'number',
      '# ok': 'comment',
    });
  });
});

describe('differenceOf', () => {
  const side = (lines: readonly DiffLine[], without: '+' | '-') =>
    lines
      .filter((l) => l.sign !== without)
      .map(textOf)
      .join('\n');

  it('holds both programs: without "+" the old one, without "-" the new one', () => {
    fc.assert(
      fc.property(program, program, (before, after) => {
        const lines = differenceOf(before, after);
        expect(side(lines, '+')).toBe(before);
        expect(side(lines, '-')).toBe(after);
      }),
    );
  });

  it('marks only what changed within a line', () => {
    const lines = differenceOf('def f(xs):\n    return len(xs)', 'def f(xs):\n    return len(set(xs))');
    expect(lines.map((l) => l.sign)).toEqual([' ', '-', '+']);
    const changed = lines[2].pieces.filter((piece) => piece.changed).map((piece) => piece.text);
    expect(changed.join('')).toContain('set');
    expect(changed.join('')).not.toContain('return');
  });

  it('leaves the same words unmarked on both sides of a changed line', () => {
    const unmarked = (l: DiffLine) =>
      l.pieces
        .filter((piece) => !piece.changed)
        .map((piece) => piece.text)
        .join('');
    fc.assert(
      fc.property(line, line, (a, b) => {
        fc.pre(a.join('') !== b.join(''));
        const [removed, added] = differenceOf(a.join(''), b.join(''));
        expect([removed.sign, added.sign]).toEqual(['-', '+']);
        expect(unmarked(removed)).toBe(unmarked(added));
      }),
    );
  });

  it('of equal programs has no signs', () => {
    fc.assert(
      fc.property(program, (code) => {
        expect(differenceOf(code, code).every((l) => l.sign === ' ')).toBe(true);
      }),
    );
  });
});

describe('shadeEpisode', () => {
  const turns = (seed: number): TurnRecord[] => {
    const random = new RandomStream(seed);
    const groups = fakeUpdate({ ...defaultExperiment, seed, promptsPerUpdate: 2 }, 1).groups;
    return [...groups[random.integer(2)].trajectories[0].turns];
  };

  it('gives shares of the policy gradient that sum to 100 %, or nothing at all', () => {
    for (let seed = 0; seed < 20; seed++) {
      const episode = shadeEpisode(turns(seed), 'gradient');
      const total = episode.totals.reduce((a, b) => a + b, 0);
      expect(episode.max === 0 ? total : total - 100).toBeCloseTo(0, 8);
    }
  });

  it("takes a token's share of the gradient by the square of its norm, over all turns", () => {
    const [turn] = turns(1);
    const at = (gradNorm: number[]) => ({ ...turn, tokens: gradNorm.map(String), gradNorm });
    const { totals } = shadeEpisode([at([3, 0]), at([4])], 'gradient');
    [36, 64].forEach((share, t) => expect(totals[t]).toBeCloseTo(share, 10));
  });

  it('keeps every token, with depths from 0 to 1', () => {
    for (const shading of shadings.filter((s) => s !== 'syntax')) {
      const all = turns(3);
      const episode = shadeEpisode(all, shading);
      expect(episode.turns.map((tokens) => tokens.map((token) => token.text))).toEqual(
        all.map((t) => t.tokens),
      );
      const depths = episode.turns.flat().map((token) => token.depth);
      expect(Math.min(...depths)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...depths)).toBe(1);
    }
  });

  it('treats what could not be measured as nothing', () => {
    const [turn] = turns(1);
    const masked = { ...turn, gradNorm: turn.tokens.map(() => NaN) };
    const episode = shadeEpisode([masked], 'gradient');
    expect(episode.max).toBe(0);
    expect(darkestTokens(episode, 4)).toEqual([]);
  });
});
