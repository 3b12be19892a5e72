/** The page in German. Keys are what the page says in English; places in braces take values, and may stand in another order. */
import { alarms } from './alarms.ts';
import { charts } from './charts.ts';
import { compare } from './compare.ts';
import { course } from './course.ts';
import { episode } from './episode.ts';
import { fields } from './fields.ts';
import { glossary } from './glossary.ts';
import { kept } from './kept.ts';
import { metrics } from './metrics.ts';
import { nouns } from './nouns.ts';
import { page } from './page.ts';
import { picture } from './picture.ts';
import { presets } from './presets.ts';
import { rules } from './rules.ts';
import { sharing } from './sharing.ts';

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
} satisfies Readonly<Record<string, string>>;
