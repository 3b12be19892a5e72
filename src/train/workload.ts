/** What an update of an experiment over a model consists of: by its time `auto` chooses a back end, by its memory it is cut. */
import { longestSequence } from '../config/episodeLength.ts';
import type { Experiment } from '../config/fields.ts';
import { recomputesLayers, type TokenWidths } from '../config/memory.ts';
import { qkvWidth, tf, type Workload } from '../engine/index.ts';
import { attentionShape, type ModelConfig } from '../model/modelConfig.ts';

/** Tokens of a prompt, about: the trial is over before there are tasks. */
const prompt = 48;

export function workloadOf(config: ModelConfig, e: Experiment): Workload {
  const rows = e.promptsPerUpdate * e.k;
  return {
    shape: attentionShape(config),
    width: config.hidden_size,
    hidden: config.intermediate_size,
    layers: config.num_hidden_layers,
    vocabulary: config.vocab_size,
    rows,
    written: e.turns * e.maxNewTokens,
    trained: rows * longestSequence(e, prompt),
  };
}

/** What a token leaves behind on its way through a model is as wide as this (config/memory.ts). */
export const widthsOf = (config: ModelConfig): TokenWidths => ({
  layers: config.num_hidden_layers,
  width: config.hidden_size,
  mlpWidth: config.intermediate_size,
  qkvWidth: qkvWidth(attentionShape(config)),
});

/** Whether so many tokens at once are too many to keep what each layer computes for the way back. */
export const recomputes = (config: ModelConfig, tokens: number): boolean =>
  recomputesLayers(tf.getBackend(), widthsOf(config), tokens);
