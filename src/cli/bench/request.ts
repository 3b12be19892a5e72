/** What is asked of the benchmark, wherever it runs, and what comes of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GrowthReport } from '../../bench/growth.ts';
import type { BenchProgress } from '../../bench/run.ts';
import { benchWeights } from '../../bench/sizes.ts';
import type { WholeReport } from '../../bench/whole.ts';
import type { ParsedFlags } from '../../config/flags.ts';
import { tinyLlama } from '../../model/config.ts';
import { wholeBase, type WholeBase } from '../../train/base.ts';
import { oursFormat } from '../../tasks/formats/ours.ts';
import { loadOurs, loadTokenizer, projectRoot, shippedModel } from '../common.ts';
import { randomModel } from './protocol.ts';

export interface Request {
  readonly quick: boolean;
  /** A folder, a shipped model's name, or `randomModel`. */
  readonly model: string;
  readonly wants: { readonly report: boolean; readonly growth: boolean };
  /** The flags that say what computes. */
  readonly options: ParsedFlags['options'];
  readonly onProgress: (progress: BenchProgress) => void;
}

export interface Measured {
  readonly report?: WholeReport | undefined;
  readonly growth?: GrowthReport | undefined;
}

/** Where the files of a model lie; for random weights, where the tokenizer lies. */
export function modelFolder(model: string): string {
  if (model === randomModel) return join(projectRoot, 'public/models');
  return existsSync(model) ? model : shippedModel(model);
}

/** @throws Error naming the folder, the file and what is wrong with it */
export async function updateModel(model: string): Promise<WholeBase> {
  if (model !== randomModel) return loadOurs(modelFolder(model));
  const format = oursFormat(await loadTokenizer(modelFolder(model)));
  const config = tinyLlama(format.tokens);
  return wholeBase({ config, weights: benchWeights(config) }, format);
}
