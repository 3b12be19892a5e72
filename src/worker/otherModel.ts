/** Opens a model that others trained and that is kept in this browser, for the trainer. */
import type { BackendName } from '../config/backends.ts';
import { whyTooLarge } from '../hub/needs.ts';
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
 * @param backend the one that is running
 * @param onRead how many of its numbers have been read: they are when a run begins
 * @throws Error when it is not kept here, is not complete, cannot be read or trained over, or is too large for that back end
 */
export async function readOtherModel(
  text: string,
  backend: BackendName,
  onRead: (done: number, total: number) => void,
): Promise<OtherModel> {
  const { opened, digest, close } = await openKeptModel(text);
  try {
    const problem = backend === 'wasm' ? whyTooLarge(opened.facts) : null;
    if (problem) throw new Error(problem);
    const tensors = countedTensors(opened.tensors, onRead);
    return { base: adaptedBase(text, { ...opened, tensors }, formatOf(opened)), digest };
  } catch (error) {
    await close();
    throw error;
  }
}
