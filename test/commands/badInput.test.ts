/** What the training command says to input it cannot use: one line that names the thing and what to do. */
import { cpSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fieldNames } from '../../src/config/fields.ts';
import { flagOf } from '../../src/config/flags.ts';
import { presets } from '../../src/config/presets.ts';
import { temporaryFolder, train, trainAlone } from './command.ts';

const folder = temporaryFolder();
const out = join(folder.path, 'run');
afterAll(folder.remove);

/** A copy of the shipped boost model. */
function copyOfModel(name: string): string {
  const copy = join(folder.path, name);
  cpSync('public/models/boost', copy, { recursive: true });
  return copy;
}

/** Runs, expects failure, and gives the error line; any other line but the back end's is a failure of the test. */
async function refusal(code: number, ...args: string[]): Promise<string> {
  const ended = await train(...args);
  expect(ended).toMatchObject({ code, stdout: '' });
  const lines = ended.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('back end: '));
  expect(lines).toHaveLength(1);
  expect(existsSync(out)).toBe(false);
  return lines[0].replace(/^error: /, '');
}

describe('npm run train -- --help', () => {
  it('lists every field of the experiment that can be given, every preset and every option', async () => {
    const { code, stdout } = await trainAlone('--help');
    expect(code).toBe(0);
    const flags = [...stdout.matchAll(/^ {2}(--[a-z0-9-]+)/gm)].map((match) => match[1]);
    const commands = [
      ...['--preset', '--experiment', '--link', '--out', '--resume'],
      ...['--backend', '--threads', '--model-dir', '--metrics', '--help'],
    ];
    const named = fieldNames.filter((name) => name !== 'tasks'); // --problems says it
    expect(flags.toSorted()).toEqual([...named.map(flagOf), ...commands].toSorted());
    for (const preset of presets) expect(stdout).toContain(preset.id);
  });
});

describe('a wrong flag', () => {
  it('ends the process with code 2, a thing that cannot be done with code 1', async () => {
    const flag = await trainAlone('--gama', '1');
    expect(flag).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('error: Unknown flag'),
    });
    const run = await trainAlone('--resume', out);
    expect(run).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('cannot be read') });
  });

  it.each([
    ['--gama 1', 'Unknown flag --gama. Did you mean --gamma?'],
    ['--gamma 7', '--gamma: must be a number from 0 to 2, not 7'],
    ['--k two', '--k: must be a whole number from 2 to 16, not "two"'],
    ['--objective mine', '--objective: must be one of paper, released-code, not "mine"'],
    ['--backend gpu', '--backend must be one of auto, wasm, webgpu, cpu, not "gpu"'],
    ['--resume runs/x --gamma 1', 'only --steps may change, not gamma'],
  ])('%s', async (args, words) => {
    expect(await refusal(2, ...args.split(' '))).toContain(words);
  });
});

describe('a model that cannot be used', () => {
  it('missing folder', async () => {
    const missing = join(folder.path, 'no-such-model');
    const message = await refusal(1, '--model-dir', missing, '--out', out);
    expect(message).toContain(`${missing}/tokenizer.json cannot be read`);
    expect(message).toContain('npm run boost');
  });

  it('weights cut short', async () => {
    const model = copyOfModel('cut');
    truncateSync(join(model, 'model.safetensors'), 400_000);
    const message = await refusal(1, '--model-dir', model, '--out', out);
    expect(message).toContain(`${model}: model.safetensors`);
    expect(message).toContain('damaged');
    expect(message).toContain('download it again');
  });

  it('config.json of another shape', async () => {
    const model = copyOfModel('shape');
    const path = join(model, 'config.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"hidden_size": \d+/, '"hidden_size": 32'));
    const message = await refusal(1, '--model-dir', model, '--out', out);
    expect(message).toMatch(/model\.safetensors: tensor \S+ has shape \[.*\]; config\.json says \[.*\]/);
  });

  it('tokenizer of another size', async () => {
    const model = copyOfModel('tokenizer');
    const path = join(model, 'tokenizer.json');
    const json = JSON.parse(readFileSync(path, 'utf8')) as {
      model: { vocab: Record<string, number>; merges: unknown[] };
    };
    const { vocab, merges } = json.model;
    const size = Object.keys(vocab).length;
    delete vocab[Object.keys(vocab).find((token) => vocab[token] === size - 1) ?? ''];
    merges.pop();
    writeFileSync(path, JSON.stringify(json));
    const message = await refusal(1, '--preset', 'micro', '--model-dir', model, '--out', out);
    expect(message).toContain(`tokenizer.json has ${size - 1} tokens, config.json says vocab_size ${size}`);
    expect(message).toContain('Use the tokenizer.json that was saved with the model');
  });

  it('folder without a run', async () => {
    const message = await refusal(1, '--resume', out);
    expect(message).toContain(`${out}/experiment.json cannot be read`);
  });
});
