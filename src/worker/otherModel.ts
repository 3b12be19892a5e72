/** Opens a model that others trained and that is kept in this browser, for the trainer. */
import { adaptedBase, type Base } from '../train/base.ts';
import { formatOf } from '../train/modelFormat.ts';
import { openKeptModel } from './keptModel.ts';

export interface OtherModel {
  readonly base: Base;
  readonly digest: string;
}

/**
 * Nobody deletes it while this worker lives.
 * @param text as an experiment names it (config/modelFields.ts)
 * @throws Error when it is not kept here, is not complete, or cannot be read or trained over
 */
export async function readOtherModel(text: string): Promise<OtherModel> {
  const { opened, digest, close } = await openKeptModel(text);
  try {
    return { base: adaptedBase(text, opened, formatOf(opened)), digest };
  } catch (error) {
    await close();
    throw error;
  }
}
