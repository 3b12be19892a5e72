/** A model that others trained and that is kept in this browser, as an experiment names it. */
import { digestIn, isBoosted, otherModelName } from '../config/modelFields.ts';
import { Models } from '../hub/keeping.ts';
import { readAdapter, type AdapterValues } from '../model/adapterFiles.ts';
import { openModel, type OpenedModel } from '../train/openedModel.ts';
import { openModelShelf } from './kept.ts';

export interface KeptModel {
  readonly opened: OpenedModel;
  readonly digest: string;
  /** The adapter that its runs begin with, and how the model without it is named; null: they begin with the model as it is. */
  readonly boost: (AdapterValues & { readonly over: string }) | null;
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
      `${otherModelName(text)}, a model with the adapter that runs over it begin with, is not kept in this browser (its digest begins with ${digest}). In “Models”, get the model, then drop the folder that npm run boost wrote.`,
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
    const opened = await openModel(files);
    const boost = files.boost && {
      ...readAdapter(opened.config, files.boost.files),
      over: files.boost.over,
    };
    return { opened, digest: kept.digest, boost, close };
  } catch (error) {
    await close();
    throw error;
  }
}
