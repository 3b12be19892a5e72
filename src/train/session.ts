/** From an experiment and a checkpoint to a trainer that is ready for its first update. Browser worker and CLI both start here. */
import { longestSequence } from '../config/episodeLength.ts';
import type { Experiment } from '../config/fields.ts';
import { tokensAtOnce, type MemoryFacts } from '../config/memory.ts';
import { memoryLimits, type OpenedBackend } from '../engine/index.ts';
import type { Llama } from '../model/llama.ts';
import type { HostWeights } from '../model/parameters.ts';
import { attentionShape, type ModelConfig } from '../model/modelConfig.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { readerOf } from '../tasks/episode.ts';
import type { ProblemSet } from '../tasks/problemSet.ts';
import { notesOn, openTasks } from '../tasks/source.ts';
import type { OpenBase } from './base.ts';
import { evalBatch, Trainer, type TrainerParts } from './trainer.ts';
import { widthsOf } from './workload.ts';

export interface SessionOptions extends Pick<TrainerParts, 'signal' | 'onProgress' | 'breathe' | 'live'> {
  readonly backend: OpenedBackend['name'];
  /** Into how many parts the work is cut where memory is short; see `TrainerParts`. Default 1. */
  readonly divisions?: number;
  readonly base: OpenBase;
  /** What the policy starts with, if not with what is its reference. */
  readonly initial?: HostWeights;
  readonly sandbox: Sandbox;
  /** Those that the experiment names, where its tasks are the user's own. */
  readonly problems?: ProblemSet | null;
}

export interface Session {
  readonly trainer: Trainer;
  readonly policy: Llama;
  readonly parts: TrainerParts;
  /** As in `TaskSource`. */
  readonly heldOutDigest: string | undefined;
  /** What the user should know of the tasks, a sentence each. */
  readonly notes: readonly string[];
  /** What an estimate of memory needs to know. */
  readonly memory: MemoryFacts;
  /** Whether cutting the work into more parts would make its largest pieces smaller. */
  readonly canDivide: boolean;
  dispose(): void;
}

/** @throws Error when the tokenizer does not fit the model, prompts and answers do not fit its context, or no problem is left */
export function createSession(experiment: Experiment, options: SessionOptions): Session {
  const { backend, divisions = 1, base, initial, sandbox, problems = null } = options;
  const { format, config } = base;
  const { signal, onProgress, breathe, live } = options;
  checkFit(config, format.tokens);
  const reader = readerOf(format, config.max_position_embeddings);
  const tasks = openTasks(experiment, reader, problems);
  const correction = format.longestCorrection(experiment.feedback === 'tests');
  const longest = longestSequence(experiment, tasks.longestPrompt, correction);
  const policy = base.policy(experiment, initial);
  const reference = base.reference();
  const parts: TrainerParts = {
    policy,
    reference,
    format,
    sandbox,
    trainTasks: tasks.train,
    heldOutTasks: tasks.heldOut,
    backend,
    maxTokens: atOnce(backend, config),
    divisions,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
    ...(breathe ? { breathe } : {}),
    ...(live ? { live } : {}),
  };
  const trainer = new Trainer(experiment, parts);
  return {
    trainer,
    policy,
    parts,
    heldOutDigest: tasks.heldOutDigest,
    notes: notesOn(tasks, problems, reader),
    memory: {
      ...memoryFacts(policy, parts, backend, tasks.longestPrompt),
      ...{ trained: base.trained(experiment), longestCorrection: correction },
    },
    canDivide: experiment.promptsPerUpdate > divisions || parts.maxTokens / divisions > longest,
    dispose() {
      trainer.dispose();
      policy.dispose();
      reference.dispose();
    },
  };
}

/** @throws Error when the model's vocabulary is not the tokenizer's */
export function checkFit(config: ModelConfig, tokens: number): void {
  if (config.vocab_size !== tokens) {
    throw new Error(
      `The tokenizer does not fit the model: tokenizer.json has ${tokens} tokens, config.json says ` +
        `vocab_size ${config.vocab_size}. Use the tokenizer.json that was saved with the model.`,
    );
  }
}

/** Tokens in one pass through a model of this configuration (config/memory.ts). */
export const atOnce = (backend: OpenedBackend['name'], config: ModelConfig): number =>
  tokensAtOnce(backend, widthsOf(config));

function memoryFacts(
  policy: Llama,
  { maxTokens, divisions }: TrainerParts,
  backend: OpenedBackend['name'],
  longestPrompt: number,
): MemoryFacts {
  const { config, heldBytes } = policy;
  const shape = attentionShape(config);
  return {
    backend,
    parameters: policy.parameterCount,
    ...(heldBytes === null ? {} : { heldBytes }),
    vocabulary: config.vocab_size,
    keyWidth: shape.kvHeads * shape.headDim,
    ...widthsOf(config),
    longestPrompt,
    microBatch: maxTokens / divisions,
    evalBatch: Math.ceil(evalBatch / divisions),
    ...memoryLimits(),
  };
}
