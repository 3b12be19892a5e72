/** What `npm run lessons` does. */
import { stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diff, withChanges, type Experiment } from '../config/experiment.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import type { OpenedBackend } from '../engine/index.ts';
import { lessonIds, lessons, type LessonId } from '../lessons/index.ts';
import { judge, type Course } from '../lessons/judge.ts';
import { experimentOf, sides, type Side } from '../lessons/lesson.ts';
import type { RunLog } from '../train/log.ts';
import {
  backendOptions,
  loadModel,
  openNodeBackend,
  progressLine,
  projectRoot,
  reopenNodeBackend,
  shippedModel,
  version,
  type Command,
} from './common.ts';
import { drive } from './drive.ts';
import { judgedLine, renderLessons, type JudgedRun } from './lessonsReport.ts';
import { RunFolder } from './runFolder.ts';

const options: ExtraOptions = {
  only: { value: 'LIST', help: `Lessons, separated by commas: ${lessonIds.join(', ')}; all unless given.` },
  seeds: { value: 'LIST', help: 'Seeds, separated by commas; 1,2,3 unless given.' },
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
  const seeds = listOf(text('seeds'), [1, 2, 3], (item) => whole('seeds', item, 0));
  const updates = text('updates');
  const short = updates === undefined ? {} : { steps: whole('updates', updates, 1) };
  const out = text('out') ?? join('runs', 'lessons');
  const wanted = (id: LessonId, side: Side, seed: number): Wanted => ({
    ...{ id, side, seed },
    experiment: withChanges(experimentOf(lessons[id], side), { seed, ...short }),
    folder: new RunFolder(join(out, id, side, `seed-${seed}`)),
  });

  let stop = false;
  let pause = (): void => undefined;
  const interrupted = (): void => {
    stop = true;
    process.stderr.write('\nstopping after this update; the same command goes on\n');
    pause();
  };
  process.on('SIGINT', interrupted);
  try {
    if (flags.options['report-only'] !== true) {
      let backend = await openNodeBackend(flags.options);
      const reopen = async () => (backend = await reopenNodeBackend(flags.options));
      // By seed first: whoever stops early has something of every lesson.
      const all = seeds.flatMap((seed) => ids.flatMap((id) => sides.map((side) => wanted(id, side, seed))));
      for (const one of all) {
        if (stop) break;
        await complete(one, { backend: () => backend, reopen, onpause: (by) => (pause = by) });
        const judged = await judgedRun(one);
        if (judged) process.stdout.write(judgedLine(judged));
      }
    }
  } finally {
    process.off('SIGINT', interrupted);
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

interface Means {
  readonly backend: () => OpenedBackend;
  readonly reopen: () => Promise<OpenedBackend>;
  /** Is given what pauses the run under way. */
  readonly onpause: (pause: () => void) => void;
}

/** Whether there is a run in a folder. */
const isThere = ({ folder }: Wanted): boolean => existsSync(join(folder.path, 'log.jsonl'));

/** The run in the folder. @throws Error when it is another one */
async function findRun({ folder, experiment }: Wanted) {
  const found = await folder.find();
  const other = Object.keys(diff(found.experiment, experiment));
  if (other.length > 0) {
    throw new Error(
      `${folder.path} holds a run with another ${other.join(', ')}: the lesson has changed since. Delete that folder, or choose another --out.`,
    );
  }
  return found;
}

/** Does what is left of a run: all of it, the rest, or nothing. */
async function complete(wanted: Wanted, { backend, reopen, onpause }: Means): Promise<void> {
  const { experiment, folder, id, side, seed } = wanted;
  const found = isThere(wanted) ? await findRun(wanted) : null;
  if (found?.state && found.state.step >= experiment.steps) return;
  for (const note of found?.notes ?? []) process.stderr.write(`${note}\n`);
  const model = await loadModel(found ? folder.reference : shippedModel(experiment.model));
  const { name, device } = backend();
  const circumstances = { build: version, backend: name, device, model: experiment.model, experiment };
  const line = progressLine();
  const run = await drive({
    ...{ experiment, model, backend: backend(), reopen },
    ...(found?.state ? { state: found.state } : {}),
    openLog: async () => {
      const log = await (found ? folder.resume(found, circumstances) : folder.begin(circumstances, model));
      await folder.completeMetrics(log, found?.state?.step ?? 0);
      return folder.keeping(log, model);
    },
    hear(event) {
      if (event.type === 'update')
        line.show(`${id}, ${side}, seed ${seed}: update ${event.record.step}/${experiment.steps}`);
      if (event.type === 'notice') process.stderr.write(`${event.message}\n`);
    },
  });
  onpause(run.pause);
  try {
    await run.train();
  } finally {
    line.end();
    onpause(() => undefined);
    await run.dispose();
  }
}

/** What a run's log says of its lesson; null while it is not complete. */
async function judgedRun(wanted: Wanted): Promise<JudgedRun | null> {
  if (!isThere(wanted)) return null;
  const { log } = await findRun(wanted);
  const { id, side, seed, experiment } = wanted;
  if (!log || log.step < experiment.steps) return null;
  const { mtime } = await stat(join(wanted.folder.path, 'log.jsonl'));
  const { backend, device } = log.manifest;
  const judgement = judge(lessons[id], await courseOf(log, experiment));
  return { id, side, seed, judgement, backend, device, date: mtime };
}

async function courseOf(log: RunLog, { steps }: Experiment): Promise<Course> {
  const record = await log.updateRecord(log.step);
  return { steps, evals: log.entriesOf('evaluation'), updates: log.entriesOf('update'), record };
}
