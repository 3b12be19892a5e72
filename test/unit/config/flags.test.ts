import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { defaultExperiment, diff } from '../../../src/config/experiment.ts';
import { fieldNames } from '../../../src/config/fields.ts';
import { FlagError, flagOf, helpText, parseFlags, type ExtraOptions } from '../../../src/config/flags.ts';
import { anyExperiment } from './arbitrary.ts';

const extra: ExtraOptions = {
  out: { value: 'DIR', help: 'Where to write.' },
  backend: { value: 'NAME', help: 'Back end.', choices: ['auto', 'wasm'] },
  quick: { value: '', help: 'Less of everything.' },
};

describe('parseFlags', () => {
  it('reads back the flags of any valid experiment', () => {
    fc.assert(
      fc.property(anyExperiment, (e) => {
        const flags = Object.entries(diff(e)).flatMap(([name, value]) => [flagOf(name), String(value)]);
        const parsed = parseFlags(flags, extra);
        expect(parsed.experiment).toEqual(e);
        expect(parsed.changes).toEqual(diff(e));
      }),
    );
  });

  it('starts from the preset and keeps apart what the flags changed', () => {
    expect(parseFlags(['--preset', 'paper', '--k=8', '--out', 'runs/x', '--quick'], extra)).toEqual({
      experiment: { ...defaultExperiment, gamma: 0.5, k: 8 },
      changes: { k: 8 },
      preset: 'paper',
      options: { out: 'runs/x', quick: true },
      help: false,
    });
  });

  it('a change equal to the default still counts as given', () => {
    expect(parseFlags(['--gamma', '0.75', '--preset', 'paper']).changes).toEqual({ gamma: 0.75 });
  });

  it('points from a field to the option that is given in its place', () => {
    const folder: ExtraOptions = { 'model-dir': { value: 'DIR', help: 'A folder.', insteadOf: 'model' } };
    expect(() => parseFlags(['--model', 'runs/x'], folder)).toThrow(
      /^--model: must be one of boost, .*; for a DIR there is --model-dir/,
    );
    expect(() => parseFlags(['--gamma', 'x'], folder)).toThrow(/^--gamma: (?!.*model-dir)/);
  });

  it('an extra option takes the place of a field with the same flag', () => {
    const parsed = parseFlags(['--model', 'models/boost'], { model: { value: 'DIR', help: 'Checkpoint.' } });
    expect(parsed.options).toEqual({ model: 'models/boost' });
    expect(parsed.experiment).toEqual(defaultExperiment);
  });

  it('-h asks for help', () => {
    expect(parseFlags(['-h']).help).toBe(true);
  });

  it.each([
    [['--gama', '1'], 'Unknown flag --gama. Did you mean --gamma?'],
    [['--zzzzzzzzzzzz', '1'], 'Unknown flag --zzzzzzzzzzzz. --help'],
    [['--toString', '1'], 'Unknown flag --toString'],
    [['--learning-rate', 'fast'], '--learning-rate: must be a number from 0.000001 to 0.01, not "fast"'],
    [['--k', '1'], '--k: must be a whole number from 2 to 16, not 1'],
    [['--k'], '--k needs a value'],
    [['--k', '--gamma', '1'], '--k needs a value'],
    [['--k', '4', '--k=5'], '--k was given twice'],
    [['--quick=yes'], '--quick takes no value'],
    [['--backend', 'tpu'], '--backend must be one of auto, wasm, not "tpu"'],
    [['--preset', 'pap'], '--preset must be one of default, paper'],
    [['100'], 'Unexpected "100"'],
    [['--objective', 'released-code', '--turns', '1'], '--objective: '],
  ])('%j is refused', (argv, message) => {
    expect(() => parseFlags(argv, extra)).toThrow(FlagError);
    expect(() => parseFlags(argv, extra)).toThrow(message);
  });

  it('takes a negative number as a value', () => {
    expect(() => parseFlags(['--gamma', '-1'])).toThrow('--gamma: must be a number from 0 to 2, not -1');
  });

  it('knows only the accepted fields', () => {
    expect(() => parseFlags(['--gamma', '1'], {}, ['seed'])).toThrow('Unknown flag --gamma');
  });
});

describe('helpText', () => {
  const help = helpText('usage', extra);
  it('has every flag, within 80 columns', () => {
    for (const flag of [...fieldNames.map(flagOf), '--preset', '--help', '--out', '--quick']) {
      expect(help).toMatch(new RegExp(`^  ${flag}( |$)`, 'm'));
    }
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
