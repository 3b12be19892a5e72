/** What a project prints: text for the terminal, and between it lines of metrics.jsonl, which are for the charts. */
import * as v from 'valibot';
import type { Point } from '../charts/series.ts';

/** How every line of metrics begins (`npm start -- --metrics`). */
const beginning = '{"step":';

const rowSchema = v.objectWithRest(
  { step: v.pipe(v.number(), v.integer(), v.minValue(0)) },
  v.nullable(v.union([v.number(), v.string(), v.record(v.string(), v.unknown())])),
);

export interface Printed {
  /** For the terminal. */
  readonly text: string;
  readonly points: readonly Point[];
}

/** Reads output piece by piece, as it arrives: a piece may end in the middle of a line. */
export class MetricLines {
  /** The line under way. */
  #line = '';
  /** Its beginning went to the terminal already. */
  #shown = false;

  read(piece: string): Printed {
    let text = '';
    const points: Point[] = [];
    for (const char of piece) {
      this.#line += char;
      const point = char === '\n' ? readRow(this.#line) : null;
      if (point) points.push(point);
      if (point || (char !== '\n' && maybe(this.#line))) {
        if (point) this.#line = '';
        continue;
      }
      // Not one of ours: what was held back goes out, and the rest of the line as it comes.
      text += this.#shown ? char : this.#line;
      this.#shown = char !== '\n';
      if (char === '\n') this.#line = '';
    }
    return { text, points };
  }
}

/** Whether a line that has not ended may become one of metrics. */
const maybe = (line: string): boolean => line.startsWith(beginning) || beginning.startsWith(line);

function readRow(line: string): Point | null {
  if (!line.startsWith(beginning)) return null;
  try {
    const { step, ...rest } = v.parse(rowSchema, JSON.parse(line));
    const numbers = Object.entries(rest).filter(([, value]) => value === null || typeof value === 'number');
    return {
      step,
      metrics: Object.fromEntries(
        numbers.map(([name, value]) => [name, value === null ? NaN : Number(value)]),
      ),
    };
  } catch {
    return null; // a line that only looks like one
  }
}
