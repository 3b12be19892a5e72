/** What a run over a model that others trained will need in memory, before the model is opened. */
import type { Experiment } from '../config/fields.ts';
import { estimateMemory, tokensAtOnce, type MemoryFacts } from '../config/memory.ts';
import type { ModelFacts } from '../train/openedModel.ts';
import { weightBytes } from './needs.ts';

/** Width of the hidden layer of its MLP, about: that has two thirds of a layer, in three matrices. */
export const mlpWidthOf = ({ parameters, vocabulary, width, layers }: ModelFacts): number =>
  Math.max(64, Math.round((parameters - vocabulary * width) / layers / width / 4.5));

/**
 * Tokens of the longest problem with its chat template around it, about: memory goes by that one, time by the usual one (needs.ts). Of the
 * short problems it has 82 with SmolLM2's tokenizer.
 */
const longestPrompt = { short: 82, any: 450 } as const;
const evaluatedAtOnce = 64;
/** Width of a token's keys in that of a hidden state, as SmolLM2 has it; others have less. */
const keyShare = 1 / 3;

/**
 * Bytes at the most demanding moment, on WebAssembly, by the formulas of a run under way; a list of models knows its shape roughly.
 * @param problems what is trained on: the short problems that come with the page, or any
 */
export function bytesToTrain(e: Experiment, facts: ModelFacts, problems: 'short' | 'any'): number {
  const { parameters, vocabulary, width, layers } = facts;
  const shape = { layers, width, mlpWidth: mlpWidthOf(facts), qkvWidth: (1 + 2 * keyShare) * width };
  const known: MemoryFacts = {
    ...{ backend: 'wasm', parameters, vocabulary, ...shape, keyWidth: keyShare * width },
    heldBytes: weightBytes(facts, e.baseWeights),
    trained: layers * e.loraRank * 2 * (4 * width + 3 * shape.mlpWidth),
    longestPrompt: longestPrompt[problems],
    microBatch: tokensAtOnce('wasm', shape),
    evalBatch: evaluatedAtOnce,
    limit: null,
    largestBuffer: null,
  };
  return estimateMemory(e, known).peak;
}
