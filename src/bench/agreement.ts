/** Contestants must do the same work: before anything is timed, all train a tiny model, and their losses must agree. */
import { tinyLlama } from '../model/config.ts';
import type { Contestant } from './contestant.ts';
import { breathe } from './measure.ts';
import { benchWeights, randomTokens } from './sizes.ts';

/** Largest difference of two losses, relative. Backends sum in other orders, which Adam's first steps magnify a little. */
const tolerance = 1e-4;
const steps = 4;

const config = tinyLlama(24, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 2 });

/**
 * @param contestants the first is what the others are compared with
 * @throws Error naming the contestant, the step and both losses
 */
export async function checkAgreement(
  contestants: readonly Contestant[],
  signal?: AbortSignal,
): Promise<void> {
  const batch = randomTokens(config, 3, 10);
  const weights = benchWeights(config);
  let wanted: number[] | undefined;
  for (const { open, title } of contestants) {
    const model = await open(config, weights);
    const losses: number[] = [];
    try {
      for (let i = 0; i < steps; i++) {
        await breathe(signal);
        losses.push(await model.trainStep(batch));
      }
    } finally {
      model.dispose();
    }
    wanted ??= losses;
    for (const [i, loss] of losses.entries()) {
      if (Math.abs(loss - wanted[i]) <= tolerance * wanted[i]) continue;
      throw new Error(
        `${title} does other work than ${contestants[0].title}: its loss of step ${i + 1} is ${loss}, not ${wanted[i]}. ` +
          'Times of different work cannot be compared.',
      );
    }
  }
}
