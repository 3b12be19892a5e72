/** How the figures of a measurement are written: each with its unit. */
import type { SpeedReport } from '../../../worker/speed.ts';
import { fixed, plural, significant } from '../../format.ts';
import { say, told } from '../../say.svelte.ts';

/** Three digits, without a unit. */
export const number = (x: number): string => significant(x, 3);
/** "476 ms", "5.03 s" */
export const time = (ms: number): string => (ms < 1000 ? `${number(ms)} ms` : `${number(ms / 1000)} s`);
/** "10.2×" */
export const ratio = (x: number): string => `${fixed(x, x < 1 ? 2 : 1)}×`;
/** "1 operation", "318 operations" */
export const count = (n: number, unit: string): string =>
  `${significant(n, 4)} ${told(n === 1 ? unit.replace(/s$/, '') : unit)}`.trim();
/** Of a model size's name, which is its number of parameters. */
export const parameters = (size: string): string => say('{n} parameters', { n: size });

type Spread = NonNullable<SpeedReport['grading']>['respawn_ms'];

/** "474–478 ms, 5 rounds" */
export function range({ min, max, rounds }: Spread): string {
  const [scale, unit] = max < 1000 ? [1, 'ms'] : [1000, 's'];
  return `${number(min / scale)}–${number(max / scale)} ${unit}, ${plural(rounds, 'round')}`;
}

/** The contestants; ours is the first. */
export const ids = (report: SpeedReport): string[] => Object.keys(report.titles);
export const isOwn = (report: SpeedReport, id: string): boolean => ids(report)[0] === id;
export const titleOf = (report: SpeedReport, id: string): string => report.titles[id] ?? id;
