/** Lists of words: filter, map, reduce. */
import { comprehension, fill, novice, option, type Family } from './family.ts';

const wordPool =
  'apple as is tea toast see Sun stone era oat Aset eel to a sassy east orange seesaw elephant'.split(' ');

export const words: Family = {
  name: 'words',
  weight: 0.18,
  parameters: 'ws',
  slots: {
    filter: {
      none: option('the words in ws', ''),
      longer: option('the words in ws of length above {k}', 'len(w) > {k}'),
      shorter: option('the words in ws of length below {k}', 'len(w) < {k}'),
      atLeast: option(
        'the words in ws of length at least {k}',
        'len(w) >= {k}',
        novice('comparison', 'len(w) > {k}'),
      ),
      length: option('the words in ws of length {k}', 'len(w) == {k}'),
      contains: option('the words in ws containing "{ch}"', '"{ch}" in w'),
      starts: option(
        'the words in ws starting with "{ch}"',
        'w.startswith("{ch}")',
        novice('affix', '"{ch}" in w'),
      ),
      ends: option(
        'the words in ws ending with "{ch}"',
        'w.endswith("{ch}")',
        novice('affix', '"{ch}" in w'),
      ),
    },
    map: {
      none: option('{n}', 'w'),
      upper: option('{n} each in upper case', 'w.upper()'),
      reversed: option('{n} each reversed', 'w[::-1]'),
      length: option('the lengths of {n}', 'len(w)'),
      firstLetter: option('the first letters of {n}', 'w[:1]'),
      lastLetter: option('the last letters of {n}', 'w[-1:]', novice('lastLetter', 'w[1:]')),
    },
    reduce: {
      list: option('a list of {n}', 'return {c}', { entryPoint: 'pick' }),
      count: option('the count of {n}|the number of {n}', 'return len({c})', { entryPoint: 'count' }),
      sorted: option('a sorted list of {n}|{n} sorted', 'return sorted({c})', { entryPoint: 'order' }),
      reversed: option('a reversed list of {n}|{n} in reversed order', 'return {c}[::-1]', {
        entryPoint: 'flip',
      }),
      join: option('{n} joined with "{sp}"', 'return "{sp}".join({c})', { entryPoint: 'join' }),
      first: option('the first {j} of {n}', 'return {c}[:{j}]', {
        entryPoint: 'head',
        ...novice('first', 'return {c}[:{j1}]'),
      }),
      last: option('the last {j} of {n}', 'return {c}[-{j}:]', {
        entryPoint: 'tail',
        ...novice('last', 'return {c}[{j}:]'),
      }),
      sum: option('the sum of {n}', 'return sum({c})', { entryPoint: 'total' }),
      max: option('the largest of {n}, 0 if none', 'return max({c}, default=0)', {
        entryPoint: 'largest',
        ...novice('default', 'return max({c})'),
      }),
    },
  },
  valid({ filter, map, reduce }) {
    if (reduce === 'sum' || reduce === 'max') return map === 'length';
    if (reduce === 'join') return map !== 'length';
    if (reduce === 'count') return map === 'none';
    if (reduce === 'list') return map !== 'none' || filter !== 'none';
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
    return fill(code('reduce'), { c: comprehension(code('map'), 'w', 'ws', code('filter')) });
  },
  input: (stream) => [Array.from({ length: stream.integer(0, 5) }, () => stream.choice(wordPool))],
};
