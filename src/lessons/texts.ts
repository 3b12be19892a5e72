/** What the lessons say, in each language; a file is fetched when its language is first chosen. */
import type { Language } from './languages.ts';
import type { Words } from './words.ts';

export const texts: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => (await import('./words/en.ts')).en,
  de: async () => (await import('./words/de.ts')).de,
};
