/**
 * What the page says, in the language that it is read in. English stands in the code, where it is said; every other language has a
 * catalogue (words/), which is fetched when it is chosen. A component that says something is drawn again when the language changes.
 */
import type { Language } from '../lessons/languages.ts';
import { catalogues, type Catalogue, type Places, type Word } from './words/catalogues.ts';

let language = $state.raw<Language>('en');
let catalogue = $state.raw<Catalogue | null>(null);

type Value = string | number;
type Values<Text extends string> = [Places<Text>] extends [never]
  ? []
  : [values: Readonly<Record<Places<Text>, Value>>];

/** Puts values into a text: "update {step}". A name that has no value stays. */
export const withValues = (text: string, values: Readonly<Record<string, Value>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** A text of the page. One that a language lacks does not compile. */
export function say<const Text extends Word>(text: Text, ...[values]: Values<Text>): string {
  const said = catalogue ? catalogue[text] : text;
  return values ? withValues(said, values) : said;
}

/** Where values stand in what other rooms say: a key of theirs has numbers for names. */
const places = /\{\d\}/;
let patterns: readonly { readonly is: RegExp; readonly said: string }[] | null = null;

/** Texts with values in them, for finding the text in a sentence that already has them. */
function patternsOf(words: Catalogue) {
  patterns ??= Object.entries(words)
    .filter(([text]) => places.test(text))
    .map(([text, said]) => ({
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
 * A text of another room, which knows no language: the help of a field, an alarm, an answer of the trainer; numbers may be in it.
 * As it is where the catalogue does not have it.
 */
export function told(text: string): string {
  if (!catalogue || text === '') return text;
  if (isWord(catalogue, text)) return catalogue[text];
  for (const { is, said } of patternsOf(catalogue)) {
    const found = is.exec(text);
    if (found) return said.replace(/\{(\d)\}/g, (_, place: string) => told(found[Number(place)] ?? ''));
  }
  return text;
}

/** The language that is spoken now. */
export const spoken = (): Language => language;

/**
 * @param still whether it is still wanted once it is here
 * @throws Error when the language cannot be fetched; then the page speaks on as before
 */
export async function speak(wanted: Language, still: () => boolean): Promise<void> {
  const words = wanted === 'en' ? null : await catalogues[wanted]();
  if (!still()) return;
  patterns = null;
  catalogue = words;
  language = wanted;
}
