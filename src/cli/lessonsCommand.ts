/** What `npm run lessons` does. */
import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withChanges, type Experiment } from '../config/experiment.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { lessonIds, lessons, type LessonId } from '../lessons/index.ts';
import { judge, type Course } from '../lessons/judge.ts';
import { bringsModel, experimentOf, sides, withBroughtModel, type Side } from '../lessons/lesson.ts';
import { RunLog } from '../train/log.ts';
import { backendOptions, modelDirOption, progressLine, projectRoot, type Command } from './common.ts';
import { completeLog, completeRun, Computing } from './folderRun.ts';
import { FolderStore } from './folderStore.ts';
import { untilInterrupted, type Interruptible } from './interrupt.ts';
import { judgedLine, renderLessons, type JudgedRun } from './lessonsReport.ts';
import { withOtherModel } from './otherModel.ts';
import { RunFolder } from './runFolder.ts';
import { parseTrainingFlags } from './startFrom.ts';
import { seedsOf } from './sweep/plan.ts';

const options: ExtraOptions = {
  only: { value: 'LIST', help: `Lessons, separated by commas: ${lessonIds.join(', ')}; all unless given.` },
  seeds: { value: 'LIST', help: 'Seeds, like 1,2,3 or 1..5; 1,2,3 unless given.' },
  model: {
    value: 'PATH',
    help:
      'A model that others trained, best as npm run boost left it, for the lessons about such a model: its folder or .gguf file, or ' +
      'hub:OWNER/NAME. Without it they are not run.',
  },
  updates: {
    value: 'N',
    help: 'Stop each run after so many updates, to try the command; then nothing is written to docs/lessons.md.',
  },
  out: {
    value: 'DIR',
    help: 'Where the runs are kept: DIR/LESSON/run/seed-N and DIR/LESSON/counter/seed-N; runs/lessons unless given.',
  },
  'report-only': { value: '', help: 'Run nothing: write docs/lessons.md from the runs that are there.' },
  ...backendOptions,
};
const usage = `npm run lessons -- [flags]

Runs each lesson's experiment, on which its predicate must hold, and its counter-run, on which it must not; writes docs/lessons.md.
Runs that are complete are not done again, and one that was interrupted goes on where it stopped.`;

function listOf<T>(text: string | undefined, all: readonly T[], read: (item: string) => T): readonly T[] {
  return text === undefined ? all : text.split(',').map((item) => read(item.trim()));
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new FlagError(`--${name} must be whole numbers from ${least}, not "${text}".`);
  return number;
}

function lessonId(text: string): LessonId {
  const found = lessonIds.find((id) => id === text);
  if (found === undefined)
    throw new FlagError(`--only: there is no lesson "${text}". There are ${lessonIds.join(', ')}.`);
  return found;
}

/** Runs the lessons, or reads their runs. */
export const lessonsCommand: Command = async (argv) => {
  const flags = parseFlags(argv, options, []);
  if (flags.help) return void process.stdout.write(helpText(usage, options, []));
  const text = (name: string) => flags.options[name] as string | undefined;
  const ids = listOf(text('only'), lessonIds, lessonId);
  const seeds = seedsOf(text('seeds') ?? '1,2,3');
  const updates = text('updates');
  const short = updates === undefined ? {} : { steps: whole('updates', updates, 1) };
  const out = text('out') ?? join('runs', 'lessons');
  const path = text('model');
  const given = path === undefined ? null : await broughtModel(path);
  const wanted = async (id: LessonId, side: Side, seed: number): Promise<Wanted> => {
    const folder = new RunFolder(join(out, id, side, `seed-${seed}`));
    const brought = bringsModel(lessons[id]) ? (given ?? (await modelOf(folder))) : null;
    const experiment = experimentOf(lessons[id], side, brought?.experiment);
    return {
      ...{ id, side, seed, folder, brought },
      experiment: withChanges(experiment, { seed, ...short }),
    };
  };
  const withoutModel = given ? [] : ids.filter((id) => bringsModel(lessons[id]));
  const runnable = ids.filter((id) => !withoutModel.includes(id));
  if (flags.options['report-only'] !== true && runnable.length === 0)
    throw new FlagError(lacking(withoutModel));

  if (flags.options['report-only'] !== true) {
    const computing = new Computing(flags.options);
    // By seed first: whoever stops early has something of every lesson.
    const all = await Promise.all(
      seeds.flatMap((seed) => runnable.flatMap((id) => sides.map((side) => wanted(id, side, seed)))),
    );
    await untilInterrupted(async (by) => {
      for (const one of all) {
        if (by.stopped()) break;
        await complete(one, computing, by);
        const judged = await judgedRun(one);
        if (judged) process.stdout.write(judgedLine(judged));
      }
    });
    computing.dispose();
    if (withoutModel.length > 0) process.stderr.write(`\n${lacking(withoutModel)}\n\n`);
  }
  if (updates !== undefined) return;
  const all = await Promise.all(
    [1, 2, 3, ...seeds.filter((seed) => seed > 3)].flatMap((seed) =>
      lessonIds.flatMap((id) => sides.map(async (side) => judgedRun(await wanted(id, side, seed)))),
    ),
  );
  const file = join(projectRoot, 'docs', 'lessons.md');
  await writeFile(file, renderLessons(all.filter((one) => one !== null)));
  process.stderr.write(`wrote ${file}\n`);
};

const lacking = (ids: readonly LessonId[]): string =>
  `NOT RUN: ${ids.join(', ')}. ${ids.length === 1 ? 'It is' : 'They are'} about a model that others trained: give one with --model PATH.`;

/** A model that others trained, for lessons about one: an experiment over it, where it lies, and the problems that it is asked. */
interface Brought {
  readonly experiment: Experiment;
  readonly modelDir: string;
  readonly problems?: string | undefined;
}

async function broughtModel(path: string): Promise<Brought> {
  const argv = await withOtherModel(['--preset', withBroughtModel, '--model', path]);
  const { experiment, options, problems } = await parseTrainingFlags(argv, modelDirOption);
  return { experiment, modelDir: String(options['model-dir'] ?? path), problems };
}

/** What a run in a folder was about; null where there is none. */
async function modelOf(folder: RunFolder): Promise<Brought | null> {
  if (!existsSync(join(folder.path, 'log.jsonl'))) return null;
  const { manifest } = await RunLog.open(new FolderStore(folder.path));
  return { experiment: manifest.experiment, modelDir: folder.reference };
}

interface Wanted {
  readonly id: LessonId;
  readonly side: Side;
  readonly seed: number;
  readonly experiment: Experiment;
  readonly folder: RunFolder;
  readonly brought: Brought | null;
}

/** Of it, what `completeRun` takes. */
const toRun = ({ experiment, folder, brought }: Wanted) => ({
  ...{ experiment, folder },
  ...(brought ? { modelDir: brought.modelDir, problems: brought.problems } : {}),
});

/** Does what is left of a run: all of it, the rest, or nothing. */
async function complete(wanted: Wanted, computing: Computing, by: Interruptible): Promise<void> {
  const { experiment, id, side, seed } = wanted;
  const line = progressLine();
  await completeRun({
    ...{ ...toRun(wanted), computing, ...by },
    hear(event) {
      if (event.type === 'update')
        line.show(`${id}, ${side}, seed ${seed}: update ${event.record.step}/${experiment.steps}`);
      if (event.type === 'notice') process.stderr.write(`${event.message}\n`);
    },
  });
  line.end();
}

/** What a run's log says of its lesson; null while it is not complete. */
async function judgedRun(wanted: Wanted): Promise<JudgedRun | null> {
  const log = await completeLog(toRun(wanted));
  if (!log) return null;
  const { id, side, seed, experiment } = wanted;
  const { mtime } = await stat(join(wanted.folder.path, 'log.jsonl'));
  const { backend, device } = log.manifest;
  const judgement = judge(lessons[id], await courseOf(log, experiment));
  return { id, side, seed, judgement, backend, device, date: mtime };
}

async function courseOf(log: RunLog, { steps }: Experiment): Promise<Course> {
  const record = await log.updateRecord(log.step);
  return { steps, evals: log.entriesOf('evaluation'), updates: log.entriesOf('update'), record };
}
