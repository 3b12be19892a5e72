/** Opens a model that others trained and that is kept in this browser, for the trainer. */
import type { BackendName } from '../config/backends.ts';
import type { Experiment } from '../config/fields.ts';
import { whyTooLarge } from '../hub/needs.ts';
import { countedTensors } from '../model/tensors.ts';
import { adaptedBase, type Base } from '../train/base.ts';
import { formatOf } from '../train/modelFormat.ts';
import { openKeptModel } from './keptModel.ts';

export interface OtherModel {
  readonly base: Base;
  readonly digest: string;
  /**
   * @param held as the experiment says
   * @throws Error when it is too large to be trained over on that back end; others may delete it then
   */
  readonly checkFits: (backend: BackendName, held: Experiment['baseWeights']) => Promise<void>;
}

/**
 * Nobody deletes it while this worker lives.
 * @param text as an experiment names it (config/modelFields.ts)
 * @param onRead how many of its numbers have been read: they are when a run begins
 * @throws Error when it is not kept here, is not complete, or cannot be read or trained over
 */
export async function readOtherModel(
  text: string,
  onRead: (done: number, total: number) => void,
): Promise<OtherModel> {
  const { opened, digest, close } = await openKeptModel(text);
  try {
    const tensors = countedTensors(opened.tensors, onRead);
    const base = adaptedBase(text, { ...opened, tensors }, formatOf(opened));
    const checkFits: OtherModel['checkFits'] = async (backend, held) => {
      const problem = backend === 'wasm' ? whyTooLarge(opened.facts, held) : null;
      if (problem === null) return;
      await close();
      throw new Error(problem);
    };
    return { base, digest, checkFits };
  } catch (error) {
    await close();
    throw error;
  }
}
