import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { field, fieldNames, fields } from '../../../src/config/fields.ts';
import {
  defaultAt,
  experimentFile,
  experimentFormat,
  migrate,
  oldestFormat,
  readExperimentFile,
  type History,
} from '../../../src/config/formats.ts';
import { anyExperiment } from './arbitrary.ts';

/** experiment.json as the version before formats were counted wrote it. */
const { lrSchedulerType: _, initialPolicy: __, trainTests: ___, ...first } = defaultExperiment;
const without = (data: Record<string, unknown>, name: string) =>
  Object.fromEntries(Object.entries(data).filter(([key]) => key !== name));

describe('experiment.json', () => {
  it('gives back any experiment, through JSON', () => {
    fc.assert(
      fc.property(anyExperiment, (e) => {
        const read = readExperimentFile(JSON.parse(JSON.stringify(experimentFile(e))));
        expect(read).toEqual({ experiment: e, format: experimentFormat, notes: [] });
      }),
    );
  });

  it('without a format is of format 1, and says what was not there yet', () => {
    expect(readExperimentFile(first)).toEqual({
      experiment: defaultExperiment,
      format: 1,
      notes: [
        'trainTests was not there yet; all is used, as it was then',
        'initialPolicy was not there yet; model is used, as it was then',
        'lrSchedulerType was not there yet; constant is used, as it was then',
      ],
    });
  });

  it.each(Object.keys(first))('may lack %s: its default is used, and said', (name) => {
    const old = readExperimentFile(
      without(
        { ...first, seed: 7, lrSchedulerType: 'cosine', initialPolicy: 'model', trainTests: 'all' },
        name,
      ),
    );
    expect(old.experiment).toMatchObject({
      lrSchedulerType: 'cosine',
      [name]: defaultAt(field(name as 'seed'), 1),
    });
    expect(old.notes).toEqual([
      `${name} was not there yet; ${defaultAt(field(name as 'seed'), 1)} is used, as it was then`,
    ]);
    const today = readExperimentFile(without(experimentFile(defaultExperiment), name));
    expect(today.notes).toEqual([
      `${name} is missing; ${field(name as 'seed').default}, its default, is used`,
    ]);
  });

  it.each([
    [
      { ...first, format: experimentFormat + 1 },
      new RegExp(`newer version.*format ${experimentFormat + 1}.*up to ${experimentFormat}.*update`),
    ],
    [{ ...first, format: experimentFormat + 1, fieldOfTomorrow: 1 }, /newer version/],
    [{ ...first, format: 0 }, 'format: must be a whole number from 1, not 0'],
    [{ ...first, format: '1' }, 'format: must be a whole number from 1, not "1"'],
    [{ ...first, gama: 1 }, 'gama: is not a field of an experiment'],
    [{ ...first, gamma: 7 }, 'gamma: must be a number from 0 to 2, not 7'],
    [JSON.parse('{"__proto__": {"k": 8}}'), '__proto__: is not a field of an experiment'],
    [[], 'must be an object'],
    [null, 'must be an object'],
    ['x', 'must be an object'],
  ])('%j is refused', (data, words) => {
    expect(() => readExperimentFile(data)).toThrow(words);
  });

  it('never has a field called format', () => {
    expect(fieldNames).not.toContain('format');
  });

  it('no field is from a format to come', () => {
    for (const name of fieldNames) expect(field(name).since ?? 1).toBeLessThanOrEqual(experimentFormat);
  });
});

describe('a later history', () => {
  // gamma's default was 0.5 up to format 2; `whiten` was dropped after format 2 and did nothing at false.
  const later: History = {
    fields: {
      gamma: { ...fields.gamma, formerDefaults: [{ until: 1, value: 0.25 }, { until: 2, value: 0.5 }] },
      lrSchedulerType: fields.lrSchedulerType,
      k: { ...fields.k, since: 4 },
    },
    dropped: { whiten: { until: 2, changesNothing: (value) => value === 'false' } },
  }; // prettier-ignore

  it('a missing field has the default of its time', () => {
    expect([1, 2, 3, 4].map((format) => defaultAt(later.fields['gamma'], format))).toEqual([
      0.25, 0.5, 0.75, 0.75,
    ]);
    expect(migrate({ lrSchedulerType: 'cosine' }, 2, later)).toEqual({
      values: { lrSchedulerType: 'cosine', gamma: 0.5, k: 4 },
      notes: [
        'gamma is missing; 0.5, its default, is used',
        'k was not there yet; 4 is used, as it was then',
      ],
      errors: [],
    });
  });

  it('a field that is gone is named where it changed nothing, and else refused', () => {
    const given = { gamma: 1, lrSchedulerType: 'constant', k: 4 };
    expect(migrate({ ...given, whiten: false }, 2, later)).toEqual({
      values: given,
      notes: ['whiten no longer exists; its value false changes nothing'],
      errors: [],
    });
    const refused = migrate({ ...given, whiten: true }, 2, later);
    expect(refused.errors.map((error) => error.field)).toEqual(['whiten']);
    expect(refused.errors[0]?.message).toMatch(
      /removed after format 2.*value true.*version of the playground that made it/,
    );
    // In a format that never had it, it is unknown and left for validation to refuse.
    expect(migrate({ ...given, whiten: false }, 3, later).values).toHaveProperty('whiten');
  });

  it('the oldest format that says the same knows the fields and has the defaults', () => {
    expect(oldestFormat({ gamma: 1 }, later)).toBe(1);
    expect(oldestFormat({}, later)).toBe(3); // else gamma would be another
    expect(oldestFormat({ gamma: 1, lrSchedulerType: 'cosine' }, later)).toBe(2);
    expect(oldestFormat({ k: 8 }, later)).toBe(4);
  });
});
