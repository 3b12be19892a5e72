/**
 * Alarms: signatures (signatures.ts) that a run shows, with the update at which each went off and the curves it was read from.
 * Pure functions of the metrics so far.
 */
import { Course, signatureWindow, type Measured } from './course.ts';
import { signatures, type Condition, type Signature } from './signatures.ts';

/** A curve that an alarm was read from, and the line that it is on the wrong side of. */
export interface Curve {
  readonly label: string;
  readonly share: boolean;
  readonly is: Condition['is'];
  /** What the line is, in words. */
  readonly than: string;
  /** Updates done. */
  readonly steps: readonly number[];
  /** Means over windows; NaN in the first updates. One for each step, as in `limits`. */
  readonly means: readonly number[];
  readonly limits: readonly number[];
}

export interface Alarm {
  readonly signature: Signature;
  /** The update at which it went off. */
  readonly since: number;
  /** The updates it was read from then: first and last. */
  readonly window: readonly [number, number];
  /** Whether it still holds. */
  readonly holds: boolean;
  /** It has not held for a whole window, or its signature went off again later: it is no alarm any more. */
  readonly over: boolean;
  /** Of the conditions that held when it went off. */
  readonly curves: readonly Curve[];
}

/** Updates in a row for which a signature has to hold before it is an alarm: what noise makes comes and goes. */
export const confirmation = 3;

/** The alarms of a run as it stands, in the order of the table. @param updates metrics of every update so far, oldest first */
export function alarmsOf(updates: readonly Measured[]): Alarm[] {
  return everyAlarm(updates).filter(({ over }) => !over);
}

/** The same, and those that are over: a signature is there each time it went off. */
export function everyAlarm(updates: readonly Measured[]): Alarm[] {
  const course = new Course(updates);
  if (course.turns === 0) return [];
  return signatures.flatMap((signature) => everyAlarmOf(signature, course));
}

function everyAlarmOf(signature: Signature, course: Course): Alarm[] {
  const ways = signature
    .ways(course.turns)
    .map((conditions) => conditions.map((condition) => ({ condition, ...heldOf(condition, course) })));
  /** For each update the first way that holds; −1: none. */
  const held = course.steps.map((_, i) => ways.findIndex((all) => all.every(({ holds }) => holds[i])));
  const { times, on } = wentOff(held.map((way) => way >= 0));
  return times.map((off, i) => {
    const over = !on || i < times.length - 1;
    return {
      signature,
      since: course.steps[off],
      window: [course.steps[Math.max(0, off + 1 - signatureWindow)], course.steps[off]],
      holds: !over && held.at(-1) !== -1,
      over,
      curves: (ways[held[off]] ?? []).map(({ condition: { what, is, than }, means, limits }) => ({
        ...{ label: what.label, share: what.share, is, than, steps: course.steps, means, limits },
      })),
    };
  });
}

function heldOf({ what, is, limit }: Condition, course: Course) {
  const means = course.means(what);
  const limits = limit(course);
  // Comparisons with NaN are false: what was not measured raises no alarm.
  const holds = means.map((mean, i) => (is === 'above' ? mean > limits[i] : mean < limits[i]));
  return { means, limits, holds };
}

/** Where the alarm went off, each time, and whether it is on at the end. */
function wentOff(holds: readonly boolean[]): { readonly times: readonly number[]; readonly on: boolean } {
  const times: number[] = [];
  let [on, inRow, silent] = [false, 0, 0];
  holds.forEach((yes, i) => {
    inRow = yes ? inRow + 1 : 0;
    silent = yes ? 0 : silent + 1;
    if (!on && inRow >= confirmation) {
      on = true;
      times.push(i);
    }
    if (silent >= signatureWindow) on = false;
  });
  return { times, on };
}
