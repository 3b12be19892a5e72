/** The tokenizer: Hugging Face's tokenizer.json read with their library, with our special tokens kept apart. */
import type { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { readJson } from '../config/outside.ts';
import { readableToken, specialTokens } from './bpe.ts';
import { libraryOf } from './library.ts';
import { readTokenizerFile } from './tokenizerFile.ts';

/** Ids of the special tokens. */
export interface Specials {
  readonly pad: number;
  readonly bos: number;
  readonly code: number;
  readonly fix: number;
  readonly fb: number;
  readonly eot: number;
}

const maxCachedTexts = 20_000;
/** Files of 256 k tokens have some 35 MB. */
const maxFileBytes = 64 << 20;

export class Tokenizer {
  /** Number of tokens, specials included. */
  readonly size: number;
  readonly specials: Specials;
  readonly #library: HuggingFaceTokenizer;
  readonly #tokens: readonly string[];
  readonly #cache = new Map<string, readonly number[]>();

  private constructor(library: HuggingFaceTokenizer, tokens: readonly string[]) {
    this.#library = library;
    this.#tokens = tokens;
    this.size = tokens.length;
    this.specials = { pad: 0, bos: 1, code: 2, fix: 3, fb: 4, eot: 5 };
  }

  /**
   * @param bytes the content of tokenizer.json
   * @throws Error naming the field of tokenizer.json that is wrong
   */
  static fromBytes(bytes: Uint8Array): Tokenizer {
    return Tokenizer.fromJson(readJson(bytes, 'tokenizer.json', maxFileBytes));
  }

  /**
   * @param json the parsed content of a tokenizer.json with our six specials; tokenizerFile.ts says which forms are read
   * @throws Error naming the field of tokenizer.json that is wrong
   */
  static fromJson(json: unknown): Tokenizer {
    const file = readTokenizerFile(json);
    return new Tokenizer(libraryOf(file), file.tokens);
  }

  /** Ids of a text; never a special token, whatever the text says. `decode(encode(text)) === text` for well-formed text. */
  encode(text: string): number[] {
    let ids = this.#cache.get(text);
    if (ids === undefined) {
      ids = text === '' ? [] : this.#library.encode(text, { add_special_tokens: false }).ids;
      if (this.#cache.size >= maxCachedTexts) this.#cache.clear();
      this.#cache.set(text, ids);
    }
    return [...ids];
  }

  /** Text of the ids; special tokens have none, bytes that are not UTF-8 become U+FFFD. @throws RangeError for an unknown id. */
  decode(ids: readonly number[]): string {
    for (const id of ids) this.#check(id);
    const ordinary = ids.filter((id) => id >= specialTokens.length);
    return ordinary.length === 0 ? '' : this.#library.decode(ordinary, { skip_special_tokens: false });
  }

  /** One token for people to read: the name of a special, else its text, with parts of characters as ⟨C3⟩. */
  tokenText(id: number): string {
    this.#check(id);
    const token = this.#tokens[id]!;
    if (id < specialTokens.length) return token;
    const text = this.decode([id]);
    return text.includes('\ufffd') ? readableToken(token) : text;
  }

  #check(id: number): void {
    if (this.#tokens[id] === undefined)
      throw new RangeError(`token id ${id} is not in 0 to ${this.size - 1}`);
  }
}
