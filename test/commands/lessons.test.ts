/** `npm run lessons`, shortened: it runs both sides of a lesson, and skips what is complete. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { renderLessons } from '../../src/cli/lessonsReport.ts';
import { lessons, metricsOf, temporaryFolder } from './command.ts';

const folder = temporaryFolder();
afterAll(folder.remove);
/** @param updates of each run */
const short = (updates: string) => [
  ...['--only', 'releasedCode', '--seeds', '1', '--updates', updates],
  ...['--out', folder.path],
];
const log = join(folder.path, 'releasedCode', 'run', 'seed-1', 'log.jsonl');
const docs = () => readFileSync('docs/lessons.md', 'utf8');

describe('npm run lessons', () => {
  it('runs a lesson and its counter-run, once, and judges both', async () => {
    const before = docs();
    const { code, stdout, stderr } = await lessons(...short('1'));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^releasedCode, the run, seed 1: holds \(effect /) as string,
      expect.stringMatching(/^releasedCode, counter-run, seed 1: fails \(effect /) as string,
    ]);
    for (const side of ['run', 'counter']) {
      const out = join(folder.path, 'releasedCode', side, 'seed-1');
      expect(metricsOf(out).map(({ step }) => step)).toEqual([0, 1]);
      expect(existsSync(join(out, 'checkpoint', 'model.safetensors'))).toBe(true);
    }
    const { mtimeMs } = statSync(log);
    const again = await lessons(...short('1'));
    expect(again).toMatchObject({ code: 0, stdout });
    expect(statSync(log).mtimeMs).toBe(mtimeMs);
    expect(docs()).toBe(before); // a run that was cut short proves nothing
  }, 300_000);

  it('goes on with a run that is to be longer, and refuses a lesson that does not exist', async () => {
    const longer = await lessons(...short('2'));
    expect(longer.code).toBe(0);
    const out = join(folder.path, 'releasedCode', 'run', 'seed-1');
    expect(metricsOf(out).map(({ step }) => step)).toEqual([0, 1, 2]);
    const none = await lessons('--only', 'luck');
    expect(none).toMatchObject({ code: 2 });
    expect(none.stderr).toMatch(/--only: there is no lesson "luck".*paidToFail/);
  }, 300_000);
});

describe('docs/lessons.md', () => {
  it('says what was not run', () => {
    const text = renderLessons([]);
    expect(text).toContain('Nothing has been run yet.');
    expect(text).toContain('| Paid to fail | not run | not run |');
  });
});
