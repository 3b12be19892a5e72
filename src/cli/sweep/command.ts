/** What `npm run sweep` does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlagError, helpText, type ExtraOptions } from '../../config/flags.ts';
import type { Evaluated } from '../../config/experiment.ts';
import type { Experiment } from '../../config/fields.ts';
import { readerOf } from '../../tasks/episode.ts';
import { readProblemSet } from '../../tasks/problemSet.ts';
import { openTasks } from '../../tasks/source.ts';
import {
  backendOptions,
  loadModel,
  modelDirOption,
  modelFolderOf,
  progressLine,
  type Command,
} from '../common.ts';
import { modelOption, withOtherModel } from '../otherModel.ts';
import { completeLog, completeRun, Computing } from '../folderRun.ts';
import { untilInterrupted } from '../interrupt.ts';
import { RunFolder } from '../runFolder.ts';
import { parseTrainingFlags, startOptions } from '../startFrom.ts';
import { axesOf, folderNameOf, planOf, seedsOf } from './plan.ts';
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
  if (flags.help) return void process.stdout.write(helpText(usage, { ...modelOption, ...options }));
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
  const jobs = settings.flatMap((setting) =>
    setting.experiments.map((experiment) => {
      const folder = new RunFolder(join(out, folderNameOf(setting), `seed-${experiment.seed}`));
      return { setting, experiment, folder };
    }),
  );

  const computing = new Computing(flags.options);
  const line = progressLine();
  await untilInterrupted(async ({ stopped, onpause }) => {
    // By seed first: whoever stops early has something of every setting.
    const bySeed = jobs.toSorted(
      (a, b) => a.setting.experiments.indexOf(a.experiment) - b.setting.experiments.indexOf(b.experiment),
    );
    for (const [i, { setting, experiment, folder }] of bySeed.entries()) {
      if (stopped()) return;
      const what = `run ${i + 1} of ${jobs.length} (${setting.name}, seed ${experiment.seed})`;
      await completeRun({
        ...{ experiment, folder, computing, stopped, onpause, modelDir: text('model-dir') },
        problems: flags.problems,
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

  const swept: Swept[] = await Promise.all(
    settings.map(async ({ name, experiments }, i) => {
      const logs = await Promise.all(
        jobs
          .filter(({ setting }) => setting === settings[i])
          .map((job) => completeLog({ ...job, modelDir: text('model-dir') })),
      );
      const evaluated = await evaluatedOn(experiments[0], text('model-dir'), flags.problems);
      return { name, logs: logs.filter((log) => log !== null), evaluated };
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
