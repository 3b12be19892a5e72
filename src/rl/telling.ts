/** The recorded example that shows best what an alarm says: how it was before, and how it is now. */
import type { Episode, GradedAnswer, Group } from './episode.ts';
import type { EvalRecord, UpdateRecord } from './records.ts';

type Tried = Episode<GradedAnswer>;

/** How well an example tells it; 0: not at all. */
export type Telling =
  /** Greedy answers to one held-out task. */
  | { readonly of: 'task'; readonly score: (before: Tried, now: Tried) => number }
  /** The sampled tries at one task. */
  | { readonly of: 'tries'; readonly score: (tries: readonly Tried[]) => number };

/** The same held-out task, greedy: before training, and by now. */
export interface TaskExample {
  readonly of: 'task';
  readonly task: Group<Tried>['task'];
  readonly before: { readonly step: number; readonly turns: Tried['turns'] };
  readonly now: { readonly step: number; readonly turns: Tried['turns'] };
}

/** Sampled tries at a task of an early update, and at one of a late one. */
export interface TriesExample {
  readonly of: 'tries';
  readonly before: { readonly step: number; readonly group: Group<Tried> };
  readonly now: { readonly step: number; readonly group: Group<Tried> };
}

export type Example = TaskExample | TriesExample;

/** What is recorded of a run: evaluations and updates, oldest first. */
export interface Recorded {
  readonly evals: readonly Pick<EvalRecord, 'step' | 'examples'>[];
  readonly updates: readonly Pick<UpdateRecord, 'step' | 'groups'>[];
}

/** The most telling example there is; null when none that was recorded shows it. */
export function exampleOf(telling: Telling, recorded: Recorded): Example | null {
  return telling.of === 'task'
    ? taskExample(telling.score, recorded.evals)
    : triesExample(telling.score, recorded.updates);
}

function taskExample(
  score: (before: Tried, now: Tried) => number,
  evals: Recorded['evals'],
): TaskExample | null {
  const [first, last] = [evals.at(0), evals.at(-1)];
  if (!first || !last || first === last) return null;
  const pairs = last.examples.flatMap(({ task, trajectories }, i) => {
    const before = first.examples[i];
    const [a, b] = [before?.trajectories[0], trajectories[0]];
    // The held-out tasks are the same at every evaluation.
    if (before?.task.id !== task.id || !a || !b || !judged(a) || !judged(b)) return [];
    return [{ task, a, b, tells: score(a, b) }];
  });
  const best = mostTelling(pairs);
  return (
    best && {
      of: 'task',
      task: best.task,
      before: { step: first.step, turns: best.a.turns },
      now: { step: last.step, turns: best.b.turns },
    }
  );
}

function triesExample(
  score: (tries: readonly Tried[]) => number,
  updates: Recorded['updates'],
): TriesExample | null {
  const [first, last] = [updates.at(0), updates.at(-1)];
  if (!first || !last) return null;
  const scored = (groups: Recorded['updates'][number]['groups'], sign: number) =>
    groups
      .filter(({ trajectories }) => trajectories.every(judged))
      .map((group) => ({ group, tells: sign * score(group.trajectories) }));
  const now = mostTelling(scored(last.groups, 1));
  // Before: what it should look like.
  const before = scored(first.groups, -1)
    .sort((a, b) => b.tells - a.tells)
    .at(0);
  if (!now || !before) return null;
  return {
    of: 'tries',
    before: { step: first.step, group: before.group },
    now: { step: last.step, group: now.group },
  };
}

const judged = ({ turns }: Tried): boolean =>
  turns.length > 0 && turns.every(({ reward }) => Number.isFinite(reward));

function mostTelling<T extends { readonly tells: number }>(all: readonly T[]): T | null {
  const best = [...all].sort((a, b) => b.tells - a.tells).at(0);
  return best && best.tells > 0 ? best : null;
}
