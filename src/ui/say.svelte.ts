/**
 * What the page says, in the language that it is read in. English stands in the code, where it is said; every other language has a
 * catalogue (words/), which is fetched when it is chosen. A component that says something is drawn again when the language changes.
 */
import type { Language } from '../lessons/languages.ts';
import { catalogues, laterCatalogues, type Places, type Word } from './words/catalogues.ts';

let language = $state.raw<Language>('en');
/** Null: English. What is said later may not be here yet. */
type Catalogue = Readonly<Partial<Record<Word, string>>>;
let catalogue = $state.raw<Catalogue | null>(null);

type Value = string | number;
type Values<Text extends string> = [Places<Text>] extends [never]
  ? []
  : [values: Readonly<Record<Places<Text>, Value>>];

/** Between the digits of 0.75: for a number that is a text already, and for formulas that other rooms write. Not for code. */
export function decimals(text: string): string {
  return language === 'de' ? text.replace(/(\d)\.(?=\d)/g, '$1,') : text;
}

/** The other way round, of numbers that somebody lists: "0,1, 0,2" is "0.1, 0.2". What parts them has a space after it. */
export const points = (text: string): string =>
  language === 'de' ? text.replace(/(\d),(?=\d)/g, '$1.') : text;

/** Puts values into a text: "update {step}". A name that has no value stays. */
export const withValues = (text: string, values: Readonly<Record<string, Value>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name] ?? whole;
    return typeof value === 'number' ? decimals(String(value)) : value;
  });

/** A text of the page. One that a language lacks does not compile. */
export function say<const Text extends Word>(text: Text, ...[values]: Values<Text>): string {
  const said = catalogue?.[text] ?? text;
  return values ? withValues(said, values) : said;
}

/** Where values stand in what other rooms say: a key of theirs has numbers for names. */
const places = /\{\d\}/;
let patterns: readonly { readonly is: RegExp; readonly said: string }[] | null = null;

/** Texts with values in them, for finding the text in a sentence that already has them. */
function patternsOf(words: Catalogue) {
  patterns ??= Object.entries(words)
    .filter(([text]) => places.test(text))
    .map(([text, said = '']) => ({
      is: new RegExp(
        `^${text
          .split(/\{\d\}/)
          .map((part) => part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
          .join('(.*?)')}$`,
        's',
      ),
      said,
    }));
  return patterns;
}

const isWord = (words: Catalogue, text: string): text is Word => Object.hasOwn(words, text);

/**
 * A text of another room, which knows no language: the help of a field, an alarm, an answer of the trainer; numbers may be in it, and
 * it may have several sentences. As it is where the catalogue does not have it.
 */
export function told(text: string): string {
  if (!catalogue || text === '') return text;
  if (isWord(catalogue, text)) return catalogue[text] ?? text;
  for (const { is, said } of patternsOf(catalogue)) {
    const found = is.exec(text);
    if (found) return said.replace(/\{(\d)\}/g, (_, place: string) => valueTold(found[Number(place)] ?? ''));
  }
  const sentences = text.split(/(?<=[.!?]) (?=[\p{Lu}\d“])/u);
  return sentences.length > 1 ? sentences.map(told).join(' ') : text;
}

/** What stands in a place of such a text: a number, with its unit or what is counted, or a text of its own. */
function valueTold(value: string): string {
  const { number, unit = '' } =
    /^(?<number>[−-]?\d[\d.]*)(?: (?<unit>[%\p{L}][\p{L} -]*))?$/u.exec(value)?.groups ?? {};
  return number === undefined ? told(value) : [decimals(number), told(unit)].join(' ').trim();
}

/** The language that is spoken now. */
export const spoken = (): Language => language;

async function wordsOf(language: Exclude<Language, 'en'>, later: boolean): Promise<Catalogue> {
  const [first, more] = await Promise.all([
    catalogues[language](),
    later ? laterCatalogues[language]() : undefined,
  ]);
  return { ...first, ...more };
}

/**
 * @param still whether it is still wanted once it is here
 * @param later with what the parts of the page say that are opened later
 * @throws Error when the language cannot be fetched; then the page speaks on as before
 */
export async function speak(wanted: Language, still: () => boolean, later = false): Promise<void> {
  const words = wanted === 'en' ? null : await wordsOf(wanted, later);
  if (!still()) return;
  patterns = null;
  catalogue = words;
  language = wanted;
}
