/** What of a program a lane shows. */
import { expect, it } from 'vitest';
import { tileLines } from '../../../src/ui/panels/loop/lines.ts';

const shown = (text: string, asked: string, before?: string) => {
  const { lines, otherName } = tileLines(text, before, asked);
  return [lines.map((line) => line.map((piece) => piece.text).join('')), otherName];
};
const program = 'def head(xs):\n    return xs[0]';

it('leaves the first line out where it says what the task says, and keeps it where it names another function', () => {
  expect(shown(program, 'head')).toEqual([['return xs[0]'], '']);
  expect(shown(program, '')).toEqual([['return xs[0]'], '']);
  expect(shown(program, 'tail')).toEqual([['def head(xs):', '    return xs[0]'], 'head']);
  expect(shown(program, 'tail', program)[1]).toBe('head');
});

it('says nothing of a program that defines the function too, or none', () => {
  expect(shown(`${program}\n\ndef tail(xs):\n    return xs[1:]`, 'tail')[1]).toBe('');
  expect(shown('print(1)', 'tail')[1]).toBe('');
});

it.each([
  ['n + 1', 'n', '+ 1'],
  ['n + 1 + 1', 'n + 1', '+ 1'],
  ['sum(range(n + 1))', 'sum(range(n))', '+ 1'],
  ['x == 1 and y == 1', 'x == 1', 'and y == 1'],
  ['x + 1 if x > 0 + 1 else 0', 'x if x > 0 else 0', '+ 1 … + 1'],
  ['len(set(xs))', 'len(xs)', 'set'], // its brackets tell nothing
  ['len(xs)', 'len(set(xs))', ''],
])('names what went from %s to %s whole', (before, after, removed) => {
  const answer = (value: string) => `def f(n):\n    return ${value}`;
  expect(tileLines(answer(after), answer(before)).removed).toBe(removed);
});

it('marks an operator that was put in place of another, whole', () => {
  const changed = (before: string, after: string) =>
    tileLines(`return ${after}`, `return ${before}`)
      .lines.flat()
      .filter((piece) => piece.changed)
      .map(({ text }) => text);
  expect(changed('[abs(x) for x in xs if x >= 0]', 'set([abs(x) for x in xs if x > 0])')).toEqual([
    'set',
    '(',
    '>',
    ')',
  ]);
  expect(changed('a // b', 'a / b')).toEqual(['/']);
  expect(changed('a * b', 'a ** b')).toEqual(['**']);
});
