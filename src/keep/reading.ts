/** What the page reads of a kept run's log without opening it. */
import { Entries } from '../train/entries.ts';
import { readLog } from '../train/logFormat.ts';

/** What was measured on held-out tasks, after so many updates. */
export interface Measured {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A run's log, and up to which of its updates it counts, because another run was forked from it there. */
export interface Chapter {
  readonly log: string;
  readonly until: number;
}

/**
 * The evaluations that hold, in the order of their steps; of a log that is damaged, up to there.
 * @param chapters the run's own, and before it those of the runs that it comes from
 * @throws LogError when one has no manifest that can be read
 */
export const evalsOf = (chapters: readonly Chapter[]): readonly Measured[] =>
  chapters.flatMap(({ log, until }) => {
    const { manifest, entries: lines } = readLog(log);
    const entries = new Entries(manifest);
    for (const { entry } of lines) entries.add(entry);
    return entries
      .of('evaluation')
      .filter(({ step }) => step < until) // the fork evaluates where it begins
      .map(({ step, metrics }) => ({ step, metrics }))
      .sort((a, b) => a.step - b.step);
  });

/** The log up to the line that is damaged; all of one that is not. @throws LogError when it has no manifest that can be read */
export function wholePart(log: string): string {
  const { damage } = readLog(log);
  if (!damage) return log;
  const lines = log.split('\n').slice(0, damage.line - 1);
  return `${lines.join('\n')}\n`;
}
