/** The update under way, as far as the trainer has told. */
import type { Experiment } from '../../config/experiment.ts';
import type { Explanation } from '../../rl/algorithms/algorithm.ts';
import type { GradedAnswer } from '../../rl/episode.ts';
import type { GroupRecord } from '../../rl/records.ts';
import type { LiveEvent, Reached } from '../../worker/protocol.ts';

/** An answer that is being written, or was and has no grade yet, or has one. */
export interface LiveAnswer {
  readonly text: string;
  /** Its reward is NaN, too, as long as the rewards of a control have not been dealt out. */
  readonly graded: GradedAnswer | null;
}

export interface LiveUpdate {
  /** Updates done, counting this one. */
  readonly step: number;
  /** The one it is made under. */
  readonly experiment: Experiment;
  /** Of each group. */
  readonly tasks: readonly GroupRecord['task'][];
  /** The group that is told in full. */
  readonly group: number;
  /** Its answers so far, [trajectory][turn]. */
  readonly answers: readonly (readonly LiveAnswer[])[];
  /** Share of its tests that each answer of all groups passed, null where it could not be judged; [group][trajectory][turn], absent: not yet. */
  readonly shares: readonly (readonly (readonly (number | null | undefined)[])[])[];
  /** Of each trajectory of the group told in full. */
  readonly explanations: readonly Explanation[] | null;
  readonly reached: Reached | null;
}

/** @param live null: nothing was told yet, or of an update that is over @returns null until one begins */
export function foldLive(live: LiveUpdate | null, event: LiveEvent): LiveUpdate | null {
  if (event.what === 'began') {
    const { step, experiment, tasks, group } = event;
    const trajectories = Array.from({ length: experiment.k }, () => []);
    return {
      ...{ step, experiment, tasks, group, answers: trajectories, explanations: null, reached: null },
      shares: tasks.map(() => trajectories),
    };
  }
  if (!live) return null;
  switch (event.what) {
    case 'written': {
      const { turn, texts } = event;
      const answers = live.answers.map((turns, trajectory) =>
        turns[turn - 1]?.graded
          ? turns
          : put(turns, turn - 1, { text: texts[trajectory] ?? '', graded: null }),
      );
      return { ...live, answers };
    }
    case 'graded': {
      const answers = live.answers.map((turns) => [...turns]);
      const own = live.experiment.control === 'none';
      for (const { trajectory, turn, answer } of event.answers) {
        const graded = own ? answer : { ...answer, reward: NaN };
        answers[trajectory]?.splice(turn - 1, 1, { text: answer.text, graded });
      }
      const shares = live.shares.map((group) => group.map((turns) => [...turns]));
      for (const { group, trajectory, turn, passed, total } of event.marks) {
        const turns = shares[group]?.[trajectory];
        if (turns) turns[turn - 1] = passed === null ? null : total > 0 ? passed / total : 0;
      }
      return { ...live, answers, shares };
    }
    case 'compared': {
      const { explanations } = event;
      const own = live.experiment.control === 'none';
      return { ...live, explanations, answers: own ? live.answers : dealt(live.answers, explanations) };
    }
    case 'reached':
      return { ...live, reached: event.at };
    default:
      return event satisfies never;
  }
}

/** The answers of a control, with the rewards that they were compared by. */
function dealt(answers: LiveUpdate['answers'], explanations: readonly Explanation[]): LiveUpdate['answers'] {
  return answers.map((turns, trajectory) => {
    const terms = explanations[trajectory]?.comparisons.flatMap((one) => one.terms) ?? [];
    return turns.map((answer, t) => {
      const reward = terms.find(({ kind, turn }) => kind === 'reward' && turn === t + 1)?.value;
      return answer.graded && reward !== undefined
        ? { ...answer, graded: { ...answer.graded, reward } }
        : answer;
    });
  });
}

/** A list with one item in the place of another, or at its end. */
function put<T>(list: readonly T[], index: number, item: T): T[] {
  const next = [...list];
  next.splice(index, 1, item);
  return next;
}

/** The group told in full has begun to be written. */
export const hasText = ({ answers }: LiveUpdate): boolean =>
  answers.some((turns) => turns.some(({ text }) => text !== ''));

/** The groups of an update under way as a record would have them: answers with their grade, of the group told in full. */
export function groupsOf({ tasks, group, answers }: LiveUpdate): GroupRecord[] {
  return tasks.map((task, g) => ({
    task,
    trajectories:
      g === group ? answers.map((turns) => ({ turns: turns.flatMap(({ graded }) => graded ?? []) })) : [],
  }));
}
