/**
 * Measures speed: our model against stock TensorFlow.js, jax-js and the back end's own matrix product, grading, a whole
 * update, counters, and how cost grows. In a real Chromium, or in Node.
 *
 *     npm run bench -- --quick --json bench.json
 */
import { writeFile } from 'node:fs/promises';
import { growthTable, wholeTable } from '../bench/whole.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { writeDocs } from './bench/docs.ts';
import { backendOptions, progressLine, runCommand } from './common.ts';

const options: ExtraOptions = {
  quick: { value: '', help: 'Fewer sizes and rounds: less than a minute on two cores.' },
  node: { value: '', help: 'In Node instead of Chromium.' },
  json: { value: 'FILE', help: 'Also write the report to this file.' },
  start: {
    value: '',
    help: 'Only how long the built page takes until it is there, ready and evaluated; at first and later visits.',
  },
  smooth: {
    value: '',
    help: 'Only how smoothly the built page runs while it trains, beside the same page at rest.',
  },
  compare: { value: '', help: 'For --smooth: four runs side by side, trained in turns.' },
  visits: { value: 'N', help: 'Visits of each kind for --start; 5 unless given.' },
  site: {
    value: 'DIR',
    help: 'Folder of the built page that --start and --smooth open; built for them unless given.',
  },
  real: {
    value: '',
    help:
      'Only a model of 135 million random weights, held as float32 and in blocks of 8 and 4 bits: reading, writing and ' +
      'learning through an adapter, beside llama.cpp, native and as wllama, which npm installs in .cache/peers at first; in Node.',
  },
  growth: {
    value: '',
    help: 'Only how cost grows with parameters, sequences, their length and turns.',
  },
  docs: {
    value: '',
    help: 'Also write docs/benchmarks.md and docs/growth.svg. Without --growth, everything is measured for them.',
  },
  model: {
    value: 'DIR',
    help:
      'Model of the whole update: a folder, the name of a shipped model, or "random" for random weights; ' +
      'boost unless given.',
  },
  clock: {
    value: 'NAME',
    help:
      'Which clock times matmul, training and generation; wall unless given. cpu = processor time of this process, which ' +
      'a busy machine disturbs less; only with --node, and not with webgpu.',
    choices: ['wall', 'cpu'],
  },
  ...backendOptions,
  backend: {
    value: 'NAME',
    help: 'Back end; auto unless given, in Node wasm. auto = WebGPU on a real GPU, else WASM.',
    choices: ['auto', 'wasm', 'webgpu', 'cpu'],
  },
};
const usage = `npm run bench -- [flags]

Measures training, generation, grading and a whole update, beside a plain TensorFlow.js model and jax-js, and prints
Markdown tables. Compare figures of one run only; close whatever else keeps the machine busy.`;

await runCommand(async (argv) => {
  const { options: given, help } = parseFlags(argv, options, []);
  if (help) return void process.stdout.write(helpText(usage, options, []));
  if (given['clock'] === 'cpu' && !given['node'] && !given['real']) {
    throw new FlagError(
      '--clock cpu needs --node: the processor time of one page in Chromium cannot be measured.',
    );
  }
  const line = progressLine();
  const ofPage = {
    site: typeof given['site'] === 'string' ? given['site'] : undefined,
    onProgress: (what: string, done: number, total: number) => line.show(`${what} (${done + 1} of ${total})`),
  };
  if (given['start']) {
    const { benchStart, startTable } = await import('./bench/start.ts');
    const report = await benchStart({ ...ofPage, visits: wholeNumber(given['visits'] ?? '5') });
    line.end();
    return void process.stdout.write(startTable(report));
  }
  if (given['smooth']) {
    const { benchSmooth, smoothTable } = await import('./bench/smooth.ts');
    const report = await benchSmooth({ ...ofPage, seconds: 30, compares: given['compare'] === true });
    line.end();
    return void process.stdout.write(smoothTable(report));
  }
  if (given['real']) {
    const { benchRealInNode } = await import('./bench/inNode.ts');
    const table = await benchRealInNode(given, (what) => line.show(what));
    line.end();
    return void process.stdout.write(table);
  }
  const onlyGrowth = given['growth'] === true;
  // Only what is asked for is imported: a machine that measures in Node needs no browser's driver and no bundler.
  const bench = given['node']
    ? (await import('./bench/inNode.ts')).benchInNode
    : (await import('./bench/inChromium.ts')).benchInChromium;
  const measured = await bench({
    quick: given['quick'] === true,
    model: (given['model'] as string | undefined) ?? 'boost',
    wants: { report: !onlyGrowth, growth: onlyGrowth || given['docs'] === true },
    options: given,
    onProgress: ({ what, done, total }) =>
      line.show(`${what} (${Math.min(total, Math.floor(done) + 1)} of ${total})`),
  });
  line.end();
  const { report, growth } = measured;
  if (report) process.stdout.write(wholeTable(report));
  if (growth) process.stdout.write(growthTable(growth));
  if (given['docs']) await writeDocs(measured);
  const file = given['json'];
  if (typeof file === 'string') {
    await writeFile(file, JSON.stringify({ ...report, ...(growth ? { growth } : {}) }, null, 2) + '\n');
  }
});

/** @throws FlagError */
function wholeNumber(text: string | true): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new FlagError(`--visits must be a whole number above 0, not "${text}".`);
  return number;
}
