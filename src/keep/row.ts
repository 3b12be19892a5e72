/** A row of the index, made from a run's log and what is known of its folder. */
import * as v from 'valibot';
import { changesBetween } from '../config/experiment.ts';
import { Entries } from '../train/entries.ts';
import { readLog, type Manifest } from '../train/logFormat.ts';
import { curvePoints, type KeptRun } from './keptRuns.ts';
import { aboutSchema, type About } from './rowSchema.ts';

export type { About };

/** Reads what was written of it; what cannot be read says nothing. @param text null: nothing was */
export function readAbout(text: string | null): About {
  try {
    return v.parse(aboutSchema, JSON.parse(text ?? '{}'));
  } catch {
    return { name: '' }; // a name is lost, no run
  }
}

/** What a log and its folder tell. */
export type Row = Omit<KeptRun, keyof About>;

/** @param entries those of its log that hold */
export function rowOf(
  id: string,
  { backend, device, model, parent }: Manifest,
  entries: Entries,
  { underWay, ...facts }: Pick<KeptRun, 'begun' | 'changed' | 'bytes' | 'underWay'>,
): Row {
  const experiment = entries.experimentAt(parent?.step ?? 0);
  const now = entries.experimentAt(Infinity);
  const { step } = entries;
  return {
    ...{ id, experiment, backend, device, model, ...facts, step },
    ...(parent ? { parent } : {}),
    ...(changesBetween(experiment, now).length > 0 ? { now } : {}),
    steps: now.steps,
    underWay: underWay && step < now.steps,
    curve: curveOf(entries, `eval/accuracy@t${now.turns}`),
  };
}

/**
 * The same from the log's text; of one that is damaged, up to there.
 * @throws LogError when it has no manifest that can be read
 */
export function rowOfText(id: string, log: string, facts: Parameters<typeof rowOf>[3]): Row {
  const { manifest, entries: lines, damage, notes } = readLog(log);
  const entries = new Entries(manifest);
  for (const { entry } of lines) entries.add(entry);
  return {
    ...rowOf(id, manifest, entries, facts),
    ...(damage ? { damage: `line ${damage.line}: ${damage.problem}` } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** The first point, the last, and others evenly between. */
function curveOf(entries: Entries, metric: string): [number, number][] {
  const all = entries
    .of('evaluation')
    .map(({ step, metrics }): [number, number] => [step, metrics[metric] ?? NaN])
    .filter(([, accuracy]) => !Number.isNaN(accuracy))
    .sort(([a], [b]) => a - b);
  if (all.length <= curvePoints) return all;
  const at = (i: number) => all[Math.round((i * (all.length - 1)) / (curvePoints - 1))];
  return Array.from({ length: curvePoints }, (_, i) => at(i));
}
