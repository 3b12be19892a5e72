/** The formula of a compared number, with the experiment's numbers put in. */
import { numeral, subscript } from '../symbols.ts';
import type { Comparison, Term } from './algorithm.ts';

/** "0.25·r₁"; the factor 1 is not written. @param size of the factor, its sign left out */
const product = (size: number, symbol: string): string =>
  numeral(size) === '1' ? symbol : `${numeral(size)}·${symbol}`;

interface Summand {
  readonly negative: boolean;
  readonly text: string;
}

/** A weighted sum's own constant. */
const restSummand = ({ value }: Term): Summand => ({ negative: value < 0, text: numeral(Math.abs(value)) });

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

/**
 * "R′ = r₂ − 0.25·r₁ − 0.01·(KL₁ + KL₂)"; what has the factor 0 is left out.
 * @param written the return in symbols where it is no weighted sum: "R′ = max(r₁, r₂) − 0.01·(KL₁ + KL₂)"
 */
export function formulaOf({ name, terms }: Pick<Comparison, 'name' | 'terms'>, written = ''): string {
  const present = (kind: Term['kind']) => terms.filter((term) => term.kind === kind && term.factor !== 0);
  const own = written === '' ? [] : [{ negative: false, text: written }];
  const weighted = () => [...present('reward').map(rewardSummand), ...present('rest').map(restSummand)];
  const summands = [...(written === '' ? weighted() : own), ...klSummand(present('kl'))];
  if (summands.length === 0) return `${name} = 0`;
  return summands.reduce((sum, { negative, text }, i) => {
    if (i === 0) return `${sum}${negative ? '−' : ''}${text}`;
    return `${sum} ${negative ? '−' : '+'} ${text}`;
  }, `${name} = `);
}
