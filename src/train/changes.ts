/** Changes of a run while it goes on. */
import { withChanges } from '../config/experiment.ts';
import { field, fieldNames, type Experiment } from '../config/fields.ts';
import type { ChangeRecord } from '../rl/records.ts';

/** An experiment with the live fields of another, and which of them are others. @throws Error naming the first field that is wrong */
export function withLiveFields(
  before: Experiment,
  wanted: Experiment,
): Pick<ChangeRecord, 'changes'> & { readonly experiment: Experiment } {
  const changes = fieldNames
    .filter((name) => field(name).when === 'live' && wanted[name] !== before[name])
    .map((name) => ({ field: name, from: before[name], to: wanted[name] }));
  if (changes.length === 0) return { experiment: before, changes };
  const to = Object.fromEntries(changes.map((change) => [change.field, change.to]));
  return { experiment: withChanges(before, to), changes };
}
