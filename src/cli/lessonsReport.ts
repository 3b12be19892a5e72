/** docs/lessons.md: what the runs of the lessons have shown. */
import { availableParallelism, cpus } from 'node:os';
import { lessonIds, lessons, type LessonId } from '../lessons/index.ts';
import { shownValue, type Judgement } from '../lessons/judge.ts';
import { bringsModel, changesOf, type Clause, type Lesson, type Side } from '../lessons/lesson.ts';
import { plainText } from '../lessons/markup.ts';
import { en } from '../lessons/words/en.ts';

export interface JudgedRun {
  readonly id: LessonId;
  readonly side: Side;
  readonly seed: number;
  readonly judgement: Judgement;
  readonly backend: string;
  readonly device: string;
  /** When it ended. */
  readonly date: Date;
}

const sideNames: Readonly<Record<Side, string>> = { run: 'the run', counter: 'counter-run' };

/** Whether a run did what its lesson needs: the run keeps the predicate, the counter-run breaks it. */
const asItShould = ({ side, judgement }: JudgedRun): boolean => judgement.holds === (side === 'run');

const verdict = ({ judgement: { holds } }: JudgedRun): string =>
  holds === null ? 'not measured' : holds ? 'holds' : 'fails';

/** A run as a line of text. */
export function judgedLine(run: JudgedRun): string {
  const values = run.judgement.findings.map(
    ({ clause, value }) => `${clause.id} ${shownValue(clause.measure, value, 'en')}`,
  );
  return `${run.id}, ${sideNames[run.side]}, seed ${run.seed}: ${verdict(run)} (${values.join(', ')})\n`;
}

const formulaOf = ({ measure: { metric, less, take } }: Clause): string => {
  const what = `\`${metric}\`${less === undefined ? '' : ` − \`${less}\``}`;
  return { end: `${what} at the end`, rise: `rise of ${what}`, mean: `mean of ${what}` }[take];
};

const boundOf = (clause: Clause): string => {
  const { measure, atLeast, atMost } = clause;
  const bound = (value: number) => shownValue(measure, value, 'en');
  return atLeast === undefined ? `≤ ${bound(atMost ?? NaN)}` : `≥ ${bound(atLeast)}`;
};

const listed = (changes: object): string =>
  Object.entries(changes)
    .map(([name, value]) => `\`${name}\` ${String(value)}`)
    .join(', ');

function section(id: LessonId, lesson: Lesson, runs: readonly JudgedRun[]): string {
  const { predicate, counter } = lesson;
  const { of, changes } = changesOf(lesson);
  const experiment = `${of ? `“${of.title}” with ` : ''}${listed(changes)}`;
  const heads = [
    '',
    'seed',
    ...predicate.map((clause) => `${formulaOf(clause)}: ${boundOf(clause)}`),
    'predicate',
  ];
  const rows = runs.map((run) => [
    sideNames[run.side],
    run.seed,
    ...run.judgement.findings.map(({ clause, value }) => shownValue(clause.measure, value, 'en')),
    `${verdict(run)}${asItShould(run) ? '' : ' (**not as it should**)'}`,
  ]);
  const table = [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
  return [
    `## ${plainText(en.lessons[id].title)}`,
    `Experiment: ${experiment}. Counter-run: the same with ${listed(counter)}.`,
    runs.length === 0
      ? `Not run yet.${bringsModel(lesson) ? ' It is about a model that others trained: `npm run lessons -- --model PATH` runs it.' : ''}`
      : table,
  ].join('\n\n');
}

function summary(runs: readonly JudgedRun[]): string {
  const count = (id: LessonId, side: Side) => {
    const mine = runs.filter((run) => run.id === id && run.side === side);
    return mine.length === 0 ? 'not run' : `${mine.filter(asItShould).length} of ${mine.length}`;
  };
  const rows = lessonIds.map(
    (id) => `| ${plainText(en.lessons[id].title)} | ${count(id, 'run')} | ${count(id, 'counter')} |`,
  );
  return ['| lesson | runs that hold | counter-runs that fail |', '|---|---|---|', ...rows].join('\n');
}

/** @param runs complete ones; what is missing is said to be */
export function renderLessons(runs: readonly JudgedRun[]): string {
  const days = [...new Set(runs.map(({ date }) => date.toISOString().slice(0, 10)))].sort();
  const devices = [...new Set(runs.map(({ backend, device }) => `${backend}, ${device}`))].sort();
  const processor = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const sections = lessonIds.map((id) =>
    section(
      id,
      lessons[id],
      runs.filter((run) => run.id === id),
    ),
  );
  return `${[
    '# The lessons, tried',
    'Made by `npm run lessons`; edit the lessons in `src/lessons/`, not this file. Each lesson says something about its run that can be measured, its predicate. It must hold in the run, and it must fail in the counter-run, which differs where the lesson says the cause is.',
    runs.length === 0
      ? 'Nothing has been run yet.'
      : `Runs ended ${days.join(', ')}. Back end: ${devices.join('; ')}. Written on: ${processor}. Shares are in percent; differences and rises of them in points.`,
    summary(runs),
    ...sections,
  ].join('\n\n')}\n`;
}
