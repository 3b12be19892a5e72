/** What a kept run has behind it, read from its log and those of the runs it comes from. */
import type { BackendName } from '../config/backends.ts';
import { diff } from '../config/experiment.ts';
import { fieldNames, type Experiment } from '../config/fields.ts';
import { Entries } from '../train/entries.ts';
import type { RunLog } from '../train/log.ts';
import { readLog, type EntryOf, type Manifest } from '../train/logFormat.ts';
import type { Past } from '../train/messages.ts';

/** Evaluations whose examples are read when a run is opened: the first, and so many of the last. */
const withExamples = 4;

interface Chapter {
  readonly manifest: Manifest;
  readonly entries: Entries;
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

/**
 * @param step where it stands
 * @param before `chaptersBefore` of its log
 */
export async function pastOf(
  log: RunLog,
  step: number,
  before: readonly Chapter[],
  readOnly: string,
): Promise<Past> {
  const chapters = [...before, { manifest: log.manifest, entries: log.held }];
  const updates: EntryOf<'update'>[] = [];
  const backends: BackendName[] = [];
  const evaluations: { readonly entry: EntryOf<'evaluation'>; readonly chapter: Chapter }[] = [];
  const changes: EntryOf<'change'>[] = [];
  chapters.forEach((chapter, i) => {
    const next = chapters.at(i + 1);
    const end = next?.manifest.parent?.step ?? step;
    const { entries } = chapter;
    const made = entries.of('update').filter((entry) => entry.step <= end);
    updates.push(...made);
    backends.push(...made.map(({ backend = chapter.manifest.backend }) => backend));
    changes.push(...entries.of('change').filter((entry) => entry.step <= end));
    // The fork evaluates where it begins.
    const own = entries.of('evaluation').filter((entry) => (next ? entry.step < end : entry.step <= end));
    evaluations.push(...own.map((entry) => ({ entry, chapter })));
    if (next)
      changes.push({
        kind: 'change',
        step: end,
        changes: between(entries.experimentAt(end), next.manifest.experiment),
      });
  });
  evaluations.sort((a, b) => a.entry.step - b.entry.step);
  const began = (chapters[0] ?? log).manifest.experiment;
  return {
    steps: Float64Array.from(updates, (update) => update.step),
    ms: Float64Array.from(updates, ({ timing }) => timing.total),
    metrics: columnsOf(updates),
    digests: updates.map(({ digests = null }) => digests),
    backends,
    evals: await Promise.all(
      evaluations.map(async ({ entry, chapter }, i) => {
        const own = chapter.entries === log.held;
        const wanted = own && (i === 0 || i >= evaluations.length - withExamples);
        const record = wanted ? await log.evalRecord(entry.step).catch(() => null) : null;
        return record ?? withoutExamples(entry, chapter);
      }),
    ),
    changes: changes
      .filter((change) => change.changes.length > 0)
      .map(({ step: at, changes: list }) => ({ step: at, changes: list })),
    latest: await log.updateRecord(step).catch(() => null), // it can be made again
    began,
    experiment: log.experimentAt(step),
    readOnly,
  };
}

const withoutExamples = (entry: EntryOf<'evaluation'>, { manifest, entries }: Chapter) => ({
  experiment: entries.experimentAt(entry.step, entry),
  backend: entry.backend ?? manifest.backend,
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

function between(from: Experiment, to: Experiment): EntryOf<'change'>['changes'] {
  const differ = diff(to, from);
  return fieldNames
    .filter((name) => name in differ)
    .map((name) => ({ field: name, from: from[name], to: to[name] }));
}
