/** Hugging Face's tokenizer library over a file that was checked. */
import { Tokenizer } from '@huggingface/tokenizers';
import { characterOfByte } from './bpe.ts';
import type { Bpe } from './tokenizerFile.ts';

/**
 * Some vocabularies lack tokens of control characters. Hugging Face's own library leaves such a byte out of the piece that it is in,
 * before the piece is merged; this one would let it part what is around it.
 */
function withoutMissing({ preTokenizer, vocabulary }: Bpe): object {
  const missing = characterOfByte.filter((character) => !vocabulary.has(character));
  if (missing.length === 0) return preTokenizer;
  const codes = missing.map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const leaveOut = { type: 'Replace', pattern: { Regex: `[${codes.join('')}]` }, content: '' };
  return { type: 'Sequence', pretokenizers: [preTokenizer, leaveOut] };
}

/**
 * It gets what was checked and nothing else, and knows no added tokens: so "<eot>" in a user's text is five ordinary
 * characters. Whoever wants added tokens to be found looks for them.
 */
export function libraryOf(file: Bpe): Tokenizer {
  const { vocabulary, merges, ignoreMerges, normalizer } = file;
  return new Tokenizer(
    {
      added_tokens: [],
      normalizer,
      pre_tokenizer: withoutMissing(file),
      post_processor: null, // it would add special tokens, which episodes place themselves
      decoder: { type: 'ByteLevel' },
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(vocabulary),
        merges: merges.map(([left, right]): [string, string] => [left, right]),
        ignore_merges: ignoreMerges,
      },
    },
    { clean_up_tokenization_spaces: false },
  );
}
