/** Opens a model that others trained and that is kept in this browser, for the trainer. */
import { tf } from '../engine/index.ts';
import { whereItFits } from '../hub/needs.ts';
import { countedTensors } from '../model/tensors.ts';
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
 * @param onRead how many of its numbers have been read: they are when a run begins
 * @throws Error when it is not kept here, is not complete, or cannot be read or trained over; the base, when it is too large
 */
export async function readOtherModel(
  text: string,
  onRead: (done: number, total: number) => void,
): Promise<OtherModel> {
  const { opened, digest, close } = await openKeptModel(text);
  try {
    const tensors = countedTensors(opened.tensors, onRead);
    const base = adaptedBase(text, { ...opened, tensors }, formatOf(opened));
    return { base: whereItFits(base, opened.facts, () => tf.getBackend() === 'wasm'), digest };
  } catch (error) {
    await close();
    throw error;
  }
}
