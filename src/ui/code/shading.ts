/** How strongly each token of an episode is shaded, and what the shade says. */
import type { TurnRecord } from '../../rl/records.ts';
import { say } from '../say.svelte.ts';
import type { Plain } from '../words/catalogues.ts';

export const shadings = ['syntax', 'gradient', 'logp', 'entropy'] as const;
export type Shading = (typeof shadings)[number];

export interface ShadingInfo {
  readonly label: Plain;
  /** What a dark token means; goes with the legend. */
  /** '' where no token is dark. */
  readonly meaning: Plain | '';
  readonly unit: string;
}

export const shadingInfo: Readonly<Record<Shading, ShadingInfo>> = {
  syntax: { label: 'Syntax', meaning: '', unit: '' },
  gradient: {
    label: 'Policy gradient',
    meaning: 'how hard the update pushes the token, as a share of the episode’s policy gradient',
    unit: '%',
  },
  logp: { label: 'Log-prob', meaning: 'surprise: −log π of the token the model chose', unit: 'nats' },
  entropy: { label: 'Entropy', meaning: 'how undecided the model was before the token', unit: 'nats' },
};

/** A token as a reader can see it: white space has a sign of its own. */
export const visibleToken = (text: string): string =>
  text === '<eot>'
    ? say('end of answer')
    : text.trim() === ''
      ? text.replaceAll('\n', '↵').replaceAll(' ', '␣')
      : text.trim();

export interface ShadedToken {
  readonly text: string;
  /** In the unit of the shading. */
  readonly value: number;
  /** 0..1: value over the largest value of the episode; 0 when there is none. */
  readonly depth: number;
}

export interface ShadedEpisode {
  readonly turns: readonly (readonly ShadedToken[])[];
  /** The value of a token shaded at full depth. */
  readonly max: number;
  /** For each turn, the sum of its values. */
  readonly totals: readonly number[];
}

/** Nothing for what was not measured: held-out answers are not learned from. */
function valuesOf(turn: TurnRecord, shading: Exclude<Shading, 'syntax'>): readonly number[] {
  switch (shading) {
    case 'gradient':
      // Norms of independent directions: their squares add up to that of the whole.
      return (turn.gradNorm ?? []).map((norm) => norm ** 2);
    case 'logp':
      return turn.logp.map((logp) => -logp);
    case 'entropy':
      return turn.entropy ?? [];
    default:
      return shading satisfies never;
  }
}

const finite = (x: number | undefined) => (x !== undefined && Number.isFinite(x) ? x : 0);
const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);

/**
 * Shades every token of an episode on one common scale, so that turns can be compared. 'gradient' values are
 * percentages of the episode's squared gradient norm (they sum to 100 unless no gradient flows); the others are in nats.
 */
export function shadeEpisode(
  turns: readonly TurnRecord[],
  shading: Exclude<Shading, 'syntax'>,
): ShadedEpisode {
  const raw = turns.map((turn) => turn.tokens.map((_, i) => finite(valuesOf(turn, shading)[i])));
  const total = sum(raw.flat());
  const factor = shading === 'gradient' ? (total > 0 ? 100 / total : 0) : 1;
  const values = raw.map((row) => row.map((value) => value * factor));
  const max = Math.max(0, ...values.flat());
  return {
    turns: turns.map((turn, t) =>
      turn.tokens.map((text, i) => {
        const value = finite(values[t]?.[i]);
        return { text, value, depth: max > 0 ? Math.max(0, value) / max : 0 };
      }),
    ),
    max,
    totals: values.map(sum),
  };
}

/** The `count` darkest tokens of an episode, for the text that stands beside the picture. */
export function darkestTokens(
  episode: ShadedEpisode,
  count: number,
): { turn: number; text: string; value: number }[] {
  return episode.turns
    .flatMap((tokens, t) => tokens.map((token) => ({ turn: t + 1, text: token.text, value: token.value })))
    .filter((token) => token.value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, count);
}
