/** What `npm run lessons` does. */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withChanges, type Experiment } from '../config/experiment.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { lessonIds, lessons, type LessonId } from '../lessons/index.ts';
import { judge, type Course } from '../lessons/judge.ts';
import { experimentOf, sides, type Side } from '../lessons/lesson.ts';
import type { RunLog } from '../train/log.ts';
import { backendOptions, progressLine, projectRoot, type Command } from './common.ts';
import { completeLog, completeRun, Computing } from './folderRun.ts';
import { untilInterrupted, type Interruptible } from './interrupt.ts';
import { judgedLine, renderLessons, type JudgedRun } from './lessonsReport.ts';
import { RunFolder } from './runFolder.ts';
import { seedsOf } from './sweep/plan.ts';

const options: ExtraOptions = {
  only: { value: 'LIST', help: `Lessons, separated by commas: ${lessonIds.join(', ')}; all unless given.` },
  seeds: { value: 'LIST', help: 'Seeds, like 1,2,3 or 1..5; 1,2,3 unless given.' },
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
  const wanted = (id: LessonId, side: Side, seed: number): Wanted => ({
    ...{ id, side, seed },
    experiment: withChanges(experimentOf(lessons[id], side), { seed, ...short }),
    folder: new RunFolder(join(out, id, side, `seed-${seed}`)),
  });

  if (flags.options['report-only'] !== true) {
    const computing = new Computing(flags.options);
    // By seed first: whoever stops early has something of every lesson.
    const all = seeds.flatMap((seed) => ids.flatMap((id) => sides.map((side) => wanted(id, side, seed))));
    await untilInterrupted(async (by) => {
      for (const one of all) {
        if (by.stopped()) break;
        await complete(one, computing, by);
        const judged = await judgedRun(one);
        if (judged) process.stdout.write(judgedLine(judged));
      }
    });
    computing.dispose();
  }
  if (updates !== undefined) return;
  const all = await Promise.all(
    [1, 2, 3, ...seeds.filter((seed) => seed > 3)].flatMap((seed) =>
      lessonIds.flatMap((id) => sides.map((side) => judgedRun(wanted(id, side, seed)))),
    ),
  );
  const file = join(projectRoot, 'docs', 'lessons.md');
  await writeFile(file, renderLessons(all.filter((one) => one !== null)));
  process.stderr.write(`wrote ${file}\n`);
};

interface Wanted {
  readonly id: LessonId;
  readonly side: Side;
  readonly seed: number;
  readonly experiment: Experiment;
  readonly folder: RunFolder;
}

/** Does what is left of a run: all of it, the rest, or nothing. */
async function complete(wanted: Wanted, computing: Computing, by: Interruptible): Promise<void> {
  const { experiment, folder, id, side, seed } = wanted;
  const line = progressLine();
  await completeRun({
    ...{ experiment, folder, computing, ...by },
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
  const log = await completeLog(wanted);
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
