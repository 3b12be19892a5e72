/**
 * What each field is called in the projects that an experiment is exported as: Python with transformers, PEFT and Accelerate, and
 * Hugging Face's TRL. A column of the field table (fields.ts), complete by its type: a field without a row is an error of TypeScript.
 * A value that cannot be said there is refused at export, by the field's name.
 */
import type { Experiment, FieldName } from './fields.ts';
import { noModel } from './modelFields.ts';

export const programs = ['pytorch', 'trl'] as const;
/** 'pytorch': the project's own train.py, with PyTorch's and Hugging Face's names. 'trl': GRPOTrainer of TRL 1.16. */
export type Program = (typeof programs)[number];

/** A setting of the program, under its name; or where in what is exported beside it the field's value is. */
type Place = { readonly name: string } | { readonly file: string };

export type Counterpart = Place & {
  /** What differs, in a clause; '' unless given. */
  readonly note?: string;
  /** Values that have no counterpart: a clause that says why, after the field's name; '' where the value has one. */
  readonly refuses?: (e: Experiment) => string;
};

/** The rollout and its credit are our own code there too; it reads experiment.json. */
const ours = { file: 'experiment.json' } as const;
const tasks = { file: 'tasks.jsonl' } as const;
/** The projects take any causal language model by themselves, and an adapter for it. */
const otherModel: Counterpart = {
  ...ours,
  refuses: (e) =>
    e.otherModel === noModel
      ? ''
      : `${e.otherModel} is not put into the project: export one of the playground’s models, and give the other to train.py with --model and --lora`,
};
const base: Counterpart = { ...ours, note: 'not used there: the base has the type that its files have' };
const adapter: Counterpart = { ...ours, note: 'not used there: train.py --lora says the rank' };

const noControl: Counterpart = {
  ...ours,
  refuses: ({ control }) =>
    control === 'none' ? '' : `${control} has no counterpart: what is exported is for training`,
};

/** The same name in both. */
const both = (name: string) => ({ pytorch: { name }, trl: { name } });
/** A setting of train.py for which TRL has none: the rollout that TRL calls reads it. */
const rollout = (name: string) => ({ pytorch: { name }, trl: ours });

export const elsewhere = {
  tasks: { pytorch: tasks, trl: tasks },
  problems: { pytorch: tasks, trl: tasks },
  heldOut: { pytorch: tasks, trl: tasks },
  splitSeed: { pytorch: tasks, trl: tasks },
  level: { pytorch: tasks, trl: tasks },
  trainTasks: { pytorch: tasks, trl: tasks },
  trainTests: rollout('train_tests'),
  model: { pytorch: { file: 'reference/' }, trl: { file: 'reference/' } },
  otherModel: { pytorch: otherModel, trl: otherModel },
  loraRank: { pytorch: adapter, trl: adapter },
  loraAlpha: { pytorch: adapter, trl: adapter },
  loraTargets: { pytorch: adapter, trl: adapter },
  baseWeights: { pytorch: base, trl: base },
  initialPolicy: { pytorch: { file: 'model/' }, trl: { file: 'model/' } },
  turns: {
    pytorch: { name: 'turns' },
    trl: {
      ...ours,
      note: 'an episode is one completion; what stands between its answers is masked (env_mask)',
    },
  },
  k: both('num_generations'),
  promptsPerUpdate: {
    pytorch: { name: 'prompts_per_update' },
    trl: { name: 'per_device_train_batch_size', note: 'times num_generations, divided by the processes' },
  },
  gamma: rollout('gamma'),
  accumulate: rollout('accumulate'),
  alpha: rollout('alpha'),
  formula: {
    pytorch: { name: 'formula', note: 'as Python; r[0] is the first turn’s reward' },
    trl: ours,
  },
  beta: {
    pytorch: { name: 'beta' },
    trl: { name: 'beta', note: 'with GRPO; otherwise 0, and the rollout takes the KL off the reward' },
  },
  reward: rollout('reward'),
  rewardScale: rollout('reward_scale'),
  objective: rollout('objective'),
  estimator: {
    pytorch: { name: 'estimator' },
    trl: {
      name: 'loss_type',
      note: 'and scale_rewards, reward_weights',
      refuses: ({ estimator }) =>
        estimator === 'reinforce'
          ? 'reinforce has no counterpart: TRL’s baseline is always that of the prompt’s own group'
          : '',
    },
  },
  returns: {
    pytorch: { name: 'returns' },
    trl: {
      ...ours,
      refuses: ({ returns }) =>
        returns === 'per-turn' ? 'per-turn has no counterpart: in TRL a completion has one advantage' : '',
    },
  },
  control: { pytorch: noControl, trl: noControl },
  feedback: rollout('feedback'),
  history: {
    pytorch: { name: 'history' },
    trl: {
      ...ours,
      refuses: ({ history, turns }) =>
        history === 'latest' && turns > 2
          ? 'latest has no counterpart with more than two turns: in TRL an episode is one sequence, in which every earlier answer stays in view'
          : '',
    },
  },
  clipRatio: both('epsilon'),
  innerEpochs: {
    pytorch: { name: 'num_iterations' },
    trl: {
      name: 'num_iterations',
      refuses: ({ innerEpochs }) =>
        innerEpochs > 1
          ? 'more than 1 has no counterpart: TRL clips the ratio of each token, or the mean of a sequence’s, not that of a whole episode'
          : '',
    },
  },
  temperature: both('temperature'),
  topP: both('top_p'),
  maxNewTokens: {
    pytorch: { name: 'max_new_tokens' },
    trl: { ...ours, note: 'of each answer; max_completion_length is that of the whole episode' },
  },
  learningRate: both('learning_rate'),
  lrSchedulerType: both('lr_scheduler_type'),
  adamBeta1: both('adam_beta1'),
  adamBeta2: both('adam_beta2'),
  weightDecay: both('weight_decay'),
  warmupSteps: {
    pytorch: { name: 'warmup_steps' },
    trl: { name: 'warmup_steps', note: 'one update later: the first is made at a rate of 0' },
  },
  maxGradNorm: both('max_grad_norm'),
  seed: {
    pytorch: { name: 'seed', note: 'other random numbers than here' },
    trl: { name: 'seed', note: 'other random numbers than here' },
  },
  steps: both('max_steps'),
  evalEvery: {
    pytorch: { name: 'eval_steps' },
    trl: { ...ours, note: 'a callback: TRL’s own evaluation samples' },
  },
  evalTasks: { pytorch: tasks, trl: tasks },
} as const satisfies Readonly<Record<FieldName, Readonly<Record<Program, Counterpart>>>>;

/** A field's row as the general type. */
export const counterpart = (field: FieldName, program: Program): Counterpart => elsewhere[field][program];
