/** The runs of a sweep, each in its folder: what is missing of them is trained. */
import { join } from 'node:path';
import type { Experiment } from '../../config/fields.ts';
import type { ParsedFlags } from '../../config/flags.ts';
import type { OpenedBackend } from '../../engine/index.ts';
import type { EvalRecord } from '../../rl/records.ts';
import { progressLine } from '../common.ts';
import { completeRun, Computing } from '../folderRun.ts';
import { untilInterrupted } from '../interrupt.ts';
import { RunFolder } from '../runFolder.ts';
import { folderNameOf, type Setting } from './plan.ts';

export interface Job {
  readonly setting: Setting;
  readonly experiment: Experiment;
  readonly folder: RunFolder;
}

export const jobsOf = (settings: readonly Setting[], out: string): Job[] =>
  settings.flatMap((setting) =>
    setting.experiments.map((experiment) => {
      const folder = new RunFolder(join(out, folderNameOf(setting), `seed-${experiment.seed}`));
      return { setting, experiment, folder };
    }),
  );

export interface JobOptions {
  /** `--model-dir`, if it was given. */
  readonly modelDir: string | undefined;
  readonly problems: string | undefined;
  /** `backendOptions` as given. */
  readonly options: ParsedFlags['options'];
  /** What a run's evaluation at step 0 finds, if that is known. */
  readonly baseline?: (experiment: Experiment, backend: OpenedBackend) => Promise<EvalRecord | null>;
}

/** Does what is left of each, by seed first: whoever stops early has something of every setting. */
export async function completeJobs(
  jobs: readonly Job[],
  { modelDir, problems, options, baseline }: JobOptions,
): Promise<void> {
  const computing = new Computing(options);
  const line = progressLine();
  await untilInterrupted(async ({ stopped, onpause }) => {
    const bySeed = jobs.toSorted(
      (a, b) => a.setting.experiments.indexOf(a.experiment) - b.setting.experiments.indexOf(b.experiment),
    );
    for (const [i, { setting, experiment, folder }] of bySeed.entries()) {
      if (stopped()) return;
      const what = `run ${i + 1} of ${jobs.length} (${setting.name}, seed ${experiment.seed})`;
      await completeRun({
        ...{ experiment, folder, computing, stopped, onpause, modelDir, problems },
        ...(baseline ? { baseline: (backend) => baseline(experiment, backend) } : {}),
        hear(event) {
          if (event.type === 'update') line.show(`${what}: update ${event.record.step}/${experiment.steps}`);
          if (event.type !== 'notice') return;
          line.end();
          process.stderr.write(`${event.message}\n`);
        },
      });
    }
  });
  line.end();
  computing.dispose();
}
