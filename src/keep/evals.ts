/** The curves of a kept run, read from its log. */
import { Entries } from '../train/entries.ts';
import { readLog } from '../train/logFormat.ts';

/** What was measured on held-out tasks, after so many updates. */
export interface Measured {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Those of its evaluations that hold, in the order of their steps; of a log that is damaged, up to there.
 * @param log text of log.jsonl
 * @throws LogError when it has no manifest that can be read
 */
export function evalsOfLog(log: string): readonly Measured[] {
  const { manifest, entries: lines } = readLog(log);
  const entries = new Entries(manifest);
  for (const { entry } of lines) entries.add(entry);
  return entries
    .of('evaluation')
    .map(({ step, metrics }) => ({ step, metrics }))
    .sort((a, b) => a.step - b.step);
}
