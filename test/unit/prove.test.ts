import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differenceOf } from '../prove/nodeProject.ts';
import type { Part, Stretch } from '../prove/part.ts';
import { prove, summary, type Request } from '../prove/proof.ts';

describe('a proof', () => {
  let folder = '';
  let asked: Stretch[] = [];
  let stop = new AbortController();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prove-'));
    asked = [];
    stop = new AbortController();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Multiples of seven fail; it is stopped when it comes to number `stopAt`. */
  const numbers = (stopAt = Infinity): Part => ({
    name: 'numbers',
    claim: 'no number is a multiple of seven',
    unit: 'numbers',
    cases: 20,
    stretch: 4,
    open: () =>
      Promise.resolve({
        prove(stretch, signal) {
          asked.push(stretch);
          if (stretch.from >= stopAt) stop.abort();
          if (signal.aborted) throw new Error('stopped in the middle');
          const all = Array.from({ length: stretch.count }, (_, i) => stretch.from + i);
          const bad = all.filter((number) => number > 0 && number % 7 === 0);
          return Promise.resolve({
            counts: { even: all.filter((number) => number % 2 === 0).length },
            failed: bad.length,
            examples: Object.fromEntries(bad.map((number) => ['multiple', `${number} of ${stretch.seed}`])),
          });
        },
        close: () => undefined,
      }),
  });
  const request = (changes: Partial<Request> = {}): Request => ({
    ...{ code: 'abc', seed: 3, cases: 18, from: null, anew: false, folder },
    ...changes,
  });
  const run = (part: Part, changes?: Partial<Request>) =>
    prove(part, request(changes), stop.signal, { line: () => undefined, progress: () => undefined });

  it('that was stopped goes on after its last whole stretch, and finds what it would have found at once', async () => {
    const whole = await run(numbers(), { folder: join(folder, 'whole') });
    expect(whole).toMatchObject({
      done: 18,
      counts: { even: 9 },
      failed: 2,
      examples: { multiple: '7 of 3' },
    });

    expect(await run(numbers(8))).toMatchObject({ done: 8, failed: 1 });
    stop = new AbortController();
    asked = [];
    expect({ ...(await run(numbers())), seconds: whole.seconds }).toEqual(whole);
    expect(asked.map(({ from, count }) => [from, count])).toEqual([
      [8, 4],
      [12, 4],
      [16, 2],
    ]);
    asked = [];
    expect(await run(numbers())).toMatchObject({ done: 18 });
    expect(asked).toEqual([]);
  });

  it('begins anew with other code, another seed, a torn record, or when asked to', async () => {
    await run(numbers());
    for (const changes of [{ code: 'abd' }, { seed: 4 }, { anew: true }]) {
      asked = [];
      await run(numbers(), changes);
      expect(asked[0]?.from).toBe(0);
    }
    writeFileSync(join(folder, 'numbers-3.json'), '{"code": "abc", ');
    asked = [];
    await run(numbers());
    expect(asked[0]?.from).toBe(0);
  });

  it('of some cases keeps nothing', async () => {
    await run(numbers(), { from: 14, cases: 1 });
    expect(asked).toEqual([{ seed: 3, from: 14, count: 1 }]);
    asked = [];
    await run(numbers());
    expect(asked[0]?.from).toBe(0);
  });

  it('ends with a dated line', async () => {
    const record = { ...(await run(numbers())), seconds: 61.4 };
    expect(summary(numbers(), record, new Date('2026-03-04T05:06:07Z'))).toBe(
      '2026-03-04, `npm run prove -- numbers --cases 18 --seed 3` at abc: 18 numbers, even 9; failed 2; 61 s',
    );
  });
});

describe('two runs that should have measured the same', () => {
  const lines = (...all: Record<string, number | null>[]) =>
    all.map((line) => JSON.stringify(line)).join('\n');
  const first = { step: 0, 'eval/reward@t1': 0.5, 'eval/timeout@t1': 0 };

  it('differ first in a timeout, which the machine may have made, or in something else', () => {
    const ours = lines(first, { step: 1, 'train/reward@t1': null });
    expect(differenceOf(ours, ours)).toBeNull();
    const late = { ...first, 'eval/reward@t1': 0.4, 'eval/timeout@t1': 0.25 };
    expect(differenceOf(ours, lines(late, { step: 1, 'train/reward@t1': 1 }))).toEqual({
      said: expect.stringMatching(
        /^line 1, eval\/timeout@t1: 0 here, 0.25 there: an answer timed out on one side/,
      ),
      timedOut: true,
    });
    expect(differenceOf(ours, lines(first, { step: 1, 'train/reward@t1': 1 }))).toEqual({
      said: 'line 2, train/reward@t1: null here, 1 there',
      timedOut: false,
    });
    expect(differenceOf(ours, lines(first))?.timedOut).toBe(false);
    const [some, more] = [0.4, 0.5].map((reward) => ({ ...late, 'eval/reward@t1': reward }));
    expect(differenceOf(lines(some!), lines(more!))).toEqual({
      said: 'line 1, eval/reward@t1: 0.4 here, 0.5 there: an answer timed out on both sides, perhaps by another number of its tests',
      timedOut: true,
    });
  });
});
