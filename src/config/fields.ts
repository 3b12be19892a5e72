/**
 * The experiment, every field declared once. The form, links, command-line flags, presets and validation
 * are all derived from this table. To add a field, add a row here, raise `experimentFormat` (formats.ts) and give the new number
 * as its `since`, and read it where it takes effect.
 *
 * "Paper" is CoCoS (arXiv 2505.23060); "released code" is what its authors published in May 2025.
 */
import { accumulation } from './accumulation.ts';
import { modelFields } from './modelFields.ts';
import { taskFields } from './taskFields.ts';
import { linear, log, type Field, type ValueOf } from './types.ts';

export const fields = {
  ...taskFields,
  ...modelFields,

  // ---- method ------------------------------------------------------------------------------------------------------
  turns: {
    kind: 'int',
    default: 2,
    ...linear({ min: 1, max: 4, step: 1, unit: 'turns' }),
    label: 'Turns T',
    help: 'Answers per episode. Turn 1 answers the task; each later turn may correct the answer before it. Only the starting model Three turns has seen three; the others have seen two.',
    source: 'paper (T = 2)',
    group: 'method',
    when: 'restart',
  },
  k: {
    kind: 'int',
    default: 4,
    ...linear({ min: 2, max: 16, step: 1, unit: 'samples' }),
    label: 'Samples per prompt k',
    help: 'How many episodes are sampled for each prompt. These samples, a group, are compared with each other to tell good from bad, so at least two are needed.',
    source: 'paper (RLOO); the value is our decision (released code: 2)',
    group: 'method',
    when: 'restart',
  },
  promptsPerUpdate: {
    kind: 'int',
    default: 16,
    ...linear({ min: 1, max: 64, step: 1, unit: 'prompts' }),
    label: 'Prompts per update',
    help: 'How many tasks are tried in one update. More prompts give a less noisy gradient but a slower update.',
    source: 'our decision',
    group: 'method',
    when: 'restart',
  },
  gamma: {
    kind: 'float',
    default: 0.75,
    ...linear({ min: 0, max: 2, step: 0.05 }),
    label: 'Discount γ',
    help: 'How much earlier turns count. At γ = 0 only the improvement between the last two turns counts, so the model may learn to spoil its first answer in order to have something to repair. At γ = 1 only the last answer counts; above 1 the first answer is rewarded too.',
    source: 'paper, accumulated reward (γ = 0.5); 0.75 is our decision for a healthy first run',
    group: 'method',
    when: 'live',
  },
  ...accumulation,
  beta: {
    kind: 'float',
    default: 0.01,
    ...linear({ min: 0, max: 1, step: 0.005 }),
    label: 'KL coefficient β',
    help: 'How much the model pays for moving away from the frozen starting model (their KL divergence): a number taken off the reward or, with GRPO, a term of the loss for every token. At 0 it may drift freely; a large value keeps it close to where it started.',
    source: 'paper and released code (β = 0.01)',
    group: 'method',
    when: 'live',
  },
  reward: {
    kind: 'choice',
    default: 'progressive',
    choices: [
      { value: 'progressive', label: 'Progressive', help: 'Each unit test passed counts.' },
      { value: 'binary', label: 'Binary', help: '1 if every unit test passes, otherwise 0.' },
    ],
    label: 'Reward r',
    help: 'What one answer earns from its unit tests. The progressive reward tells a nearly right program from a useless one.',
    source: 'paper, progressive reward',
    group: 'method',
    when: 'live',
  },
  rewardScale: {
    kind: 'choice',
    default: 'fraction',
    choices: [
      {
        value: 'fraction',
        label: 'Share of tests',
        help: 'Passed tests divided by all tests, as in the paper.',
      },
      { value: 'count', label: 'Number of tests', help: 'Passed tests, 0 to K, as in the released code.' },
    ],
    label: 'Reward scale',
    help: 'Whether the progressive reward is divided by the number of tests K. With the number itself, the KL penalty is K times weaker in comparison.',
    source: 'fraction: paper; count: released code',
    group: 'method',
    when: 'live',
  },
  objective: {
    kind: 'choice',
    default: 'paper',
    choices: [
      { value: 'paper', label: 'Paper', help: 'k independent episodes per prompt; every turn is trained.' },
      {
        value: 'released-code',
        label: 'Released code',
        help: 'One first answer per prompt, shared by its k corrections; only the later turns are trained.',
      },
    ],
    label: 'Objective',
    help: 'Which answers are sampled and which are trained. When all k samples share their first answer, its reward is the same for all of them, so it cancels and γ has no effect.',
    source: 'paper, or its released code',
    group: 'method',
    when: 'live',
  },
  estimator: {
    kind: 'choice',
    default: 'rloo',
    choices: [
      {
        value: 'rloo',
        label: 'RLOO',
        help: 'Compares each sample with the mean of the prompt’s other samples.',
      },
      {
        value: 'reinforce',
        label: 'REINFORCE',
        help: 'Compares each sample with the mean of the whole batch.',
      },
      {
        value: 'grpo',
        label: 'GRPO',
        help: 'Compares with the prompt’s mean; divides by its standard deviation and by the length of the answers. The KL is in the loss, token by token.',
      },
      {
        value: 'dr-grpo',
        label: 'Dr. GRPO',
        help: 'Compares with the prompt’s mean; divides by nothing. The KL is taken off the reward.',
      },
    ],
    label: 'Advantage estimator',
    help: 'How a sample’s reward is turned into a push up or down. All four subtract a baseline (what other samples earned), which makes the gradient less noisy.',
    source: 'RLOO: paper; the others are common alternatives',
    group: 'method',
    when: 'live',
  },
  returns: {
    kind: 'choice',
    default: 'accumulated',
    choices: [
      { value: 'accumulated', label: 'Accumulated reward', help: 'One number R pushes every turn.' },
      {
        value: 'per-turn',
        label: 'Per-turn returns',
        help: 'Each turn is pushed by the discounted sum of its own reward and those after it.',
      },
    ],
    label: 'Credit assignment',
    help: 'Whether all turns of an episode share one reward or each gets its own. With per-turn returns, sacrificing the first answer no longer pays.',
    source: 'accumulated: paper; per-turn: our answer to its open question on credit assignment',
    group: 'method',
    when: 'live',
  },
  control: {
    kind: 'choice',
    default: 'none',
    choices: [
      { value: 'none', label: 'None', help: 'Every episode earns what its own answers earned.' },
      {
        value: 'shuffled',
        label: 'Rewards shuffled',
        help: 'The rewards of a prompt’s episodes are dealt out among them at random.',
      },
    ],
    label: 'Control',
    help: 'For telling what was learned from what happened by itself. With rewards shuffled, everything is as always (the same tasks, the same rewards in every group, steps of the same size) but which episode earned what, so that there is nothing to learn.',
    source: 'our decision',
    group: 'method',
    when: 'restart',
    since: 9,
  },
  feedback: {
    kind: 'choice',
    default: 'none',
    choices: [
      { value: 'none', label: 'None', help: 'Only the request to correct it (intrinsic).' },
      { value: 'tests', label: 'A failing test', help: 'Also the shortest test that it fails (extrinsic).' },
    ],
    label: 'Feedback between turns',
    help: 'What the model sees before it corrects an answer, besides the answer itself.',
    source: 'none: paper; tests: our decision',
    group: 'method',
    when: 'restart',
  },
  history: {
    kind: 'choice',
    default: 'latest',
    choices: [
      { value: 'latest', label: 'Latest answer', help: 'Only the answer to be corrected stays in view.' },
      { value: 'all', label: 'All answers', help: 'Every earlier answer stays in view.' },
    ],
    label: 'Earlier answers in view',
    help: 'Which earlier answers the model sees from turn 3 on. With two turns both choices are the same.',
    source: 'latest: released code; all: our decision',
    group: 'method',
    when: 'restart',
  },
  clipRatio: {
    kind: 'float',
    default: 0.2,
    ...linear({ min: 0.01, max: 1, step: 0.01 }),
    label: 'Clip ratio ε',
    help: 'How far the probability of an answer may move away from what it was when the answer was sampled; beyond that, it is pushed no further. Only matters with more than one inner epoch.',
    source: 'released code (PPO-style clipping)',
    group: 'method',
    when: 'live',
  },
  innerEpochs: {
    kind: 'int',
    default: 1,
    ...linear({ min: 1, max: 4, step: 1, unit: 'epochs' }),
    label: 'Inner epochs',
    help: 'Gradient steps on each batch of samples. One is plain on-policy learning; with more, the samples are reused, within the limits of the clip ratio.',
    source: 'released code (1)',
    group: 'method',
    when: 'live',
  },

  // ---- sampling ----------------------------------------------------------------------------------------------------
  temperature: {
    kind: 'float',
    default: 1,
    ...linear({ min: 0.1, max: 2, step: 0.05 }),
    label: 'Temperature',
    help: 'How random sampling is during training. 1 samples from the model as it is, which the policy gradient assumes. Evaluation is always greedy: it takes the most likely token every time.',
    source: 'our decision (released code: 0.9)',
    group: 'sampling',
    when: 'live',
  },
  topP: {
    kind: 'float',
    default: 1,
    ...linear({ min: 0.05, max: 1, step: 0.05 }),
    label: 'Top-p',
    help: 'Samples only from the most likely tokens that together have this probability. 1 keeps every token, which the policy gradient assumes.',
    source: 'our decision',
    group: 'sampling',
    when: 'live',
  },
  maxNewTokens: {
    kind: 'int',
    default: 48,
    ...linear({ min: 8, max: 256, step: 4, unit: 'tokens' }),
    label: 'Longest answer',
    help: 'An answer is cut off after this many tokens, end-of-answer included. A cut-off answer is graded as it stands and counted as truncated.',
    source: 'our decision',
    group: 'sampling',
    when: 'restart',
  },

  // ---- optimiser ---------------------------------------------------------------------------------------------------
  learningRate: {
    kind: 'float',
    default: 3e-4,
    ...log({ min: 1e-6, max: 1e-2, step: 1.25 }),
    label: 'Learning rate',
    help: 'Size of each AdamW step. If it is too small, nothing happens; if it is too large, the model forgets how to write programs.',
    source: 'our decision, measured on this model',
    group: 'optimiser',
    when: 'live',
  },
  lrSchedulerType: {
    kind: 'choice',
    default: 'constant',
    choices: [
      { value: 'constant', label: 'Constant', help: 'Stays as it is after warm-up.' },
      {
        value: 'cosine',
        label: 'Cosine',
        help: 'After warm-up, falls along half a cosine and reaches zero when all updates are done.',
      },
    ],
    label: 'Learning-rate schedule',
    help: 'What happens to the learning rate after warm-up. The cosine ends at the planned number of updates: change that number, even during a run, and the rest of the curve is stretched or shortened.',
    source: 'constant: our decision; cosine: released code',
    group: 'optimiser',
    when: 'live',
    since: 2,
  },
  adamBeta1: {
    kind: 'float',
    default: 0.9,
    ...linear({ min: 0, max: 0.999, step: 0.01 }),
    label: 'Adam β₁',
    help: 'How slowly the average of past gradients forgets.',
    source: 'AdamW',
    group: 'optimiser',
    when: 'restart',
  },
  adamBeta2: {
    kind: 'float',
    default: 0.95,
    ...linear({ min: 0, max: 0.9999, step: 0.01 }),
    label: 'Adam β₂',
    help: 'How slowly the average of past squared gradients forgets.',
    source: 'AdamW; the value is our decision',
    group: 'optimiser',
    when: 'restart',
  },
  weightDecay: {
    kind: 'float',
    default: 0,
    ...linear({ min: 0, max: 0.5, step: 0.01 }),
    label: 'Weight decay',
    help: 'Pulls the weight matrices towards zero at each step. The KL penalty already holds the model back, so no decay is needed.',
    source: 'our decision',
    group: 'optimiser',
    when: 'restart',
  },
  warmupSteps: {
    kind: 'int',
    default: 5,
    ...linear({ min: 0, max: 200, step: 1, unit: 'updates' }),
    label: 'Warm-up',
    help: 'The learning rate rises from zero over this many updates, while Adam’s averages settle.',
    source: 'our decision',
    group: 'optimiser',
    when: 'restart',
  },
  maxGradNorm: {
    kind: 'float',
    default: 1,
    ...log({ min: 0.01, max: 100, step: 1.25 }),
    label: 'Gradient clip',
    help: 'A gradient whose norm is larger than this is scaled down to it, so that one odd batch cannot wreck the model.',
    source: 'our decision',
    group: 'optimiser',
    when: 'live',
  },

  // ---- run ---------------------------------------------------------------------------------------------------------
  seed: {
    kind: 'int',
    default: 1,
    ...linear({ min: 0, max: 4294967295, step: 1 }),
    label: 'Seed',
    help: 'Where every random choice starts from. The same experiment with the same seed gives the same run on the same back end.',
    source: 'our decision',
    group: 'run',
    when: 'restart',
  },
  steps: {
    kind: 'int',
    default: 150,
    ...linear({ min: 1, max: 10000, step: 10, unit: 'updates' }),
    label: 'Updates',
    help: 'The run ends after this many updates.',
    source: 'our decision',
    group: 'run',
    when: 'live',
  },
  evalEvery: {
    kind: 'int',
    default: 10,
    ...linear({ min: 1, max: 1000, step: 5, unit: 'updates' }),
    label: 'Evaluate every',
    help: 'Updates between two evaluations on held-out tasks, with greedy answers. Evaluation takes time but changes nothing in the run.',
    source: 'our decision',
    group: 'run',
    when: 'live',
  },
  evalTasks: {
    kind: 'int',
    default: 128,
    ...linear({ min: 4, max: 512, step: 4, unit: 'tasks' }),
    label: 'Held-out tasks',
    help: 'Tasks in each evaluation; of your own problems, at most so many. The model is never trained on them. More tasks give a steadier curve: with 128 the standard error is about 4 points.',
    source: 'our decision',
    group: 'run',
    when: 'restart',
  },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof fields;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One experiment: a value for every field of the table. */
export type Experiment = Readonly<Mutable<{ [N in FieldName]: ValueOf<(typeof fields)[N]> }>>;

/** The names in the table's order. */
export const fieldNames = Object.keys(fields) as readonly FieldName[];

/** A row of the table as the general type, for code that handles any field. */
export function field(name: FieldName): Field {
  return fields[name];
}

/** True for a name of the table; prototype keys such as `toString` are not. */
export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(fields, name);
}
