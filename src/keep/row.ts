/** A row of the index, made from a run's log and what else lies in its folder. */
import * as v from 'valibot';
import { Entries } from '../train/entries.ts';
import { readLog, type Manifest } from '../train/logFormat.ts';
import { curvePoints, type KeptRun } from './keptRuns.ts';

/** What the user said of a run. */
export const aboutSchema = v.object({
  name: v.optional(v.string(), ''),
  /** When, ms since 1970. */
  deleted: v.optional(v.number()),
});
export type About = v.InferOutput<typeof aboutSchema>;

export interface Facts extends About {
  readonly begun: number;
  readonly changed: number;
  readonly bytes: number;
}

/** @param entries those of its log that hold */
export function rowOf(id: string, manifest: Manifest, entries: Entries, facts: Facts): KeptRun {
  const { experiment, backend, device, model, parent } = manifest;
  const now = entries.experimentAt(Infinity);
  return {
    ...{ id, ...facts, experiment, backend, device, model },
    ...(parent ? { parent } : {}),
    step: entries.step,
    steps: now.steps,
    curve: curveOf(entries, `eval/accuracy@t${now.turns}`),
  };
}

/**
 * The same from the log's text; of one that is damaged, up to there.
 * @throws LogError when it has no manifest that can be read
 */
export function rowOfText(id: string, log: string, facts: Facts): KeptRun {
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
function curveOf(entries: Entries, metric: string): KeptRun['curve'] {
  const all = entries
    .of('evaluation')
    .map(({ step, metrics }) => [step, metrics[metric] ?? NaN] as const)
    .filter(([, accuracy]) => !Number.isNaN(accuracy))
    .sort(([a], [b]) => a - b);
  const last = curvePoints - 1;
  if (all.length <= curvePoints) return all;
  return Array.from({ length: curvePoints }, (_, i) => all[Math.round((i * (all.length - 1)) / last)]);
}
