/** A model that others trained and that is kept in this browser, as an experiment names it. */
import { digestIn, isBoosted, otherModelName } from '../config/modelFields.ts';
import { Models } from '../hub/keeping.ts';
import { openModel, type OpenedModel } from '../train/openedModel.ts';
import { openModelShelf } from './kept.ts';

export interface KeptModel {
  readonly opened: OpenedModel;
  readonly digest: string;
  /** Until then nobody deletes it. */
  readonly close: () => Promise<void>;
}

/**
 * @param text as an experiment names it (config/modelFields.ts)
 * @throws Error when it is not kept here, is not complete or cannot be read
 */
export async function openKeptModel(text: string): Promise<KeptModel> {
  const shelf = await openModelShelf();
  if (typeof shelf === 'string') throw new Error(`Models are not kept here: ${shelf}.`);
  const models = new Models(shelf);
  const digest = digestIn(text) ?? '';
  const kept = (await models.list()).models.find((model) => model.digest.startsWith(digest));
  if (!kept && isBoosted(text)) {
    throw new Error(
      `${otherModelName(text)} is a model with the adapter that its boost left, which the page does not open. Go on with the run on the command line, with --model-dir and the folder that npm run boost wrote.`,
    );
  }
  if (!kept) {
    throw new Error(
      `${text.replace(/@.*$/, '')} is not kept in this browser (its digest begins with ${digest}). Get it in “Models”: from the hub, or from its files.`,
    );
  }
  const files = await models.open(kept.digest);
  const close = () => files.close();
  try {
    return { opened: await openModel(files), digest: kept.digest, close };
  } catch (error) {
    await close();
    throw error;
  }
}
