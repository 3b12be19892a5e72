/** What `npm run reproduce` does: an experiment for several seeds, as a table. */
import { join } from 'node:path';
import { withChanges } from '../config/experiment.ts';
import { helpText, type ExtraOptions } from '../config/flags.ts';
import { RunLog } from '../train/log.ts';
import { MemoryStore } from '../train/store.ts';
import {
  backendOptions,
  duration,
  loadModel,
  modelDirOption,
  modelFolderOf,
  openNodeBackend,
  percent,
  progressLine,
  reopenNodeBackend,
  version,
  type Command,
} from './common.ts';
import { modelOption, withOtherModel } from './otherModel.ts';
import { drive } from './drive.ts';
import { manifestOf, nameOfModel, RunFolder } from './runFolder.ts';
import { parseTrainingFlags, startOptions, trainingFields } from './startFrom.ts';
import { seedsOf } from './sweep/plan.ts';

const options: ExtraOptions = {
  seeds: { value: 'LIST', help: 'Seeds, like 1,2,3 or 1..5; 1,2,3 unless given.' },
  ...modelDirOption,
  out: {
    value: 'DIR',
    help: 'Keep every run: its folder is DIR/seed-N, as npm run train writes it. Nothing is kept unless given.',
  },
  ...backendOptions,
};
const usage = `npm run reproduce -- [flags]

Trains once per seed and prints a Markdown table of held-out metrics (greedy) before, on the way and after.`;

/** Updates between two evaluations, so rows, of a seed, unless --eval-every says otherwise. */
const rowEvery = 50;

const columns = ['accuracy@t1', 'accuracy@t2', 'delta_i_to_c', 'delta_c_to_i', 'edit_distance', 'copy_rate'];

/** Nobody looks at single answers here, and no state is gone back to. */
const tableOnly = { rolloutBytes: 0, checkpoints: 0 };

/** A row of the table: a run as it was after one of its evaluations. Times are those of the updates alone. */
function rowOf(log: RunLog, step: number): string {
  const updates = log.entriesOf('update').filter((update) => update.step <= step);
  const metrics = log.entriesOf('evaluation').find((evaluation) => evaluation.step === step)?.metrics ?? {};
  const seconds = updates.reduce((sum, { timing }) => sum + timing.total, 0) / 1000;
  const last = updates.at(-1)?.metrics;
  const cells = [
    log.manifest.experiment.seed,
    step,
    ...columns.map((name) => percent(metrics[`eval/${name}`])),
    ...[1, 2].map((t) => (last ? (last[`train/kl@t${t}`] ?? NaN) : 0).toFixed(2)),
    duration(seconds),
    step > 0 ? ((60 * step) / seconds).toFixed(0) : '–',
  ];
  return `| ${cells.join(' | ')} |\n`;
}

export const reproduce: Command = async (argv) => {
  const flags = await parseTrainingFlags(await withOtherModel(argv), options);
  const { problems } = flags;
  if (flags.help)
    return void process.stdout.write(
      helpText(usage, { ...modelOption, ...startOptions, ...options }, trainingFields),
    );
  const text = (name: string) => flags.options[name] as string | undefined;
  const seeds = seedsOf(text('seeds') ?? '1,2,3');
  const out = text('out');
  const folders = seeds.map((seed) => (out === undefined ? null : new RunFolder(join(out, `seed-${seed}`))));
  for (const folder of folders) folder?.checkFree();
  const modelFolder = await modelFolderOf(text('model-dir'), flags.experiment);
  const model = await loadModel(modelFolder);
  let backend = await openNodeBackend(flags.options);
  const line = progressLine();
  const heads = ['seed', 'updates', ...columns, 'kl@t1', 'kl@t2', 'time', 'updates/min'];
  process.stdout.write(`| ${heads.join(' | ')} |\n|${heads.map(() => '---').join('|')}|\n`);

  for (const [at, seed] of seeds.entries()) {
    const experiment = withChanges(flags.experiment, { evalEvery: rowEvery, ...flags.changes, seed });
    const folder = folders[at];
    const circumstances = {
      build: version,
      backend: backend.name,
      device: backend.device,
      model: nameOfModel(text('model-dir'), experiment),
      experiment,
    };
    const log = await (folder
      ? folder.begin(circumstances, model, problems)
      : RunLog.create(new MemoryStore(), await manifestOf(circumstances, modelFolder), tableOnly));
    const run = await drive({
      ...{ experiment, model, backend, problems },
      reopen: async () => (backend = await reopenNodeBackend(flags.options)),
      openLog: () => Promise.resolve(folder ? folder.keeping(log, model) : log),
      hear(event) {
        if (event.type === 'eval') process.stdout.write(rowOf(log, event.record.step));
        if (event.type === 'update') {
          const { step, timing } = event.record;
          line.show(`seed ${seed}: update ${step}/${experiment.steps}, ${Math.round(timing.total)} ms`);
        }
        if (event.type === 'notice') {
          line.end();
          process.stderr.write(`${event.message}\n`);
        }
      },
    });
    await run.train();
    await run.dispose();
    folder?.leave();
  }
  line.end();
};
