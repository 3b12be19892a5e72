/** The table of task families. A new family is one file here and one line below. */
import { conditionals } from './conditionals.ts';
import { digits } from './digits.ts';
import type { Family } from './family.ts';
import { lists } from './lists.ts';
import { ranges } from './ranges.ts';
import { strings } from './strings.ts';
import { words } from './words.ts';

export const families: readonly Family[] = [lists, strings, words, conditionals, ranges, digits];
