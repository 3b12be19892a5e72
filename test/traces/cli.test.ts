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

describe('a run of another version', () => {
  const wholeRun = join(folder.path, 'whole');
  const experimentOf = (out: string) =>
    JSON.parse(readFileSync(join(out, 'experiment.json'), 'utf8')) as Record<string, unknown>;
  /** A copy of the whole run whose experiment.json, metrics and state are as `change` makes them. */
  function copyOf(name: string, change: (experiment: Record<string, unknown>) => Record<string, unknown>) {
    const out = join(folder.path, name);
    cpSync(wholeRun, out, { recursive: true });
    writeFileSync(join(out, 'experiment.json'), JSON.stringify(change(experimentOf(wholeRun)), null, 2));
    return out;
  }
  const rewrite = (path: string, change: (text: string) => string) =>
    writeFileSync(path, change(readFileSync(path, 'utf8')));

  it(
    'that is older goes on as it was, says so, and is written in today’s format',
    async () => {
      const out = copyOf('older', ({ format: _, lrSchedulerType: __, returns: ___, ...rest }) => rest);
      rewrite(join(out, 'checkpoint', 'state.json'), (text) => text.replace(/"format": 1,\s*/, ''));
      // Lines of a time that did not measure everything, and a line that nobody here wrote.
      rewrite(join(out, 'metrics.jsonl'), (text) =>
        text.replaceAll(/"train\/coupling":[^,}]*,?/g, '').replace('\n', '\n# noted by hand\n'),
      );
      const before = readFileSync(join(out, 'metrics.jsonl'), 'utf8');

      const { code, stderr } = await train('--resume', out, '--steps', '22');
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stderr).toContain(`${join(out, 'experiment.json')} is from format 1: `);
      expect(stderr).toContain('returns was not there yet; accumulated is used, as it was then');
      expect(stderr).toContain('lrSchedulerType was not there yet; constant is used, as it was then');
      const after = readFileSync(join(out, 'metrics.jsonl'), 'utf8');
      expect(after.startsWith(before)).toBe(true);
      expect(after.slice(before.length).trim().split('\n')).toHaveLength(2);
      // Extended by two updates, and it remembers that.
      expect(experimentOf(out)).toEqual({ ...experimentOf(wholeRun), steps: 22 });

      const again = await train('--resume', out);
      expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('done at update 22') });
      expect(again.stderr).not.toContain('format');
    },
    5 * minutes,
  );

  it('that is newer is refused by its format and left as it is', async () => {
    const newer = copyOf('newer', (rest) => ({ ...rest, format: 99, fieldOfTomorrow: true }));
    const before = experimentOf(newer);
    const refused = await train('--resume', newer, '--steps', '30');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('made by a newer version of the playground (format 99');
    expect(refused.stderr).toContain('update the playground');
    expect(experimentOf(newer)).toEqual(before);

    const checkpoint = copyOf('newer-checkpoint', (rest) => rest);
    rewrite(join(checkpoint, 'checkpoint', 'state.json'), (text) =>
      text.replace('"format": 1', '"format": 99'),
    );
    const also = await train('--resume', checkpoint, '--steps', '30');
    expect(also.code).toBe(1);
    expect(also.stderr).toContain(
      `${join(checkpoint, 'checkpoint')}/state.json: made by a newer version of the playground (format 99`,
    );
  });

  it('with a field that nobody knows is refused by its name', async () => {
    const out = copyOf('unknown', ({ format: _, ...rest }) => ({ ...rest, whiten: true }));
    const { code, stderr } = await train('--resume', out, '--steps', '30');
    expect(code).toBe(1);
    expect(stderr).toContain(`${join(out, 'experiment.json')}: whiten: is not a field of an experiment`);
  });
});
