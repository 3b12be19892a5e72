/** The languages of the page beside English, each with a catalogue of all that the page says. */
import type { Language } from '../../lessons/languages.ts';
import type { de } from './inGerman.ts';

/** A text of the page, in English. There is none that the first catalogue does not have, and the others have the same. */
export type Word = keyof typeof de;
export type Catalogue = Readonly<Record<Word, string>>;

/** The names of the places in a text that take a value: "turn {number}". */
export type Places<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Places<Rest>
  : never;
/** A text that takes no values. */
export type Plain = { [W in Word]: [Places<W>] extends [never] ? W : never }[Word];

/** A language of the lessons is one of the page, too. */
export const catalogues: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Catalogue>>> = {
  de: async () => (await import('./inGerman.ts')).de,
};
