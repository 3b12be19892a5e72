/**
 * Trains with CoCoS from the command line: the same experiments as the page, without a browser.
 *
 *     npm run train -- --preset default --steps 100 --seed 1 --out runs/x
 *     npm run train -- --resume runs/x
 */
import { withChanges } from '../config/experiment.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import type { RunLog } from '../train/log.ts';
import { TrainingRun } from '../train/run.ts';
import {
  backendOptions,
  duration,
  loadModel,
  openNodeBackend,
  percent,
  perTurn,
  progressLine,
  reopenNodeBackend,
  runCommand,
  shippedModel,
  version,
} from './common.ts';
import { nameOfModel, RunFolder } from './runFolder.ts';

const options: ExtraOptions = {
  out: {
    value: 'DIR',
    help: 'Folder for the run: its log, metrics, experiment and checkpoints; runs/<preset>-seed<seed> unless given.',
  },
  resume: {
    value: 'DIR',
    help: 'Go on with the run in this folder, exactly where it stopped. Only --steps may be given along.',
  },
  'model-dir': { value: 'DIR', help: 'Model folder to start from, instead of a shipped one (see --model).' },
  ...backendOptions,
};
const usage = `npm run train -- [flags]

Trains a model with CoCoS and writes DIR/log.jsonl with DIR/blobs/ (everything that happened), DIR/metrics.jsonl (one line per
update), DIR/experiment.json, DIR/checkpoint/ (the last model) and DIR/reference/ (the model it began with).
Ctrl-C saves a checkpoint first; a second Ctrl-C stops at once.`;

/** Updates between checkpoints. */
const checkpointEvery = 25;

await runCommand(async (argv) => {
  const flags = parseFlags(argv, options);
  if (flags.help) return void process.stdout.write(helpText(usage, options));
  const text = (name: string) => flags.options[name] as string | undefined;

  const resume = text('resume');
  const other = Object.keys(flags.changes).find((name) => name !== 'steps');
  if (resume !== undefined && (other !== undefined || flags.options['out'] !== undefined)) {
    throw new FlagError(
      `--resume goes on with the run's own experiment; only --steps may change, not ${other ?? 'out'}.`,
    );
  }
  const folder = new RunFolder(resume ?? text('out') ?? `runs/${flags.preset}-seed${flags.experiment.seed}`);
  const found = resume === undefined ? null : await folder.find();
  if (!found) folder.checkFree();
  const experiment = found ? withChanges(found.experiment, flags.changes) : flags.experiment;
  const { steps } = experiment;
  if (found?.state && found.state.step >= steps) {
    const { step } = found.state;
    process.stderr.write(
      `${folder.path} is already at update ${step}, and the run ends after ${steps}: nothing was done. ` +
        `To go on: npm run train -- --resume ${folder.path} --steps N, with N above ${step}\n`,
    );
    return;
  }
  for (const note of found?.notes ?? []) process.stderr.write(`${note}\n`);
  const modelFolder = found ? folder.reference : (text('model-dir') ?? shippedModel(experiment.model));
  const model = await loadModel(modelFolder);
  if (found) await folder.checkReference(found.log);

  const backend = await openNodeBackend(flags.options);
  const sandbox = createNodeSandbox();
  await sandbox.ready();
  const line = progressLine();
  const run = await TrainingRun.start(
    experiment,
    {
      backend,
      checkpoint: model.checkpoint,
      tokenizer: model.tokenizer,
      sandbox,
      reopen: () => reopenNodeBackend(flags.options),
      onRecovery: ({ message }) => {
        line.end();
        process.stderr.write(`${message}\n`);
        // When the log cannot be written, the next entry says so.
        void log.notice('warning', message, run.step).catch(() => undefined);
      },
    },
    found?.state ?? undefined,
  );
  const circumstances = {
    build: version,
    backend: backend.name,
    device: backend.device,
    model: nameOfModel(text('model-dir'), experiment),
    experiment,
  };
  const log: RunLog = await (found
    ? folder.resume(found, circumstances)
    : folder.begin(circumstances, model));

  let stop = false;
  let asked = 0;
  process.on('SIGINT', () => {
    // Under npm one Ctrl-C comes twice: from the terminal and from npm, which passes it on.
    if (stop && performance.now() - asked < 1000) return;
    if (stop) process.exit(130);
    stop = true;
    asked = performance.now();
    process.stderr.write('\nstopping after this update; Ctrl-C again stops at once\n');
  });

  const turns = Array.from({ length: experiment.turns }, (_, t) => `@t${t + 1}`);
  const accuracy = () => {
    const last = log.entriesOf('evaluation').at(-1)?.metrics;
    return last ? perTurn(turns.map((turn) => percent(last[`eval/accuracy${turn}`]))) : '–';
  };
  const evaluateWhenDue = async () => {
    const evaluated = log.entriesOf('evaluation').some(({ step }) => step === run.step);
    const due = run.step % experiment.evalEvery === 0 || run.step === steps;
    if (due && !evaluated) await log.evaluation(await run.evaluate());
  };
  let saved = found?.state?.step;
  const save = async () => {
    if (saved === run.step) return;
    await folder.saveCheckpoint(log, run.state, model);
    saved = run.step;
  };

  await evaluateWhenDue();
  await folder.completeMetrics(log, run.step);
  await save();
  const began = performance.now();
  const first = run.step;
  try {
    while (run.step < steps && !stop) {
      const record = await run.update();
      await log.update(record);
      await evaluateWhenDue();
      const { step, metrics } = record;
      await folder.appendMetrics(log, step);
      const perMinute = (60_000 * (step - first)) / (performance.now() - began);
      const rewards = perTurn(turns.map((turn) => metrics[`train/reward${turn}`].toFixed(3)));
      line.show(
        `update ${step}/${steps}  reward ${rewards}  held-out accuracy ${accuracy()}  ` +
          `${perMinute.toFixed(1)} updates/min  ${duration((60 * (steps - step)) / perMinute)} left`,
      );
      if (step % checkpointEvery === 0) await save();
    }
  } finally {
    await save(); // also when an update fails: the trainer is then as it was before that update
    line.end();
  }
  process.stderr.write(
    `${stop ? 'stopped' : 'done'} at update ${run.step}; go on with: npm run train -- --resume ${folder.path}\n`,
  );
  run.dispose();
  sandbox.dispose();
});
