/** What the shipped models have read: the words and signs of the texts of the built-in families. They see others letter by letter, without a meaning. */
import { Stream } from './random.ts';
import { drawSpec, renderInstruction } from './spec.ts';

/** Texts that are looked at: enough to meet every word of the families. */
const looked = 3000;

let known: ReadonlySet<string> | undefined;

/** Words and signs of a text; numbers are neither. */
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}_]+|[^\s\p{L}\p{M}\d_]/gu) ?? [];

function familiarWords(): ReadonlySet<string> {
  return (known ??= new Set(
    Array.from({ length: looked }, (_, i) => {
      const stream = new Stream(1, i);
      return wordsOf(renderInstruction(drawSpec(stream), stream));
    }).flat(),
  ));
}

/** The words and signs of a text that no shipped model has read, each once, in the order of the text. */
export const unfamiliar = (text: string): string[] =>
  [...new Set(wordsOf(text))].filter((word) => !familiarWords().has(word));

/** How many different words and signs texts have, and how many of them no shipped model has read. */
export function familiarity(texts: readonly string[]): { readonly words: number; readonly unread: number } {
  const words = new Set(texts.flatMap(wordsOf));
  return { words: words.size, unread: [...words].filter((word) => !familiarWords().has(word)).length };
}
