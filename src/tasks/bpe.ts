/**
 * Training of the byte-level BPE tokenizer (Sennrich et al. 2016, on bytes as in GPT-2), and its file format:
 * Hugging Face's tokenizer.json. Reading that file back is the work of ./tokenizer.ts.
 */

/** In the order of their ids, 0 to 5. Sampling bans every id below <eot>. */
export const specialTokens = ['<pad>', '<bos>', '<code>', '<fix>', '<fb>', '<eot>'] as const;

/**
 * How text is cut before merging: words and single digits with their leading space, a newline with the
 * indentation after it, runs of punctuation. Every character falls in one of the alternatives.
 */
export const preTokenizerPattern = ' ?[A-Za-z]+| ?[0-9]|\\n *| ?[^\\sA-Za-z0-9]+| +|\\s';

/** The printable character that stands for each byte in tokenizer.json (the ByteLevel alphabet of GPT-2). */
export const characterOfByte: readonly string[] = byteCharacters();

function byteCharacters(): string[] {
  const printable = (b: number): boolean => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCharCode(printable(b) ? b : next++));
}

const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  characterOfByte.map((character, byte) => [character, byte]),
);

/** A token as tokenizer.json has it, for people to read: a byte that is only a part of a character as ⟨C3⟩. */
export function readableToken(token: string): string {
  const bytes = Uint8Array.from([...token], (character) => byteOfCharacter.get(character) ?? 0x3f);
  const whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const [character, length] = characterAt(whole, bytes, at);
    text += character;
    at += length;
  }
  return text;
}

function characterAt(decoder: TextDecoder, bytes: Uint8Array<ArrayBuffer>, at: number): [string, number] {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    try {
      return [decoder.decode(bytes.subarray(at, at + length)), length];
    } catch {
      // more of it, or none
    }
  }
  return [`⟨${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')}⟩`, 1];
}

/** Text as the characters of its UTF-8 bytes. */
function toByteCharacters(text: string): string[] {
  return [...new TextEncoder().encode(text)].map((byte) => characterOfByte[byte]!);
}

type Pair = readonly [string, string];

/**
 * Learns `count` merges, most frequent pair first; ties go to the pair that sorts first, so the result
 * depends on the corpus only.
 * @throws RangeError when the corpus has too few pairs.
 */
export function trainMerges(texts: Iterable<string>, count: number): Pair[] {
  const frequency = new Map<string, number>();
  const pieces = new RegExp(preTokenizerPattern, 'gu');
  for (const text of texts) {
    for (const [piece] of text.matchAll(pieces)) frequency.set(piece, (frequency.get(piece) ?? 0) + 1);
  }
  const words = [...frequency].map(([piece, times]) => ({ symbols: toByteCharacters(piece), times }));
  const merges: Pair[] = [];
  while (merges.length < count) {
    const pair = mostFrequentPair(words);
    if (pair === null)
      throw new RangeError(`the corpus gives ${merges.length} merges, ${count} were asked for`);
    merges.push(pair);
    for (const word of words) word.symbols = merge(word.symbols, pair);
  }
  return merges;
}

function mostFrequentPair(words: readonly { symbols: readonly string[]; times: number }[]): Pair | null {
  const counts = new Map<string, number>();
  for (const { symbols, times } of words) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = `${symbols[i]} ${symbols[i + 1]}`; // no symbol holds a space: it is written as another character
      counts.set(key, (counts.get(key) ?? 0) + times);
    }
  }
  let best: string | null = null;
  for (const [key, times] of counts) {
    const most = best === null ? 0 : counts.get(best)!;
    if (best === null || times > most || (times === most && key < best)) best = key;
  }
  if (best === null) return null;
  const [left, right] = best.split(' ');
  return [left!, right!];
}

function merge(symbols: readonly string[], [left, right]: Pair): string[] {
  const out: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      out.push(left + right);
      i++;
    } else out.push(symbols[i]!);
  }
  return out;
}

/** The content of tokenizer.json: specials, then the 256 bytes, then one token per merge. */
export function tokenizerJson(merges: readonly Pair[]): object {
  const tokens = [...specialTokens, ...characterOfByte, ...merges.map(([left, right]) => left + right)];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: preTokenizerPattern }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => [left, right]),
    },
  };
}
