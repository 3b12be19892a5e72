/** One run driven from the command line: what train and reproduce do with the driver. */
import { modelNameOf } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import type { OpenedBackend } from '../engine/index.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { Driver } from '../train/driver.ts';
import type { RunEvent } from '../train/messages.ts';
import { SharedModel } from '../train/sharedModel.ts';
import type { Beginning } from '../train/trainable.ts';
import type { Base } from '../train/base.ts';
import { shippedWeights } from './common.ts';

export interface DriveOptions extends Beginning {
  readonly experiment: Experiment;
  readonly model: Base;
  readonly backend: OpenedBackend;
  /** Opens another one when it is lost. */
  readonly reopen: () => Promise<OpenedBackend>;
  readonly hear: (event: RunEvent) => void;
  /** What grades; one of its own, which ends with the run, unless given. */
  readonly sandbox?: Sandbox;
}

export interface DrivenFromHere {
  /** Trains to the end, or until `pause`. @throws what ended it, after the log was brought up to date */
  train(): Promise<void>;
  /** Finishes the update under way. */
  pause(): void;
  dispose(): Promise<void>;
}

/** What runs begin over; it ends with its sandbox. */
export function sharedModelOf({
  experiment,
  model: base,
  ...rest
}: Pick<DriveOptions, 'experiment' | 'model' | 'backend' | 'reopen'> & {
  readonly sandbox: Sandbox;
}): SharedModel {
  return new SharedModel({
    ...{ model: modelNameOf(experiment), base, ...rest },
    readInitial: shippedWeights,
  });
}

const runId = 'run';

/**
 * Begins a run, or goes on with one; resolves when it is ready for its next update.
 * @throws Error naming the field when the experiment does not fit the model; also when the log cannot be written
 */
export async function drive(options: DriveOptions): Promise<DrivenFromHere> {
  const { experiment, model, backend, reopen, hear, sandbox = createNodeSandbox(), ...beginning } = options;
  await sandbox.ready();
  const driver = new Driver({
    emit: hear,
    strictLog: true,
    load: () => Promise.resolve(sharedModelOf({ experiment, model, backend, reopen, sandbox })),
  });
  driver.begin(runId, { ...beginning, experiment });
  try {
    await driver.still(runId);
  } catch (error) {
    await driver.dispose();
    throw error;
  }
  return {
    async train() {
      driver.obey({ type: 'run', runId });
      await driver.still(runId);
    },
    pause: () => driver.obey({ type: 'pause', runId }),
    dispose: () => driver.dispose(),
  };
}
