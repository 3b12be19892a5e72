import { say, spoken } from './say.svelte.ts';

/** The words of the field that the page uses, each explained once; controls/Said.svelte explains them where they are met. */
export const glossary = {
  'held-out':
    'kept apart: tasks that the model never trains on, so they tell whether it has learned or memorised',
  greedy: 'the most likely token every time, so that the same model gives the same answer',
  sampled: 'drawn at random by the model’s own probabilities, so tries at one task differ',
  baseline: 'what a try is compared with: a mean over other tries, so that only better than that is rewarded',
  nats: 'the unit of a natural logarithm: 1 nat is a factor of 2.7 in probability, 0.7 nats a factor of 2',
  entropy: 'how undecided the model is about the next token; 0 where it is certain',
  'own problems':
    'problems from a file of yours or written in this page, in place of those that the playground makes up',
  'model that others trained':
    'one that is opened from files or fetched from the hub; it stays as it was: what it learns here is an adapter',
  LoRA: 'low-rank adaptation: only two narrow matrices beside each of a model’s are trained; the rank is how narrow they are',
  adapter:
    'small matrices that are added to those of a model: they alone are trained, so little memory is needed and the model itself stays as it was',
  quantised:
    'stored with fewer bits for each number, say 4 or 8 in place of 16: smaller, and a little less exact',
  hub: 'Hugging Face’s collection of models, huggingface.co, from which anybody may fetch them',
  KL: 'how far the model has moved away from the one it started as; 0 where both are equally likely to write an answer',
  coupling:
    'how much better the second answer is for a first answer that is better by 1, from one try at a task to another',
} as const;

export type Word = keyof typeof glossary;

/** A piece of a text; with a word where it is one of the glossary's, which it may write in another case. */
export interface Piece {
  readonly text: string;
  readonly word: Word | null;
}

const words = Object.keys(glossary).filter((word): word is Word => word in glossary);

/** As the page says them now; another language than English may add an ending. */
function spokenWords() {
  const said = new Map(words.map((word) => [say(word).toLowerCase(), word]));
  const ending = spoken() === 'en' ? '' : '\\p{L}{0,2}';
  return {
    said,
    any: new RegExp(`(?<![\\p{L}-])(${[...said.keys()].join('|')})${ending}(?![\\p{L}-])`, 'giu'),
  };
}

/** Takes a text apart at the words that the glossary explains, each where it first stands. */
export function piecesOf(text: string): Piece[] {
  const { said, any } = spokenWords();
  const pieces: Piece[] = [];
  const met = new Set<Word>();
  let end = 0;
  for (const { 0: found, 1: stem = '', index } of text.matchAll(any)) {
    const word = said.get(stem.toLowerCase());
    if (!word || met.has(word)) continue;
    met.add(word);
    if (index > end) pieces.push({ text: text.slice(end, index), word: null });
    pieces.push({ text: found, word });
    end = index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), word: null });
  return pieces;
}
