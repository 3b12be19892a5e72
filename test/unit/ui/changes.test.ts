import { describe, expect, it } from 'vitest';
import type { ChangeRecord } from '../../../src/rl/records.ts';
import { withChange } from '../../../src/ui/state/changes.ts';

const gamma = (step: number, from: number, to: number): ChangeRecord => ({
  step,
  changes: [{ field: 'gamma', from, to }],
});
const all = (...records: ChangeRecord[]) => records.reduce<ChangeRecord[]>(withChange, []);

describe('changes of a run', () => {
  it('between the same two updates are one', () => {
    expect(all(gamma(3, 0.75, 0.5), gamma(3, 0.5, 0.25), gamma(3, 0.25, 0))).toEqual([gamma(3, 0.75, 0)]);
    expect(all(gamma(3, 0.75, 0.5), gamma(4, 0.5, 0))).toHaveLength(2);
  });

  it('there and back are none', () => {
    expect(all(gamma(1, 1, 0.5), gamma(3, 0.5, 0), gamma(3, 0, 0.5))).toEqual([gamma(1, 1, 0.5)]);
  });

  it('of several fields are kept apart', () => {
    const beta: ChangeRecord = { step: 3, changes: [{ field: 'beta', from: 0.01, to: 0.1 }] };
    expect(all(gamma(3, 0.75, 0.5), beta, gamma(3, 0.5, 0))).toEqual([
      { step: 3, changes: [...gamma(3, 0.75, 0).changes, ...beta.changes] },
    ]);
  });
});
