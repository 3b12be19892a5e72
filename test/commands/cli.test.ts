/** Training from the command line: it reproduces the golden trace, and neither a stop nor Ctrl-C changes a number. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderStore } from '../../src/cli/folderStore.ts';
import { RunFolder } from '../../src/cli/runFolder.ts';
import { field, fieldNames } from '../../src/config/fields.ts';
import type { FieldName } from '../../src/config/fields.ts';
import { flagOf } from '../../src/config/flags.ts';
import { defaultExperiment } from '../../src/config/experiment.ts';
import { experimentFormat } from '../../src/config/formats.ts';
import { RunLog } from '../../src/train/log.ts';
import { amount } from '../amount.ts';
import {
  exportRun,
  metricsOf,
  npmTrain,
  reproduce,
  temporaryFolder,
  train,
  trainAlone,
  withoutTimes,
} from './command.ts';
import { expectGolden, type MetricsLine } from '../traces/golden.ts';

const minutes = 60_000;
const folder = temporaryFolder();
/** Of a run without a stop, even and whole fives. */
const updates = amount(process.env['UPDATE_TRACE'] ? 20 : 10, 20);
const half = updates / 2;
const micro = (out: string, steps: number, ...more: string[]) => [
  ...['--preset', 'micro', '--seed', '1', '--steps', String(steps), '--out', out],
  ...more,
];
const everyFifth = Array.from({ length: updates / 5 + 1 }, (_, i) => 5 * i);
/** Metrics of a run without a stop. */
let whole: MetricsLine[] = [];

beforeAll(async () => {
  const out = join(folder.path, 'whole');
  const ended = await trainAlone(...micro(out, updates));
  expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining(`done at update ${updates}`) });
  whole = metricsOf(out);
}, 5 * minutes);
afterAll(folder.remove);

describe('updates of the micro preset', () => {
  it('give the numbers of the golden trace', () => {
    expectGolden(whole, updates);
  });

  it('give every line an update and evaluate when due', () => {
    expect(whole.map((line) => line['step'])).toEqual(Array.from({ length: updates + 1 }, (_, step) => step));
    const evaluated = whole.filter((line) => 'eval/accuracy@t2' in line).map((line) => line['step']);
    expect(evaluated).toEqual(everyFifth);
  });

  it(
    'are the same after half of them, a stop, a file, and --resume of the file',
    async () => {
      const [stopped, out] = [join(folder.path, 'stopped'), join(folder.path, 'unpacked')];
      const file = join(folder.path, 'stopped.cocos');
      expect(await train(...micro(stopped, half))).toMatchObject({ code: 0 });
      expect(metricsOf(stopped).at(-1)?.['step']).toBe(half);
      expect(await exportRun('--run', stopped, '--out', file)).toMatchObject({ code: 0 });
      expect(await train('--resume', file, '--steps', String(updates), '--out', out)).toMatchObject({
        code: 0,
      });
      expect(withoutTimes(metricsOf(out))).toEqual(withoutTimes(whole));
      // Neither a file nor a run is overwritten, and the run's own experiment is kept.
      const again = await exportRun('--run', stopped, '--out', file);
      expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
      const taken = await train('--resume', file, '--out', out);
      expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('already holds a run') });
      const other = await train('--resume', file, '--gamma', '0');
      expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('only --steps may change') });
    },
    5 * minutes,
  );

  it(
    'are the same after Ctrl-C and --resume',
    async () => {
      const out = join(folder.path, 'interrupted');
      const running = npmTrain(...micro(out, 2 * updates)); // on a busy machine Ctrl-C comes some updates late
      let over = false;
      void running.ended.finally(() => (over = true));
      while (!over && metricsOf(out).length < 3) await delay(50);
      running.interrupt();
      const { stderr } = await running.ended;
      expect(stderr).toContain('Ctrl-C again stops at once');
      const saved = Number(/stopped at update (\d+)/.exec(stderr)?.[1]);
      expect(saved).toBeGreaterThan(0);
      expect(saved).toBeLessThan(2 * updates);
      expect(metricsOf(out).at(-1)?.['step']).toBe(saved);

      const end = Math.max(updates, saved + 1);
      const resumed = await train('--resume', out, '--steps', String(end));
      expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining(`done at update ${end}`) });
      expect(withoutTimes(metricsOf(out)).slice(0, updates + 1)).toEqual(withoutTimes(whole));
    },
    5 * minutes,
  );
});

describe('a run on disk', () => {
  const wholeRun = join(folder.path, 'whole');

  it('is never written over', async () => {
    const before = readFileSync(join(wholeRun, 'metrics.jsonl'), 'utf8');
    const { code, stderr } = await train(...micro(wholeRun, updates));
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error: ${wholeRun} already holds a run. Go on with --resume ${wholeRun}, or choose another --out.`,
    );
    expect(readFileSync(join(wholeRun, 'metrics.jsonl'), 'utf8')).toBe(before);
  });

  it('that has done its updates is left as it is', async () => {
    const before = readFileSync(join(wholeRun, 'log.jsonl'), 'utf8');
    const { code, stderr } = await train('--resume', wholeRun, '--steps', String(half));
    expect(code).toBe(0);
    expect(stderr).toContain(
      `${wholeRun} is already at update ${updates}, and the run ends after ${half}: nothing was done.`,
    );
    expect(stderr).toContain(`npm run train -- --resume ${wholeRun} --steps N, with N above ${updates}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(readFileSync(join(wholeRun, 'log.jsonl'), 'utf8')).toBe(before);
    expect(experimentOf(wholeRun)).toMatchObject({ steps: updates });
  });

  it('is a log from which its metrics, its answers and its states can be had', async () => {
    const log = await RunLog.open(new FolderStore(wholeRun));
    expect(log.manifest).toMatchObject({ backend: 'wasm', model: { name: 'boost' } });
    for (const { step, metrics } of log.entriesOf('update'))
      expect(whole[step]).toMatchObject(asJson(metrics));
    const evaluated = log.entriesOf('evaluation').map(({ step }) => step);
    expect(evaluated).toEqual(everyFifth);
    const record = await log.updateRecord(7);
    expect(record?.groups).toHaveLength(2);
    expect(record?.experiment).toEqual(log.manifest.experiment);
    expect((await log.evalRecord(updates))?.examples).toHaveLength(4);
    expect((await log.stateAt(updates))?.optimizer.step).toBe(updates);
    expect((await log.stateAt(updates - 1))?.step).toBe(0);
  });

  it('has a checkpoint that is an ordinary model folder', async () => {
    const { code, stderr } = await train(
      ...micro(join(folder.path, 'further'), 1, '--model-dir', join(wholeRun, 'checkpoint')),
    );
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('done at update 1') });
    // Its starting model is the one that run ended with, so its first evaluation is that run's last.
    const first = metricsOf(join(folder.path, 'further'))[0];
    expect(first?.['eval/accuracy@t2']).toBe(whole.at(-1)?.['eval/accuracy@t2']);
    expect(first?.['eval/length@t2']).toBe(whole.at(-1)?.['eval/length@t2']);
  });

  it('goes on from the checkpoint before when the last is gone, and says so', async () => {
    const out = copyOf('further', 'gone');
    const last = readdirSync(join(out, 'blobs')).find((name) => name.endsWith('-1.safetensors'));
    rmSync(join(out, 'blobs', last ?? ''));
    const { code, stderr } = await train('--resume', out, '--steps', '2');
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('done at update 2') });
    expect(stderr).toContain(
      'The last checkpoint is that of update 0; what came after it, up to update 1, is done again.',
    );
    const metrics = withoutTimes(metricsOf(out));
    expect(metrics.map((line) => line['step'])).toEqual([0, 1, 2]);
    const [, before] = withoutTimes(metricsOf(join(folder.path, 'further')));
    expect(before).toMatchObject(metrics[1]); // that run ended here, so it was evaluated here
    expect(await foundIn(out)).toMatchObject({ notes: [], state: { step: 2 }, experiment: { steps: 2 } });
  });
});

/** Three updates of a tiny model, as version 0.1 left them: without a log. */
describe('a run of version 0.1', () => {
  const old = fileURLToPath(new URL('../traces/run-0.1', import.meta.url));
  const copyOfOld = (name: string) => {
    const out = join(folder.path, name);
    cpSync(old, out, { recursive: true });
    return out;
  };

  it(
    'goes on as if it had never stopped, and has a log from then on',
    async () => {
      const uninterrupted = join(folder.path, 'uninterrupted');
      const { model: _, format: __, ...fields } = experimentOf(old);
      const flags = Object.entries({ ...fields, steps: 6 }).flatMap(([name, value]) => [
        flagOf(name as FieldName),
        String(value),
      ]);
      const at = ['--model-dir', join(old, 'reference'), '--out', uninterrupted];
      expect(await train(...flags, ...at)).toMatchObject({ code: 0 });

      const out = copyOfOld('resumed-0.1');
      const before = readFileSync(join(out, 'metrics.jsonl'), 'utf8');
      const resumed = await train('--resume', out, '--steps', '6');
      expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('done at update 6') });
      expect(readFileSync(join(out, 'metrics.jsonl'), 'utf8').startsWith(before)).toBe(true);
      const [ours, theirs] = [out, uninterrupted].map((run) => withoutTimes(metricsOf(run)));
      expect(ours.slice(4)).toEqual(theirs.slice(4));
      // It had ended there, so it was evaluated there; version 0.1 did not measure layers.
      const known = Object.entries(theirs[3]).filter(([name]) => !name.startsWith('train/layer_'));
      expect(ours[3]).toMatchObject(Object.fromEntries(known));

      const log = await RunLog.open(new FolderStore(out));
      expect(log.entriesOf('update').map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(log.entriesOf('update')[0].metrics['train/loss']).toBe(ours[1]['train/loss']);
      expect(log.entriesOf('change')).toMatchObject([
        { step: 3, changes: [{ field: 'steps', from: 3, to: 6 }] },
      ]);
      expect(experimentOf(out)).toEqual({ ...experimentOf(uninterrupted), model: 'boost' });
      const states = await Promise.all([out, uninterrupted].map((run) => lastState(run)));
      expect(states[0]).toEqual(states[1]);
    },
    5 * minutes,
  );

  it(
    'and of an older format goes on as it was, says so, and is written in today’s format',
    async () => {
      const out = copyOfOld('older');
      const { format: _, lrSchedulerType: __, returns: ___, ...rest } = experimentOf(out);
      writeFileSync(join(out, 'experiment.json'), JSON.stringify(rest, null, 2));
      rewrite(join(out, 'checkpoint', 'state.json'), (text) => text.replace(/"format": 1,\s*/, ''));
      // Lines of a time that did not measure everything, and a line that nobody here wrote.
      rewrite(join(out, 'metrics.jsonl'), (text) =>
        text.replaceAll(/"train\/coupling":[^,}]*,?/g, '').replace('\n', '\n# noted by hand\n'),
      );
      const before = readFileSync(join(out, 'metrics.jsonl'), 'utf8');

      const { code, stderr } = await train('--resume', out, '--steps', '5');
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stderr).toContain(`${join(out, 'experiment.json')} is from format 1: `);
      expect(stderr).toContain('returns was not there yet; accumulated is used, as it was then');
      expect(stderr).toContain('lrSchedulerType was not there yet; constant is used, as it was then');
      const after = readFileSync(join(out, 'metrics.jsonl'), 'utf8');
      expect(after.startsWith(before)).toBe(true);
      expect(after.slice(before.length).trim().split('\n')).toHaveLength(2);
      // Extended by two updates, and it remembers that.
      const { format, ...written } = experimentOf(out);
      expect(format).toBe(experimentFormat);
      const newer = fieldNames.filter((name) => (field(name).since ?? 1) >= 8);
      expect(written).toEqual({
        ...Object.fromEntries(newer.map((name) => [name, field(name).default])),
        ...rest,
        ...{
          lrSchedulerType: 'constant',
          returns: 'accumulated',
          initialPolicy: 'model',
          trainTests: 'all',
          steps: 5,
        },
        ...{ accumulate: 'cocos', alpha: defaultExperiment.alpha, formula: defaultExperiment.formula },
      });

      expect(await foundIn(out)).toMatchObject({ notes: [], state: { step: 5 } });
    },
    5 * minutes,
  );
});

describe('npm run reproduce', () => {
  it('prints a table, and keeps each run as train would have written it', async () => {
    const out = join(folder.path, 'table');
    const common = ['--preset', 'micro', '--steps', '5', '--eval-every', '50'];
    const { code, stdout, stderr } = await reproduce(...common, '--seeds', '1', '--out', out);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = stdout
      .trim()
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()));
    expect(rows.map(([, seed, updates]) => [seed, updates])).toEqual([
      ['seed', 'updates'],
      ['---', '---'],
      ['1', '0'],
      ['1', '5'],
    ]);
    const last = whole[5];
    expect(rows[3][4]).toBe(`${(100 * (last['eval/accuracy@t2'] ?? NaN)).toFixed(1)} %`);
    expect(rows[3][9]).toBe((last['train/kl@t1'] ?? NaN).toFixed(2));
    const metrics = withoutTimes(metricsOf(join(out, 'seed-1')));
    expect(metrics[3]).toEqual(withoutTimes(whole)[3]);
    expect(await foundIn(join(out, 'seed-1'))).toMatchObject({ notes: [], state: { step: 5 } });
  });
});

/** A copy of a run in `folder`. */
function copyOf(run: string, name: string): string {
  const out = join(folder.path, name);
  cpSync(join(folder.path, run), out, { recursive: true });
  return out;
}

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** Metrics as a file has them: null for what could not be measured. */
const asJson = (metrics: Readonly<Record<string, number>>): MetricsLine =>
  JSON.parse(JSON.stringify(metrics)) as MetricsLine;

const experimentOf = (run: string) =>
  JSON.parse(readFileSync(join(run, 'experiment.json'), 'utf8')) as Record<string, unknown>;

const lastState = async (run: string) => (await RunLog.open(new FolderStore(run))).stateAt(Infinity);

const foundIn = (run: string) => new RunFolder(run).find();
