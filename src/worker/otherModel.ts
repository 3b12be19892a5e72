/** Opens a model that others trained and that is kept in this browser, for the trainer. */
import { Models } from '../hub/keeping.ts';
import { countedTensors } from '../model/tensors.ts';
import { adaptedBase, type Base } from '../train/base.ts';
import { formatOf } from '../train/modelFormat.ts';
import { openModel } from '../train/openedModel.ts';
import { openModelShelf } from './kept.ts';

export interface OtherModel {
  readonly base: Base;
  readonly digest: string;
}

/**
 * Nobody deletes it while this worker lives.
 * @param text as an experiment names it (config/modelFields.ts)
 * @param onRead how many of its numbers have been read: they are when a run begins
 * @throws Error when it is not kept here, is not complete or cannot be read
 */
export async function readOtherModel(
  text: string,
  onRead: (done: number, total: number) => void,
): Promise<OtherModel> {
  const shelf = await openModelShelf();
  if (typeof shelf === 'string') throw new Error(`Models are not kept here: ${shelf}.`);
  const models = new Models(shelf);
  const [name = '', digest = ''] = text.split('@');
  const kept = (await models.list()).models.find((model) => model.digest.startsWith(digest));
  if (!kept) {
    throw new Error(
      `${name} is not kept in this browser (its digest begins with ${digest}). Get it in “Models”: from the hub, or from its files.`,
    );
  }
  const opened = await openModel(await models.open(kept.digest));
  const tensors = countedTensors(opened.tensors, onRead);
  return { base: adaptedBase(text, { ...opened, tensors }, formatOf(opened)), digest: kept.digest };
}
