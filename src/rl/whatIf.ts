/**
 * What if the answers of an update had been scored by other rules: other rewards from the same verdicts, another return, another
 * baseline, other pushes. Nothing is sampled again, so it says exactly what the first gradient step of the update would have been
 * given; what the model would have learned from it, only a run can tell.
 */
import { parseExperiment } from '../config/experiment.ts';
import { fieldNames, type Experiment, type FieldName } from '../config/fields.ts';
import { algorithmOf } from './algorithms/index.ts';
import { fill, type Episode, type Group, type TrainedAnswer } from './episode.ts';
import { reward } from './rewards.ts';

/**
 * The fields that may be varied: all that only change how recorded answers are scored.
 *
 * The objective is not among them. It says which answers are sampled: k first answers a prompt, or one that all tries share. Of
 * answers that were sampled under one, the other has no batch to score. So it is with everything else that shapes what is written
 * (turns, k, temperature, feedback). The clip ratio and the inner epochs come after the first step: for the later ones the policy
 * has moved, and is not recorded.
 */
export const scoringFields = [
  'gamma',
  'accumulate',
  'alpha',
  'formula',
  'reward',
  'rewardScale',
  'returns',
  'estimator',
  'beta',
] as const satisfies readonly FieldName[];

export type ScoringField = (typeof scoringFields)[number];
export type OtherRules = Partial<Pick<Experiment, ScoringField>>;

/** What the answers of one comparison are given: their advantage, and the coefficients of their tokens in the loss. */
export interface Push {
  /** A; NaN where it was not judged. */
  readonly advantage: number;
  /** Smallest and largest over the tokens. They differ only where a KL is in the loss, token by token. */
  readonly coefficients: readonly [number, number];
}

/** 'flips': to the other sign. 'ends': to nearly nothing. 'begins': from that. 'unjudged': by either rules. */
export type PushChange = 'keeps' | 'flips' | 'ends' | 'begins' | 'unjudged';

/** One push of a try, by both rules. */
export interface ComparedPush {
  /** Turns, from 1, whose answers it pushes by both rules alike. */
  readonly turns: readonly number[];
  readonly now: Push;
  readonly then: Push;
  readonly change: PushChange;
}

export interface WhatIf {
  /** [group][trajectory]: its pushes, in the order of their turns. */
  readonly pushes: readonly (readonly (readonly ComparedPush[])[])[];
  /** Largest |A then − A now| of the batch; 0 of nothing. */
  readonly largest: number;
}

type Batch = readonly Group<Episode<TrainedAnswer>>[];

/** What moves an advantage less than this is rounding: what cancels in a formula seldom cancels to a computer's last digit. */
const rounding = 1e-12;

/** Advantages below this are shown as 0.00: a push that is too small to speak of, as of a KL alone, and so is its sign. */
export const negligible = 0.005;

/**
 * @param groups a whole update, as recorded
 * @param now the experiment it was made under
 * @param then the same with other rules of scoring
 * @throws Error when they differ in more than `scoringFields`, or the rewards were shuffled
 */
export function whatIf(groups: Batch, now: Experiment, then: Experiment): WhatIf {
  checkSampledAlike(now, then);
  const [ours, theirs] = [scored(groups, now), scored(groups, then)];
  const turns = groups[0]?.trajectories[0]?.turns.length ?? 0;
  const parts = pushedTogether(turns, now, then);
  let largest = 0;
  const pushes = groups.map(({ trajectories }, g) =>
    trajectories.map((_, i) =>
      parts.map((part): ComparedPush => {
        const [a, b] = [ours, theirs].map((scored) => pushOf(scored[g]?.trajectories[i]?.turns ?? [], part));
        const apart = Math.abs(b.advantage - a.advantage);
        if (apart > largest) largest = apart;
        return { turns: part, now: a, then: b, change: changeOf(a.advantage, b.advantage) };
      }),
    ),
  );
  return { pushes, largest };
}

/** How often each change occurs among pushes. */
export function countChanges(pushes: readonly ComparedPush[]): Readonly<Record<PushChange, number>> {
  const count = { keeps: 0, flips: 0, ends: 0, begins: 0, unjudged: 0 };
  for (const { change } of pushes) count[change]++;
  return count;
}

/** The experiment with some of its rules of scoring changed; null when the rules forbid it. */
export function withRules(e: Experiment, rules: OtherRules): Experiment | null {
  const parsed = parseExperiment({ ...e, ...rules });
  return parsed.ok ? parsed.experiment : null;
}

/** γ at which its influence is tried out: only the improvement counts, only the last answer, the first as much as the last. */
const gammas = [0, 1, 2];

/** How far γ alone can move an advantage of this batch by these rules: the largest change of an A between any two γ tried; NaN of nothing. */
export function reachOfGamma(groups: Batch, rules: Experiment): number {
  const batches = gammas.map((gamma) =>
    scored(groups, { ...rules, gamma }).flatMap(({ trajectories }) =>
      trajectories.flatMap(({ turns }) => turns.map(({ advantage }) => advantage)),
    ),
  );
  const first = batches[0] ?? [];
  const ranges = first.flatMap((_, i) => {
    const all = batches.map((batch) => batch[i] ?? NaN).filter((A) => !Number.isNaN(A));
    return all.length === 0 ? [] : [Math.max(...all) - Math.min(...all)];
  });
  return ranges.length === 0 ? NaN : ranges.reduce((most, range) => Math.max(most, range));
}

/** Whether a change of advantages is none but rounding. */
export const movesNothing = (change: number): boolean => change <= rounding;

/** The batch as the algorithm of these rules credits it, its rewards made again from the verdicts. */
function scored(groups: Batch, rules: Experiment) {
  const graded = fill(groups, (answer) => ({
    ...answer,
    reward: reward(
      answer.verdict.tests.map(({ status }) => status),
      rules,
    ),
  }));
  return algorithmOf(rules).credit(graded, rules);
}

/** @throws Error naming the field that would have changed what was sampled, or which answer is given which reward */
function checkSampledAlike(now: Experiment, then: Experiment): void {
  if (now.control !== 'none')
    throw new Error('control: rewards were shuffled, so they cannot be made again from the answers’ tests.');
  const other = fieldNames.find(
    (name) => now[name] !== then[name] && !scoringFields.some((one) => one === name),
  );
  if (other !== undefined)
    throw new Error(
      `${other}: another value changes more than the scoring, so recorded answers cannot tell.`,
    );
}

/** Trained turns, those together that one comparison pushes by either rules. */
function pushedTogether(turns: number, now: Experiment, then: Experiment): number[][] {
  const rewards = new Array<number>(turns).fill(0);
  const returns = [now, then].map((e) =>
    algorithmOf(e)
      .earns(rewards, e)
      .map((one) => one.turns),
  );
  const parts = new Map<string, number[]>();
  for (let turn = 1; turn <= turns; turn++) {
    const places = returns.map((all) => all.findIndex((some) => some.includes(turn)));
    if (places.every((place) => place < 0)) continue;
    const key = places.join();
    parts.set(key, [...(parts.get(key) ?? []), turn]);
  }
  return [...parts.values()];
}

/** What these turns of one trajectory are given; they have one advantage. */
function pushOf(
  answers: readonly { readonly advantage: number; readonly coefficients: readonly number[] }[],
  turns: readonly number[],
): Push {
  const some = turns.flatMap((turn) => answers[turn - 1] ?? []);
  const coefficients = some.flatMap((answer) => answer.coefficients);
  return {
    advantage: some[0]?.advantage ?? NaN,
    coefficients: coefficients.length === 0 ? [0, 0] : [Math.min(...coefficients), Math.max(...coefficients)],
  };
}

function changeOf(now: number, then: number): PushChange {
  if (Number.isNaN(now) || Number.isNaN(then)) return 'unjudged';
  const [from, to] = [now, then].map((A) => (Math.abs(A) < negligible ? 0 : Math.sign(A)));
  if (from === to) return 'keeps';
  return to === 0 ? 'ends' : from === 0 ? 'begins' : 'flips';
}
