/** What is said of "What if?", and what it proposes to try. */
import type { Experiment } from '../../../config/experiment.ts';
import { idleFields } from '../../../config/rules.ts';
import { algorithmOf } from '../../../rl/algorithms/index.ts';
import {
  countChanges,
  movesNothing,
  withRules,
  type ComparedPush,
  type OtherRules,
  type PushChange,
  type WhatIf,
} from '../../../rl/whatIf.ts';
import { plural, significant } from '../../format.ts';

export const changeWords: Readonly<Record<PushChange, string>> = {
  keeps: '',
  flips: 'changes sign',
  ends: 'ends',
  begins: 'begins',
  unjudged: 'not judged',
};

/** How many pushes change sign, in the batch and at one task, and how many begin or end. */
export function whatChanges({ pushes, largest }: WhatIf, group: number): string {
  const all: readonly ComparedPush[] = pushes.flat(2);
  if (movesNothing(largest))
    return `Nothing changes: all ${plural(all.length, 'push', 'pushes')} stay as they are.`;
  const batch = countChanges(all);
  const task = countChanges((pushes[group] ?? []).flat());
  const others = [
    batch.ends > 0 ? `${batch.ends} ${batch.ends === 1 ? 'ends' : 'end'}` : '',
    batch.begins > 0 ? `${batch.begins} ${batch.begins === 1 ? 'begins' : 'begin'}` : '',
  ].filter(Boolean);
  const flips =
    batch.flips === 0
      ? `None of ${plural(all.length, 'push', 'pushes')} changes sign`
      : `${batch.flips} of ${plural(all.length, 'push', 'pushes')} ${batch.flips === 1 ? 'changes' : 'change'} sign, ${task.flips} of them at this task`;
  const rest = others.length > 0 ? `; ${others.join(', ')}` : '';
  return `${flips}${rest}. A moves by up to ${significant(largest)}.`;
}

/** Whether γ matters by these rules. @param reach how far it can move a push of this batch */
export function whatGammaDoes(rules: Experiment, reach: number): string {
  if (rules.turns === 1 || Number.isNaN(reach)) return '';
  if (!movesNothing(reach))
    return `By these rules γ matters: between γ = 0, 1 and 2 a push of this update moves by up to ${significant(reach)}.`;
  const why =
    idleFields(rules).find(({ field }) => field === 'gamma')?.why ?? 'Its share cancels in every comparison.';
  return `By these rules γ changes nothing: at γ = 0, 1 and 2 every push of this update is the same. ${why}`;
}

export interface Hint {
  readonly label: string;
  readonly rules: OtherRules;
}

const proposals: readonly (Hint & { readonly shared?: boolean })[] = [
  { label: 'γ = 0', rules: { gamma: 0 } },
  { label: 'γ = 1', rules: { gamma: 1 } },
  { label: 'All tests or nothing', rules: { reward: 'binary' } },
  { label: 'Own credit for each turn', rules: { returns: 'per-turn' } },
  { label: 'REINFORCE: compare with the batch', rules: { estimator: 'reinforce' } },
  { label: 'REINFORCE and γ = 0', rules: { estimator: 'reinforce', gamma: 0 }, shared: true },
];

/** What is worth a try: legal here, and not what is so already. */
export function hintsFor(e: Experiment): readonly Hint[] {
  const shares = algorithmOf(e).sharedTurns > 0;
  return proposals.filter(({ rules, shared = false }) => {
    const other = withRules(e, rules);
    return (shares || !shared) && other !== null && JSON.stringify(other) !== JSON.stringify(e);
  });
}
