/** What was changed while a run went on, as the page tells it. */
import type { ChangeRecord } from '../../rl/records.ts';

/**
 * Adds a change. What was changed between the same two updates is one: a slider that was moved through ten values, or there and
 * back, is told by where it began and where it ended.
 */
export function withChange(changes: readonly ChangeRecord[], record: ChangeRecord): ChangeRecord[] {
  const last = changes.at(-1);
  if (last?.step !== record.step) return [...changes, record];
  const fields = new Map(last.changes.map((change) => [change.field, change]));
  for (const change of record.changes) {
    const from = fields.get(change.field)?.from ?? change.from;
    if (from === change.to) fields.delete(change.field);
    else fields.set(change.field, { ...change, from });
  }
  const before = changes.slice(0, -1);
  return fields.size === 0 ? before : [...before, { ...last, changes: [...fields.values()] }];
}
