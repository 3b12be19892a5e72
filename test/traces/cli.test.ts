/** Training from the command line: it reproduces the golden trace, and neither a stop nor Ctrl-C changes a number. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricsOf, npmTrain, temporaryFolder, train, withoutTimes } from './command.ts';
import { expectGolden, type MetricsLine } from './golden.ts';

const minutes = 60_000;
const folder = temporaryFolder();
const micro = (out: string, ...more: string[]) => ['--preset', 'micro', '--seed', '1', '--out', out, ...more];
/** Metrics of 20 updates without a stop. */
let whole: MetricsLine[] = [];

beforeAll(async () => {
  const out = join(folder.path, 'whole');
  const ended = await train(...micro(out));
  expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('done at update 20') });
  whole = metricsOf(out);
}, 5 * minutes);
afterAll(folder.remove);

describe('20 updates of the micro preset', () => {
  it('give the numbers of the golden trace', () => {
    expectGolden(whole);
  });

  it('give every line an update and evaluate when due', () => {
    expect(whole.map((line) => line['step'])).toEqual(Array.from({ length: 21 }, (_, step) => step));
    const evaluated = whole.filter((line) => 'eval/accuracy@t2' in line).map((line) => line['step']);
    expect(evaluated).toEqual([0, 5, 10, 15, 20]);
  });

  it(
    'are the same after 10, a stop, and --resume',
    async () => {
      const out = join(folder.path, 'stopped');
      expect(await train(...micro(out, '--steps', '10'))).toMatchObject({ code: 0 });
      expect(metricsOf(out).at(-1)?.['step']).toBe(10);
      expect(await train('--resume', out, '--steps', '20')).toMatchObject({ code: 0 });
      expect(withoutTimes(metricsOf(out))).toEqual(withoutTimes(whole));
    },
    5 * minutes,
  );

  it(
    'are the same after Ctrl-C and --resume',
    async () => {
      const out = join(folder.path, 'interrupted');
      const running = npmTrain(...micro(out));
      let over = false;
      void running.ended.finally(() => (over = true));
      while (!over && metricsOf(out).length < 4) await delay(50);
      running.interrupt();
      const { stderr } = await running.ended;
      expect(stderr).toContain('Ctrl-C again stops at once');
      const saved = Number(/stopped at update (\d+)/.exec(stderr)?.[1]);
      expect(saved).toBeGreaterThan(0);
      expect(saved).toBeLessThan(20);
      expect(metricsOf(out).at(-1)?.['step']).toBe(saved);

      const resumed = await train('--resume', out);
      expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('done at update 20') });
      expect(withoutTimes(metricsOf(out))).toEqual(withoutTimes(whole));
    },
    5 * minutes,
  );
});

describe('a run on disk', () => {
  const wholeRun = join(folder.path, 'whole');

  it('is never written over', async () => {
    const before = readFileSync(join(wholeRun, 'metrics.jsonl'), 'utf8');
    const { code, stderr } = await train(...micro(wholeRun));
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error: ${wholeRun} already holds a run. Go on with --resume ${wholeRun}, or choose another --out.`,
    );
    expect(readFileSync(join(wholeRun, 'metrics.jsonl'), 'utf8')).toBe(before);
  });

  it('has a checkpoint that is an ordinary model folder', async () => {
    const { code, stderr } = await train(
      ...micro(join(folder.path, 'further'), '--steps', '1', '--model-dir', join(wholeRun, 'checkpoint')),
    );
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('done at update 1') });
    // Its starting model is the one that run ended with, so its first evaluation is that run's last.
    const first = metricsOf(join(folder.path, 'further'))[0];
    expect(first?.['eval/accuracy@t2']).toBe(whole.at(-1)?.['eval/accuracy@t2']);
    expect(first?.['eval/length@t2']).toBe(whole.at(-1)?.['eval/length@t2']);
  });

  it.each([
    ['model.safetensors', 'flipped', 'is damaged (its SHA-256 does not match)'],
    ['optimizer.safetensors', 'flipped', 'is damaged (its SHA-256 does not match)'],
    ['optimizer.safetensors', 'missing', 'is missing'],
    ['state.json', 'cut', 'is not JSON'],
  ] as const)('with %s %s in its checkpoint is not resumed', async (name, how, words) => {
    const out = join(folder.path, `${how}-${name}`);
    cpSync(wholeRun, out, { recursive: true });
    const path = join(out, 'checkpoint', name);
    const bytes = readFileSync(path);
    if (how === 'missing') rmSync(path);
    else if (how === 'cut') writeFileSync(path, bytes.subarray(0, bytes.length / 2));
    else writeFileSync(path, bytes.fill(bytes[bytes.length - 1] ^ 1, bytes.length - 1));

    const { code, stderr } = await train('--resume', out, '--steps', '30');
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(`error: ${path} ${words}`)]);
    expect(metricsOf(out)).toEqual(whole);
  });
});
