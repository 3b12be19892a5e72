/** The formula of a compared number, with the experiment's numbers put in. */
import type { Comparison, Term } from './algorithm.ts';

/** 12 → ₁₂ */
export function subscript(n: number): string {
  return [...String(n)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('');
}

/** Three digits are enough to recognise a number of the form by. */
const numeral = (x: number): string => String(Number(x.toPrecision(3)));

/** "0.25·r₁"; the factor 1 is not written. @param size of the factor, its sign left out */
const product = (size: number, symbol: string): string =>
  numeral(size) === '1' ? symbol : `${numeral(size)}·${symbol}`;

interface Summand {
  readonly negative: boolean;
  readonly text: string;
}

function rewardSummand({ factor, turn }: Term): Summand {
  return { negative: factor < 0, text: product(Math.abs(factor), `r${subscript(turn)}`) };
}

/** All KL have the same price. */
function klSummand(terms: readonly Term[]): Summand[] {
  const [first] = terms;
  if (!first) return [];
  const sum = terms.map(({ turn }) => `KL${subscript(turn)}`).join(' + ');
  const text = product(Math.abs(first.factor), terms.length > 1 ? `(${sum})` : sum);
  return [{ negative: first.factor < 0, text }];
}

/** "R′ = r₂ − 0.25·r₁ − 0.01·(KL₁ + KL₂)"; what has the factor 0 is left out. */
export function formulaOf({ name, terms }: Pick<Comparison, 'name' | 'terms'>): string {
  const present = terms.filter(({ factor }) => factor !== 0);
  const summands = [
    ...present.filter(({ kind }) => kind === 'reward').map(rewardSummand),
    ...klSummand(present.filter(({ kind }) => kind === 'kl')),
  ];
  return summands.reduce((sum, { negative, text }, i) => {
    if (i === 0) return `${sum}${negative ? '−' : ''}${text}`;
    return `${sum} ${negative ? '−' : '+'} ${text}`;
  }, `${name} = `);
}
