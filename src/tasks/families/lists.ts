/** Numbers in lists: filter, map, reduce. */
import { comprehension, fill, loop, novice, option, type Family } from './family.ts';

export const lists: Family = {
  name: 'lists',
  weight: 0.31,
  parameters: 'xs',
  slots: {
    filter: {
      none: option('the numbers in xs', ''),
      even: option('the even numbers in xs', 'x % 2 == 0'),
      odd: option('the odd numbers in xs', 'x % 2 == 1'),
      positive: option('the positive numbers in xs', 'x > 0', novice('boundary', 'x >= 0')),
      negative: option('the negative numbers in xs', 'x < 0', novice('boundary', 'x <= 0')),
      above: option('the numbers in xs above {k}|the numbers above {k} in xs', 'x > {k}'),
      below: option('the numbers in xs below {k}|the numbers below {k} in xs', 'x < {k}'),
      atLeast: option('the numbers in xs that are at least {k}', 'x >= {k}', novice('comparison', 'x > {k}')),
      atMost: option('the numbers in xs that are at most {k}', 'x <= {k}', novice('comparison', 'x < {k}')),
      multiple: option('the multiples of {k} in xs', 'x % {k} == 0'),
      other: option('the numbers in xs other than {k}', 'x != {k}'),
    },
    map: {
      none: option('{n}', 'x'),
      square: option('the squares of {n}', 'x * x', novice('square', 'x * 2')),
      times: option('{n} each times {m}|{n} each * {m}', 'x * {m}'),
      plus: option('{n} each plus {m}|{n} each + {m}', 'x + {m}'),
      minus: option('{n} each minus {m}|{n} each - {m}', 'x - {m}'),
      absolute: option('the absolute values of {n}', 'abs(x)', novice('absolute', 'x')),
      opposite: option('the negatives of {n}', '-x'),
    },
    reduce: {
      sum: option('the sum of {n}', 'return sum({c})', { entryPoint: 'total' }),
      count: option('the count of {n}|the number of {n}', 'return len({c})', { entryPoint: 'count' }),
      max: option('the largest of {n}, {d} if none', 'return max({c}, default={d})', {
        entryPoint: 'largest',
        ...novice('default', 'return max({c})'),
      }),
      min: option('the smallest of {n}, {d} if none', 'return min({c}, default={d})', {
        entryPoint: 'smallest',
        ...novice('default', 'return min({c})'),
      }),
      list: option('a list of {n}', 'return {c}', { entryPoint: 'pick' }),
      sorted: option('a sorted list of {n}|{n} sorted', 'return sorted({c})', { entryPoint: 'order' }),
      descending: option(
        '{n} in descending order|{n} sorted in descending order',
        'return sorted({c}, reverse=True)',
        {
          entryPoint: 'order',
          ...novice('descending', 'return sorted({c})'),
        },
      ),
      reversed: option('a reversed list of {n}|{n} in reversed order', 'return {c}[::-1]', {
        entryPoint: 'flip',
      }),
      distinct: option(
        'the count of distinct values of {n}|the number of distinct values of {n}',
        'return len(set({c}))',
        {
          entryPoint: 'distinct',
          ...novice('distinct', 'return len({c})'),
        },
      ),
      first: option('the first {j} of {n}', 'return {c}[:{j}]', {
        entryPoint: 'head',
        ...novice('first', 'return {c}[:{j1}]'),
      }),
      last: option('the last {j} of {n}', 'return {c}[-{j}:]', {
        entryPoint: 'tail',
        ...novice('last', 'return {c}[{j}:]'),
      }),
      product: option('the product of {n}', 't = 1\n{loop}t *= {el}\nreturn t', {
        entryPoint: 'times',
        ...novice('start', 't = 0\n{loop}t *= {el}\nreturn t'),
      }),
      find: option('the first one of {n}, {d} if none', '{loop}return {el}\nreturn {d}', {
        entryPoint: 'first',
        ...novice('noReturn', '{loop}return {el}'),
      }),
      mean: option('the mean of {n} rounded down, 0 if none', 'ys = {c}\nreturn sum(ys) // max(1, len(ys))', {
        entryPoint: 'mean',
        ...novice('default', 'ys = {c}\nreturn sum(ys) // len(ys)'),
      }),
    },
  },
  repeats: { map: { none: 2 } },
  valid({ filter, map, reduce }) {
    if (reduce === 'count') return map === 'none';
    if (reduce === 'list' || reduce === 'mean') return map !== 'none' || filter !== 'none';
    if (reduce === 'find') return filter !== 'none';
    if (reduce === 'product') return ['none', 'absolute', 'plus', 'minus'].includes(map!);
    return true;
  },
  depth: ({ filter, map }) => 1 + Number(filter !== 'none') + Number(map !== 'none'),
  entryPoint({ reduce }) {
    return this.slots.reduce![reduce!]!.entryPoint!;
  },
  english({ filter, map, reduce }, phrase) {
    const chosen = phrase(this.slots.filter![filter!]!.english);
    const mapped = fill(phrase(this.slots.map![map!]!.english), { n: chosen });
    return fill(phrase(this.slots.reduce![reduce!]!.english), { n: mapped });
  },
  body(_choice, code) {
    const element = code('map');
    const condition = code('filter');
    const c = comprehension(element, 'x', 'xs', condition);
    return fill(code('reduce'), { c, el: element, loop: loop('x', 'xs', condition) });
  },
  input(stream, { k }) {
    const length = stream.uniform() < 0.08 ? 0 : stream.integer(1, 6);
    const special = [k, k, k - 1, k + 1, 2 * k, 0];
    return [
      Array.from({ length }, () =>
        stream.uniform() < 0.75 ? stream.integer(-8, 9) : stream.choice(special),
      ),
    ];
  },
};
