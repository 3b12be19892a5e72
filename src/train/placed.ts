/**
 * Where each answer of an episode stands: the tokens the model reads before it, and its own. A record keeps only what was
 * written; the rest follows from the task, the verdicts, and the experiment's history and feedback.
 */
import type { Experiment } from '../config/fields.ts';
import type { Answer, Episode, GradedAnswer, Group } from '../rl/episode.ts';
import { trainedOn } from '../rl/unitTests.ts';
import { closingIds, feedbackLine, turnPromptIds, type PastTurn } from '../tasks/episode.ts';
import type { Asked, EpisodeFormat } from '../tasks/formats/format.ts';
import type { Task } from '../tasks/types.ts';
import type { Placed } from './policy.ts';

/** Whether the sequence begins again from the prompt before a turn (from 1): only the latest answer stays in view, and there are two. */
export const beginsAnew = (turn: number, { history }: Pick<Experiment, 'history'>): boolean =>
  turn > 2 && history === 'latest';

/**
 * What stands before the answer of a turn from the second on: the sequence of the answer before it, which goes on and is made
 * longer, or a new one.
 * @param sequence up to the end of the answer before
 */
export function viewBefore(
  format: EpisodeFormat,
  task: Asked,
  turn: number,
  past: PastTurn,
  sequence: number[],
  e: Pick<Experiment, 'history'>,
): number[] {
  if (beginsAnew(turn, e)) return turnPromptIds(format, task, [past], 'latest');
  sequence.push(...closingIds(format, past));
  return sequence;
}

/** What the model is told about an answer before it corrects it; '' for nothing. Never of tests that only judge. */
export function feedbackOn(
  { tests }: Pick<GradedAnswer['verdict'], 'tests'>,
  e: Pick<Experiment, 'feedback' | 'trainTests'>,
): string {
  return e.feedback === 'tests' ? feedbackLine(trainedOn(tests, e)) : '';
}

/** Puts the answers of recorded groups back where they stood when they were sampled. @param e they were sampled under */
export function placed<A extends Pick<Answer, 'ids'> & Pick<GradedAnswer, 'verdict'>>(
  format: EpisodeFormat,
  groups: readonly Group<Episode<A>>[],
  e: Pick<Experiment, 'history' | 'feedback' | 'trainTests'>,
): Group<Episode<A & Placed>>[] {
  const place = (task: Task, turns: readonly A[]): (A & Placed)[] => {
    let sequence = format.prompt(task);
    return turns.map((answer, t) => {
      if (t > 0) {
        const { ids, verdict } = turns[t - 1];
        const past = { ids, feedback: feedbackOn(verdict, e) };
        sequence = viewBefore(format, task, t + 1, past, sequence, e);
      }
      const place = { sequence, start: sequence.length, length: answer.ids.length };
      sequence.push(...answer.ids);
      return { ...answer, place };
    });
  };
  return groups.map(({ task, trajectories }) => ({
    task,
    trajectories: trajectories.map(({ turns }) => ({ turns: place(task, turns) })),
  }));
}
