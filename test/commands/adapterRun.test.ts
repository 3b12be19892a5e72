/** A run over a model that others trained, by the commands: its adapter is measured, its receipt verifies, and neither is mistaken. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { boost as boostCommand } from '../../src/cli/boostCommand.ts';
import { evaluate as evaluateCommand } from '../../src/cli/evaluateCommand.ts';
import { exportProject } from '../../src/cli/exportProject.ts';
import { withOtherModel } from '../../src/cli/otherModel.ts';
import { openRunAt } from '../../src/cli/packedRun.ts';
import { options as trainOptions } from '../../src/cli/trainCommand.ts';
import { verify as verifyCommand } from '../../src/cli/verifyCommand.ts';
import { parseFlags } from '../../src/config/flags.ts';
import { receiptOf } from '../../src/receipts/receipt.ts';
import { fileOf } from '../../src/receipts/shared.ts';
import { inThisProcess } from '../inThisProcess.ts';
import { tinyFolder } from '../tinyModel.ts';
import { temporaryFolder, train } from './command.ts';

const folder = temporaryFolder();
const at = (...names: string[]) => join(folder.path, ...names);
const evaluate = (...args: string[]) => inThisProcess(evaluateCommand, args);
const verify = (...args: string[]) => inThisProcess(verifyCommand, args);
const boost = (...args: string[]) => inThisProcess(boostCommand, args);
const small = ['--max-new-tokens', '8', '--eval-tasks', '8', '--turns', '2'];

beforeAll(async () => {
  mkdirSync(at('tiny'));
  mkdirSync(at('another'));
  for (const [name, bytes] of Object.entries(tinyFolder())) {
    writeFileSync(at('tiny', name), bytes);
    writeFileSync(at('another', name), bytes);
  }
  writeFileSync(at('another', 'generation_config.json'), '{"eos_token_id": 1}');
  const ended = await train(
    ...['--model', at('tiny'), '--out', at('run'), '--steps', '2', '--eval-every', '1', ...small],
    ...['--k', '2', '--lora-rank', '2', '--lora-targets', 'attention', '--learning-rate', '0.01'],
  );
  expect(ended).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^An update will take about .*[^]*^done at update 2/m),
  });
}, 300_000);
afterAll(folder.remove);

it('says which model it is over, and a shipped model that is named is the one that is taken', async () => {
  const { log } = await openRunAt(at('run'));
  expect(log.manifest.experiment).toMatchObject({ model: 'other', otherModel: log.manifest.model.name });
  const { experiment } = parseFlags(await withOtherModel(['--model', 'beginner']), trainOptions);
  expect(experiment.model).toBe('beginner');
});

it('its adapter is evaluated over its model, with the result that the run had', async () => {
  const json = at('metrics.json');
  const there = ['--adapter', at('run', 'checkpoint'), ...small, '--json', json];
  const ended = await evaluate('--model', at('run', 'reference'), ...there);
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('8 held-out tasks') });
  const found = v.parse(v.record(v.string(), v.unknown()), JSON.parse(readFileSync(json, 'utf8')));
  const { log } = await openRunAt(at('run'));
  const last = log.entriesOf('evaluation').at(-1);
  expect(last?.step).toBe(2);
  expect(found['eval/length@t1']).toBe(last?.metrics['eval/length@t1']);
  expect(found['eval/accuracy@t1']).toBe(last?.metrics['eval/accuracy@t1']);
});

it('is no model, and belongs to no other', async () => {
  const adapter = at('run', 'checkpoint');
  const refused = async (...args: string[]) => {
    const { code, stderr } = await evaluate(...args);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused('--model-dir', adapter)).toContain('is an adapter, not a model');
  expect(await refused('--adapter', adapter)).toContain('--adapter goes with --model PATH');
  expect(await refused('--model', at('tiny'), '--adapter', at('tiny'))).toContain('there is no adapter in');
  expect(await refused('--model', at('another'), '--adapter', adapter)).toContain(
    'it was trained over tiny@',
  );
});

it('its receipt verifies over the same model; another is told from it, none is asked for', async () => {
  const { log } = await openRunAt(at('run'));
  const { experiment, model } = log.manifest;
  const so = {
    ...{ experiment, changes: [], updates: log.entriesOf('update'), backends: ['wasm'] as const },
    ...{ evaluations: log.entriesOf('evaluation'), heldOutTasks: 8 },
  };
  const madeOn = { backend: 'wasm' as const, modelDigest: model.digest?.slice(0, 12) ?? '' };
  const receipt = await receiptOf(so, 'test');
  writeFileSync(at('receipt.json'), fileOf({ experiment, madeOn, receipt }));
  const same = await verify(at('receipt.json'), '--model-dir', at('tiny'));
  expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining('2 updates') });
  const other = await verify(at('receipt.json'), '--model-dir', at('another'));
  expect(other).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the experiment begins with tiny@'),
  });
  const none = await verify(at('receipt.json'));
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--model-dir') });
});

it('what a boost leaves is a model like any other, with a name of its own, and runs begin with its adapter', async () => {
  const lora = ['--lora-rank', '2', '--lora-targets', 'attention'];
  const made = await boost(
    ...['--model', at('tiny'), '--out', at('boosted'), '--boost-steps', '2', ...lora],
    ...['--max-new-tokens', '96'],
  );
  expect(made).toMatchObject({ code: 0, stderr: expect.stringMatching(/loss \d+\.\d+ → \d+\.\d+ nats/) });
  const quick = [...small, '--steps', '1', '--k', '2', '--train-tasks', '16', '--control', 'shuffled'];
  const ended = await train('--model', at('boosted'), '--out', at('over'), ...quick);
  expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('done at update 1') });
  const { log } = await openRunAt(at('over'));
  const { experiment, model } = log.manifest;
  expect(experiment).toMatchObject({ loraRank: 2, loraTargets: 'attention', control: 'shuffled' });
  expect(experiment.otherModel).toMatch(/^tiny\+boost@[0-9a-f]{16}$/);
  expect(model.digest).not.toBe((await openRunAt(at('run'))).log.manifest.model.digest);
  for (const file of ['adapter_config.json', 'adapter_model.safetensors']) {
    expect(readFileSync(at('over', 'reference', file))).toEqual(readFileSync(at('boosted', file)));
  }
  expect(log.entriesOf('evaluation').at(-1)?.outcomes).toHaveLength(8);
  expect(log.entriesOf('update')[0]?.metrics['train/kl@t1']).toBeCloseTo(0, 3);
  const measured = ['--eval-tasks', '4', '--max-new-tokens', '8', '--model', at('boosted')];
  expect(await evaluate(...measured)).toMatchObject({ code: 0 });
  expect(await evaluate(...measured, '--adapter', at('over', 'checkpoint'))).toMatchObject({ code: 0 });
  const other = await train('--model', at('boosted'), '--out', at('never'), '--lora-rank', '3', ...quick);
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('loraRank: is 3, and the adapter'),
  });
});

it('is refused by name where it would become a Python project', async () => {
  const { code, stderr } = await inThisProcess(exportProject, [
    '--to',
    'pytorch',
    at('project'),
    '--from',
    at('run'),
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain('otherModel: tiny@');
});
