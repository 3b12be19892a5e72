/** The languages of the page beside English, each with a catalogue of all that the page says. */
import type { Language } from '../../lessons/languages.ts';
import type { de } from './inGerman.ts';
import type { deLater } from './inGermanLater.ts';

/** A text of the page, in English. There is none that the first catalogue does not have, and the others have the same. */
export type FirstWord = keyof typeof de;
/** What is said by parts of the page that few open: it is fetched with the first of them. */
export type LaterWord = keyof typeof deLater;
export type Word = FirstWord | LaterWord;
export type Catalogue = Readonly<Record<FirstWord, string>>;
export type LaterCatalogue = Readonly<Record<LaterWord, string>>;

/** The names of the places in a text that take a value: "turn {number}". */
export type Places<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Places<Rest>
  : never;
/** A text that takes no values. */
export type Plain = { [W in Word]: [Places<W>] extends [never] ? W : never }[Word];

type Others<Words> = Readonly<Record<Exclude<Language, 'en'>, () => Promise<Words>>>;

/** A language of the lessons is one of the page, too. */
export const catalogues: Others<Catalogue> = {
  de: async () => (await import('./inGerman.ts')).de,
};
export const laterCatalogues: Others<LaterCatalogue> = {
  de: async () => (await import('./inGermanLater.ts')).deLater,
};
