/** How long an episode can become, in tokens: one rule for what is sampled, what the model must read, and how much memory that takes. */
import type { Experiment } from './fields.ts';

type Fields = Pick<Experiment, 'turns' | 'maxNewTokens' | 'history' | 'feedback'>;

/** A failing test shown to the model is cut off after so many characters, and after so many tokens. */
export const maxFeedback = 60;

/** Most tokens between an answer of a model of ours and the next one: its end and `<fix>`, or `<fb>` failing test `<fix>`. */
export const ownCorrection = (feedback: boolean): number => (feedback ? maxFeedback + 3 : 2);

/** Answers that one sequence shows. */
export const answersInView = ({ history, turns }: Pick<Fields, 'history' | 'turns'>): number =>
  history === 'all' ? turns : Math.min(turns, 2);

/**
 * Tokens of the longest sequence there can be: `prompt` tokens, then answers, each with its end (one that is cut off at
 * `maxNewTokens` is given it), and a correction between any two.
 * @param correction most tokens between two answers, the end of the first included; that of our own models unless given
 * @param answers that follow the prompt; as many as one sequence shows unless given
 */
export function longestSequence(
  e: Fields,
  prompt: number,
  correction = ownCorrection(e.feedback === 'tests'),
  answers = answersInView(e),
): number {
  return prompt + answers * e.maxNewTokens + (answers - 1) * correction + 1;
}
