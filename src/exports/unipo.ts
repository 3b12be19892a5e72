/**
 * A run for UNIPO (https://github.com/poloclub/unipo), which shows what policy optimisation does to each token: its canonical
 * schema (docs/canonical_schema.json there) as JSON lines, a header and then a line an update. An episode is one response, the
 * tokens of all its answers in order. One that could not be judged is left out, for UNIPO would take it for a reward of 0.
 */
import type { Experiment } from '../config/fields.ts';
import { algorithmOf } from '../rl/algorithms/index.ts';
import type { TrajectoryRecord, TurnRecord, UpdateRecord } from '../rl/records.ts';
import { jsonLine } from './metrics.ts';

/** Prompts of an update that are shown: as many as the schema asks for. */
const prompts = 3;

/** @param model what the run began with */
export function unipoHeader(experiment: Experiment, model: string): string {
  const { gamma, ...fields } = experiment;
  return jsonLine({
    type: 'header',
    task: 'writing short Python functions, and correcting them',
    dataset:
      experiment.tasks === 'own'
        ? `problems of the user's own, ${experiment.problems}`
        : `task families of the CoCoS Playground, level ${experiment.level}`,
    reward_strategy: `unit tests, ${experiment.reward}; accumulated over ${experiment.turns} turns (${experiment.accumulate})${experiment.control === 'none' ? '' : '; shuffled among the episodes of a prompt'}`,
    algorithm: algorithmOf(experiment).title,
    totalSteps: experiment.steps,
    model_name: model,
    reference_model_name: model,
    hparams: {
      learning_rate: experiment.learningRate,
      kl_coef: experiment.beta,
      group_size: experiment.k,
      clip_eps: experiment.clipRatio,
      cocos_gamma: gamma, // no discount, as `gamma` would say there
      ...fields,
    },
  });
}

export function unipoStep({ step, metrics, groups }: UpdateRecord): string {
  const conventional = {
    policy_objective: 0 - (metrics['train/loss'] ?? NaN),
    policy_loss: metrics['train/loss'],
    reward: metrics['train/return'],
    grad_norm: metrics['train/grad_norm'],
    learning_rate: metrics['train/learning_rate'],
  };
  return jsonLine({
    type: 'step',
    step,
    is_first_step_after_rollout_phase: true,
    metrics: { ...conventional, ...metrics },
    prompts: groups.slice(0, prompts).flatMap(({ task, trajectories }, p) => {
      const responses = trajectories.flatMap((episode, i) => {
        const one = responseOf(episode, `step${step}_p${p}_sample${i}`);
        return one ? [one] : [];
      });
      return responses.length > 0 ? [{ prompt: task.instruction, responses }] : [];
    }),
  });
}

function responseOf({ turns, R = NaN }: TrajectoryRecord, id: string) {
  if (Number.isNaN(R) || turns.some(({ reward }) => Number.isNaN(reward))) return null;
  const tokens = turns.flatMap(tokensOf);
  const advantages = new Set(turns.map(({ advantage }) => advantage));
  return {
    id,
    reward: R,
    // Where turns have advantages of their own, or some are not trained, only the tokens say.
    ...(advantages.size === 1 ? { advantage: turns[0]?.advantage } : {}),
    response_text: turns.map(({ text }) => text).join('\n<fix>\n'),
    response_length: tokens.length,
    tokens: {
      ids: tokens.map(({ id }) => id),
      strings: tokens.map(({ text }) => text),
      log_probs: tokens.map(({ logp }) => logp),
      old_log_probs: tokens.map(({ logp }) => logp), // sampled for this very update
      ref_log_probs: tokens.map(({ ref }) => ref),
      token_kl: tokens.map(({ logp, ref }) => logp - ref),
      advantages: tokens.map(({ advantage }) => advantage),
    },
  };
}

const tokensOf = (turn: TurnRecord) =>
  turn.ids.map((id, n) => ({
    id,
    text: turn.tokens[n] ?? '',
    logp: turn.logp[n] ?? NaN,
    ref: turn.refLogp?.[n] ?? NaN,
    advantage: turn.advantage ?? NaN,
  }));
