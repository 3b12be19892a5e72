import fc from '../../property.ts';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  defaultExperiment,
  describeError,
  diff,
  experimentSchema,
  listedValues,
  parseExperiment,
  withChanges,
  type Experiment,
} from '../../../src/config/experiment.ts';
import { field, fieldNames } from '../../../src/config/fields.ts';
import { presetExperiment, presets } from '../../../src/config/presets.ts';
import { idleFields } from '../../../src/config/rules.ts';
import { anyExperiment } from './arbitrary.ts';

function errorsOf(data: unknown): string[] {
  const parsed = parseExperiment(data);
  return parsed.ok ? [] : parsed.errors.map((e) => `${e.field}: ${e.message}`);
}

describe('the field table', () => {
  it.each(fieldNames)('%s is complete', (name) => {
    const f = field(name);
    expect(f.label).not.toBe('');
    expect(f.help).toMatch(/\.$/);
    expect(f.source).not.toBe('');
    if (f.kind === 'choice') {
      const values = f.choices.map((c) => c.value);
      expect(new Set(values).size).toBe(values.length);
      expect(values).toContain(f.default);
      for (const choice of f.choices) expect(choice.help).toMatch(/\.$/);
    } else if (f.kind === 'text') {
      expect(f.default.length).toBeLessThanOrEqual(f.maxLength);
    } else if (f.kind !== 'boolean') {
      expect(f.min).toBeLessThan(f.max);
      expect(f.step).toBeGreaterThan(f.scale === 'log' ? 1 : 0);
      if (f.scale === 'log') expect(f.min).toBeGreaterThan(0);
    }
  });
});

describe('parseExperiment', () => {
  it('accepts any valid experiment unchanged, through JSON too', () => {
    fc.assert(
      fc.property(anyExperiment, (e) => {
        expect(parseExperiment(JSON.parse(JSON.stringify(e)))).toEqual({ ok: true, experiment: e });
      }),
    );
  });

  it.each([
    [{ gamma: 7 }, 'gamma: must be a number from 0 to 2, not 7'],
    [{ gamma: NaN }, 'gamma: must be a number from 0 to 2, not NaN'],
    [{ beta: Infinity }, 'beta: must be a number from 0 to 1, not Infinity'],
    [{ k: 2.5 }, 'k: must be a whole number from 2 to 16, not 2.5'],
    [{ k: '4' }, 'k: must be a whole number from 2 to 16, not "4"'],
    [{ objective: 'x' }, 'objective: must be one of paper, released-code, not "x"'],
    [{ toString: 1 }, 'toString: is not a field of an experiment'],
    [
      { objective: 'released-code', turns: 1 },
      'objective: must not be released-code with a single turn: it trains only corrections, so turns must be at least 2',
    ],
    [
      { objective: 'released-code', returns: 'per-turn' },
      'returns: must be accumulated when the objective is released-code, which has no other',
    ],
    [
      { trainTasks: 16, promptsPerUpdate: 17 },
      'trainTasks: must be at least promptsPerUpdate, so that one update has enough different tasks',
    ],
  ])('refuses %j and names the field', (changes, message) => {
    expect(errorsOf({ ...defaultExperiment, ...changes })).toEqual([message]);
  });

  it('reports every wrong field at once', () => {
    expect(errorsOf({ ...defaultExperiment, gamma: -1, seed: 0.5 }).map((e) => e.split(':')[0])).toEqual([
      'gamma',
      'seed',
    ]);
  });

  it.each([[null], [3], ['x'], [[]], [undefined]])('refuses %j', (data) => {
    expect(parseExperiment(data)).toMatchObject({ ok: false, errors: [{ field: '' }] });
  });

  it('names a missing field and a prototype key', () => {
    const { gamma: _gamma, ...rest } = defaultExperiment;
    expect(errorsOf(rest)).toEqual(['gamma: is missing']);
    const hostile: unknown = JSON.parse(
      JSON.stringify(defaultExperiment).replace('{', '{"__proto__":{"k":8},'),
    );
    expect(errorsOf(hostile)).toEqual(['__proto__: is not a field of an experiment']);
  });

  it('names the field by its whole path inside a message', () => {
    const message = { experiment: { ...defaultExperiment, objective: 'released-code', turns: 1 } };
    const result = v.safeParse(v.object({ experiment: experimentSchema }), message);
    expect(result.issues?.map((issue) => v.getDotPath(issue))).toEqual(['experiment.objective']);
  });
});

describe('differences and presets', () => {
  it('diff gives back exactly what was changed', () => {
    fc.assert(
      fc.property(anyExperiment, anyExperiment, (a, b) => {
        expect({ ...b, ...diff(a, b) }).toEqual(a);
        expect(diff(a, a)).toEqual({});
      }),
    );
  });

  it('withChanges refuses what is not valid', () => {
    expect(() => withChanges(defaultExperiment, { gamma: 3 })).toThrow('gamma: must be a number from 0 to 2');
  });

  it.each(presets)('$id is valid and changes what it says', (preset) => {
    expect(diff(presetExperiment(preset))).toEqual(preset.changes);
  });

  it('the first preset is the default', () => {
    expect(presetExperiment(presets[0])).toEqual(defaultExperiment);
  });

  it('a rule of accumulation and its numbers are refused or said to be idle, never ignored', () => {
    const problems = (changes: Partial<Experiment>) => {
      const parsed = parseExperiment({ ...defaultExperiment, ...changes });
      return parsed.ok ? [] : parsed.errors.map(describeError);
    };
    expect(problems({ accumulate: 'score' })).toEqual([]);
    expect(problems({ accumulate: 'score', turns: 3 })).toEqual([
      'accumulate: must not be score unless there are 2 turns: SCoRe’s gain is that from the first to the second',
    ]);
    const own = (formula: string, rest: Partial<Experiment> = {}) =>
      problems({ accumulate: 'formula', formula, ...rest });
    expect(own('r[2] -')).toEqual(['formula: column 7: expected expression after -']);
    expect(own('r[2]', { turns: 1 })[0]).toMatch(/^formula: column 3: a turn is a whole number from 1 to 1/);
    expect(own('')[0]).toBe('formula: must be a text of 1 to 200 characters, not ""');
    expect(own('1 / r[1]')[0]).toMatch(
      /^formula: must be finite .* is Infinity where r\[1\] = 0, r\[2\] = 0$/,
    );
    expect(own('1 / (r[1] - 1 / 3)')[0]).toMatch(/where r\[1\] = 0\.333/);
    expect(own('1 / (r[1] - 1 / 3)', { reward: 'binary' })).toEqual([]);
    expect(own('1 / (r[1] - 5)')).toEqual([]);
    expect(own('1 / (r[1] - 5)', { rewardScale: 'count' })[0]).toMatch(/where r\[1\] = 5/);
    expect(own('r[1] / gamma')).toEqual([]);
    expect(own('r[1] / gamma', { gamma: 0 })[0]).toMatch(/^formula: must be finite/);
    expect(own('r[1] ** 0.5')[0]).toMatch(/finite slope .* by r\[1\] it has none where r\[1\] = 0/);
    // Where nothing is accumulated by it, it may say anything.
    expect(problems({ formula: '(' })).toEqual([]);
    expect(own('(', { returns: 'per-turn' })).toEqual([]);

    const idle = (changes: Partial<Experiment>) =>
      idleFields(withChanges(defaultExperiment, changes)).map((row) => row.field);
    const rules = ['gamma', 'accumulate', 'alpha', 'formula'];
    const ofRules = (changes: Partial<Experiment>) => idle(changes).filter((name) => rules.includes(name));
    expect(ofRules({})).toEqual(['alpha', 'formula']);
    expect(ofRules({ accumulate: 'score' })).toEqual(['gamma', 'formula']);
    expect(ofRules({ accumulate: 'best' })).toEqual(['gamma', 'alpha', 'formula']);
    expect(ofRules({ accumulate: 'formula' })).toEqual(['alpha']);
    expect(ofRules({ accumulate: 'formula', formula: 'r[1] + α' })).toEqual(['gamma']);
    expect(ofRules({ accumulate: 'score', returns: 'per-turn' })).toEqual(['accumulate', 'alpha', 'formula']);
  });

  it('γ is idle exactly where it cancels', () => {
    const idle = (changes: Partial<Experiment>) =>
      idleFields(withChanges(defaultExperiment, changes)).map((row) => row.field);
    expect(idle({})).not.toContain('gamma');
    expect(idle({ objective: 'released-code' })).toContain('gamma');
    expect(idle({ objective: 'released-code', estimator: 'reinforce' })).not.toContain('gamma');
    expect(idle({ objective: 'released-code', turns: 3 })).not.toContain('gamma');
  });
});

it('lists values as people do: commas, not within brackets, or semicolons beside decimal commas', () => {
  expect(listedValues('0, 0.5, 1')).toEqual(['0', '0.5', '1']);
  expect(listedValues('max(r[1], r[2]), r[2]')).toEqual(['max(r[1], r[2])', 'r[2]']);
  expect(listedValues('0; 0,5; 1.5;')).toEqual(['0', '0.5', '1.5']);
});
