/** Our parameters: their names, shapes and values, and which part of the model they belong to. */
import type { HostBlocks } from '../engine/blocks.ts';
import { familyOf } from './families/index.ts';
import type { ModelConfig } from './modelConfig.ts';

/** Name → shape of every parameter, in the order of the forward pass. */
export function parameterShapes(config: ModelConfig): Record<string, number[]> {
  const shapes = familyOf(config)
    .layout(config)
    .map(([ours, parts]): [string, number[]] => {
      const [first] = parts;
      const [rows = 0, columns] = first?.shape ?? [];
      const width = parts.reduce((sum, { shape: [part = 0] }) => sum + part, 0);
      if (columns === undefined) return [ours, [width]];
      return [ours, isTransposed(ours) ? [columns, width] : [rows, columns]];
    });
  return Object.fromEntries(shapes);
}

/** Numbers in all of them; a head that is the embedding counts once. */
export const parameterCount = (config: ModelConfig): number =>
  Object.values(parameterShapes(config))
    .map((shape) => shape.reduce((a, b) => a * b, 1))
    .reduce((a, b) => a + b, 0);

/** Whether a matrix stands [in, out] here: all but the two tables of tokens, which others write as we do. */
export const isTransposed = (ours: string): boolean => ours !== 'embed' && ours !== 'head';

/** The part of the model that a parameter, or an adapter's, belongs to: 'embed' (the head too, where it is the same matrix; else 'head'), '1.attention', '1.mlp', …, 'norm'. */
export function partOf(parameter: string): string {
  const [, layer, what] = /^(?:model\.)?layers\.(\d+)\.(\w+)/.exec(parameter) ?? [];
  if (layer === undefined || what === undefined) return parameter;
  const inAttention = ['attnNorm', 'qkv', 'qkvBias', 'out', 'self_attn'].includes(what);
  return `${Number(layer) + 1}.${inAttention ? 'attention' : 'mlp'}`;
}

/** Values of every parameter on the host: what checkpoints, resets and traces exchange. */
export type HostWeights = Record<string, Float32Array>;

/** Values of one that is not trained: a matrix may be in blocks. */
export type ParameterValues = Float32Array | HostBlocks;

/**
 * Random start: N(0, 0.05) for the embedding, N(0, 1/√in) for matrices, residual outputs scaled by 1/√(2·layers)
 * (GPT-2's rule), norms at 1. `normal(name, index)` gives standard normal numbers.
 */
export function initialWeights(
  config: ModelConfig,
  normal: (parameter: number, index: number) => number,
): HostWeights {
  const out: HostWeights = {};
  Object.entries(parameterShapes(config)).forEach(([name, shape], parameter) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const residual = name.endsWith('.out') || name.endsWith('.down');
    const std =
      name === 'embed'
        ? 0.05
        : (1 / Math.sqrt(shape[0])) * (residual ? 1 / Math.sqrt(2 * config.num_hidden_layers) : 1);
    out[name] =
      shape.length === 1
        ? new Float32Array(size).fill(1)
        : Float32Array.from({ length: size }, (_, i) => std * normal(parameter, i));
  });
  return out;
}
