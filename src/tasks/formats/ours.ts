/**
 * How the playground's own models are written to:
 *
 *     <bos> instruction <code> y_1 <eot> <fix> y_2 <eot>                     correction without outside help
 *     <bos> instruction <code> y_1 <eot> <fb> failing test <fix> y_2 <eot>   with feedback 'tests'
 *
 * Lengths of the built-in families with the shipped tokenizer, in tokens with their special ones (mean, 95 %,
 * longest): first prompt 24, 33, 43; answer 26, 36, 45; episode of two turns without feedback 78, 102, 121.
 */
import { maxFeedback, ownCorrection } from '../../config/episodeLength.ts';
import { familiarity } from '../familiar.ts';
import type { Tokenizer } from '../tokenizer.ts';
import type { EpisodeFormat } from './format.ts';

export function oursFormat(tokenizer: Tokenizer): EpisodeFormat {
  const { pad, bos, code, fix, fb, eot } = tokenizer.specials;
  return {
    ...{ name: 'ours', tokens: tokenizer.size, bos, pad, stops: [eot], end: [eot] },
    // The special tokens come first, and of them only the last is ever written.
    banned: [[0, eot - 1]],
    prompt: ({ instruction }) => [bos, ...tokenizer.encode(instruction), code],
    correction(feedback) {
      if (feedback === '') return [fix];
      // A character takes at most one token, unless it is outside ASCII.
      return [fb, ...tokenizer.encode(feedback.slice(0, maxFeedback)).slice(0, maxFeedback), fix];
    },
    longestCorrection: ownCorrection,
    familiarity,
    answer: (text) => tokenizer.encode(text),
    text: (ids) => tokenizer.decode(ids),
    tokenText: (id) => tokenizer.tokenText(id),
    code: (text) => ({ from: 0, to: text.length }),
  };
}
