/**
 * Measures speed: our model against stock TensorFlow.js and the back end's own matrix product, grading, a whole update.
 *
 *     npm run bench -- --quick --json bench.json
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { runBench } from '../bench/run.ts';
import { benchWeights } from '../bench/sizes.ts';
import { benchTable } from '../bench/table.ts';
import { defaultExperiment } from '../config/experiment.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { tinyLlama } from '../model/config.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import {
  backendOptions,
  loadModel,
  loadTokenizer,
  openNodeBackend,
  progressLine,
  projectRoot,
  runCommand,
  shippedModel,
} from './common.ts';

const options: ExtraOptions = {
  quick: { value: '', help: 'Fewer sizes and rounds: about a minute.' },
  json: { value: 'FILE', help: 'Also write the report to this file.' },
  model: {
    value: 'DIR',
    help:
      'Model of the whole update: a folder, the name of a shipped model, or "random" for random weights; ' +
      'boost unless given.',
  },
  clock: {
    value: 'NAME',
    help:
      'What times matmul, training and generation; wall unless given. cpu = processor time of this process, which a busy ' +
      'machine disturbs less; not for webgpu.',
    choices: ['wall', 'cpu'],
  },
  ...backendOptions,
};
const usage = `npm run bench -- [flags]

Measures training, generation, grading and a whole update, beside a plain TensorFlow.js model, and prints Markdown tables.
Compare figures of one run only; close what else keeps the machine busy.`;

await runCommand(async (argv) => {
  const flags = parseFlags(argv, options, []);
  if (flags.help) return void process.stdout.write(helpText(usage, options, []));
  const model = (flags.options['model'] as string | undefined) ?? 'boost';
  const { checkpoint, tokenizer } = await updateModel(model);
  const backend = await openNodeBackend(flags.options);
  const byProcessor = flags.options['clock'] === 'cpu';
  if (byProcessor && backend.name === 'webgpu') {
    throw new FlagError('--clock cpu does not see what a GPU does; use --clock wall.');
  }
  const line = progressLine();
  const cores = cpus();
  const report = await runBench({
    quick: flags.options['quick'] === true,
    backend,
    machine: `${cores[0]?.model.trim() ?? 'unknown processor'}, ${cores.length} cores, Node ${process.versions.node}`,
    python: {
      createSandbox: (workers) => createNodeSandbox({ workers }),
      memoryBytes: () => process.memoryUsage.rss(),
      subject: { experiment: defaultExperiment, checkpoint, tokenizer, model },
    },
    clock: byProcessor
      ? { name: 'processor time', now: processorTime }
      : { name: 'wall time', now: () => performance.now() },
    onProgress: ({ what, done, total }) => line.show(`${what} (${Math.floor(done) + 1} of ${total})`),
  });
  line.end();
  process.stdout.write(benchTable(report));
  const file = flags.options['json'];
  if (typeof file === 'string') await writeFile(file, JSON.stringify(report, null, 2) + '\n');
});

/** Milliseconds of processor time, all threads of this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function updateModel(named: string) {
  if (named !== 'random') return loadModel(existsSync(named) ? named : shippedModel(named));
  const tokenizer = await loadTokenizer(join(projectRoot, 'public/models'));
  const config = tinyLlama(tokenizer.size);
  return { checkpoint: { config, weights: benchWeights(config) }, tokenizer };
}
