/**
 * What a formula comes to, and its slopes ∂R/∂r_t with it: dual numbers, exact and without a step size.
 *
 * At a kink there are several slopes; the one given here is that of the first argument that is largest (max) or smallest (min), of
 * the branch that is taken (? :), and 0 of abs(0). So max(r[1], r[2]) has the slopes of "the first maximal turn".
 */
import type { Comparator, Formula, Operator } from './parse.ts';

/** What the symbols of a formula stand for. */
export interface Symbols {
  readonly gamma: number;
  readonly alpha: number;
}

export interface Dual {
  readonly value: number;
  /** ∂value/∂r_t, [turn]. */
  readonly slopes: readonly number[];
}

/** f(x, y, …) from its value and its slope by each argument. An argument that does not depend on r_t has no part in that slope. */
const chain = (value: number, parts: readonly (readonly [number, Dual])[], turns: number): Dual => ({
  value,
  slopes: Array.from({ length: turns }, (_, t) =>
    parts.reduce((sum, [by, { slopes }]) => (slopes[t] === 0 ? sum : sum + by * (slopes[t] ?? NaN)), 0),
  ),
});

const compare: Readonly<Record<Comparator, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/** The value of a binary operation, and its slope by either side. */
const binary: Readonly<Record<Operator, (a: number, b: number) => readonly [number, number, number]>> = {
  '+': (a, b) => [a + b, 1, 1],
  '-': (a, b) => [a - b, 1, -1],
  '*': (a, b) => [a * b, b, a],
  '/': (a, b) => [a / b, 1 / b, -a / (b * b)],
  '**': (a, b) => [
    a ** b,
    b === 0 ? 0 : b * a ** (b - 1),
    a === 0 && b > 0 ? 0 : a ** b * Math.log(a), // the limit
  ],
};

/** @param rewards r_1 … r_T, none of them NaN */
export function evaluate(formula: Formula, rewards: readonly number[], symbols: Symbols): Dual {
  const T = rewards.length;
  const at = (node: Formula) => evaluate(node, rewards, symbols);
  switch (formula.kind) {
    case 'number':
      return chain(formula.value, [], T);
    case 'symbol':
      return chain(symbols[formula.name], [], T);
    case 'reward':
      return {
        value: rewards[formula.turn - 1] ?? NaN,
        slopes: rewards.map((_, t) => (t + 1 === formula.turn ? 1 : 0)),
      };
    case 'negative': {
      const x = at(formula.of);
      return chain(-x.value, [[-1, x]], T);
    }
    case 'binary': {
      const [a, b] = [at(formula.left), at(formula.right)];
      const [value, byA, byB] = binary[formula.operator](a.value, b.value);
      return chain(
        value,
        [
          [byA, a],
          [byB, b],
        ],
        T,
      );
    }
    case 'call': {
      const all = formula.of.map(at);
      if (formula.name === 'abs') {
        const x = all[0] ?? chain(NaN, [], T);
        return chain(Math.abs(x.value), [[Math.sign(x.value), x]], T);
      }
      const [first = chain(NaN, [], T), ...rest] = all;
      const better = compare[formula.name === 'max' ? '>' : '<'];
      return rest.reduce((best, x) => (better(x.value, best.value) ? x : best), first);
    }
    case 'choice': {
      const { comparator, left, right } = formula.test;
      return compare[comparator](at(left).value, at(right).value) ? at(formula.yes) : at(formula.no);
    }
    default:
      return formula satisfies never;
  }
}

/** Whether a name or a reward occurs in a formula. */
export function mentions(formula: Formula, what: 'reward' | keyof Symbols): boolean {
  const inside = (node: Formula) => mentions(node, what);
  switch (formula.kind) {
    case 'number':
      return false;
    case 'symbol':
      return formula.name === what;
    case 'reward':
      return what === 'reward';
    case 'negative':
      return inside(formula.of);
    case 'binary':
      return inside(formula.left) || inside(formula.right);
    case 'call':
      return formula.of.some(inside);
    case 'choice':
      return [formula.test.left, formula.test.right, formula.yes, formula.no].some(inside);
    default:
      return formula satisfies never;
  }
}

/** R = constant + Σ_t w_t r_t, whatever the rewards. */
export interface Linear {
  readonly constant: number;
  /** w_t, [turn]. */
  readonly weights: readonly number[];
}

/** The formula as a weighted sum of rewards, or null where it is not written as one. @param turns T */
export function linear(formula: Formula, turns: number, symbols: Symbols): Linear | null {
  return isLinear(formula, symbols)
    ? // A weighted sum has the same slopes everywhere, and at 0 it is its constant.
      asLinear(evaluate(formula, new Array<number>(turns).fill(0), symbols))
    : null;
}

const asLinear = ({ value, slopes }: Dual): Linear => ({ constant: value, weights: slopes });

function isLinear(formula: Formula, symbols: Symbols): boolean {
  const fixed = (node: Formula) => !mentions(node, 'reward');
  const inside = (node: Formula) => isLinear(node, symbols);
  if (fixed(formula)) return true;
  switch (formula.kind) {
    case 'reward':
      return true;
    case 'negative':
      return inside(formula.of);
    case 'binary': {
      const { operator, left, right } = formula;
      if (operator === '+' || operator === '-') return inside(left) && inside(right);
      if (operator === '*') return (fixed(left) && inside(right)) || (fixed(right) && inside(left));
      return operator === '/' && fixed(right) && inside(left);
    }
    case 'choice': {
      const { comparator, left, right } = formula.test;
      if (!fixed(left) || !fixed(right)) return false;
      const value = (node: Formula) => evaluate(node, [], symbols).value;
      return inside(compare[comparator](value(left), value(right)) ? formula.yes : formula.no);
    }
    default:
      return false;
  }
}
