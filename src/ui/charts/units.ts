/** What is said below a chart's name: the unit of its numbers, and of what they are. */

const between = ' · ';

/** "% · held-out, greedy · 128 tasks"; what is '' is left out. */
export const unitOf = (unit: string, ...about: readonly string[]): string =>
  [unit, ...about].filter(Boolean).join(between);

/** Of such a text, the unit alone: "%". */
export const properUnit = (text: string): string => text.split(between)[0] ?? '';
