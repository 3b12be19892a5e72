/** Strings: keep some characters, then up to two transformations, or count what was kept. */
import { fill, novice, option, type Family, type Slot } from './family.ts';

const characterPool = 'aeioubcdstAEBT 127  xyz';
const stringLengths = [0, 1, 3, 4, 5, 6, 7, 8];

/** Postfix operations on a string expression. */
const transformations: Slot = {
  none: option('', ''),
  upper: option('in upper case', '.upper()', { entryPoint: 'upper' }),
  lower: option('in lower case', '.lower()', { entryPoint: 'lower' }),
  reversed: option('reversed', '[::-1]', { entryPoint: 'flip' }),
  repeated: option('repeated {m} times', ' * {m}', { entryPoint: 'repeat' }),
  first: option('cut to the first {j} characters', '[:{j}]', {
    entryPoint: 'head',
    ...novice('first', '[:{j1}]'),
  }),
  last: option('cut to the last {j} characters', '[-{j}:]', {
    entryPoint: 'tail',
    ...novice('last', '[{j}:]'),
  }),
  step: option('cut to every second character', '[::2]', { entryPoint: 'cut', ...novice('step', '[1::2]') }),
};

export const strings: Family = {
  name: 'strings',
  weight: 0.2,
  parameters: 's',
  slots: {
    filter: {
      none: option('s', ''),
      vowels: option('the vowels of s', 'c in "aeiou"'),
      others: option('the characters of s that are not vowels', 'c not in "aeiou"'),
      digits: option('the digits of s', 'c.isdigit()'),
      letters: option('the letters of s', 'c.isalpha()'),
      upper: option('the upper case letters of s', 'c.isupper()', novice('case', 'c.isalpha()')),
      lower: option('the lower case letters of s', 'c.islower()', novice('case', 'c.isalpha()')),
      noSpaces: option('s without spaces', 'c != " "'),
    },
    first: transformations,
    second: transformations,
    result: {
      text: option('{n}', '', { entryPoint: 'pick' }),
      length: option('the count of {n}|the number of {n}', '', { entryPoint: 'count' }),
    },
  },
  repeats: { second: { none: 8 }, result: { text: 3 } },
  valid({ filter, first, second, result }) {
    const cases = ['upper', 'lower'];
    if (first === 'none') return second === 'none' && filter !== 'none';
    return first !== second && !(cases.includes(first!) && cases.includes(second!)) && result === 'text';
  },
  depth: ({ filter, first, second, result }) =>
    [filter !== 'none', first !== 'none', second !== 'none', result === 'length'].filter(Boolean).length,
  entryPoint({ first, second, result }) {
    if (result === 'length') return this.slots.result!.length!.entryPoint!;
    const last = second === 'none' ? first! : second!;
    return transformations[last]!.entryPoint ?? this.slots.result!.text!.entryPoint!;
  },
  english({ filter, first, second, result }, phrase) {
    const steps = [first!, second!].filter((name) => name !== 'none');
    const how = steps.map((name) => phrase(transformations[name]!.english)).join(' then ');
    const kept = phrase(this.slots.filter![filter!]!.english);
    if (result === 'length' && filter === 'noSpaces') return `the length of ${kept}`;
    return fill(phrase(this.slots.result![result!]!.english), { n: how === '' ? kept : `${kept} ${how}` });
  },
  body({ result }, code) {
    const condition = code('filter');
    const kept = condition === '' ? 's' : `[c for c in s if ${condition}]`;
    if (result === 'length') return `return len(${kept})`;
    const text = condition === '' ? 's' : `"".join(${kept})`;
    const first = code('first');
    const second = code('second');
    // A product binds less tightly than what follows it.
    const inner = first.startsWith(' *') && second !== '' ? `(${text}${first})` : `${text}${first}`;
    return `return ${inner}${second}`;
  },
  input: (stream) => [
    Array.from({ length: stream.choice(stringLengths) }, () => stream.choice([...characterPool])).join(''),
  ],
};
