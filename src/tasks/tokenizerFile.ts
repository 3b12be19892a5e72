/**
 * What a tokenizer.json may say. The file comes from outside and decides how text is cut, so only forms that are known are
 * read: byte-level BPE with the splits below. A regular expression that is not in the table is never run.
 */
import * as v from 'valibot';
import { isObject, maxVocabulary, shown, shownText } from '../config/outside.ts';
import { characterOfByte, preTokenizerPattern, specialTokens } from './bpe.ts';

/** A token can be the result of several merges; Llama 3 has 2.2 merges a token. */
const maxMerges = 4 * maxVocabulary;

/** How cl100k and its relatives cut text; they differ in how many digits stay together. */
const likeCl100k = (digits: string) =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

export const splits = {
  llama3: likeCl100k('\\p{N}{1,3}'), // cl100k too
  qwen2: likeCl100k('\\p{N}'), // 2, 2.5 and 3
} as const;

/** The regular expressions that may cut text before merging. Each takes linear time. */
const knownSplits: ReadonlySet<string> = new Set([preTokenizerPattern, ...Object.values(splits)]);

const one = (...values: unknown[]) => `must be ${values.map(shown).join(' or ')}`;
const is = <T extends string | boolean>(value: T) => v.literal(value, one(value));
/** A key that may be absent or null, or have one other value that changes nothing. */
const off = (...values: unknown[]) => {
  const accepted = [null, ...values];
  return v.optional(
    v.pipe(
      v.unknown(),
      v.check((value) => accepted.includes(value), one(...accepted)),
    ),
  );
};
const flag = v.optional(v.boolean(one(true, false)));
const text = v.string('must be text');
const object = <T extends v.ObjectEntries>(entries: T) => v.strictObject(entries, 'must be an object');

const byteLevel = object({
  type: is('ByteLevel'),
  add_prefix_space: is(false), // a space of its own would not be in the text
  trim_offsets: flag,
  use_regex: flag,
});
const split = object({
  type: is('Split'),
  pattern: object({
    Regex: v.pipe(
      text,
      v.check((regex) => knownSplits.has(regex), 'is a regular expression that the playground does not know'),
    ),
  }),
  behavior: is('Isolated'),
  invert: is(false),
});
const digits = object({ type: is('Digits'), individual_digits: is(true) });
/** Its options say how text would be encoded; decoding ignores them. */
const anyByteLevel = object({
  type: is('ByteLevel'),
  add_prefix_space: flag,
  trim_offsets: flag,
  use_regex: flag,
});

/** All but the vocabulary and the merges, which `readTokenizerFile` goes through by hand. */
const fileSchema = object({
  version: v.optional(is('1.0')),
  truncation: off(),
  padding: off(),
  added_tokens: v.array(
    object({
      id: v.number('must be a number'),
      content: text,
      special: v.boolean(one(true, false)),
      single_word: flag,
      lstrip: flag,
      rstrip: flag,
      normalized: flag,
    }),
    'must be a list',
  ),
  normalizer: v.nullish(object({ type: is('NFC') })),
  pre_tokenizer: v.variant(
    'type',
    [
      byteLevel,
      object({
        type: is('Sequence'),
        pretokenizers: v.strictTuple(
          [v.variant('type', [split, digits], 'must be a Split or Digits'), byteLevel],
          'must be a list of a Split or Digits, and a ByteLevel',
        ),
      }),
    ],
    'is not supported; a ByteLevel is, and a Sequence of a Split or Digits and a ByteLevel',
  ),
  // What is added around a text: episodes place their own special tokens, so this changes nothing.
  post_processor: v.nullish(
    v.looseObject({ type: v.picklist(['ByteLevel', 'TemplateProcessing', 'Sequence'], 'is not supported') }),
  ),
  decoder: anyByteLevel,
  model: object({
    type: is('BPE'),
    dropout: off(0),
    // Every byte has its token, so nothing is unknown.
    unk_token: v.nullish(text),
    fuse_unk: flag,
    continuing_subword_prefix: off(''),
    end_of_word_suffix: off(''),
    byte_fallback: off(false),
    ignore_merges: flag,
    vocab: v.unknown(),
    merges: v.unknown(),
  }),
});

/** A token that text may contain by name. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Control tokens, as opposed to text that happens to have a token of its own. */
  readonly special: boolean;
  /** Ways of looking for it in a text. */
  readonly lstrip?: boolean | undefined;
  readonly rstrip?: boolean | undefined;
  readonly single_word?: boolean | undefined;
}

export interface Bpe {
  /** Text of each token, in the characters that stand for bytes, by id; of an added token its content. */
  readonly tokens: readonly string[];
  readonly added: readonly AddedToken[];
  /** Ids of `model.vocab`, by text: all but added tokens that stand in their list only. */
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly merges: readonly (readonly [string, string])[];
  readonly ignoreMerges: boolean;
  readonly normalizer: { readonly type: 'NFC' } | null;
  readonly preTokenizer: v.InferOutput<typeof fileSchema>['pre_tokenizer'];
}

function refuse(field: string, problem: string): never {
  throw new Error(
    `tokenizer.json: ${field}: ${problem}. The playground reads byte-level BPE; ` +
      'use the tokenizer.json that was saved with the model.',
  );
}

/**
 * Reads a parsed tokenizer.json of the playground's own models: byte-level BPE, our six specials and no other.
 * @throws Error naming the field that is wrong
 */
export function readTokenizerFile(json: unknown): Bpe {
  const file = readBpe(json);
  const { added, vocabulary } = file;
  const byte = characterOfByte.findIndex((character) => !vocabulary.has(character));
  if (byte >= 0) refuse('model.vocab', `byte ${byte} has no token`);
  specialTokens.forEach((content, id) => {
    const right = added.some((token) => token.content === content && token.id === id);
    if (!right || vocabulary.get(content) !== id)
      refuse('added_tokens', `${content} must be a special token with id ${id}`);
  });
  const ordinary = added.findIndex(({ special }) => !special);
  if (ordinary >= 0) refuse(`added_tokens.${ordinary}.special`, 'false must be true');
  const other = added.find(({ content }) => !specialTokens.some((special) => special === content));
  if (other) refuse('added_tokens', `${shown(other.content)} is not one of ${specialTokens.join(' ')}`);
  return file;
}

/**
 * Reads a parsed tokenizer.json of any model.
 * @throws Error naming the field that is wrong
 */
export function readBpe(json: unknown): Bpe {
  const parsed = v.safeParse(fileSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const surplus = issue.type === 'strict_object' && issue.expected === 'never';
    const problem = surplus ? 'is not a setting the playground knows' : issue.message;
    refuse(
      shownText(v.getDotPath(issue) ?? 'the file'),
      issue.input === undefined ? 'the key is missing' : `${shown(issue.input)} ${problem}`,
    );
  }
  const { added_tokens: added, model, normalizer, pre_tokenizer: preTokenizer } = parsed.output;
  const vocabulary = readVocabulary(model.vocab);
  return {
    tokens: inOrder(vocabulary, added),
    ...{ added, vocabulary },
    merges: readMerges(model.merges, vocabulary),
    ignoreMerges: model.ignore_merges ?? false,
    normalizer: normalizer ?? null,
    preTokenizer,
  };
}

/** By hand, and not through a schema: a token may be called "constructor". */
function readVocabulary(vocab: unknown): Map<string, number> {
  if (!isObject(vocab)) refuse('model.vocab', `${shown(vocab)} must be an object`);
  const entries = Object.entries(vocab);
  if (entries.length > maxVocabulary) {
    refuse('model.vocab', `${entries.length} tokens; at most ${maxVocabulary} are read`);
  }
  return new Map(
    entries.map(([token, id]) => {
      if (typeof id === 'number') return [token, id];
      return refuse('model.vocab', `${shown(token)} has id ${shown(id)}, which is not a number`);
    }),
  );
}

/** All tokens by id: each id from 0 on belongs to one. */
function inOrder(vocabulary: ReadonlyMap<string, number>, added: readonly AddedToken[]): string[] {
  const only = added.filter(({ content, id }) => vocabulary.get(content) !== id);
  const all = [...vocabulary, ...only.map(({ content, id }) => [content, id] as const)];
  const tokens = new Array<string | undefined>(all.length).fill(undefined);
  for (const [token, id] of all) {
    if (!(id in tokens) || tokens[id] !== undefined) {
      refuse(
        'model.vocab',
        `${shown(token)} has id ${shown(id)}; ids must be 0 to ${all.length - 1}, each once`,
      );
    }
    tokens[id] = token;
  }
  return tokens.filter((token) => token !== undefined);
}

/** Pairs, or texts of two tokens with a space between them, as older files have. */
function readMerges(merges: unknown, ids: ReadonlyMap<string, number>): [string, string][] {
  if (!Array.isArray(merges)) refuse('model.merges', `${shown(merges)} must be a list`);
  if (merges.length > maxMerges) {
    refuse('model.merges', `${merges.length} merges; at most ${maxMerges} are read`);
  }
  const seen = new Set<string>();
  return merges.map((merge: unknown, i) => {
    const field = `model.merges.${i}`;
    const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!Array.isArray(pair) || pair.length !== 2) refuse(field, `${shown(merge)} must be two tokens`);
    const [left, right] = pair as [unknown, unknown];
    if (typeof left !== 'string' || typeof right !== 'string') refuse(field, 'must be two tokens');
    const missing = [left, right, left + right].find((token) => !ids.has(token));
    if (missing !== undefined) refuse(field, `${shownText(missing)} is not in model.vocab`);
    const key = `${left} ${right}`; // no token of bytes holds a space: it is written as another character
    if (seen.has(key)) refuse(field, `${shownText(key)} is there twice`);
    seen.add(key);
    return [left, right];
  });
}
