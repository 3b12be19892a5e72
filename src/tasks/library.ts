/** Hugging Face's tokenizer library over a file that was checked. */
import { Tokenizer } from '@huggingface/tokenizers';
import type { Bpe } from './tokenizerFile.ts';

/**
 * It gets what was checked and nothing else, and knows no added tokens: so "<eot>" in a user's text is five ordinary
 * characters. Whoever wants added tokens to be found looks for them.
 */
export function libraryOf({ vocabulary, merges, ignoreMerges, normalizer, preTokenizer }: Bpe): Tokenizer {
  return new Tokenizer(
    {
      added_tokens: [],
      normalizer,
      pre_tokenizer: preTokenizer,
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
