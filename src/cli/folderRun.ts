/** A run in a folder, done to its end: from its beginning, from where it stopped, or not at all when it is complete. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diff } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import type { OpenedBackend } from '../engine/index.ts';
import type { EvalRecord } from '../rl/records.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { RunLog } from '../train/log.ts';
import type { RunEvent } from '../train/messages.ts';
import { loadModel, modelFolderOf, openNodeBackend, reopenNodeBackend, version } from './common.ts';
import { drive } from './drive.ts';
import type { Interruptible } from './interrupt.ts';
import { digestOf, nameOfModel, RunFolder } from './runFolder.ts';

export interface FolderRunOptions extends Interruptible {
  readonly experiment: Experiment;
  readonly folder: RunFolder;
  /** `--model-dir`, if it was given. */
  readonly modelDir?: string | undefined;
  /** The problems that the experiment names. */
  readonly problems?: string | undefined;
  readonly computing: Computing;
  /** Its evaluation at step 0, if another run has made the same. */
  readonly baseline?: (backend: OpenedBackend) => Promise<EvalRecord | null>;
  readonly hear: (event: RunEvent) => void;
}

/** Which run is looked for. */
type Wanted = Pick<FolderRunOptions, 'experiment' | 'folder' | 'modelDir'>;

/** What computes and grades, one run after the other. */
export class Computing {
  readonly #options: Parameters<typeof openNodeBackend>[0];
  #backend: OpenedBackend | null = null;
  #sandbox: Sandbox | null = null;

  /** @param options `backendOptions` as given */
  constructor(options: Parameters<typeof openNodeBackend>[0]) {
    this.#options = options;
  }

  async backend(): Promise<OpenedBackend> {
    return (this.#backend ??= await openNodeBackend(this.#options));
  }

  async reopen(): Promise<OpenedBackend> {
    return (this.#backend = await reopenNodeBackend(this.#options));
  }

  /** Lent to a run, which cannot end it. */
  sandbox(): Sandbox {
    const sandbox = (this.#sandbox ??= createNodeSandbox());
    return {
      ready: () => sandbox.ready(),
      grade: (requests, signal) => sandbox.grade(requests, signal),
      get stats() {
        return sandbox.stats;
      },
      dispose: () => undefined,
    };
  }

  dispose(): void {
    this.#sandbox?.dispose();
    this.#sandbox = null;
  }
}

/**
 * The log of the complete run in a folder; null when there is none or it is not complete.
 * @throws Error naming the fields in which the run there is another one
 */
export async function completeLog(wanted: Wanted): Promise<RunLog | null> {
  const { experiment } = wanted;
  const found = await findRun(wanted);
  const log = found?.log ?? null;
  return log && (found?.state?.step ?? 0) >= experiment.steps ? log : null;
}

/** Does what is left of a run. @returns its log; null when it was paused before its end */
export async function completeRun(options: FolderRunOptions): Promise<RunLog | null> {
  const { experiment, folder, modelDir, problems, computing, hear, stopped, onpause } = options;
  const found = await findRun(options);
  if (found?.log && (found.state?.step ?? 0) >= experiment.steps) return found.log;
  for (const note of found?.notes ?? []) process.stderr.write(`${note}\n`);
  const model = await loadModel(found ? folder.reference : await modelFolderOf(modelDir, experiment));
  if (found) await folder.checkReference(found.log);
  const backend = await computing.backend();
  const baseline = found ? null : await options.baseline?.(backend);
  const circumstances = {
    build: version,
    backend: backend.name,
    device: backend.device,
    model: nameOfModel(modelDir, experiment),
    experiment,
  };
  const run = await drive({
    ...{
      experiment,
      model,
      backend,
      hear,
      problems,
      sandbox: computing.sandbox(),
      reopen: () => computing.reopen(),
    },
    ...(found?.state ? { state: found.state } : {}),
    ...(baseline ? { baseline } : {}),
    openLog: async () => {
      const log = await (found
        ? folder.resume(found, circumstances)
        : folder.begin(circumstances, model, problems));
      await folder.completeMetrics(log, found?.state?.step ?? 0);
      return folder.keeping(log, model);
    },
  });
  onpause(run.pause);
  try {
    if (!stopped()) await run.train();
  } finally {
    onpause(() => undefined);
    await run.dispose();
    folder.leave();
  }
  return completeLog(options);
}

/** The run in the folder, if there is one. @throws Error when it is another one, of another model, or longer */
async function findRun({ experiment, folder, modelDir }: Wanted) {
  if (!existsSync(join(folder.path, 'log.jsonl'))) return null;
  const found = await folder.find();
  const expected = found.log?.manifest.model.digest;
  if (expected !== undefined && expected !== (await digestOf(await modelFolderOf(modelDir, experiment))))
    throw new Error(
      `${folder.path} holds a run of another model. Choose another --out, or move that folder away.`,
    );
  const longer = found.experiment.steps < experiment.steps; // it only goes on
  const other = Object.keys(diff(found.experiment, experiment)).filter((name) => name !== 'steps' || !longer);
  if (other.length === 0) return found;
  const has = `${folder.path} holds a run`;
  throw new Error(
    other.length === 1 && other[0] === 'steps'
      ? `${has} of ${found.experiment.steps} updates: give --steps ${found.experiment.steps} or more, or choose another --out.`
      : `${has} that differs in ${other.join(', ')}. Choose another --out, or move that folder away.`,
  );
}
