/** What is read of a log that was cut short, damaged, or written by another version. */
import { describe, expect, it } from 'vitest';
import { RunLog } from '../../../src/train/log.ts';
import { entryLine, logFormat, readLog } from '../../../src/train/logFormat.ts';
import { experiment, gammaAt, logOf, steps, storeWith, update } from './logs.ts';

describe('a log that was cut short', () => {
  it('is read up to its last whole entry and says so, wherever it was cut', async () => {
    const { store } = await logOf(3);
    const text = await store.readLog();
    const last = text.trimEnd().lastIndexOf('\n') + 1;
    for (let length = last + 1; length < text.length - 1; length++) {
      const log = await RunLog.open(await storeWith(text.slice(0, length)));
      expect(log.torn).toBe(text.slice(last, length));
      expect(steps(log)).toEqual(['update 1', 'update 2']);
    }
    for (const whole of [text, text.slice(0, -1)]) {
      const log = await RunLog.open(await storeWith(whole));
      expect(log.torn).toBe('');
      expect(log.step).toBe(3);
    }
  });

  it.each([
    ['in the middle of a line', -20],
    ['before its last line end', -1],
    ['not at all', 0],
  ])('%s goes on on a line of its own', async (_, cut) => {
    const { store } = await logOf(3);
    const text = await store.readLog();
    const cutStore = await storeWith(cut === 0 ? text : text.slice(0, cut));
    const log = await RunLog.open(cutStore);
    for (let step = log.step + 1; step <= 5; step++) await log.update(update(step));
    const again = await RunLog.open(cutStore);
    expect(again.torn).toBe('');
    expect(steps(again)).toEqual([1, 2, 3, 4, 5].map((step) => `update ${step}`));
    // And once more, after a second crash.
    const twice = await storeWith((await cutStore.readLog()).slice(0, -9));
    const third = await RunLog.open(twice);
    await third.notice('warning', 'a second time', 4);
    expect(steps(await RunLog.open(twice)).slice(-2)).toEqual(['update 4', 'notice 4']);
  });
});

describe('a log that is damaged in the middle', () => {
  const damages: [string, (line: string) => string, RegExp][] = [
    [
      'half a line',
      (line) => line.slice(0, 30),
      /^line 3: is not a JSON object\. Lines 1 to 2 are whole: delete/,
    ],
    [
      'a letter for a number',
      (line) => line.replace('0.2', '"x"'),
      /^line 3: update\.metrics\.train\/loss: .*"x"/,
    ],
    ['a field that is missing', (line) => line.replace('"step":2,', ''), /^line 3: update\.step: /],
    ['a field that nobody knows', (line) => line.replace('"step"', '"whiten":1,"step"'), /update\.whiten: /],
    [
      'a kind that nobody knows',
      (line) => line.replace('"update"', '"downdate"'),
      /^line 3: downdate\.kind: /,
    ],
    [
      'a change that fits nothing',
      () => entryLine({ kind: 'change', ...gammaAt(1, 0.5, 0.1) }).trim(),
      /^line 3: change\.gamma: from 0\.1, but it was 0\.75 before\. Lines 1 to 2/,
    ],
    [
      'a change to an impossible value',
      () => entryLine({ kind: 'change', ...gammaAt(1, 9) }).trim(),
      /^line 3: change\.gamma: must be a number from 0 to 2, not 9\. /,
    ],
  ];
  it.each(damages)('by %s is refused by its line', async (_, damage, words) => {
    const { store } = await logOf(3);
    const lines = (await store.readLog()).split('\n');
    lines[2] = damage(lines[2]);
    const text = lines.join('\n');
    await expect(RunLog.open(await storeWith(text))).rejects.toThrow(words);
    await expect(RunLog.open(await storeWith(text))).rejects.toMatchObject({ line: 3 });
    // What the error advises works.
    const before = await RunLog.open(await storeWith(lines.slice(0, 2).join('\n') + '\n'));
    expect(steps(before)).toEqual(['update 1']);
  });

  it('can still be read up to the damage', async () => {
    const { store } = await logOf(3);
    const lines = (await store.readLog()).split('\n');
    lines[2] = '{"kind":';
    const { entries, damage } = readLog(lines.join('\n'));
    expect(damage).toMatchObject({ line: 3 });
    expect(entries).toEqual([{ line: 2, entry: expect.objectContaining({ kind: 'update', step: 1 }) }]);
  });
});

describe('a log of another version', () => {
  it('that is newer is refused by its format', async () => {
    const { store } = await logOf(1);
    const newer = (await store.readLog()).replace(`"format":${logFormat}`, '"format":99');
    await expect(RunLog.open(await storeWith(newer))).rejects.toThrow(
      /^line 1: made by a newer version of the playground \(format 99.*update the playground/,
    );
  });

  it('whose experiment is older is read as it was meant, and says so', async () => {
    const { store } = await logOf(1);
    const older = (await store.readLog())
      .replace(/"experiment":\{"format":\d+,/, '"experiment":{')
      .replace(/"lrSchedulerType":"\w+",/, '');
    const log = await RunLog.open(await storeWith(older));
    expect(log.manifest.experiment).toEqual(experiment);
    expect(log.notes).toEqual(['lrSchedulerType was not there yet; constant is used, as it was then']);
  });

  it.each(['', '{"kind":"update","step":1}\n', '{"kind":"manifest","form'])(
    'or of none (%j) is refused',
    async (text) => {
      await expect(RunLog.open(await storeWith(text))).rejects.toThrow(/^line 1: is no manifest/);
    },
  );
});
