/** What is said below a chart's name: the unit of its numbers, and of what they are. */
import type { Metric } from '../../rl/metricTable.ts';
import { told } from '../say.svelte.ts';

/** Of a metric, whose shares are drawn in hundredths. */
export const unitWords = ({ unit }: Pick<Metric, 'unit'>): string => (unit === 'share' ? '%' : told(unit));

const between = ' · ';

/** "% · held-out, greedy · 128 tasks"; what is '' is left out. */
export const unitOf = (unit: string, ...about: readonly string[]): string =>
  [unit, ...about].filter(Boolean).join(between);

/** Of such a text, the unit alone: "%". */
export const properUnit = (text: string): string => text.split(between)[0] ?? '';
