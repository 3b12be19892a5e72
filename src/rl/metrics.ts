/**
 * The metrics of a batch of episodes. Names, units and explanations are in metricTable.ts.
 *
 * An episode with an answer that could not be graded is left out of every metric but `masked`. A mean of nothing is NaN.
 */
import type { Experiment } from '../config/fields.ts';
import type { Accumulating } from './accumulated/index.ts';
import { algorithmOf } from './algorithms/index.ts';
import { editDistance } from './editDistance.ts';
import type { Credit, Episode, GradedAnswer, Group, TrainedAnswer } from './episode.ts';
import { mean, norm, scored, std } from './statistics.ts';
import { judgedOn, trainedOn } from './unitTests.ts';

/** What the metrics read of a graded answer. */
export interface Graded extends Pick<GradedAnswer, 'text' | 'ids' | 'truncated' | 'reward'> {
  readonly verdict: { readonly tests: readonly Pick<GradedAnswer['verdict']['tests'][number], 'status'>[] };
}
/** And of an answer that was learned from. */
type Trained = Graded & Pick<TrainedAnswer, 'kl' | 'entropy' | 'gradNorm'>;

export type Metrics = Record<string, number>;

const share = (hits: readonly boolean[]) => mean(hits.map(Number));
const masked = (episode: Episode<Graded>) => episode.turns.some((turn) => Number.isNaN(turn.reward));
type Passes = (turn: Graded) => readonly boolean[];
const passed: Passes = (turn) => turn.verdict.tests.map((test) => test.status === 'pass');

/** From one answer to another of the same episode: what went right and what went wrong. */
function transition(episodes: readonly Episode<Graded>[], passes: Passes, from: number, to: number): Metrics {
  const correct = (turn: Graded) => passes(turn).every(Boolean);
  const before = episodes.map((e) => correct(e.turns[from]));
  const after = episodes.map((e) => correct(e.turns[to]));
  return {
    delta: share(after) - share(before),
    delta_i_to_c: share(before.map((c, i) => !c && after[i])),
    delta_c_to_i: share(before.map((c, i) => c && !after[i])),
  };
}

/** The same per unit test, all tests of all episodes together: over all of them, and over those that could change. */
function unitTransition(
  episodes: readonly Episode<Graded>[],
  passes: Passes,
  from: number,
  to: number,
): Metrics {
  const before = episodes.flatMap((e) => passes(e.turns[from]));
  const after = episodes.flatMap((e) => passes(e.turns[to]));
  const fixed = before.map((pass, i) => !pass && after[i]);
  const broken = before.map((pass, i) => pass && !after[i]);
  return {
    delta_i_to_c_unit: share(fixed),
    delta_c_to_i_unit: share(broken),
    fix_rate_unit: share(fixed.filter((_, i) => !before[i])),
    break_rate_unit: share(broken.filter((_, i) => before[i])),
  };
}

/**
 * Metrics that training and evaluation share, without a prefix. Every episode has the same number of turns. Where only some tests
 * are trained on, what is said of tests and of accuracy is said of the others.
 */
export function episodeMetrics(all: readonly Episode<Graded>[], e: Pick<Experiment, 'trainTests'>): Metrics {
  const passes: Passes = (turn) => judgedOn(passed(turn), e);
  const metrics: Metrics = { masked: share(all.map(masked)) };
  const episodes = all.filter((episode) => !masked(episode));
  const T = all[0]?.turns.length ?? 0;

  for (let t = 0; t < T; t++) {
    const turns = episodes.map((episode) => episode.turns[t]);
    metrics[`accuracy@t${t + 1}`] = share(turns.map((turn) => passes(turn).every(Boolean)));
    metrics[`tests_passed@t${t + 1}`] = mean(turns.map((turn) => share(passes(turn))));
    if (e.trainTests !== 'all') {
      metrics[`trained_tests_passed@t${t + 1}`] = mean(
        turns.map((turn) => share(trainedOn(passed(turn), e))),
      );
    }
    metrics[`reward@t${t + 1}`] = mean(turns.map((turn) => turn.reward));
    metrics[`length@t${t + 1}`] = mean(turns.map((turn) => turn.ids.length));
    metrics[`truncated@t${t + 1}`] = share(turns.map((turn) => turn.truncated));
    metrics[`timeout@t${t + 1}`] = share(
      turns.map((turn) => turn.verdict.tests.some((test) => test.status === 'timeout')),
    );
  }
  if (T < 2) return metrics;

  Object.assign(metrics, transition(episodes, passes, 0, T - 1), unitTransition(episodes, passes, 0, T - 1));
  for (let t = 1; T > 2 && t < T; t++) {
    for (const [name, value] of Object.entries(transition(episodes, passes, t - 1, t))) {
      metrics[`${name}@t${t + 1}`] = value;
    }
  }
  const distances = episodes.flatMap(({ turns }) =>
    turns.slice(1).map((turn, t) => editDistance(turns[t].text, turn.text)),
  );
  metrics.edit_distance = mean(distances);
  metrics.copy_rate = share(distances.map((d) => d === 0));
  return metrics;
}

const prefixed = (prefix: string, metrics: Metrics): Metrics =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${prefix}/${name}`, value]));

/** `eval/…`: greedy episodes on held-out tasks, one per task. */
export function evalMetrics(
  episodes: readonly Episode<Graded>[],
  e: Pick<Experiment, 'trainTests'>,
): Metrics {
  return prefixed('eval', episodeMetrics(episodes, e));
}

/** How many tests a held-out task has, and how many of them the answer of each turn passed; null where it could not be judged. */
export const outcomeOf = (
  { turns }: Episode<Graded>,
  e: Pick<Experiment, 'trainTests'>,
): readonly (number | null)[] => [
  judgedOn(turns[0]?.verdict.tests ?? [], e).length,
  ...turns.map((turn) =>
    Number.isNaN(turn.reward) ? null : judgedOn(passed(turn), e).filter(Boolean).length,
  ),
];

/**
 * `train/…`: the sampled episodes of one update, with their credit. What only the optimiser knows
 * (`train/loss`, `train/grad_norm`, `train/learning_rate`, `train/clipped`) is added by the training loop.
 */
export function trainMetrics(
  groups: readonly Group<Episode<Trained> & Pick<Credit, 'R'>>[],
  e: Accumulating & Pick<Experiment, 'turns' | 'objective' | 'returns' | 'trainTests'>,
): Metrics {
  const all = groups.flatMap((group) => group.trajectories);
  const valid = all.filter((trajectory) => !masked(trajectory));
  const metrics = episodeMetrics(all, e);
  const weights = algorithmOf(e).weights(e);
  for (let t = 0; t < e.turns; t++) {
    const turns = valid.map((trajectory) => trajectory.turns[t]);
    // All of them: with per-turn returns an answer can be pushed although another of its episode is masked.
    const pushes = all.flatMap((trajectory) => trajectory.turns[t].gradNorm);
    metrics[`kl@t${t + 1}`] = mean(turns.map((turn) => turn.kl));
    metrics[`entropy@t${t + 1}`] = mean(turns.flatMap((turn) => turn.entropy));
    metrics[`grad_norm@t${t + 1}`] = norm(pushes);
    if (weights) metrics[`weight@t${t + 1}`] = weights[t];
  }
  metrics.return = mean(valid.map((trajectory) => trajectory.R));
  const deviations = groups
    .map((group) => scored(group.trajectories.map((trajectory) => trajectory.R)))
    .filter((R) => R.length > 0)
    .map(std);
  metrics.return_std = mean(deviations);
  metrics.zero_std = share(deviations.map((deviation) => deviation < 1e-6));
  if (e.turns > 1) metrics.coupling = coupling(groups.map((group) => group.trajectories));
  return prefixed('train', metrics);
}

/**
 * c, the within-group slope of r_2 on r_1 (least squares, all groups together): how much a better first answer raises
 * the second one's reward. NaN while r_1 does not vary within any group.
 *
 * With two turns of its own and R = w_1 r_1 + w_2 r_2, y_1 is pushed towards a higher r_1 by about w_1 + w_2 c: below
 * `couplingThreshold` it is being sacrificed. Elsewhere there is no such threshold.
 * Source: our decision.
 */
export function coupling(groups: readonly (readonly Episode<Graded>[])[]): number {
  let covariance = 0;
  let variance = 0;
  for (const group of groups) {
    const valid = group.filter((trajectory) => !masked(trajectory));
    const r1 = valid.map(({ turns }) => turns[0].reward);
    const r2 = valid.map(({ turns }) => turns[1].reward);
    const [m1, m2] = [mean(r1), mean(r2)];
    r1.forEach((r, i) => {
      covariance += (r - m1) * (r2[i] - m2);
      variance += (r - m1) ** 2;
    });
  }
  return variance === 0 ? NaN : covariance / variance;
}

/**
 * The coupling below which a better first answer is paid less than a worse one: −w_1/w_2 (CoCoS: 1 − γ). NaN where there is none,
 * the second answer not being rewarded.
 */
export function couplingThreshold([w1 = NaN, w2 = NaN]: readonly number[]): number {
  return w2 > 0 ? 0 - w1 / w2 : NaN;
}
