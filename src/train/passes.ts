/** How much of a model goes through memory at once (config/memory.ts has the formulas). */
import { recomputesLayers, tokensAtOnce, type TokenWidths } from '../config/memory.ts';
import { qkvWidth, tf, type OpenedBackend } from '../engine/index.ts';
import { attentionShape, type ModelConfig } from '../model/modelConfig.ts';

const widthsOf = (config: ModelConfig): TokenWidths => ({
  layers: config.num_hidden_layers,
  width: config.hidden_size,
  mlpWidth: config.intermediate_size,
  qkvWidth: qkvWidth(attentionShape(config)),
});

/** Tokens in one pass through a model of this configuration. */
export const atOnce = (backend: OpenedBackend['name'], config: ModelConfig): number =>
  tokensAtOnce(backend, widthsOf(config));

/** Whether so many tokens at once are too many to keep what each layer computes for the way back. */
export const recomputes = (config: ModelConfig, tokens: number): boolean =>
  recomputesLayers(tf.getBackend(), widthsOf(config), tokens);
