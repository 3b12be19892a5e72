/** Two integers and a condition: one line, or an early return when a constant guards the rest. */
import { fill, novice, option, type Family, type Slot } from './family.ts';

const expressions: Slot = {
  a: option('a', 'a'),
  b: option('b', 'b'),
  sum: option('the sum of a and b|a plus b', 'a + b'),
  minus: option('a minus b', 'a - b'),
  reverseMinus: option('b minus a', 'b - a', novice('difference', 'a - b')),
  product: option('the product of a and b|a times b', 'a * b'),
  squareA: option('the square of a', 'a * a', novice('square', 'a * 2')),
  squareB: option('the square of b', 'b * b', novice('square', 'b * 2')),
  constant: option('{m}', '{m}'),
  distance: option('the absolute value of a minus b', 'abs(a - b)', novice('absolute', 'a - b')),
  larger: option('the larger of a and b', 'max(a, b)', novice('extreme', 'min(a, b)')),
  smaller: option('the smaller of a and b', 'min(a, b)', novice('extreme', 'max(a, b)')),
  twice: option('a times 2', 'a * 2'),
};

const simple = ['a', 'b', 'constant'];

export const conditionals: Family = {
  name: 'conditionals',
  weight: 0.16,
  parameters: 'a, b',
  slots: {
    condition: {
      greater: option('a is above b|a > b', 'a > b', novice('boundary', 'a >= b')),
      less: option('a is below b|a < b', 'a < b', novice('boundary', 'a <= b')),
      equal: option('a equals b', 'a == b'),
      atLeast: option('a is at least b', 'a >= b', novice('comparison', 'a > b')),
      evenA: option('a is even', 'a % 2 == 0'),
      oddA: option('a is odd', 'a % 2 == 1'),
      positiveB: option('b is positive', 'b > 0', novice('boundary', 'b >= 0')),
      negativeB: option('b is negative', 'b < 0', novice('boundary', 'b <= 0')),
      aboveA: option('a is above {k}|a > {k}', 'a > {k}'),
      belowB: option('b is below {k}|b < {k}', 'b < {k}'),
      multipleA: option('a is a multiple of {k}', 'a % {k} == 0'),
    },
    then: expressions,
    otherwise: expressions,
  },
  valid: ({ then, otherwise }) => then !== otherwise,
  depth: ({ then, otherwise }) => 1 + [then!, otherwise!].filter((name) => !simple.includes(name)).length,
  entryPoint: () => 'choose',
  english({ condition, then, otherwise }, phrase) {
    const [c, a, b] = [
      phrase(this.slots.condition![condition!]!.english),
      phrase(expressions[then!]!.english),
      phrase(expressions[otherwise!]!.english),
    ];
    return `${a} if ${c}, otherwise ${b}`;
  },
  body({ then }, code) {
    const template =
      then === 'constant' ? 'if {c}:\n    return {a}\nreturn {b}' : 'return {a} if {c} else {b}';
    return fill(template, { c: code('condition'), a: code('then'), b: code('otherwise') });
  },
  input(stream, { k }) {
    const near = (values: readonly number[]): number =>
      stream.uniform() < 0.84 ? stream.integer(-6, 9) : stream.choice(values);
    const a = near([k, k + 1, k - 1]);
    return [a, stream.uniform() < 0.1 ? a : near([k, k - 1])];
  },
};
