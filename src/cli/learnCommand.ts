/**
 * What `npm run learn` does: trains a model that others trained on problems of one kind, some seeds, and as many runs whose rewards are
 * shuffled within each group, which must not learn; then compares held-out tasks before and after, task by task.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grid } from '../bench/table.ts';
import { FlagError, helpText, type ExtraOptions } from '../config/flags.ts';
import type { FieldName } from '../config/fields.ts';
import { decisionSettings } from '../config/presets.ts';
import { paired, type Measure } from '../rl/paired.ts';
import type { RunLog } from '../train/log.ts';
import { baselineIn } from './baseline.ts';
import { backendOptions, duration, modelDirOption, type Command } from './common.ts';
import { modelOption, withOtherModel } from './otherModel.ts';
import { checkIsOther, parseTrainingFlags, startOptions, trainingFields } from './startFrom.ts';
import { completeJobs, jobsOf, type Job } from './sweep/jobs.ts';
import { axesOf, planOf, seedsOf } from './sweep/plan.ts';

const options: ExtraOptions = {
  seeds: { value: 'LIST', help: 'Seeds, like 1,2,3 or 1..5; 1..3 unless given.' },
  out: { value: 'DIR', help: 'Folder of the runs; runs/learn unless given.' },
  table: { value: '', help: 'Only write the table of what is there.' },
  ...modelDirOption,
  ...startOptions,
  ...backendOptions,
};
const usage = `npm run learn -- --model PATH [flags]

Examples
  npm run boost -- --model model.gguf --max-new-tokens 48 --out runs/boosted
  npm run learn -- --model runs/boosted
  npm run learn -- --model runs/boosted --seeds 1 --out runs/once

Trains a model that others trained (best what npm run boost left of it) on public/problems/decisions.jsonl, or --problems FILE, and
a control with rewards shuffled within each group; writes DIR/learn.md: held-out tasks before and after, with the standard error of
their differences. The same command again goes on where it stopped. Ctrl-C finishes the update under way.`;

/** Fields that this command sets itself, each in a run of its own. */
const ownFields: readonly FieldName[] = ['seed', 'control'];
const helpFields = trainingFields.filter((name) => !ownFields.includes(name));

/** With the settings that were fixed for it, unless another experiment is given, or none is needed. */
function withPreset(argv: readonly string[]): string[] {
  const given = (flag: string) => argv.some((one) => one === flag || one.startsWith(`${flag}=`));
  const settled = ['--preset', '--experiment', '--link', '--table', '--help', '-h'].some(given);
  return settled ? [...argv] : ['--preset', 'decisions', ...argv];
}

export const learn: Command = async (argv) => {
  const flags = await parseTrainingFlags(await withOtherModel(withPreset(argv)), options);
  if (flags.help) {
    const flagsOfOwn = { ...modelOption, ...options };
    return void process.stdout.write(helpText(usage, flagsOfOwn, helpFields, decisionSettings));
  }
  const text = (name: string) => flags.options[name] as string | undefined;
  if ('seed' in flags.changes) throw new FlagError('--seed: the seeds are given by --seeds.');
  if ('control' in flags.changes) throw new FlagError('--control: both are run; leave it out.');
  if (!flags.options['table']) checkIsOther(flags.experiment);
  const out = text('out') ?? 'runs/learn';
  const settings = planOf(
    flags.experiment,
    axesOf('control=none,shuffled'),
    seedsOf(text('seeds') ?? '1..3'),
  );
  const jobs = jobsOf(settings, out);
  if (!flags.options['table'])
    await completeJobs(jobs, {
      baseline: (experiment, backend) => baselineIn(out, experiment, backend),
      modelDir: text('model-dir'),
      problems: flags.problems,
      options: flags.options,
    });
  const table = await learningTable(jobs);
  const peak = `\nPeak resident memory of this process: ${((process.resourceUsage().maxRSS * 1024) / 1e9).toFixed(2)} GB.\n`;
  const report = flags.options['table'] ? table : table + peak;
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'learn.md'), `# Does it learn?\n\n${report}`);
  process.stdout.write(report);
};

const columns: readonly (readonly [label: string, measure: Measure, turn: number])[] = [
  ['tests passed@t1', 'tests_passed', 1],
  ['tests passed@t2', 'tests_passed', 2],
  ['accuracy@t1', 'accuracy', 1],
  ['accuracy@t2', 'accuracy', 2],
];

export const learningHeads = ['run', 'seed', 'updates', ...columns.map(([label]) => label), 'time an update'];

/** What the runs in their folders have come to, complete or not. */
async function learningTable(jobs: readonly Job[]): Promise<string> {
  const found = await Promise.all(
    jobs.map(async ({ setting, folder }) => ({
      name: setting.name === 'control=none' ? 'rewards' : 'shuffled',
      log: existsSync(join(folder.path, 'log.jsonl')) ? (await folder.find()).log : null,
    })),
  );
  const rows = found.flatMap(({ name, log }) => (log ? [{ name, log }] : []));
  const ofRuns = rows.flatMap(({ name, log }) =>
    log
      .entriesOf('evaluation')
      .filter(({ step }) => step > 0)
      .map(({ step }) => rowOf(name, String(log.manifest.experiment.seed), step, [log])),
  );
  const ofSeeds = ['rewards', 'shuffled'].flatMap((name) => {
    const logs = rows.filter((row) => row.name === name).map(({ log }) => log);
    const whole = logs.filter((log) => log.step >= log.manifest.experiment.steps);
    const steps = whole.map((log) => log.step);
    return whole.length > 1 ? [rowOf(name, `${whole.length} seeds`, Math.min(...steps), whole)] : [];
  });
  const running = rows
    .filter(({ log }) => log.step < log.experimentAt(log.step).steps)
    .map(({ name, log }) => `${name}, seed ${log.manifest.experiment.seed}: at update ${log.step}`);
  return [
    'Held-out tasks, greedy, before → after; in brackets the gain in points ± its standard error over tasks, which are paired.',
    grid(learningHeads, [...ofRuns, ...ofSeeds]),
    running.length > 0 ? `Under way: ${running.join('; ')}.\n` : '',
  ].join('\n\n');
}

/** Of a run, or several seeds of one, what `learningHeads` name, after a number of updates; those that were not evaluated then say nothing. */
export function rowOf(name: string, seed: string, step: number, logs: readonly RunLog[]): string[] {
  const pairs = logs.flatMap((log) => {
    const at = (wanted: number) => log.entriesOf('evaluation').find((one) => one.step === wanted)?.outcomes;
    const [before, after] = [at(0), at(step)];
    return before && after ? [{ before, after }] : [];
  });
  const times = logs.flatMap((log) =>
    log
      .entriesOf('update')
      .filter((update) => update.step <= step)
      .map(({ timing }) => timing.total),
  );
  const median = times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;
  return [
    ...[name, seed, String(step)],
    ...columns.map(([, measure, turn]) => {
      const { before, after, gain, error } = paired(pairs, turn, measure);
      const points = (share: number) => (100 * share).toFixed(1);
      return `${points(before)} → ${points(after)} (${gain > 0 ? '+' : ''}${points(gain)} ± ${points(error)})`;
    }),
    duration(median / 1000),
  ];
}
