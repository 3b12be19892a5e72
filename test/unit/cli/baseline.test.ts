/** What one run has found out of a model need not be found out again by others that begin with it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { baselineIn } from '../../../src/cli/baseline.ts';
import { FolderStore } from '../../../src/cli/folderStore.ts';
import { version } from '../../../src/cli/places.ts';
import { withChanges } from '../../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import type { EvalRecord } from '../../../src/rl/records.ts';
import { RunLog } from '../../../src/train/log.ts';

const out = mkdtempSync(join(tmpdir(), 'cocos-baseline-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const other = 'Tiny-Model@0123456789abcdef';
const experiment = withChanges(presetExperiment(findPreset('micro')!), {
  ...{ model: 'other', otherModel: other, tasks: 'own', problems: `sha256-${'ab'.repeat(32)}` },
});
const metrics = { 'eval/accuracy@t1': 0.25 };
const wasm = { name: 'wasm', device: 'three threads' } as const;

async function keep(path: string, outcomes?: EvalRecord['outcomes']): Promise<void> {
  const circumstances = { build: version, backend: 'wasm', device: 'one thread', experiment } as const;
  const log = await RunLog.create(new FolderStore(path), {
    ...circumstances,
    model: { name: other, digest: 'ab'.repeat(32) },
    tokenizer: {},
  });
  const found = { experiment, backend: 'wasm', step: 0, metrics, examples: [], ms: 1 } as const;
  await log.evaluation({ ...found, ...(outcomes ? { outcomes } : {}) });
  await log.written();
}

beforeAll(() => keep(join(out, 'control-none', 'seed-1')));

it('is taken where only fields differ of training', async () => {
  const control = withChanges(experiment, { seed: 7, control: 'shuffled', learningRate: 1e-4 });
  const found = await baselineIn(out, control, wasm);
  expect(found).toMatchObject({ experiment: control, step: 0, metrics });
});

it.each([
  [{ maxNewTokens: 13 }, 'wasm'],
  [{ evalTasks: 8 }, 'wasm'],
  [{ model: 'boost', otherModel: 'none' }, 'wasm'],
  [{}, 'webgpu'],
] as const)('is not taken by a run with %j on %s', async (changes, name) => {
  const asked = withChanges(experiment, changes);
  expect(await baselineIn(out, asked, { ...wasm, name })).toBeNull();
});

it('is taken from the next run where one cannot be read', async () => {
  mkdirSync(join(out, 'a', 'damaged'), { recursive: true });
  writeFileSync(join(out, 'a', 'damaged', 'log.jsonl'), 'no log\n');
  expect(await baselineIn(out, experiment, wasm)).toMatchObject({ metrics });
});

it('is made again where a task could not be judged', async () => {
  const unjudged = join(out, 'unjudged');
  await keep(join(unjudged, 'control-none', 'seed-1'), [
    [6, 4, 6],
    [6, null, 5],
  ]);
  expect(await baselineIn(unjudged, experiment, wasm)).toBeNull();
});

it('is not there in a folder that is not', async () =>
  expect(await baselineIn(join(out, 'none'), experiment, wasm)).toBeNull());
