/** Ranges of integers: filter, map, reduce; products are loops. */
import { comprehension, fill, loop, novice, option, type Family } from './family.ts';

export const ranges: Family = {
  name: 'ranges',
  weight: 0.1,
  parameters: 'n',
  slots: {
    filter: {
      none: option('the numbers', ''),
      even: option('the even numbers', 'i % 2 == 0'),
      odd: option('the odd numbers', 'i % 2 == 1'),
      multiple: option('the multiples of {m}', 'i % {m} == 0'),
      notMultiple: option('the non-multiples of {m}', 'i % {m} != 0'),
    },
    map: {
      none: option('{n}', 'i'),
      square: option('the squares of {n}', 'i * i', novice('square', 'i * 2')),
      times: option('{n} each times {j}|{n} each * {j}', 'i * {j}'),
      plus: option('{n} each plus {j}|{n} each + {j}', 'i + {j}'),
      opposite: option('the negatives of {n}', '-i'),
    },
    reduce: {
      sum: option('the sum of {n}', 'return sum({c})', { entryPoint: 'total' }),
      list: option('a list of {n}', 'return {list}', { entryPoint: 'pick' }),
      count: option('the count of {n}|the number of {n}', 'return len({c})', { entryPoint: 'count' }),
      reversed: option('a reversed list of {n}|{n} in reversed order', 'return {list}[::-1]', {
        entryPoint: 'flip',
      }),
      product: option('the product of {n}', 't = 1\n{loop}t *= {el}\nreturn t', {
        entryPoint: 'times',
        ...novice('start', 't = 0\n{loop}t *= {el}\nreturn t'),
      }),
    },
    range: {
      toN: option('from 1 to n', 'range(1, n + 1)', novice('range', 'range(1, n)')),
      below: option('from 0 to n - 1|from 0 up to n - 1', 'range(n)', novice('range', 'range(n + 1)')),
      from: option('from {k} to n', 'range({k}, n + 1)', novice('range', 'range({k}, n)')),
    },
  },
  valid: ({ map, reduce }) => !(reduce === 'count' || reduce === 'product') || map === 'none',
  depth: ({ filter, map }) => 1 + Number(filter !== 'none') + Number(map !== 'none'),
  entryPoint({ reduce }) {
    return this.slots.reduce![reduce!]!.entryPoint!;
  },
  english({ filter, map, reduce, range }, phrase) {
    const chosen = `${phrase(this.slots.filter![filter!]!.english)} ${phrase(this.slots.range![range!]!.english)}`;
    const mapped = fill(phrase(this.slots.map![map!]!.english), { n: chosen });
    return fill(phrase(this.slots.reduce![reduce!]!.english), { n: mapped });
  },
  body(_choice, code) {
    const element = code('map');
    const condition = code('filter');
    const source = code('range');
    const c = comprehension(element, 'i', source, condition);
    const list = c === source ? `list(${source})` : c;
    return fill(code('reduce'), { c, list, el: element, loop: loop('i', source, condition) });
  },
  input: (stream) => [stream.integer(0, 10)],
};
