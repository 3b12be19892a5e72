/** The decimal digits of an integer, taken off one by one in a while loop. */
import { fill, novice, option, type Family } from './family.ts';

const loopOver = (condition: string): string => `while ${condition}:\n{step}\n    n //= 10\nreturn t`;

export const digits: Family = {
  name: 'digits',
  weight: 0.05,
  parameters: 'n',
  slots: {
    filter: {
      none: option('the digits of n', ''),
      even: option('the even digits of n', 'n % 2 == 0'),
      odd: option('the odd digits of n', 'n % 2 == 1'),
    },
    reduce: {
      sum: option('the sum of {n}', 't += n % 10', { entryPoint: 'total' }),
      count: option('the count of {n}|the number of {n}', 't += 1', { entryPoint: 'count' }),
      times: option('the sum of {n} each times {m}|the sum of {n} each * {m}', 't += n % 10 * {m}', {
        entryPoint: 'total',
      }),
    },
    end: { zero: option('', loopOver('n > 0'), novice('loopEnd', loopOver('n > 9'))) },
  },
  valid: ({ filter, reduce }) => reduce !== 'times' || filter === 'none',
  depth: ({ filter, reduce }) => 1 + Number(filter !== 'none') + Number(reduce === 'times'),
  entryPoint({ reduce }) {
    return this.slots.reduce![reduce!]!.entryPoint!;
  },
  english({ filter, reduce }, phrase) {
    const chosen = phrase(this.slots.filter![filter!]!.english);
    return fill(phrase(this.slots.reduce![reduce!]!.english), { n: chosen });
  },
  body(_choice, code) {
    const condition = code('filter');
    const step =
      condition === '' ? `    ${code('reduce')}` : `    if ${condition}:\n        ${code('reduce')}`;
    return `t = 0\n${fill(code('end'), { step })}`;
  },
  input(stream) {
    const length = stream.integer(1, 4); // n is positive: the loop takes no digit off 0
    return [length === 1 ? stream.integer(1, 9) : stream.integer(10 ** (length - 1), 10 ** length - 1)];
  },
};
