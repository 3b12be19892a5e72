/** The tokenizer: Hugging Face's tokenizer.json read with their library, with our special tokens kept apart. */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { SPECIAL_TOKENS } from './bpe.ts';

/** What we rely on in tokenizer.json; the library reads the rest. */
const fileSchema = v.looseObject({
  added_tokens: v.array(v.looseObject({ id: v.number(), content: v.string(), special: v.boolean() })),
  model: v.looseObject({
    type: v.literal('BPE'),
    vocab: v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(0))),
    merges: v.array(v.union([v.string(), v.tuple([v.string(), v.string()])])),
  }),
  decoder: v.looseObject({ type: v.literal('ByteLevel') }),
});

/** Ids of the special tokens. */
export interface Specials {
  readonly pad: number;
  readonly bos: number;
  readonly code: number;
  readonly fix: number;
  readonly fb: number;
  readonly eot: number;
}

const MAX_CACHED_TEXTS = 20_000;

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
   * @param json the parsed content of a tokenizer.json written by `tokenizerJson` (byte-level BPE, our six specials).
   * @throws Error naming the field of tokenizer.json that is wrong.
   */
  static fromJson(json: unknown): Tokenizer {
    const parsed = v.safeParse(fileSchema, json);
    if (!parsed.success) {
      const issue = parsed.issues[0];
      throw new Error(`tokenizer.json: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
    }
    const { added_tokens: added, model } = parsed.output;
    SPECIAL_TOKENS.forEach((content, id) => {
      const found = added.find((token) => token.content === content);
      if (found?.id === id && found.special && model.vocab[content] === id) return;
      throw new Error(`tokenizer.json: added_tokens: ${content} must be a special token with id ${id}`);
    });
    const tokens: string[] = [];
    for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
    if (tokens.length !== Object.keys(model.vocab).length || tokens.includes(undefined!)) {
      throw new Error(
        `tokenizer.json: model.vocab: ids must be 0 to ${Object.keys(model.vocab).length - 1}, each once`,
      );
    }
    // Without its added tokens the library reads "<eot>" in a user's text as five ordinary characters.
    const library = new HuggingFaceTokenizer(
      { ...parsed.output, added_tokens: [] },
      { clean_up_tokenization_spaces: false },
    );
    return new Tokenizer(library, tokens);
  }

  /** Ids of a text; never a special token, whatever the text says. `decode(encode(text)) === text` for well-formed text. */
  encode(text: string): number[] {
    let ids = this.#cache.get(text);
    if (ids === undefined) {
      ids = text === '' ? [] : this.#library.encode(text, { add_special_tokens: false }).ids;
      if (this.#cache.size >= MAX_CACHED_TEXTS) this.#cache.clear();
      this.#cache.set(text, ids);
    }
    return [...ids];
  }

  /** Text of the ids; special tokens have none, bytes that are no UTF-8 become U+FFFD. @throws RangeError for an unknown id. */
  decode(ids: readonly number[]): string {
    for (const id of ids) this.#check(id);
    const ordinary = ids.filter((id) => id >= SPECIAL_TOKENS.length);
    return ordinary.length === 0 ? '' : this.#library.decode(ordinary, { skip_special_tokens: false });
  }

  /** One token for people to read: the name of a special, else its text. */
  tokenText(id: number): string {
    this.#check(id);
    return id < SPECIAL_TOKENS.length ? this.#tokens[id]! : this.decode([id]);
  }

  #check(id: number): void {
    if (this.#tokens[id] === undefined)
      throw new RangeError(`token id ${id} is not in 0 to ${this.size - 1}`);
  }
}
