/** The tokenizer of a model that others trained: its tokenizer.json or what its GGUF file says, and its added tokens. */
import type { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { readJson, shown } from '../config/outside.ts';
import { readableToken } from './bpe.ts';
import { libraryOf } from './library.ts';
import { readBpe, splits, type AddedToken, type Bpe } from './tokenizerFile.ts';

/** Files of 256 k tokens have some 35 MB. */
const maxFileBytes = 64 << 20;

/** Metadata of a GGUF file. */
export type Metadata = ReadonlyMap<
  string,
  number | boolean | string | readonly (number | boolean | string)[]
>;

/** Some of a text, and whether the names of special tokens in it mean these tokens. */
export interface TextPart {
  readonly text: string;
  readonly special: boolean;
}

export class ModelTokenizer {
  /** Number of tokens, added ones included. */
  readonly size: number;
  readonly added: readonly AddedToken[];
  readonly #tokens: readonly string[];
  readonly #library: HuggingFaceTokenizer;
  readonly #byContent: ReadonlyMap<string, AddedToken>;
  readonly #byId: ReadonlyMap<number, AddedToken>;
  readonly #find: RegExp | null;

  private constructor(file: Bpe) {
    this.size = file.tokens.length;
    this.added = file.added;
    this.#tokens = file.tokens;
    this.#library = libraryOf(file);
    this.#byContent = new Map(file.added.map((token) => [token.content, token]));
    this.#byId = new Map(file.added.map((token) => [token.id, token]));
    // The longest comes first: one may begin as another does.
    const contents = [...this.#byContent.keys()].sort((a, b) => b.length - a.length);
    const escaped = contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    this.#find = escaped.length > 0 ? new RegExp(`(${escaped.join('|')})`, 'u') : null;
  }

  /**
   * @param bytes the content of tokenizer.json
   * @throws Error naming the field that is wrong
   */
  static fromBytes(bytes: Uint8Array): ModelTokenizer {
    return ModelTokenizer.fromJson(readJson(bytes, 'tokenizer.json', maxFileBytes));
  }

  /** @throws Error naming the field of tokenizer.json that is wrong */
  static fromJson(json: unknown): ModelTokenizer {
    const file = readBpe(json);
    file.added.forEach((token, i) => {
      for (const way of ['lstrip', 'rstrip', 'single_word'] as const) {
        if (!token[way]) continue;
        throw new Error(
          `tokenizer.json: added_tokens.${i}.${way}: true is not supported. Choose a model without it.`,
        );
      }
    });
    return new ModelTokenizer(file);
  }

  /** @throws Error naming the key of the metadata that is wrong */
  static fromGguf(metadata: Metadata, file: string): ModelTokenizer {
    return ModelTokenizer.fromJson(tokenizerJsonOf(metadata, file));
  }

  /**
   * Ids of a text.
   * @param special whether the names of special tokens in it mean these tokens. Text from people or models must not be read so:
   *   it would end its own turn. Added tokens that are not special are found either way, as transformers does.
   */
  encode(text: string, special: boolean): number[] {
    return this.encodeParts([{ text, special }]);
  }

  /** Ids of a text that is put together: what stands between two special tokens is merged whole, whatever parts it is of. */
  encodeParts(parts: readonly TextPart[]): number[] {
    const ids: number[] = [];
    let plain = '';
    for (const { text, special } of parts) {
      for (const piece of this.#find ? text.split(this.#find) : [text]) {
        const token = this.#byContent.get(piece);
        if (!token || (token.special && !special)) {
          plain += piece;
          continue;
        }
        ids.push(...this.#ordinary(plain), token.id);
        plain = '';
      }
    }
    return [...ids, ...this.#ordinary(plain)];
  }

  /** Whether there is a token with this id. */
  has(id: number): boolean {
    return this.#tokens[id] !== undefined;
  }

  /** Whether it stands for no text. */
  isSpecial(id: number): boolean {
    return this.#byId.get(id)?.special ?? false;
  }

  #ordinary(text: string): number[] {
    return text === '' ? [] : this.#library.encode(text, { add_special_tokens: false }).ids;
  }

  /** Text of the ids; special tokens have none, bytes that are not UTF-8 become U+FFFD. @throws RangeError for an unknown id. */
  decode(ids: readonly number[]): string {
    let text = '';
    let run: number[] = [];
    const flush = () => {
      if (run.length > 0) text += this.#library.decode(run, { skip_special_tokens: false });
      run = [];
    };
    for (const id of ids) {
      const added = this.#byId.get(id);
      if (this.#tokens[id] === undefined) {
        throw new RangeError(`token id ${id} is not in 0 to ${this.size - 1}`);
      }
      if (!added) run.push(id);
      else if (!added.special) {
        flush();
        text += added.content;
      }
    }
    flush();
    return text;
  }

  /** One token for people to read: the name of an added one, else its text, with parts of characters as ⟨C3⟩. */
  tokenText(id: number): string {
    const text = this.#byId.get(id)?.content ?? this.decode([id]);
    return text.includes('\ufffd') ? readableToken(this.#tokens[id] ?? text) : text;
  }

  /** The id of an added token. @throws Error when there is none of that name */
  idOf(content: string): number {
    const token = this.#byContent.get(content);
    if (!token) throw new Error(`The tokenizer has no token ${shown(content)}. Is it another model's?`);
    return token.id;
  }
}

/** How text is cut before merging, by what `tokenizer.ggml.pre` calls it; as llama.cpp does (src/llama-vocab.cpp). */
const preTokenizers: ReadonlyMap<string, object> = new Map([
  ['llama-bpe', splitBy(splits.llama3)],
  ['qwen2', splitBy(splits.qwen2)],
  ['smollm', inSequence({ type: 'Digits', individual_digits: true }, true)],
]);

function splitBy(regex: string): object {
  return inSequence({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false }, false);
}

function inSequence(first: object, useRegex: boolean): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: useRegex };
  return { type: 'Sequence', pretokenizers: [first, byteLevel] };
}

/** Kinds of tokens in a GGUF file. */
const control = 3;
const userDefined = 4;

function tokenizerJsonOf(metadata: Metadata, file: string): object {
  const key = (name: string) => `tokenizer.ggml.${name}`;
  const refuse = (name: string, problem: string): never => {
    throw new Error(`${file}: ${key(name)} ${problem}. Choose another file of this model.`);
  };
  const list = <T>(name: string, isItem: (item: unknown) => item is T): readonly T[] => {
    const value: unknown = metadata.get(key(name));
    if (Array.isArray(value) && value.every(isItem)) return value;
    return refuse(name, `is ${shown(value)}, not the list it must be`);
  };
  const model = metadata.get(key('model'));
  if (model !== 'gpt2') refuse('model', `is ${shown(model)}; gpt2 (byte-level BPE) is supported`);
  const pre = metadata.get(key('pre'));
  const preTokenizer = preTokenizers.get(String(pre));
  if (!preTokenizer) {
    refuse('pre', `is ${shown(pre)}; ${[...preTokenizers.keys()].join(', ')} are known`);
  }
  const tokens = list('tokens', isText);
  const types = list('token_type', isNumber);
  const merges = list('merges', isText);
  if (types.length !== tokens.length)
    refuse('token_type', `has ${types.length} items, tokens ${tokens.length}`);
  const added = [...tokens.entries()]
    .filter(([id]) => types[id] === control || types[id] === userDefined)
    .map(([id, content]) => ({ id, content, special: types[id] === control }));
  const special = new Set(added.map(({ id }) => id));
  const vocab = [...tokens.entries()].filter(([id]) => !special.has(id)).map(([id, token]) => [token, id]);
  return {
    added_tokens: added,
    normalizer: pre === 'qwen2' ? { type: 'NFC' } : null,
    pre_tokenizer: preTokenizer,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', ignore_merges: pre === 'llama-bpe', vocab: Object.fromEntries(vocab), merges },
  };
}

const isText = (item: unknown): item is string => typeof item === 'string';
const isNumber = (item: unknown): item is number => typeof item === 'number';
