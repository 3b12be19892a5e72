/** What a kept run has behind it, read from its log and those of the runs it comes from. */
import type { BackendName } from '../config/backends.ts';
import { changesBetween } from '../config/experiment.ts';
import { Entries } from '../train/entries.ts';
import type { RunLog } from '../train/log.ts';
import { readLog, type EntryOf, type Manifest } from '../train/logFormat.ts';
import type { Past } from '../train/messages.ts';

/** How much of a run's own past is read in full: so many of the last updates, and the first evaluation and so many of the last. */
interface InFull {
  readonly updates: number;
  readonly evaluations: number;
}

interface Chapter {
  readonly manifest: Manifest;
  readonly entries: Entries;
}

interface Computed {
  readonly entry: EntryOf<'update' | 'evaluation'>;
  readonly chapter: Chapter;
}

/** The logs of the runs that a run comes from, the oldest first; from where one is gone or cannot be read on. */
export async function chaptersBefore(
  { parent }: Manifest,
  readText: (id: string) => Promise<string>,
): Promise<Chapter[]> {
  if (!parent) return [];
  try {
    const { manifest, entries: lines } = readLog(await readText(parent.run));
    const entries = new Entries(manifest);
    for (const { entry } of lines) entries.add(entry);
    return [...(await chaptersBefore(manifest, readText)), { manifest, entries }];
  } catch {
    return []; // it was forgotten, or is damaged: this run knows only what it did itself
  }
}

/** Of a run that goes on. */
const aLittle: InFull = { updates: 1, evaluations: 4 };

interface PastOptions {
  /** `chaptersBefore` of its log. */
  readonly before?: readonly Chapter[];
  /** As in `Past`. */
  readonly readOnly?: string;
  /** For a run that is only looked at. Without it, what cannot be read is left out: it can be made again. */
  readonly inFull?: InFull;
}

/**
 * @param step where it stands
 * @throws Error with `inFull`, where an update or an evaluation is kept and cannot be read
 */
export async function pastOf(
  log: RunLog,
  step: number,
  { before = [], readOnly = '', inFull }: PastOptions = {},
): Promise<Past> {
  const full = inFull ?? aLittle;
  const read = <T>(record: Promise<T>): Promise<T | null> => (inFull ? record : record.catch(() => null));
  const chapters = [...before, { manifest: log.manifest, entries: log.held }];
  const updates: { readonly entry: EntryOf<'update'>; readonly chapter: Chapter }[] = [];
  const evaluations: { readonly entry: EntryOf<'evaluation'>; readonly chapter: Chapter }[] = [];
  const changes: EntryOf<'change'>[] = [];
  chapters.forEach((chapter, i) => {
    const next = chapters.at(i + 1);
    const end = next?.manifest.parent?.step ?? step;
    const { entries } = chapter;
    const made = entries.of('update').filter((entry) => entry.step <= end);
    updates.push(...made.map((entry) => ({ entry, chapter })));
    changes.push(...entries.of('change').filter((entry) => entry.step <= end));
    // The fork evaluates where it begins.
    const own = entries.of('evaluation').filter((entry) => (next ? entry.step < end : entry.step <= end));
    evaluations.push(...own.map((entry) => ({ entry, chapter })));
    if (next)
      changes.push({
        kind: 'change',
        step: end,
        changes: changesBetween(entries.experimentAt(end), next.manifest.experiment),
      });
  });
  evaluations.sort((a, b) => a.entry.step - b.entry.step);
  const own = log.entriesOf('update').filter((entry) => entry.step <= step);
  const last = own.slice(-full.updates);
  const began = (chapters[0] ?? log).manifest.experiment;
  return {
    steps: Float64Array.from(updates, ({ entry }) => entry.step),
    ms: Float64Array.from(updates, ({ entry }) => entry.timing.total),
    metrics: columnsOf(updates.map(({ entry }) => entry)),
    digests: updates.map(({ entry }) => entry.digests ?? null),
    backends: updates.map(backendOf),
    evals: await Promise.all(
      evaluations.map(async ({ entry, chapter }, i) => {
        const own = chapter.entries === log.held;
        const wanted = own && (i === 0 || i >= evaluations.length - full.evaluations);
        const record = wanted ? await read(log.evalRecord(entry.step)) : null;
        return record ?? withoutExamples(entry, chapter);
      }),
    ),
    changes: changes
      .filter((change) => change.changes.length > 0)
      .map(({ step: at, changes: list }) => ({ step: at, changes: list })),
    latest: (await Promise.all(last.map((entry) => read(log.updateRecord(entry.step))))).filter(
      (record) => record !== null,
    ),
    began,
    experiment: log.experimentAt(step),
    readOnly,
  };
}

/** On what an entry was computed. */
const backendOf = ({ entry, chapter }: Computed): BackendName => entry.backend ?? chapter.manifest.backend;

const withoutExamples = (entry: EntryOf<'evaluation'>, chapter: Chapter) => ({
  experiment: chapter.entries.experimentAt(entry.step, entry),
  backend: backendOf({ entry, chapter }),
  step: entry.step,
  metrics: entry.metrics,
  examples: [],
  ms: entry.ms,
});

/** A column a metric. */
function columnsOf(updates: readonly EntryOf<'update'>[]): Past['metrics'] {
  const columns: Record<string, Float64Array<ArrayBuffer>> = {};
  updates.forEach(({ metrics }, i) => {
    for (const [name, value] of Object.entries(metrics)) {
      (columns[name] ??= new Float64Array(updates.length).fill(NaN))[i] = value;
    }
  });
  return columns;
}
