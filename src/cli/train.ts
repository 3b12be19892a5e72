/**
 * Trains with CoCoS from the command line: the same experiments as the page, without a browser.
 *
 *     npm run train -- --preset default --steps 100 --seed 1 --out runs/x
 *     npm run train -- --resume runs/x
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withChanges } from '../config/experiment.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import { LoadedModel } from '../train/loaded.ts';
import {
  backendOptions,
  duration,
  loadModel,
  openNodeBackend,
  percent,
  progressLine,
  reopenNodeBackend,
  runCommand,
  saveModel,
  shippedModel,
} from './common.ts';
import { RunFolder } from './runFolder.ts';

const options: ExtraOptions = {
  out: {
    value: 'DIR',
    help: 'Folder for the metrics, the experiment and checkpoints; runs/<preset>-seed<seed> unless given.',
  },
  resume: {
    value: 'DIR',
    help: 'Go on with the run in this folder, exactly where it stopped. Only --steps may be given along.',
  },
  'model-dir': { value: 'DIR', help: 'Model folder to start from, instead of a shipped one (see --model).' },
  ...backendOptions,
};
const usage = `npm run train -- [flags]

Trains a model with CoCoS and writes DIR/metrics.jsonl (one line per update), DIR/experiment.json, DIR/checkpoint/ and
DIR/reference/ (the model it began with).
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
  const found = resume ? await folder.experiment() : undefined;
  const experiment = found ? withChanges(found.experiment, flags.changes) : flags.experiment;
  if (!found) folder.checkFree();
  const saved = resume ? await folder.loadCheckpoint() : undefined;
  const modelFolder = resume ? folder.reference : (text('model-dir') ?? shippedModel(experiment.model));
  const { checkpoint, tokenizer } = await loadModel(modelFolder);
  const tokenizerJson = await readFile(join(modelFolder, 'tokenizer.json'));

  const backend = await openNodeBackend(flags.options);
  const sandbox = createNodeSandbox();
  await sandbox.ready();
  const line = progressLine();
  const loaded = new LoadedModel({
    ...{ model: experiment.model, backend, checkpoint, tokenizer, sandbox },
    reopen: () => reopenNodeBackend(flags.options),
  });
  const run = await loaded.begin(experiment, {
    ...(saved ? { state: saved } : {}),
    onRecovery: (message) => {
      line.end();
      process.stderr.write(`${message}\n`);
    },
  });
  if (saved) {
    if (found?.migration) process.stderr.write(`${found.migration} Written in today's format.\n`);
    await folder.saveExperiment(experiment);
    await folder.rewindMetrics(saved.step);
  } else {
    await folder.create(experiment);
    await saveModel(folder.reference, checkpoint, tokenizerJson, tokenizer);
  }

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
  const save = async () => folder.saveCheckpoint(checkpoint.config, run.state, tokenizer, tokenizerJson);

  let accuracy = '';
  const evaluate = async () => {
    const { metrics } = await run.evaluate();
    accuracy = Array.from({ length: experiment.turns }, (_, t) =>
      percent(metrics[`eval/accuracy@t${t + 1}`]),
    ).join(' → ');
    return metrics;
  };
  const due = (step: number) => step % experiment.evalEvery === 0 || step === experiment.steps;

  if (!saved) {
    await folder.appendMetrics({ step: 0, ...(await evaluate()) });
    await save();
  }
  const began = performance.now();
  const first = run.state.step;
  try {
    while (run.state.step < experiment.steps && !stop) {
      const { step, metrics, timing } = await run.update();
      await folder.appendMetrics({
        step,
        ...metrics,
        ...(due(step) ? await evaluate() : {}),
        ...Object.fromEntries(
          Object.entries(timing).map(([stage, ms]) => [`time/${stage}_ms`, Math.round(ms)]),
        ),
      });
      const perMinute = (60_000 * (step - first)) / (performance.now() - began);
      const rewards = Array.from({ length: experiment.turns }, (_, t) =>
        metrics[`train/reward@t${t + 1}`].toFixed(3),
      );
      line.show(
        `update ${step}/${experiment.steps}  reward ${rewards.join(' → ')}  held-out accuracy ${accuracy || '–'}  ` +
          `${perMinute.toFixed(1)} updates/min  ${duration((60 * (experiment.steps - step)) / perMinute)} left`,
      );
      if (step % checkpointEvery === 0) await save();
    }
  } finally {
    await save(); // also when an update fails: the trainer is then as it was before that update
    line.end();
  }
  process.stderr.write(
    `${stop ? 'stopped' : 'done'} at update ${run.state.step}; go on with: npm run train -- --resume ${folder.path}\n`,
  );
  run.dispose();
  loaded.dispose();
});
