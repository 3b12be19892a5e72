/** A run's folder: what is refused and by which name, what is said, what is mended. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadOurs } from '../../../src/cli/common.ts';
import { FolderStore } from '../../../src/cli/folderStore.ts';
import { RunFolder } from '../../../src/cli/runFolder.ts';
import { withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import type { UpdateRecord } from '../../../src/rl/records.ts';
import { RunLog } from '../../../src/train/log.ts';

/** Three updates of a tiny model, as version 0.1 left them: without a log. */
const old = fileURLToPath(new URL('../../traces/run-0.1', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'cocos-folder-'));
const run = join(root, 'run');
afterAll(() => rmSync(root, { recursive: true, force: true }));

const experiment = withChanges(presetExperiment(findPreset('micro')!), { steps: 2 });
const circumstances = {
  build: 'a test',
  backend: 'wasm',
  device: 'none',
  model: 'tiny',
  experiment,
} as const;
const update = (step: number, e: Experiment = experiment): UpdateRecord => ({
  experiment: e,
  backend: 'wasm',
  step,
  metrics: { 'train/loss': step, 'train/coupling': NaN },
  groups: [],
  timing: { sample: 1.4, grade: 2, score: 3, update: 4, total: 10 },
});

/** A run of two updates, without training: checkpoints at 0 and 2. */
beforeAll(async () => {
  const model = await loadOurs(join(old, 'reference'));
  const folder = new RunFolder(run);
  const log = await folder.begin(circumstances, model);
  const { weights } = model.checkpoint;
  const state = (step: number) => ({ step, weights, optimizer: { step, m: weights, v: weights } });
  await log.evaluation({ ...update(0), metrics: { 'eval/accuracy@t1': 0.5 }, examples: [], ms: 1 });
  await folder.completeMetrics(log, 0);
  await folder.saveCheckpoint(log, state(0), model);
  for (const step of [1, 2]) {
    await log.update(update(step));
    await folder.appendMetrics(log, step);
  }
  await folder.saveCheckpoint(log, state(2), model);
});

let copies = 0;
function copyOf(from: string): string {
  const out = join(root, String(copies++));
  cpSync(from, out, { recursive: true });
  return out;
}
const rewrite = (path: string, change: (text: string) => string) =>
  writeFileSync(path, change(readFileSync(path, 'utf8')));
function flipLastByte(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(bytes[bytes.length - 1] ^ 1, bytes.length - 1));
}
/** Everything in a folder, by name. */
const contentOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path, readFileSync(path, 'latin1')]),
  );
/** What is said to somebody who wants to resume; nothing on disk may change by that. */
async function refusal(out: string): Promise<string> {
  const before = contentOf(out);
  const folder = new RunFolder(out);
  const message = await folder
    .find()
    .then(({ log }) => folder.checkReference(log))
    .then(
      () => 'not refused',
      (error: Error) => error.message,
    );
  expect(contentOf(out)).toEqual(before);
  return message;
}
const stepsIn = (out: string) =>
  readFileSync(join(out, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .map((line) => (line.startsWith('{') ? (JSON.parse(line) as { step: number }).step : line));

describe('a run', () => {
  it('is found as it was left', async () => {
    const folder = new RunFolder(run);
    const found = await folder.find();
    expect(found).toMatchObject({ experiment, notes: [], state: { step: 2 } });
    await folder.checkReference(found.log);
    expect(() => folder.checkFree()).toThrow('already holds a run');
    expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8').split('\n')).toEqual([
      '{"step":0,"eval/accuracy@t1":0.5}',
      '{"step":1,"train/loss":1,"train/coupling":null,"time/sample_ms":1,"time/grade_ms":2,"time/score_ms":3,"time/update_ms":4,"time/total_ms":10}',
      '{"step":2,"train/loss":2,"train/coupling":null,"time/sample_ms":1,"time/grade_ms":2,"time/score_ms":3,"time/update_ms":4,"time/total_ms":10}',
      '',
    ]);
    const other = copyOf(run);
    rmSync(join(other, 'experiment.json'));
    expect((await new RunFolder(other).find()).experiment).toEqual(experiment);
    expect(() => new RunFolder(other).checkFree()).toThrow('already holds a run');
  });

  it('is written by one process at a time', async () => {
    const out = copyOf(run);
    const folder = new RunFolder(out);
    const found = await folder.find();
    const writer = join(out, 'writer.pid');
    writeFileSync(writer, `${process.ppid}\n`); // which runs
    await expect(folder.resume(found, circumstances)).rejects.toThrow(
      `${out}: process ${process.ppid} is writing this run. Wait until it is done`,
    );
    writeFileSync(writer, '999999999\n'); // as after a kill
    await folder.resume(found, circumstances);
    expect(readFileSync(writer, 'utf8')).toBe(`${process.pid}\n`);
    folder.leave();
    expect(existsSync(writer)).toBe(false);
  });

  it('whose last checkpoint is damaged is refused; without it, it goes on from the one before', async () => {
    const out = copyOf(run);
    const name = readdirSync(join(out, 'blobs')).find((name) => name.endsWith('-2.safetensors')) ?? '';
    const path = join(out, 'blobs', name);
    flipLastByte(path);
    expect(await refusal(out)).toBe(
      `${path} is damaged (its SHA-256 does not match). ` +
        'Delete that file, and the run goes on from the checkpoint before it, or from its start.',
    );
    rmSync(path);
    const said =
      'The last checkpoint is that of update 0; what came after it, up to update 2, is done again.';
    expect(await new RunFolder(out).find()).toMatchObject({ notes: [said], state: { step: 0 } });
    rmSync(join(out, 'blobs'), { recursive: true });
    expect(await new RunFolder(out).find()).toMatchObject({ notes: [said], state: null });
  });

  it.each([
    [
      'log.jsonl',
      (text: string) => text.replace('"kind":"update"', '"kind":"up'),
      'log.jsonl: line 4: is not a JSON',
    ],
    [
      'log.jsonl',
      (text: string) => text.replace(/"format":\d+/, '"format":99'),
      'log.jsonl: line 1: made by a newer version',
    ],
    ['log.jsonl', () => '', 'log.jsonl: line 1: is no manifest'],
    [
      'experiment.json',
      (text: string) => text.replace(/"format": \d+/, '"format": 99, "fieldOfTomorrow": true'),
      'experiment.json: made by a newer version of the playground (format 99',
    ],
    [
      'experiment.json',
      (text: string) => text.replace(/"format": \d+/, '"whiten": true'),
      'experiment.json: whiten: is not a field of an experiment',
    ],
    [
      'experiment.json',
      (text: string) => text.replace('"k": 2', '"k": 4'),
      "experiment.json: k: is 4, but the run's log says 2, and a run keeps what it began with. Put 2 back",
    ],
    [
      'reference/config.json',
      (text: string) => text.replace('10000', '20000'),
      'reference is not the model that the run began with',
    ],
  ])('with another %s is refused by name and left as it is', async (name, change, words) => {
    const out = copyOf(run);
    rewrite(join(out, name), change);
    expect(await refusal(out)).toContain(`${out}/${words}`);
  });

  it('goes on after a crash that cut its log and its metrics short', async () => {
    const out = copyOf(run);
    rewrite(join(out, 'log.jsonl'), (text) => `${text}{"kind":"upda`);
    rewrite(join(out, 'metrics.jsonl'), (text) => text.slice(0, -30));
    const folder = new RunFolder(out);
    const found = await folder.find();
    expect(found.notes).toEqual([
      expect.stringContaining(`${join(out, 'log.jsonl')} ends in the middle of a line`),
    ]);
    const wanted = withChanges(found.experiment, { steps: 3 });
    const log = await folder.resume(found, { ...circumstances, experiment: wanted });
    await folder.completeMetrics(log, 2);
    expect(stepsIn(out)).toEqual([0, 1, 2, '']);
    await log.update(update(3, wanted));
    const again = await RunLog.open(new FolderStore(out));
    expect(again.torn).toBe('');
    expect(again.entriesOf('change')).toEqual([
      { kind: 'change', step: 2, changes: [{ field: 'steps', from: 2, to: 3 }] },
    ]);
    expect((await again.updateRecord(3))?.experiment.steps).toBe(3);
    expect((await new RunFolder(out).find()).experiment).toEqual(wanted);
  });

  it('honours what was written into experiment.json by hand, where it can change during a run', async () => {
    const out = copyOf(run);
    rewrite(join(out, 'experiment.json'), (text) => text.replace(/"gamma": [\d.]+/, '"gamma": 0.25'));
    const folder = new RunFolder(out);
    const found = await folder.find();
    const log = await folder.resume(found, { ...circumstances, experiment: found.experiment });
    expect(log.entriesOf('change')).toMatchObject([{ step: 2, changes: [{ field: 'gamma', to: 0.25 }] }]);
    expect(log.experimentAt(1).gamma).toBe(experiment.gamma);
  });

  it('gets back the metrics that its log knows, and keeps lines that nobody here wrote', async () => {
    const out = copyOf(run);
    const log = await RunLog.open(new FolderStore(out));
    const folder = new RunFolder(out);
    rewrite(join(out, 'metrics.jsonl'), (text) => `# by hand\n${text.split('\n')[0]}\n{"step":9}\n{"st`);
    await folder.completeMetrics(log, 2);
    expect(stepsIn(out)).toEqual(['# by hand', 0, 1, 2, '']);
    rmSync(join(out, 'metrics.jsonl'));
    await folder.completeMetrics(log, 1);
    expect(stepsIn(out)).toEqual([0, 1, '']);
  });
});

describe('a run of version 0.1', () => {
  it('is found with its state, and nothing is written yet', async () => {
    const out = copyOf(old);
    const found = await new RunFolder(out).find();
    expect(found).toMatchObject({
      log: null,
      state: { step: 3, optimizer: { step: 3 } },
      experiment: { seed: 3 },
    });
    expect(existsSync(join(out, 'log.jsonl'))).toBe(false);
    expect(() => new RunFolder(out).checkFree()).toThrow('already holds a run');
  });

  it.each([
    ['model.safetensors', 'flipped', ' is damaged (its SHA-256 does not match)'],
    ['optimizer.safetensors', 'flipped', ' is damaged (its SHA-256 does not match)'],
    ['optimizer.safetensors', 'missing', ' is missing'],
    ['state.json', 'cut', ' is not JSON'],
    ['state.json', 'newer', ': made by a newer version of the playground (format 99'],
  ] as const)('with %s %s in its checkpoint is not resumed', async (name, how, words) => {
    const out = copyOf(old);
    const path = join(out, 'checkpoint', name);
    if (how === 'missing') rmSync(path);
    else if (how === 'flipped') flipLastByte(path);
    else if (how === 'cut') rewrite(path, (text) => text.slice(0, text.length / 2));
    else rewrite(path, (text) => text.replace('"format": 1', '"format": 99'));
    expect(await refusal(out)).toContain(path + words);
  });
});
