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
import { say, told } from '../../say.svelte.ts';
import type { Plain } from '../../words/catalogues.ts';

export const changeWords: Readonly<Record<PushChange, Plain | ''>> = {
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
    return say('Nothing changes: all {pushes} stay as they are.', {
      pushes: plural(all.length, 'push', 'pushes'),
    });
  const batch = countChanges(all);
  const task = countChanges((pushes[group] ?? []).flat());
  const others = [
    batch.ends > 0 ? say(batch.ends === 1 ? '{n} ends' : '{n} end', { n: batch.ends }) : '',
    batch.begins > 0 ? say(batch.begins === 1 ? '{n} begins' : '{n} begin', { n: batch.begins }) : '',
  ].filter(Boolean);
  const flips =
    batch.flips === 0
      ? say('None of {n} pushes changes sign', { n: all.length })
      : say(
          batch.flips === 1
            ? '{flips} of {n} pushes changes sign, {here} of them at this task'
            : '{flips} of {n} pushes change sign, {here} of them at this task',
          { flips: batch.flips, n: all.length, here: task.flips },
        );
  const rest = others.length > 0 ? `; ${others.join(', ')}` : '';
  return say('{flips}{rest}. A moves by up to {largest}.', { flips, rest, largest: significant(largest) });
}

/** Whether γ matters by these rules. @param reach how far it can move a push of this batch */
export function whatGammaDoes(rules: Experiment, reach: number): string {
  if (rules.turns === 1 || Number.isNaN(reach)) return '';
  if (!movesNothing(reach))
    return say(
      'By these rules γ matters: between γ = 0, 1 and 2 a push of this update moves by up to {reach}.',
      { reach: significant(reach) },
    );
  const idle = idleFields(rules).find(({ field }) => field === 'gamma');
  const why = idle ? told(idle.why) : say('Its share cancels in every comparison.');
  return say(
    'By these rules γ changes nothing: at γ = 0, 1 and 2 every push of this update is the same. {why}',
    { why },
  );
}

export interface Hint {
  readonly label: string;
  readonly rules: OtherRules;
}

const proposals: readonly (Hint & { readonly shared?: boolean })[] = [
  { label: 'γ = 0', rules: { gamma: 0 } },
  { label: 'γ = 1', rules: { gamma: 1 } },
  { label: 'Binary reward', rules: { reward: 'binary' } },
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
