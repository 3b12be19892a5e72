import fc from '../../property.ts';
import { parseExperiment, type Experiment, type FieldName } from '../../../src/config/experiment.ts';
import { field, fieldNames } from '../../../src/config/fields.ts';
import type { Field } from '../../../src/config/types.ts';

/** Names of things, which hardly any text is. */
const names: Partial<Record<FieldName, string>> = {
  otherModel: 'Tiny-0.1@0123456789abcdef',
  problems: `sha256-${'0123456789abcdef'.repeat(4)}`,
};

function value(name: FieldName): fc.Arbitrary<string | number | boolean> {
  const f: Field = field(name);
  const named = names[name];
  if (named !== undefined && f.kind === 'text') return fc.constantFrom(f.default, named);
  switch (f.kind) {
    case 'int':
      return fc.integer({ min: f.min, max: f.max });
    case 'float':
      return fc.double({ min: f.min, max: f.max, noNaN: true }).map((x) => x + 0); // no −0
    case 'choice':
      return fc.constantFrom(...f.choices.map((c) => c.value));
    case 'boolean':
      return fc.boolean();
    case 'text':
      return fc.oneof(
        fc.constantFrom(f.default, 'max(r[1], γ) - .5', 'α * abs(r[1] - gamma) ** 2 / 7'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: f.maxLength }),
      );
    default:
      return f satisfies never;
  }
}

/** Any valid experiment: every field in range, cross-field rules kept. */
export const anyExperiment: fc.Arbitrary<Experiment> = fc
  .record(Object.fromEntries(fieldNames.map((name) => [name, value(name)])))
  .map(parseExperiment)
  .filter((parsed) => parsed.ok)
  .map((parsed) => parsed.experiment);
