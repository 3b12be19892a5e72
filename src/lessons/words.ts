/** What lessons and their controls say, in any language: the schema that each file of words/ keeps. */
import * as v from 'valibot';
import { lessonIds } from './index.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const paragraphs = v.pipe(v.array(text), v.nonEmpty(), v.readonly());
const byId = v.pipe(v.record(v.string(), text), v.readonly());

/** All in the mark-up of markup.ts, but for titles and options. */
export const lessonWordsSchema = v.strictObject({
  title: text,
  /** What one can answer after it, as a question. */
  question: text,
  text: paragraphs,
  prediction: v.strictObject({
    question: text,
    /** By the id of the option. */
    options: byId,
    /** Why the right one is right. */
    because: text,
  }),
  /** What to look at while it runs. */
  look: paragraphs,
  /** By the id of the clause, or of what is applied: a number of the run, {value}, and no judgement of it. */
  figures: byId,
  /** What it means that the predicate holds, and what to think when it does not. */
  holds: text,
  fails: text,
  /** What the counter-run changes, and why it must fail. */
  counter: text,
  /** What a printed sheet asks once the run is over. */
  explain: text,
  apply: v.strictObject({ task: text, answer: text }),
  /** For whoever teaches it. */
  notes: paragraphs,
});
export type LessonWords = v.InferOutput<typeof lessonWordsSchema>;

const controlNames = [
  'lessons',
  'language',
  'close',
  'all',
  'choose',
  'minutes',
  'predict',
  'predictFirst',
  'run',
  'runLesson',
  'runCounter',
  'runAgain',
  'counterAgain',
  'bring',
  'bringModel',
  'stopped',
  'running',
  'finished',
  'ownRunning',
  'ownWaits',
  'prepared',
  'before',
  'look',
  'explain',
  'outcome',
  'seeOutcome',
  'ofRun',
  'ofCounter',
  'ofOwn',
  'ownHint',
  'holds',
  'fails',
  'failsAsItShould',
  'holdsAgainstIt',
  'notMeasured',
  'atLeast',
  'atMost',
  'notHere',
  'hereToo',
  'there',
  'sampled',
  'yet',
  'expected',
  'cameTrue',
  'cameOtherwise',
  'cameUnclear',
  'comesWithBoth',
  'counter',
  'differs',
  'apply',
  'answer',
  'notes',
  'showSettings',
  'hideSettings',
  'print',
  'answers',
  'sheetRun',
  'sheetCounter',
  'sheetWrite',
  'experiment',
  'next',
] as const;
export type ControlName = (typeof controlNames)[number];

export const wordsSchema = v.strictObject({
  /** The language's own name for itself. */
  name: text,
  /** As BCP 47 has it. */
  tag: text,
  controls: v.strictObject(v.entriesFromList(controlNames, text)),
  lessons: v.strictObject(v.entriesFromList(lessonIds, lessonWordsSchema)),
});
export type Words = v.InferOutput<typeof wordsSchema>;
