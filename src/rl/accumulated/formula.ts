/** R by a formula of the user's own (config/formula/), and that formula as people write it. */
import { evaluate, formulaOf, linear, type Formula } from '../../config/formula/index.ts';
import { numeral, subscript } from '../symbols.ts';
import type { AccumulationRule, Settings } from './rule.ts';

const at = (turns: number, { formula }: Settings) => formulaOf({ formula, turns });

export const formula: AccumulationRule = {
  reward: (r, e) => evaluate(at(r.length, e), r, e).value,
  slopes: (r, e) => evaluate(at(r.length, e), r, e).slopes,
  linear: (T, e) => linear(at(T, e), T, e),
  written: (T, e) => write(at(T, e), e),
};

/** How tightly a node holds together: what binds less than its place asks for gets parentheses. */
const strength = { choice: 0, sum: 1, product: 2, sign: 3, power: 4, atom: 5 } as const;

const signs = { '+': ' + ', '-': ' − ', '*': '·', '/': ' / ', '**': '^' } as const;
const comparators = { '<': '<', '<=': '≤', '>': '>', '>=': '≥', '==': '=', '!=': '≠' } as const;

/** "r₂ − 0.25·r₁": the symbols' numbers put in, three digits of each. Something may be taken off it. */
function write(formula: Formula, e: Settings): string {
  return part(formula, strength.sum, e);
}

function part(node: Formula, least: number, e: Settings): string {
  const [text, own] = written(node, e);
  return own < least ? `(${text})` : text;
}

/** The text of a node, and how tightly it holds together. */
function written(node: Formula, e: Settings): readonly [string, number] {
  const inner = (child: Formula, least: number) => part(child, least, e);
  switch (node.kind) {
    case 'number':
      return [numeral(node.value), strength.atom];
    case 'symbol':
      return [numeral(e[node.name]), strength.atom];
    case 'reward':
      return [`r${subscript(node.turn)}`, strength.atom];
    case 'negative':
      return [`−${inner(node.of, strength.sign)}`, strength.sign];
    case 'binary': {
      const { operator } = node;
      const own =
        operator === '**'
          ? strength.power
          : operator === '+' || operator === '-'
            ? strength.sum
            : strength.product;
      // a − (b − c) and a / (b / c) need theirs; so do (a^b)^c and a^(b^c), for a reader.
      const after = operator === '+' || operator === '*' ? own : own + 1;
      const before = operator === '**' ? own + 1 : own;
      return [`${inner(node.left, before)}${signs[operator]}${inner(node.right, after)}`, own];
    }
    case 'call':
      return [
        `${node.name}(${node.of.map((child) => inner(child, strength.choice)).join(', ')})`,
        strength.atom,
      ];
    case 'choice': {
      const { comparator, left, right } = node.test;
      const test = `${inner(left, strength.sum)} ${comparators[comparator]} ${inner(right, strength.sum)}`;
      return [
        `${inner(node.yes, strength.sum)} if ${test}, else ${inner(node.no, strength.sum)}`,
        strength.choice,
      ];
    }
    default:
      return node satisfies never;
  }
}
