/** How long an update over a model of others will take, told before a run begins: as the page's list of models tells it. */
import type { Experiment } from '../config/fields.ts';
import { updateSeconds, updateWork, type Rates } from '../hub/needs.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import { parameterCount } from '../model/parameters.ts';
import { duration } from './common.ts';

/** A sentence. @param measure of the running back end (engine/rates.ts), for matrices of these sizes */
export async function updateTime(
  config: ModelConfig,
  experiment: Experiment,
  measure: (width: number, inner: number) => Promise<Rates>,
): Promise<string> {
  const rates = await measure(config.hidden_size, config.intermediate_size);
  const seconds = updateSeconds(updateWork(experiment), parameterCount(config), rates);
  return `An update will take about ${duration(Math.max(1, seconds))}, by the speed of this machine just now; grading is not counted.`;
}
