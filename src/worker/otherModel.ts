/** Opens a model that others trained and that is kept in this browser, for the trainer. */
import type { BackendName } from '../config/backends.ts';
import type { Experiment } from '../config/fields.ts';
import { checkFits } from '../hub/needs.ts';
import { tf } from '../engine/index.ts';
import { countedTensors } from '../model/tensors.ts';
import { adaptedBase } from '../train/adaptedBase.ts';
import type { Base } from '../train/base.ts';
import { formatOf } from '../train/modelFormat.ts';
import { openKeptModel } from './keptModel.ts';

export interface OtherModel {
  readonly base: Base;
  readonly digest: string;
  /**
   * @param held as the experiment says
   * @throws Error when it is too large to be trained over on that back end
   */
  readonly checkFits: (backend: BackendName, held: Experiment['baseWeights']) => void;
  /** Others may delete it: nothing is read of it any more. */
  readonly close: () => Promise<void>;
}

/**
 * Nobody deletes it until it is closed, or this worker ends.
 * @param text as an experiment names it (config/modelFields.ts)
 * @param onRead how many of its numbers have been read: they are when a run begins
 * @throws Error when it is not kept here, is not complete, or cannot be read or trained over
 */
export async function readOtherModel(
  text: string,
  onRead: (done: number, total: number) => void,
): Promise<OtherModel> {
  const { opened, digest, boost, close } = await openKeptModel(text);
  try {
    const tensors = countedTensors(opened.tensors, onRead);
    const base = adaptedBase(boost?.over ?? text, { ...opened, tensors }, formatOf(opened), {
      boost,
      // Another run over it may hold it in another way than the first.
      checkHeld: (held) => checkFits(tf.getBackend(), opened.facts, held),
    });
    return {
      ...{ base, digest, close },
      checkFits: (backend, held) => checkFits(backend, opened.facts, held),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
