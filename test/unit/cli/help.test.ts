import { afterEach, describe, expect, it, vi } from 'vitest';
import { boost } from '../../../src/cli/boostCommand.ts';
import type { Command } from '../../../src/cli/common.ts';
import { learn } from '../../../src/cli/learnCommand.ts';
import { parseTrainingFlags } from '../../../src/cli/startFrom.ts';
import { train } from '../../../src/cli/trainCommand.ts';
import { decisionSettings, shortProblemSettings } from '../../../src/config/presets.ts';

afterEach(() => vi.restoreAllMocks());

async function helpOf(command: Command): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await command(['--help']);
  const text = write.mock.calls.map(([part]) => String(part)).join('');
  write.mockRestore();
  return text;
}

const commands: Readonly<Record<string, Command>> = { train, boost, learn };

describe('--help', () => {
  it.each(Object.keys(commands))(
    'of %s begins with three examples, of flags that are there',
    async (name) => {
      const [, head = '', ...rest] = (await helpOf(commands[name] ?? train)).split('\n\n');
      const [title, ...examples] = head.split('\n');
      expect(title).toBe('Examples');
      expect(examples).toHaveLength(3);
      for (const example of examples) {
        const [, of = ''] = /^ {2}npm run (\w+) -- /.exec(example) ?? [];
        const help = of === name ? rest.join('\n\n') : await helpOf(commands[of] ?? train);
        for (const [flag] of example.matchAll(/--[a-z-]+/g))
          expect(help).toMatch(new RegExp(`^  ${flag} `, 'm'));
      }
    },
  );

  it('of learn has the defaults of learn, and no flag that it refuses', async () => {
    const help = await helpOf(learn);
    const flagged = (flag: string) =>
      new RegExp(`^  ${flag} [^]*?default\\s+([^)]*)\\)`, 'm').exec(help)?.[1];
    expect(flagged('--steps')?.trim()).toBe(String(decisionSettings.steps));
    expect(flagged('--held-out')?.trim()).toBe(String(decisionSettings.heldOut));
    expect(flagged('--beta')?.trim()).toBe(String(decisionSettings.beta));
    expect(help).not.toMatch(/^ {2}--(seed|control|tasks) /m);
  });

  it('of boost lists what it reads', async () => {
    const help = await helpOf(boost);
    expect(help).toMatch(/^ {2}--max-new-tokens N/m);
    expect(help).not.toContain('--model-dir');
  });
});

describe('flags of models that others trained', () => {
  it.each([
    [[], '--model PATH is missing'],
    [['--model', 'boost'], '--model PATH is missing'],
    [['--preset', 'paper'], '--model PATH is missing'],
    [['--preset', 'paper', '--control', 'shuffled'], 'both are run'],
  ])('learn %j is refused', (argv, message) => expect(learn(argv)).rejects.toThrow(message));

  it.each([
    [['--model-dir', 'public/models/boost'], 'by --from'],
    [['--max-new-tokens', '48'], '--max-new-tokens is for a model that others trained'],
    [['--model', 'boost'], '--model is for a model that others trained'],
  ])('boost %j is refused', (argv, message) => expect(boost(argv)).rejects.toThrow(message));
});

describe('--preset short-problems', () => {
  const other = ['--model', 'other', '--other-model', 'any@0123456789abcdef'];
  const short = (...more: string[]) => parseTrainingFlags(['--preset', 'short-problems', ...more], {});

  it('has the settings and the problems, which other flags change', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { experiment, changes, preset, problems } = await short(...other, '--k', '8');
    expect(experiment).toMatchObject({ ...shortProblemSettings, k: 8, tasks: 'own', model: 'other' });
    expect(problems?.trim().split('\n')).toHaveLength(324);
    expect(preset).toBe('short-problems');
    expect(changes).not.toHaveProperty('gamma');
  });

  it('is refused without a model, and beside another experiment', async () => {
    await expect(short()).rejects.toThrow('--model PATH is missing');
    await expect(short('--link', 'x', ...other)).rejects.toThrow(
      '--link and --preset each name an experiment',
    );
  });
});
