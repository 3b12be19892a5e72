/** Random plain Python values for property tests. */
import fc from '../property.ts';
import type { Encoded } from '../../src/sandbox/values.ts';

export const int = (n: number): Encoded => ['i', n.toString(16)];
export const str = (s: string): Encoded => ['s', s];

/** Any plain value, nested. */
export const plain: fc.Arbitrary<Encoded> = fc.letrec<{ value: Encoded }>((tie) => {
  const items = fc.array(tie('value'), { maxLength: 3 });
  return {
    value: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom<Encoded>(null, true, false),
      fc.integer({ min: -2, max: 3 }).map(int),
      fc.constantFrom<Encoded>(
        ['f', '1.0'],
        ['f', '0.5'],
        ['f', '-0.0'],
        ['f', 'inf'],
        ['i', '20000000000001'],
      ),
      fc.constantFrom('', 'a', "'", '\n', 'é').map(str),
      items.map((list): Encoded => ['l', ...list]),
      items.map((list): Encoded => ['t', ...list]),
      items.map((list): Encoded => ['d', ...list.flatMap((x, i): Encoded[] => [int(i), x])]),
    ),
  };
}).value;
