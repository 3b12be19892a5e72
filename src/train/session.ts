/** From an experiment and a checkpoint to a trainer that is ready for its first update. Browser worker and CLI both start here. */
import { longestSequence } from '../config/episodeLength.ts';
import type { Experiment } from '../config/fields.ts';
import type { MemoryFacts } from '../config/memory.ts';
import { memoryLimits, qkvWidth, type OpenedBackend } from '../engine/index.ts';
import type { Checkpoint } from '../model/checkpoint.ts';
import { Llama } from '../model/llama.ts';
import { attentionShape } from '../model/modelConfig.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { readerOf } from '../tasks/episode.ts';
import type { ProblemSet } from '../tasks/problemSet.ts';
import { notesOn, openTasks } from '../tasks/source.ts';
import type { Tokenizer } from '../tasks/tokenizer.ts';
import { evalBatch, Trainer, type TrainerParts } from './trainer.ts';

export interface SessionOptions extends Pick<TrainerParts, 'signal' | 'onProgress' | 'breathe' | 'live'> {
  readonly backend: OpenedBackend['name'];
  /** Into how many parts the work is cut where memory is short; see `TrainerParts`. Default 1. */
  readonly divisions?: number;
  readonly checkpoint: Checkpoint;
  /** What the policy starts with, if not with the model that is its reference. */
  readonly initial?: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly sandbox: Sandbox;
  /** Those that the experiment names, where its tasks are the user's own. */
  readonly problems?: ProblemSet | null;
}

export interface Session {
  readonly trainer: Trainer;
  readonly policy: Llama;
  readonly parts: TrainerParts;
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
  const {
    backend,
    divisions = 1,
    checkpoint,
    initial = checkpoint,
    tokenizer,
    sandbox,
    problems = null,
  } = options;
  const { signal, onProgress, breathe, live } = options;
  checkFit(checkpoint, tokenizer);
  const reader = readerOf(tokenizer, checkpoint.config.max_position_embeddings);
  const tasks = openTasks(experiment, reader, problems);
  const policy = new Llama(checkpoint.config, initial.weights);
  const reference = new Llama(checkpoint.config, checkpoint.weights, false);
  const parts: TrainerParts = {
    policy,
    reference,
    tokenizer,
    sandbox,
    trainTasks: tasks.train,
    heldOutTasks: tasks.heldOut,
    backend,
    // A GPU wants large batches; a CPU wants activations that stay in its cache.
    maxTokens: backend === 'webgpu' ? 16_384 : 2048,
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
    notes: notesOn(tasks, problems, reader),
    memory: memoryFacts(checkpoint, policy, parts, backend, tasks.longestPrompt),
    canDivide:
      experiment.promptsPerUpdate > divisions ||
      parts.maxTokens / divisions > longestSequence(experiment, tasks.longestPrompt),
    dispose() {
      trainer.dispose();
      policy.dispose();
      reference.dispose();
    },
  };
}

/** @throws Error when the model's vocabulary is not the tokenizer's */
export function checkFit({ config }: Checkpoint, tokenizer: Tokenizer): void {
  if (config.vocab_size !== tokenizer.size) {
    throw new Error(
      `The tokenizer does not fit the model: tokenizer.json has ${tokenizer.size} tokens, config.json says ` +
        `vocab_size ${config.vocab_size}. Use the tokenizer.json that was saved with the model.`,
    );
  }
}

function memoryFacts(
  { config }: Checkpoint,
  policy: Llama,
  { maxTokens, divisions }: TrainerParts,
  backend: OpenedBackend['name'],
  longestPrompt: number,
): MemoryFacts {
  const shape = attentionShape(config);
  return {
    backend,
    parameters: policy.parameterCount,
    layers: config.num_hidden_layers,
    vocabulary: config.vocab_size,
    width: config.hidden_size,
    mlpWidth: config.intermediate_size,
    keyWidth: shape.kvHeads * shape.headDim,
    qkvWidth: qkvWidth(shape),
    longestPrompt,
    microBatch: maxTokens / divisions,
    evalBatch: Math.ceil(evalBatch / divisions),
    ...memoryLimits(),
  };
}
