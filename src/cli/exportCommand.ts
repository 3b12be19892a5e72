/** What `npm run export` does. */
import { existsSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { experimentFile } from '../config/formats.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { metricsCsv, metricsJsonLines, names, type Measured } from '../exports/metrics.ts';
import { fileName } from '../exports/fileName.ts';
import { modelArchive } from '../exports/modelFolder.ts';
import { rolloutLines } from '../exports/rollouts.ts';
import { packRun, runFileEnding } from '../exports/runFile.ts';
import { unipoHeader, unipoStep } from '../exports/unipo.ts';
import { zip, zipInParts } from '../exports/zip.ts';
import type { UpdateRecord } from '../rl/records.ts';
import type { RunLog } from '../train/log.ts';
import { loadModel, modelDirOption, type Command } from './common.ts';
import { modelOf, nameBelow, openRunAt, runsBelow, isRunFile, type OpenedRun } from './packedRun.ts';

const kinds = ['run', 'model', 'merged', 'metrics', 'rollouts', 'unipo'] as const;
type Kind = (typeof kinds)[number];

const options: ExtraOptions = {
  run: {
    value: 'PATH',
    help: `Folder of a run, or a ${runFileEnding} file; for --what run also a folder of several.`,
  },
  out: {
    value: 'FILE',
    help: 'File to write; of several runs, the folder for their files. Nothing is overwritten.',
  },
  what: {
    value: 'KIND',
    help:
      'run = everything, for the page or another machine; model = a Hugging Face folder in a .zip, of a model of others the adapter as PEFT reads it; merged = of such a run the whole model with its adapter added; metrics = .csv or .jsonl; ' +
      'rollouts = episodes with token ids and log-probabilities, .jsonl; unipo = the same for UNIPO, .jsonl. run unless given.',
    choices: kinds,
  },
  names: {
    value: 'WHOSE',
    help: 'Of metrics: ours, or those of Hugging Face’s TRL for what means the same there. ours unless given.',
    choices: names,
  },
  step: {
    value: 'N',
    help: 'Of the model: after so many updates; the last saved state at or before. The last one unless given.',
  },
  'model-dir': {
    ...modelDirOption['model-dir'],
    help: 'Folder of the model that the run began with, if it is not shipped.',
  },
};
const usage = `npm run export -- --run PATH --out FILE [flags]

Makes a file of a run, for other tools, another machine or the page; docs/export-formats.md describes each.
npm run export -- --to node OUT makes a project of an experiment instead; --to node --help has its flags.`;

/** Writes one kind of file of a run, or a file for each of several runs. */
export const exportCommand: Command = async (argv) => {
  const flags = parseFlags(argv, options, []);
  if (flags.help) return void process.stdout.write(helpText(usage, options, []));
  const text = (name: string) => flags.options[name] as string | undefined;
  const [path, out, kind] = [text('run'), text('out'), (text('what') ?? 'run') as Kind];
  if (path === undefined) throw new FlagError('--run is missing: the folder or file of the run.');
  if (out === undefined) throw new FlagError('--out is missing: the file to write.');
  if (!existsSync(path)) throw new FlagError(`--run: there is no ${path}.`);
  if (text('names') !== undefined && kind !== 'metrics')
    throw new FlagError('--names is for --what metrics only.');
  for (const name of ['step', 'model-dir'])
    if (text(name) !== undefined && kind !== 'model' && kind !== 'merged')
      throw new FlagError(`--${name} is for --what model and merged only.`);

  const runs = isRunFile(path) ? [path] : runsBelow(path);
  if (runs.length === 0)
    throw new FlagError(`--run: ${path} holds no run: there is no log.jsonl in it or below.`);
  if (runs.length > 1) {
    if (kind !== 'run')
      throw new FlagError(`--run: ${path} holds ${runs.length} runs; --what ${kind} is of one.`);
    for (const run of runs) {
      const name = nameBelow(path, run);
      await write(
        join(out, fileName(name) + runFileEnding),
        await packRun(await (await openRunAt(run, name)).files()),
      );
    }
    return;
  }
  const run = await openRunAt(runs[0]);
  await write(out, await contentOf(kind, run, out, text));
};

type Content = Uint8Array | string | AsyncIterable<Uint8Array>;

async function contentOf(
  kind: Kind,
  run: OpenedRun,
  out: string,
  text: (name: string) => string | undefined,
): Promise<Content> {
  const { log } = run;
  switch (kind) {
    case 'run':
      ending(out, kind, runFileEnding);
      return packRun(await run.files());
    case 'model':
    case 'merged':
      ending(out, kind, '.zip');
      return model(run, text('step'), text('model-dir'), kind === 'merged');
    case 'metrics': {
      const under = text('names') === 'trl' ? 'trl' : 'ours';
      return ending(out, kind, '.csv', '.jsonl') === '.csv'
        ? metricsCsv(measuredIn(log), under)
        : metricsJsonLines(measuredIn(log), under);
    }
    case 'rollouts':
      ending(out, kind, '.jsonl');
      return (await recordsIn(log)).map(rolloutLines).join('');
    case 'unipo': {
      ending(out, kind, '.jsonl');
      const header = unipoHeader(log.manifest.experiment, log.manifest.model.name);
      return header + (await recordsIn(log)).map(unipoStep).join('');
    }
    default:
      return kind satisfies never;
  }
}

/** What was measured, as a log has it. */
const measuredIn = (log: RunLog): Measured => ({
  updates: log.entriesOf('update'),
  evaluations: log.entriesOf('evaluation'),
  changes: log.entriesOf('change'),
  experimentAt: (step) => log.experimentAt(step),
});

/** Updates whose episodes are kept; of how many they are not, is said. */
async function recordsIn(log: RunLog): Promise<UpdateRecord[]> {
  const steps = log.entriesOf('update').map(({ step }) => step);
  const records: UpdateRecord[] = [];
  for (const step of steps) {
    const record = await log.updateRecord(step);
    if (record) records.push(record);
  }
  const missing = steps.length - records.length;
  if (missing > 0)
    process.stderr.write(
      `The episodes of ${missing} of ${steps.length} updates are not kept any more; they are left out.\n`,
    );
  return records;
}

async function model(
  run: OpenedRun,
  given: string | undefined,
  modelDir: string | undefined,
  merged: boolean,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  const { log, folder, name } = run;
  const wanted = given === undefined ? Infinity : Number(given);
  if (given !== undefined && !(Number.isInteger(wanted) && wanted >= 0))
    throw new FlagError(`--step must be a whole number from 0, not "${given}".`);
  const state = await log.stateAt(wanted);
  if (!state) throw new Error(`No state of the run is kept at update ${given ?? 'any'} or before.`);
  if (given !== undefined && state.step !== wanted)
    process.stderr.write(`The last saved state before update ${wanted} is that of update ${state.step}.\n`);
  const began = await loadModel(await modelOf(log.manifest, folder, modelDir));
  const e = log.experimentAt(state.step);
  if (began.adapter(e)) {
    const about = new TextEncoder().encode(`${JSON.stringify(experimentFile(e), null, 2)}\n`);
    const withAbout = <T>(files: Readonly<Record<string, T>>) =>
      new Map<string, T | Uint8Array>([...Object.entries(files), ['experiment.json', about]]);
    if (merged) return zipInParts(withAbout(began.merged(e, state.weights)));
    return zip(withAbout(began.files(e, state.weights)));
  }
  if (merged)
    throw new FlagError('--what merged is of a run with an adapter; this one has none: take model.');
  const files = began.files(e, state.weights);
  return modelArchive(new Map(Object.entries(files)), {
    name,
    ...{ model: log.manifest.model, backend: log.manifest.backend, build: log.manifest.build },
    experiment: log.experimentAt(state.step),
    step: state.step,
    evaluated: log.entriesOf('evaluation').findLast(({ step }) => step <= state.step) ?? null,
  });
}

function ending(out: string, kind: Kind, ...allowed: readonly string[]): string {
  const found = extname(out);
  if (allowed.includes(found)) return found;
  throw new FlagError(`--out: a file of ${kind} ends in ${allowed.join(' or ')}, not in "${found}".`);
}

async function write(file: string, content: Content): Promise<void> {
  if (existsSync(file))
    throw new FlagError(`--out: ${file} is there already. Choose another name, or delete it first.`);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, content, { flush: true });
  } catch (error) {
    await rm(file, { force: true }); // what there is of it is of no use
    throw error;
  }
  const { size } = await stat(file);
  process.stderr.write(`${file}: ${size.toLocaleString('en')} bytes\n`);
}
