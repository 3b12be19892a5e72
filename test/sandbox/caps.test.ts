/** What crosses from a program to its judges is bounded, where it is made and where it is read. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { capException, capText, capVerdict, nestsDeeper } from '../../src/sandbox/caps.ts';
import { poolMessage } from '../../src/sandbox/clientProtocol.ts';
import * as limits from '../../src/sandbox/limits.ts';
import { gradedLine } from '../../src/sandbox/report.ts';
import type { TestVerdict, Verdict } from '../../src/sandbox/types.ts';
import { VerdictCache } from '../../src/sandbox/verdictCache.ts';
import { combine } from '../../src/sandbox/verdict.ts';

const test: TestVerdict = {
  status: 'error',
  expression: 'f()',
  expected: '1',
  got: '',
  exception: { type: 'E', message: 'm', line: 1 },
  ms: 1,
};
const x = (length: number): string => 'x'.repeat(length);

describe('a text', () => {
  it('stays as it is up to the cap, and is cut one above', () => {
    expect(capText(x(5), 5)).toBe('xxxxx');
    expect(capText(x(6), 5)).toBe('xxxx…');
    expect(capText('', 5)).toBe('');
    expect(capText('ab😀d', 4)).toHaveLength(4);
  });

  it('is cut in every field of a verdict', () => {
    const long = x(10 ** 6);
    const cut = capVerdict({
      ...test,
      expression: long,
      expected: long,
      got: long,
      exception: { type: long, message: long, line: 7 },
    });
    expect(cut.expression).toHaveLength(limits.expressionCap);
    expect(cut.expected).toHaveLength(limits.shownCap);
    expect(cut.got).toHaveLength(limits.shownCap);
    expect(cut.exception).toEqual(capException({ type: long, message: long, line: 7 }));
    expect(cut.exception?.type).toHaveLength(limits.typeCap);
    expect(cut.exception?.message).toHaveLength(limits.messageCap);
    expect(capVerdict(test)).toEqual(test);
  });
});

describe('an answer', () => {
  const deeper = (json: string): boolean => nestsDeeper(new TextEncoder().encode(json), 3);
  it('nests as deep as it may, and no deeper', () => {
    expect(
      ['[[[]]]', '{"a":[{}]}', '[[]]'.repeat(9), '"[[[["', '["\\"[[[["]', '["\\\\",[[]]]', ']]]'].map(deeper),
    ).toEqual(Array(7).fill(false));
    expect(['[[[[', '{"a":[{"b":[]}]}', '["\\\\",[[[]]]]', '"" [[[['].map(deeper)).toEqual(
      Array(4).fill(true),
    );
  });
});

describe('a message of the pool', () => {
  const stats = { graded: 0, cacheHits: 0, timeouts: 0, respawns: 0, infra: 0, workers: 1 };
  const reads = (tests: TestVerdict[], stdout = ''): boolean => {
    const verdicts = [{ ...combine(tests, stdout, 1), tests }];
    return v.is(poolMessage, { kind: 'verdicts', id: 0, verdicts, stats });
  };
  it.each<[string, number, (length: number) => boolean]>([
    ['expression', limits.expressionCap, (n) => reads([{ ...test, expression: x(n) }])],
    ['expected', limits.shownCap, (n) => reads([{ ...test, expected: x(n) }])],
    ['got', limits.shownCap, (n) => reads([{ ...test, got: x(n) }])],
    ['type', limits.typeCap, (n) => reads([{ ...test, exception: { type: x(n), message: '', line: 0 } }])],
    [
      'message',
      limits.messageCap,
      (n) => reads([{ ...test, exception: { type: '', message: x(n), line: 0 } }]),
    ],
    ['stdout', limits.stdoutCap, (n) => reads([test], x(n))],
    ['tests', limits.testsCap, (n) => reads(Array.from({ length: n }, () => test))],
    ['why it broke', limits.messageCap, (n) => v.is(poolMessage, { kind: 'broken', message: x(n) })],
  ])('is read with %s at the cap, and refused one above', (_, cap, read) => {
    expect([read(cap), read(cap + 1)]).toEqual([true, false]);
  });
});

describe('a reason', () => {
  const reason = (message: string): string =>
    gradedLine('p', combine([{ ...test, exception: { type: 'E', message, line: 0 } }], '', 1)).reason;
  it('is one short line, however long the text', () => {
    expect(reason('a \n\n  b\n')).toBe('f(): E: a ⏎ b');
    for (const filling of [' ', '\n', ' \n ', 'x'])
      expect(reason(`a${filling.repeat(10 ** 6)}b`).length).toBeLessThan(300);
  });
});

describe('the cache of verdicts', () => {
  const verdict = (stdout: string): Verdict => combine([], stdout, 1);
  it('forgets the oldest when there are too many', () => {
    const cache = new VerdictCache();
    for (let i = 0; i <= limits.cacheSize; i++) cache.set(`p${i}`, verdict(''));
    expect([cache.get('p0'), cache.get('p1')]).toEqual([undefined, verdict('')]);
  });

  it('forgets the oldest when they take too many bytes, and keeps none that is too large by itself', () => {
    const cache = new VerdictCache();
    const half = x(limits.cacheBytes / 4 - 1); // two bytes a character, and one character of the key
    cache.set('a', verdict(half));
    cache.set('b', verdict(half));
    expect(cache.bytes).toBe(limits.cacheBytes);
    cache.set('c', verdict(''));
    expect([cache.get('a'), cache.get('b')?.stdout.length]).toEqual([undefined, half.length]);
    cache.set('d', verdict(half + half + half));
    expect(cache.get('d')).toBeUndefined();
    expect(cache.get('b')).toBeDefined();
    cache.set('b', verdict(''));
    expect(cache.bytes).toBe(4);
  });
});
