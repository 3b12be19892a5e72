/** The page in German. Keys are what the page says in English; places in braces take values, and may stand in another order. */
import { alarms } from './de/alarms.ts';
import { charts } from './de/charts.ts';
import { compare } from './de/compare.ts';
import { course } from './de/course.ts';
import { episode } from './de/episode.ts';
import { failures } from './de/failures.ts';
import { fields } from './de/fields.ts';
import { glossary } from './de/glossary.ts';
import { kept } from './de/kept.ts';
import { metrics } from './de/metrics.ts';
import { nouns } from './de/nouns.ts';
import { page } from './de/page.ts';
import { picture } from './de/picture.ts';
import { presets } from './de/presets.ts';
import { rules } from './de/rules.ts';
import { sharing } from './de/sharing.ts';

export const de = {
  ...page,
  ...course,
  ...nouns,
  ...picture,
  ...episode,
  ...charts,
  ...sharing,
  ...compare,
  ...kept,
  ...glossary,
  ...fields,
  ...presets,
  ...rules,
  ...metrics,
  ...alarms,
  ...failures,
} satisfies Readonly<Record<string, string>>;
