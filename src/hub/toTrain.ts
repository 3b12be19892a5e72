/** What a run over a model that others trained will need in memory, before the model is opened. */
import type { Experiment } from '../config/fields.ts';
import { bytesPerToken, estimateMemory, type MemoryFacts } from '../config/memory.ts';
import type { ModelFacts } from '../train/openedModel.ts';
import { weightBytes } from './needs.ts';

/** Width of the hidden layer of its MLP, about: that has two thirds of a layer, in three matrices. */
export const mlpWidthOf = ({ parameters, vocabulary, width, layers }: ModelFacts): number =>
  Math.max(64, Math.round((parameters - vocabulary * width) / layers / width / 4.5));

/** Tokens of the longest problem with its chat template around it, about: memory goes by that one, time by the usual one (needs.ts). */
const longestPrompt = 450;
/** As a run reads (train/session.ts): so many tokens at once, or fewer of a model that leaves more bytes behind. */
const atOnce = { tokens: 2048, bytes: 1e9 } as const;
const evaluatedAtOnce = 32;

/** Bytes at the most demanding moment, on WebAssembly, by the formulas of a run under way; a list of models knows its shape roughly. */
export function bytesToTrain(e: Experiment, facts: ModelFacts): number {
  const { parameters, vocabulary, width, layers } = facts;
  const shape = { layers, width, mlpWidth: mlpWidthOf(facts), qkvWidth: 2 * width };
  const known: MemoryFacts = {
    ...{ backend: 'wasm', parameters, vocabulary, ...shape, keyWidth: width / 2 },
    trained: layers * e.loraRank * 2 * (4 * width + 3 * shape.mlpWidth),
    heldBytes: weightBytes(facts, e.baseWeights),
    longestPrompt,
    microBatch: Math.min(atOnce.tokens, atOnce.bytes / bytesPerToken(shape)),
    evalBatch: evaluatedAtOnce,
    limit: null,
    largestBuffer: null,
  };
  return estimateMemory(e, known).peak;
}
