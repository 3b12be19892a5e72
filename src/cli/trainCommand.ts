/** What `npm run train` does: the same experiments as the page, without a browser. */
import { withChanges } from '../config/experiment.ts';
import { FlagError, helpText, type ExtraOptions } from '../config/flags.ts';
import { measureRates } from '../engine/index.ts';
import { fileName } from '../exports/fileName.ts';
import type { RunEvent } from '../train/messages.ts';
import { workloadOf } from '../train/workload.ts';
import {
  backendOptions,
  duration,
  loadModel,
  modelDirOption,
  modelFolderOf,
  openNodeBackend,
  percent,
  perTurn,
  progressLine,
  reopenNodeBackend,
  version,
  type Command,
} from './common.ts';
import { modelOption, withOtherModel } from './otherModel.ts';
import { drive } from './drive.ts';
import { untilInterrupted } from './interrupt.ts';
import { problemsOfRun } from './ownProblems.ts';
import { modelOf, openRunAt, isRunFile } from './packedRun.ts';
import { trainingCommand } from './places.ts';
import { nameOfModel, RunFolder } from './runFolder.ts';
import { parseTrainingFlags, startOptions, trainingFields } from './startFrom.ts';
import { updateTime } from './updateTime.ts';

export const options: ExtraOptions = {
  out: {
    value: 'DIR',
    help: 'Folder for the run: its log, metrics, experiment and checkpoints; runs/<preset>-seed<seed> unless given.',
  },
  resume: {
    value: 'PATH',
    help:
      'Go on with the run in this folder, or in this file that the page or npm run export saved, exactly where it stopped. Only ' +
      '--steps may be given with it; with a file also --out and --model-dir.',
  },
  metrics: {
    value: '',
    help: 'Also write each line of metrics.jsonl to standard output, as soon as it is there.',
  },
  ...modelDirOption,
  ...backendOptions,
};
const usage = `${trainingCommand} [flags]

Examples
  ${trainingCommand} --preset default --seed 1 --out runs/x
  ${trainingCommand} --resume runs/x --steps 200
  ${trainingCommand} --preset short-problems --model runs/boosted --out runs/y

Trains a model with CoCoS and writes DIR/log.jsonl with DIR/blobs/ (everything that happened), DIR/metrics.jsonl (one line per
update), DIR/experiment.json, DIR/checkpoint/ (the last model) and DIR/reference/ (the model it began with).
Ctrl-C saves a checkpoint first; a second Ctrl-C stops at once.`;

/** Trains, or goes on with a run. */
export const train: Command = async (argv) => {
  const flags = await parseTrainingFlags(await withOtherModel(argv), options);
  if (flags.help)
    return void process.stdout.write(
      helpText(usage, { ...modelOption, ...startOptions, ...options }, trainingFields),
    );
  const text = (name: string) => flags.options[name] as string | undefined;

  const resume = text('resume');
  const file = resume !== undefined && isRunFile(resume) ? resume : null;
  const start = Object.keys(startOptions).find((name) => flags.options[name] !== undefined);
  const ofFile = ['out', 'model-dir'].find((name) => file === null && flags.options[name] !== undefined);
  const other = Object.keys(flags.changes).find((name) => name !== 'steps') ?? start ?? ofFile;
  if (resume !== undefined && other !== undefined) {
    throw new FlagError(
      `--resume goes on with the run's own experiment; only --steps may change, not ${other}.`,
    );
  }
  const folder = file
    ? await unpacked(file, text('out'), text('model-dir'))
    : new RunFolder(resume ?? text('out') ?? `runs/${flags.preset}-seed${flags.experiment.seed}`);
  const found = resume === undefined ? null : await folder.find();
  if (!found) folder.checkFree();
  const experiment = found ? withChanges(found.experiment, flags.changes) : flags.experiment;
  const { steps } = experiment;
  if (found?.state && found.state.step >= steps) {
    const { step } = found.state;
    process.stderr.write(
      `${folder.path} is already at update ${step}, and the run ends after ${steps}: nothing was done. ` +
        `To go on: ${trainingCommand} --resume ${folder.path} --steps N, with N above ${step}\n`,
    );
    return;
  }
  for (const note of found?.notes ?? []) process.stderr.write(`${note}\n`);
  const problems = found?.log ? await problemsOfRun(found.log, folder.path, experiment) : flags.problems;
  const modelFolder = found ? folder.reference : await modelFolderOf(text('model-dir'), experiment);
  const model = await loadModel(modelFolder);
  if (found) await folder.checkReference(found.log);

  const backend = await openNodeBackend(flags.options, async () => workloadOf(model.config, experiment));
  if (experiment.model === 'other') {
    process.stderr.write(`${await updateTime(model.config, experiment, measureRates)}\n`);
  }
  const circumstances = {
    build: version,
    backend: backend.name,
    device: backend.device,
    model: nameOfModel(text('model-dir'), experiment),
    experiment,
  };

  const line = progressLine();
  const turns = Array.from({ length: experiment.turns }, (_, t) => `@t${t + 1}`);
  const first = found?.state?.step ?? 0;
  let step = first;
  let began = performance.now();
  let rewards = '';
  let accuracy = '–';
  const show = () => {
    const perMinute = (60_000 * (step - first)) / (performance.now() - began);
    line.show(
      `update ${step}/${steps}  reward ${rewards}  held-out accuracy ${accuracy}  ` +
        `${perMinute.toFixed(1)} updates/min  ${duration((60 * (steps - step)) / perMinute)} left`,
    );
  };
  const showAccuracy = (metrics: Readonly<Record<string, number>>) => {
    accuracy = perTurn(turns.map((turn) => percent(metrics[`eval/accuracy${turn}`])));
    if (step > first) show();
  };
  const hear = (event: RunEvent) => {
    if (event.type === 'update') {
      step = event.record.step;
      rewards = perTurn(turns.map((turn) => event.record.metrics[`train/reward${turn}`].toFixed(3)));
      show();
    }
    if (event.type === 'eval') showAccuracy(event.record.metrics);
    if (event.type === 'notice') {
      line.end();
      process.stderr.write(`${event.message}\n`);
    }
  };

  const showMetrics = (written: string) => {
    line.end();
    process.stdout.write(written);
  };
  const openLog = async () => {
    const log = await (found
      ? folder.resume(found, circumstances)
      : folder.begin(circumstances, model, problems));
    const last = log.entriesOf('evaluation').at(-1);
    if (last) showAccuracy(last.metrics);
    await folder.completeMetrics(log, first);
    return folder.keeping(log, model, flags.options['metrics'] ? showMetrics : undefined);
  };
  await untilInterrupted(async ({ stopped, onpause }) => {
    const run = await drive({
      ...{ experiment, model, backend, hear, openLog },
      problems,
      reopen: () => reopenNodeBackend(flags.options),
      ...(found?.state ? { state: found.state } : {}),
    });
    onpause(run.pause);
    began = performance.now();
    try {
      if (!stopped()) await run.train();
    } finally {
      line.end();
    }
    const how = stopped() ? 'stopped' : 'done';
    process.stderr.write(
      `${how} at update ${step}; go on with: ${trainingCommand} --resume ${folder.path}\n`,
    );
    await run.dispose();
    folder.leave();
  });
};

/** The run of a file, in a folder of its own. @throws Error when the file is none, its model is not to be had, or the folder is taken */
async function unpacked(
  file: string,
  out: string | undefined,
  modelDir: string | undefined,
): Promise<RunFolder> {
  const run = await openRunAt(file);
  const folder = new RunFolder(out ?? `runs/${fileName(run.name)}`);
  folder.checkFree();
  await folder.take(await run.files(), await modelOf(run.log.manifest, null, modelDir));
  process.stderr.write(`${file} is now the folder ${folder.path}.\n`);
  return folder;
}
