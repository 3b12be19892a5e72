/** A formula for R as Python: what credit.py evaluates, with its `divide` and `power`, which go on where Python would raise. */
import type { Formula } from '../../config/formula/index.ts';

/** An expression of `r` (from 0), `gamma`, `alpha`. Everything that is joined stands in parentheses. */
export function pythonOf(formula: Formula): string {
  switch (formula.kind) {
    case 'number':
      return String(formula.value);
    case 'symbol':
      return formula.name;
    case 'reward':
      return `r[${formula.turn - 1}]`;
    case 'negative':
      return `(-${pythonOf(formula.of)})`;
    case 'binary': {
      const [left, right] = [pythonOf(formula.left), pythonOf(formula.right)];
      if (formula.operator === '/') return `divide(${left}, ${right})`;
      if (formula.operator === '**') return `power(${left}, ${right})`;
      return `(${left} ${formula.operator} ${right})`;
    }
    case 'call':
      return `${formula.name}(${formula.of.map(pythonOf).join(', ')})`;
    case 'choice': {
      const { comparator, left, right } = formula.test;
      const test = `${pythonOf(left)} ${comparator} ${pythonOf(right)}`;
      return `(${pythonOf(formula.yes)} if ${test} else ${pythonOf(formula.no)})`;
    }
    default:
      return formula satisfies never;
  }
}
