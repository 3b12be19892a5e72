/**
 * Every metric, declared once. Charts, tooltips, CSV headers and docs/metrics.md read this table.
 * A name ending in `@t` stands for one metric per turn: `accuracy@t` is `accuracy@t1`, `accuracy@t2`, …; one ending in `@layer`
 * for one per part of the model: embed (its head too), 1.attention, 1.mlp, …, norm.
 */

export interface Metric {
  /** Name without its `train/` or `eval/` prefix. */
  readonly name: string;
  readonly label: string;
  /** 'share' is shown as a percentage. */
  readonly unit:
    | 'share'
    | 'reward'
    | 'reward/reward'
    | 'tokens'
    | 'nats'
    | 'nats/token'
    | 'updates'
    | 'loss/logit'
    | 'loss/weight'
    | '';
  /** Smallest and largest possible value; null = no bound. */
  readonly range: readonly [number | null, number | null];
  /** Which direction is good; 'none' where neither is. */
  readonly better: 'up' | 'down' | 'none';
  /** One or two plain sentences. */
  readonly explanation: string;
  readonly formula: string;
  readonly source: string;
  /** 'train': sampled training episodes. 'eval': greedy, held-out tasks. Never mixed in one line of a chart. */
  readonly where: 'train' | 'eval' | 'both';
}

export const metricTable: readonly Metric[] = [
  {
    name: 'accuracy@t',
    label: 'Accuracy',
    unit: 'share',
    range: [0, 1],
    better: 'up',
    explanation:
      'Share of tasks whose answer at this turn passes every unit test; where only some of its tests are trained on, every one of the others.',
    formula: 'mean of 1[y_t passes u_1 … u_K]',
    source: 'paper',
    where: 'both',
  },
  {
    name: 'tests_passed@t',
    label: 'Unit tests passed',
    unit: 'share',
    range: [0, 1],
    better: 'up',
    explanation:
      'Mean share of unit tests that the answer at this turn passes; where only some of the tests are trained on, of the others. Moves earlier than accuracy.',
    formula: 'mean of (1/K) Σ_k 1[y_t passes u_k]',
    source: 'paper, progressive reward',
    where: 'both',
  },
  {
    name: 'trained_tests_passed@t',
    label: 'Tests trained on, passed',
    unit: 'share',
    range: [0, 1],
    better: 'up',
    explanation:
      'Mean share of the unit tests trained on that the answer at this turn passes. Read it beside the unit tests passed, which are the others: if only this one rises, the model has learned the tests and not the task. Only where some tests are hidden from training.',
    formula: 'mean of (1/n) Σ_{k ≤ n} 1[y_t passes u_k], n the tests trained on',
    source: 'our decision',
    where: 'both',
  },
  {
    name: 'reward@t',
    label: 'Reward r',
    unit: 'reward',
    range: [0, null],
    better: 'up',
    explanation:
      'Mean reward of the answer at this turn, as the experiment defines it (progressive or binary, share or number of tests).',
    formula: 'mean of r_t',
    source: 'paper',
    where: 'both',
  },
  {
    name: 'delta',
    label: 'Δ accuracy',
    unit: 'share',
    range: [-1, 1],
    better: 'up',
    explanation:
      'How much accuracy rises from the first answer to the last. Read it beside accuracy@t1: spoiling the first answer raises it too.',
    formula: 'accuracy@T − accuracy@1 = delta_i_to_c − delta_c_to_i',
    source: 'paper, Δ(t1,t2)',
    where: 'both',
  },
  {
    name: 'delta_i_to_c',
    label: 'Δ wrong → right',
    unit: 'share',
    range: [0, 1],
    better: 'up',
    explanation: 'Share of all tasks that are wrong at the first turn and right at the last: repaired.',
    formula: 'mean of 1[y_1 wrong and y_T right]',
    source: 'paper, Δi→c; over all tasks as in the released code',
    where: 'both',
  },
  {
    name: 'delta_c_to_i',
    label: 'Δ right → wrong',
    unit: 'share',
    range: [0, 1],
    better: 'down',
    explanation: 'Share of all tasks that are right at the first turn and wrong at the last: broken.',
    formula: 'mean of 1[y_1 right and y_T wrong]',
    source: 'paper, Δc→i; over all tasks as in the released code',
    where: 'both',
  },
  {
    name: 'delta@t',
    label: 'Δ accuracy into this turn',
    unit: 'share',
    range: [-1, 1],
    better: 'up',
    explanation: 'The rise in accuracy from the turn before to this one. Only with more than two turns.',
    formula: 'accuracy@t − accuracy@(t−1)',
    source: 'our decision',
    where: 'both',
  },
  {
    name: 'delta_i_to_c@t',
    label: 'Δ wrong → right into this turn',
    unit: 'share',
    range: [0, 1],
    better: 'up',
    explanation:
      'Share of all tasks that were wrong one turn before and are right now. Only with more than two turns.',
    formula: 'mean of 1[y_{t−1} wrong and y_t right]',
    source: 'our decision',
    where: 'both',
  },
  {
    name: 'delta_c_to_i@t',
    label: 'Δ right → wrong into this turn',
    unit: 'share',
    range: [0, 1],
    better: 'down',
    explanation:
      'Share of all tasks that were right one turn before and are wrong now. Only with more than two turns.',
    formula: 'mean of 1[y_{t−1} right and y_t wrong]',
    source: 'our decision',
    where: 'both',
  },
  {
    name: 'delta_i_to_c_unit',
    label: 'Unit tests fixed, of all',
    unit: 'share',
    range: [0, 1],
    better: 'up',
    explanation: 'Share of all unit tests that fail at the first turn and pass at the last.',
    formula: 'tests fail→pass / all tests',
    source: 'paper, Δi→c unit',
    where: 'both',
  },
  {
    name: 'delta_c_to_i_unit',
    label: 'Unit tests broken, of all',
    unit: 'share',
    range: [0, 1],
    better: 'down',
    explanation: 'Share of all unit tests that pass at the first turn and fail at the last.',
    formula: 'tests pass→fail / all tests',
    source: 'paper, Δc→i unit',
    where: 'both',
  },
  {
    name: 'fix_rate_unit',
    label: 'Fix rate',
    unit: 'share',
    range: [0, 1],
    better: 'up',
    explanation: 'Of the unit tests that fail at the first turn, the share that pass at the last.',
    formula: 'tests fail→pass / tests failing at turn 1',
    source: 'paper, conditional form',
    where: 'both',
  },
  {
    name: 'break_rate_unit',
    label: 'Break rate',
    unit: 'share',
    range: [0, 1],
    better: 'down',
    explanation:
      'Of the unit tests that pass at the first turn, the share that fail at the last. One minus the preservation rate.',
    formula: 'tests pass→fail / tests passing at turn 1',
    source: 'paper, preservation',
    where: 'both',
  },
  {
    name: 'edit_distance',
    label: 'Edit distance',
    unit: 'share',
    range: [0, 1],
    better: 'none',
    explanation:
      'How much a correction changes the text of the answer before it. Near 0 the model only repeats itself.',
    formula: 'mean of Levenshtein(y_{t−1}, y_t) / longer length, in characters',
    source: 'paper',
    where: 'both',
  },
  {
    name: 'copy_rate',
    label: 'Copies',
    unit: 'share',
    range: [0, 1],
    better: 'none',
    explanation: 'Share of corrections that repeat the answer before them exactly.',
    formula: 'mean of 1[y_t = y_{t−1}]',
    source: 'our decision',
    where: 'both',
  },
  {
    name: 'length@t',
    label: 'Length',
    unit: 'tokens',
    range: [0, null],
    better: 'none',
    explanation: 'Mean length of the answer at this turn, end-of-answer token included.',
    formula: 'mean of |y_t|',
    source: 'common practice',
    where: 'both',
  },
  {
    name: 'truncated@t',
    label: 'Truncated',
    unit: 'share',
    range: [0, 1],
    better: 'down',
    explanation: 'Share of answers at this turn that hit the length limit before they ended.',
    formula: 'mean of 1[y_t has no end-of-answer token]',
    source: 'common practice',
    where: 'both',
  },
  {
    name: 'timeout@t',
    label: 'Timed out',
    unit: 'share',
    range: [0, 1],
    better: 'down',
    explanation: 'Share of answers at this turn that ran out of time on at least one unit test.',
    formula: 'mean of 1[some u_k timed out on y_t]',
    source: 'our decision',
    where: 'both',
  },
  {
    name: 'masked',
    label: 'Not gradable',
    unit: 'share',
    range: [0, 1],
    better: 'down',
    explanation:
      'Share of episodes whose unit tests could not be run, through no fault of the model. They are left out of everything else.',
    formula: 'mean of 1[some r_t is NaN]',
    source: 'our decision',
    where: 'both',
  },
  {
    name: 'kl@t',
    label: 'KL to the starting model',
    unit: 'nats',
    range: [null, null],
    better: 'none',
    explanation:
      'How far the answers of this turn have moved from the frozen starting model: the Kullback–Leibler divergence, summed over the tokens of an answer, in nats (1 nat = 1.44 bits). It is estimated from samples, so a small value may come out negative.',
    formula: 'mean of Σ_tokens (log π − log π_ref), the k1 estimator',
    source: 'paper and released code',
    where: 'train',
  },
  {
    name: 'entropy@t',
    label: 'Entropy',
    unit: 'nats/token',
    range: [0, null],
    better: 'none',
    explanation:
      'How undecided the model is at each token of this turn, in nats (1 nat = 1.44 bits). At 0 all samples are alike and there is nothing left to learn from.',
    formula: 'mean over tokens of −Σ π log π',
    source: 'common practice',
    where: 'train',
  },
  {
    name: 'grad_norm@t',
    label: 'Policy gradient at this turn',
    unit: 'loss/logit',
    range: [0, null],
    better: 'none',
    explanation:
      'Length of the policy gradient at the model’s outputs for this turn: where the update pushes hardest.',
    formula:
      'sqrt(Σ_tokens (c/τ)² (1 − 2 p_y + Σ p²)), c the token’s coefficient in the loss, τ the temperature',
    source: 'derived from the paper’s objective',
    where: 'train',
  },
  {
    name: 'weight@t',
    label: 'Weight w = ∂R/∂r',
    unit: 'reward/reward',
    range: [null, null],
    better: 'none',
    explanation:
      'The gradient of the accumulated reward: how much R changes when the reward of this turn rises by one. Negative means that this turn is paid to fail. Recorded where it is the same for all rewards: not for the best answer, for some formulas, nor for per-turn returns.',
    formula: '∂R/∂r_t; CoCoS: w_T = 1, w_t = −γ^(T−t−1) (1 − γ) for t < T',
    source: 'derived from the paper’s accumulated reward',
    where: 'train',
  },
  {
    name: 'return',
    label: 'Episode reward R',
    unit: 'reward',
    range: [null, null],
    better: 'up',
    explanation:
      'Mean reward of a whole episode, before the KL penalty. With per-turn returns, that of turn 1.',
    formula: 'mean of R',
    source: 'paper, accumulated reward',
    where: 'train',
  },
  {
    name: 'return_std',
    label: 'Spread of R within a group',
    unit: 'reward',
    range: [0, null],
    better: 'none',
    explanation:
      'How much the samples of one prompt (a group) differ in reward, on average. Without differences there is nothing to learn from.',
    formula: 'mean over groups of the standard deviation of R (n − 1)',
    source: 'common practice',
    where: 'train',
  },
  {
    name: 'zero_std',
    label: 'Groups without signal',
    unit: 'share',
    range: [0, 1],
    better: 'down',
    explanation:
      'Share of prompts whose samples (a group) all earn the same, so that only the KL penalty is left to push.',
    formula: 'share of groups whose R has standard deviation < 10⁻⁶',
    source: 'common practice',
    where: 'train',
  },
  {
    name: 'coupling',
    label: 'Coupling c',
    unit: 'reward/reward',
    range: [null, null],
    better: 'none',
    explanation:
      'How much a better first answer raises the reward of the second. With two turns and the accumulated reward, a c that stays below its threshold −w₁/w₂ (for CoCoS: 1 − γ) means that the first answer is being sacrificed; in a single update it is mostly noise.',
    formula: 'within-group slope of r_2 on r_1: Σ (r_1 − r̄_1)(r_2 − r̄_2) / Σ (r_1 − r̄_1)²',
    source: 'our decision',
    where: 'train',
  },
  {
    name: 'loss',
    label: 'Loss',
    unit: '',
    range: [null, null],
    better: 'none',
    explanation:
      'A number whose gradient is that which trains the model, each token’s coefficient c taken as a constant. Its value says little about progress; it serves to compare two runs exactly.',
    formula:
      '−Σ_tokens c log π(token | ·), c = A/N; GRPO, L the trained tokens of the episode: c = A/(N L) − β (1 − π_ref/π)/(N L)',
    source: 'paper',
    where: 'train',
  },
  {
    name: 'grad_norm',
    label: 'Gradient norm',
    unit: 'loss/weight',
    range: [0, null],
    better: 'none',
    explanation: 'Length of the gradient over all parameters, before it is clipped.',
    formula: '‖∂loss/∂θ‖',
    source: 'common practice',
    where: 'train',
  },
  {
    name: 'layer_grad_norm@layer',
    label: 'Gradient norm by layer',
    unit: 'loss/weight',
    range: [0, null],
    better: 'none',
    explanation:
      'Length of the gradient over the parameters of one part of the model, before it is clipped: the embedding (which is the output layer too), the attention and the MLP of each layer with their norms’ gains, and the last norm’s gain. Recorded to four digits.',
    formula: '‖∂loss/∂θ_part‖; grad_norm is the root of the sum of their squares',
    source: 'common practice',
    where: 'train',
  },
  {
    name: 'learning_rate',
    label: 'Learning rate',
    unit: '',
    range: [0, null],
    better: 'none',
    explanation:
      'Step size of this update: it rises during warm-up, then stays or falls along half a cosine.',
    formula:
      'learningRate · min(1, step / warmupSteps); with the cosine, after warm-up: learningRate · ½(1 + cos(π (step − 1 − warmupSteps) / (steps − warmupSteps)))',
    source: 'common practice; cosine: released code',
    where: 'train',
  },
  {
    name: 'clipped',
    label: 'Gradient clipped',
    unit: '',
    range: [0, 1],
    better: 'none',
    explanation:
      'Whether the gradient of this update was longer than the gradient clip and was shortened: 1 yes, 0 no.',
    formula: '1[grad_norm > maxGradNorm]',
    source: 'common practice',
    where: 'train',
  },
];

/**
 * The row of a full name like `eval/accuracy@t2` or `train/layer_grad_norm@1.mlp`, with its turn (null when it is not per turn).
 * Undefined when no metric has this name there.
 */
export function findMetric(key: string): { metric: Metric; turn: number | null } | undefined {
  const match = /^(train|eval)\/([a-z_]+)(?:@t([1-9]\d*)|@(embed|norm|[1-9]\d*\.(?:attention|mlp)))?$/.exec(
    key,
  );
  if (!match) return undefined;
  const [, where, base, turn, layer] = match;
  const name = turn !== undefined ? `${base}@t` : layer !== undefined ? `${base}@layer` : base;
  const metric = metricTable.find((m) => m.name === name && (m.where === 'both' || m.where === where));
  return metric && { metric, turn: turn === undefined ? null : Number(turn) };
}
