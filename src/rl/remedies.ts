/** Ways out of what an alarm says: changes to the experiment. */
import { parseExperiment } from '../config/experiment.ts';
import { field, fieldNames, type Experiment, type FieldName } from '../config/fields.ts';
import { idleFields } from '../config/rules.ts';

export interface Remedy {
  /** What it changes, in a few words. */
  readonly label: string;
  /** Why that helps: a sentence. */
  readonly why: string;
  readonly changes: Partial<Experiment>;
  /** True: a run has to begin with it; what is lost does not come back, or a field is fixed during a run. Otherwise from the next update on. */
  readonly again: boolean;
}

export interface Proposal extends Omit<Remedy, 'again'> {
  /** The model of this run is spoilt: no change of settings brings it back. */
  readonly spoilt?: boolean;
}

/** The proposals that are legal in this experiment and have an effect in it. */
export function remediesFor(e: Experiment, proposals: readonly Proposal[]): Remedy[] {
  return proposals.flatMap(({ spoilt = false, label, why, changes }): Remedy[] => {
    const parsed = parseExperiment({ ...e, ...changes });
    if (!parsed.ok) return [];
    const changed = fieldNames.filter((name) => parsed.experiment[name] !== e[name]);
    const idle = idleFields(parsed.experiment);
    if (changed.every((name) => idle.some((one) => one.field === name))) return [];
    return [{ label, why, changes, again: spoilt || changed.some((name) => field(name).when === 'restart') }];
  });
}

type NumberName = { [N in FieldName]: Experiment[N] extends number ? N : never }[FieldName];

/** A number kept within its field's range, and on the field's grid where that is even and within the range too. */
export function within(name: NumberName, value: number): number {
  const row = field(name);
  if (row.kind !== 'int' && row.kind !== 'float') return value;
  const kept = Math.min(row.max, Math.max(row.min, value));
  if (row.scale === 'log') return Number(kept.toPrecision(2));
  const onGrid = Number((Math.round(kept / row.step) * row.step).toPrecision(6));
  return onGrid < row.min || onGrid > row.max ? kept : onGrid;
}
