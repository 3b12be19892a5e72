/**
 * What Hugging Face's TRL calls our metrics: only those that mean the same there, a whole episode being one completion and the
 * answer of a turn what one reward function scores. Read off the logged metrics of GRPOTrainer and RLOOTrainer (TRL 1.10, July
 * 2026) and of the Trainer below them (transformers 5). Not among them, because they mean something else there: `loss` (per
 * sequence), `kl` (per token), `reward_std` (over the batch, not within groups).
 */
import type { Experiment } from '../config/fields.ts';
import { algorithmOf } from './algorithms/index.ts';

export interface TrlName {
  /** Of the metric table, with its prefix. */
  readonly ours: string;
  /** `@t` stands for the turn. */
  readonly theirs: string;
  /** Where it holds, in words; '' = always. */
  readonly where: string;
  readonly applies: (e: Experiment) => boolean;
  /** What is to be known beside that; '' = nothing. */
  readonly note: string;
}

const oneTurn = { where: 'one turn', applies: (e: Experiment) => e.turns === 1 } as const;
const always = { where: '', applies: () => true } as const;

export const trlNames: readonly TrlName[] = [
  {
    ours: 'train/return',
    theirs: 'reward',
    where: 'one R an episode',
    applies: (e) => algorithmOf(e).earns(new Array<number>(e.turns).fill(0), e).length === 1,
    note: '',
  },
  { ours: 'train/reward@t', theirs: 'rewards/turn_@t/mean', ...always, note: '' },
  {
    ours: 'train/zero_std',
    theirs: 'frac_reward_zero_std',
    ...always,
    note: 'as in GRPOTrainer; RLOOTrainer subtracts the KL penalty first',
  },
  { ours: 'train/entropy@t', theirs: 'entropy', ...oneTurn, note: '' },
  { ours: 'train/length@t', theirs: 'completions/mean_length', ...oneTurn, note: '' },
  { ours: 'train/truncated@t', theirs: 'completions/clipped_ratio', ...oneTurn, note: '' },
  { ours: 'train/grad_norm', theirs: 'grad_norm', ...always, note: '' },
  { ours: 'train/learning_rate', theirs: 'learning_rate', ...always, note: '' },
];

/** @param key a full name, such as `train/reward@t2`; undefined where TRL has nothing that means the same */
export function trlNameOf(key: string, e: Experiment): string | undefined {
  const [, base = key, turn] = /^(.*)@t([1-9]\d*)$/.exec(key) ?? [];
  const ours = turn === undefined ? key : `${base}@t`;
  const found = trlNames.find((row) => row.ours === ours && row.applies(e));
  return found?.theirs.replace('@t', turn ?? '');
}
