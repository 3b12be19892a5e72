/** The languages of the lessons. Each file is fetched when it is first chosen. */
import type { Words } from './words.ts';

export const languages = {
  en: { name: 'English', load: async (): Promise<Words> => (await import('./words/en.ts')).en },
  de: { name: 'Deutsch', load: async (): Promise<Words> => (await import('./words/de.ts')).de },
} as const;
export type Language = keyof typeof languages;

export const isLanguage = (name: string): name is Language => Object.hasOwn(languages, name);
