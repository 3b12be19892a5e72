/** What `npm run sweep` does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlagError, helpText, type ExtraOptions } from '../../config/flags.ts';
import type { Evaluated } from '../../config/experiment.ts';
import type { Experiment } from '../../config/fields.ts';
import { readerOf } from '../../tasks/episode.ts';
import { readProblemSet } from '../../tasks/problemSet.ts';
import { openTasks } from '../../tasks/source.ts';
import { backendOptions, loadModel, modelDirOption, modelFolderOf, type Command } from '../common.ts';
import { modelOption, withOtherModel } from '../otherModel.ts';
import { completeLog } from '../folderRun.ts';
import { parseTrainingFlags, startOptions, trainingFields } from '../startFrom.ts';
import { completeJobs, jobsOf } from './jobs.ts';
import { axesOf, planOf, seedsOf } from './plan.ts';
import { sweepPlot } from './plot.ts';
import { sweepTable, type Swept } from './report.ts';

const options: ExtraOptions = {
  vary: {
    value: 'FIELD=LIST',
    help: 'Values to compare, like gamma=0,0.5,1; several fields, like gamma=0,1;k=2,4, give every combination.',
  },
  seeds: {
    value: 'LIST',
    help: 'Seeds, like 1,2,3 or 1..5; 1..3 unless given, whatever seed the experiment has.',
  },
  out: { value: 'DIR', help: 'Folder of the sweep: DIR/SETTING/seed-N is a run as npm run train writes it.' },
  ...modelDirOption,
  ...startOptions,
  ...backendOptions,
};
const usage = `npm run sweep -- --vary FIELD=LIST --out DIR [flags]

Trains for every value and seed, and writes DIR/sweep.md, a table with 95 % intervals, and DIR/sweep.svg, the curves. The same command
again goes on where it stopped, and does only what is missing: with more seeds, more values, or more --steps. Ctrl-C finishes the
update under way.`;

/** Trains what is missing of a sweep, and compares all of it. */
export const sweepCommand: Command = async (argv) => {
  const flags = await parseTrainingFlags(await withOtherModel(argv), options);
  if (flags.help)
    return void process.stdout.write(helpText(usage, { ...modelOption, ...options }, trainingFields));
  const text = (name: string) => flags.options[name] as string | undefined;
  const [vary, out] = [text('vary'), text('out')];
  if (vary === undefined)
    throw new FlagError('--vary is missing: which values are compared? Like gamma=0,0.5,1.');
  if (out === undefined) throw new FlagError('--out is missing: the folder for the runs.');
  const axes = axesOf(vary);
  if ('seed' in flags.changes) throw new FlagError('--seed: the seeds of a sweep are given by --seeds.');
  const varied = axes.find(({ name }) => name in flags.changes);
  if (varied)
    throw new FlagError(`--vary gives values of ${varied.name}, and a flag gives another: leave one out.`);
  const settings = planOf(flags.experiment, axes, seedsOf(text('seeds') ?? '1..3'));
  const jobs = jobsOf(settings, out);
  const modelDir = text('model-dir');
  await completeJobs(jobs, { modelDir, problems: flags.problems, options: flags.options });
  const swept: Swept[] = await Promise.all(
    settings.map(async (setting) => {
      const own = jobs.filter((job) => job.setting === setting);
      const logs = await Promise.all(own.map((job) => completeLog({ ...job, modelDir })));
      const evaluated = await evaluatedOn(setting.experiments[0], modelDir, flags.problems);
      return { name: setting.name, logs: logs.filter((log) => log !== null), evaluated };
    }),
  );
  const complete = swept.reduce((sum, { logs }) => sum + logs.length, 0);
  if (complete < jobs.length) {
    process.stderr.write(`${complete} of ${jobs.length} runs are complete; the same command goes on.\n`);
    if (complete === 0) return;
  }
  const done = swept.filter(({ logs }) => logs.length > 0);
  const table = sweepTable(done);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'sweep.md'), `# ${vary}\n\n${table}`);
  await writeFile(join(out, 'sweep.svg'), sweepPlot(vary, done));
  process.stdout.write(table);
  process.stderr.write(`wrote ${join(out, 'sweep.md')} and ${join(out, 'sweep.svg')}\n`);
};

/** What the runs of a setting are evaluated on, whatever their seed. */
async function evaluatedOn(
  experiment: Experiment,
  modelDir: string | undefined,
  problems: string | undefined,
): Promise<Evaluated> {
  if (problems === undefined) return { experiment };
  const { format, config } = await loadModel(await modelFolderOf(modelDir, experiment));
  const reader = readerOf(format, config.max_position_embeddings);
  const { heldOutDigest } = openTasks(experiment, reader, await readProblemSet(problems));
  return { experiment, heldOutDigest };
}
