/** Which runs a sweep consists of. */
import { createHash } from 'node:crypto';
import { closest } from 'fastest-levenshtein';
import { describeError, listedValues, parseExperiment, valueFromText } from '../../config/experiment.ts';
import { field, fieldNames, isFieldName, type Experiment, type FieldName } from '../../config/fields.ts';
import { FlagError } from '../../config/flags.ts';
import { idleFields } from '../../config/rules.ts';

/** Values of one field that is varied, in the order given. */
export interface Axis {
  readonly name: FieldName;
  readonly values: readonly (string | number | boolean)[];
}

/** What runs have in common that differ only in their seed. */
export interface Setting {
  /** "gamma=0.5", "gamma=0.5, k=8"; "all the same" where nothing is varied. Also what its folder is called, with hyphens. */
  readonly name: string;
  /** One experiment a seed. */
  readonly experiments: readonly Experiment[];
}

/**
 * Reads `gamma=0,0.5,1` or, for every combination, `gamma=0,1;k=2,4`.
 * @throws FlagError naming the field and what was wrong
 */
export function axesOf(text: string): Axis[] {
  const axes = text
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part): Axis => {
      const [, name, values] = /^\s*(\w+)\s*=\s*(.*\S)\s*$/.exec(part) ?? [];
      if (!name || !values) throw new FlagError(`--vary must be like gamma=0,0.5,1, not "${part.trim()}".`);
      if (!isFieldName(name)) {
        throw new FlagError(
          `--vary: there is no field "${name}". Did you mean ${closest(name, [...fieldNames])}?`,
        );
      }
      if (name === 'seed') throw new FlagError('--vary: seeds are varied by --seeds.');
      const read = listedValues(values).map((word) => valueFromText(field(name), word));
      if (new Set(read).size < read.length) throw new FlagError(`--vary: ${name} has a value twice.`);
      return { name, values: read };
    });
  if (new Set(axes.map(({ name }) => name)).size < axes.length)
    throw new FlagError('--vary names a field twice.');
  return axes;
}

/**
 * Reads `1,2,3` or `1..5`.
 * @throws FlagError
 */
export function seedsOf(text: string): number[] {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  const seeds =
    first !== undefined && last !== undefined
      ? Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i)
      : text.split(',').map((word) => (/^\s*\d+\s*$/.test(word) ? Number(word) : NaN));
  if (seeds.length === 0 || seeds.some((seed) => Number.isNaN(seed)))
    throw new FlagError(`--seeds must be whole numbers like 1,2,3 or 1..5, not "${text}".`);
  if (new Set(seeds).size < seeds.length) throw new FlagError(`--seeds has a number twice: "${text}".`);
  return seeds;
}

/**
 * Every combination of the axes, for every seed.
 * @throws FlagError naming a value that is not legal
 */
export function planOf(base: Experiment, axes: readonly Axis[], seeds: readonly number[]): Setting[] {
  const combinations = axes.reduce<Record<string, unknown>[]>(
    (all, { name, values }) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  for (const { name } of axes) {
    const idle = combinations.map((changes) => {
      const parsed = parseExperiment({ ...base, ...changes });
      return parsed.ok ? idleFields(parsed.experiment).find((one) => one.field === name)?.why : undefined;
    });
    if (idle.every((why) => why !== undefined))
      throw new FlagError(`--vary: ${name} has no effect here, so all runs would be the same. ${idle[0]}`);
  }
  return combinations.map((changes) => ({
    name:
      Object.entries(changes)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(', ') || 'all the same',
    experiments: seeds.map((seed) => {
      const parsed = parseExperiment({ ...base, ...changes, seed });
      if (!parsed.ok) throw new FlagError(`--vary: ${describeError(parsed.errors[0])}.`);
      return parsed.experiment;
    }),
  }));
}

/**
 * Of a setting's runs: "gamma-0.5", "gamma-0.5-k-8". Only what every file system takes; where that leaves something out, as of a
 * formula, a part of the name's digest tells it from others.
 */
export function folderNameOf({ name }: Setting): string {
  const kept = name.replace(/[^\w.+-]+/g, '-');
  const plain = /^[\w.=, +-]*$/.test(name);
  return plain ? kept : `${kept}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
