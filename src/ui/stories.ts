/**
 * The stories of the page: a run of about a minute each, what to watch in it, and an outcome at its end that is made of the run's
 * own numbers. Pure functions of what was measured.
 */
import { besides, diff, type Experiment } from '../config/experiment.ts';
import { findPreset, presetExperiment, type Preset } from '../config/presets.ts';
import { fixed, percent } from './format.ts';
import type { Point } from './charts/series.ts';
import { say, told } from './say.svelte.ts';

/** Accuracy on held-out tasks, greedy, at the start of a run and now. */
interface Change {
  readonly before: number;
  readonly now: number;
}
type Direction = 'rose' | 'fell' | 'stayed';
/** Which way the first and the last turn went. */
interface Went {
  readonly first: Direction;
  readonly last: Direction;
}

export interface Story {
  readonly id: string;
  /** On its button. */
  readonly title: string;
  readonly preset: string;
  /** What it sets. */
  readonly sets: string;
  /** What to watch for. */
  readonly watch: string;
  /** After so many updates it can be judged. */
  readonly updates: number;
  /** What the numbers mean; said behind them. */
  readonly means: (went: Went) => string;
}

export const stories: readonly Story[] = [
  {
    id: 'learns',
    title: 'Learns',
    preset: 'default',
    sets: 'γ = 0.75: being right at once earns 0.75, failing first and then repairing it earns 1.',
    watch: 'Both lines rise. The second answer keeps ahead, because it repairs what is left.',
    updates: 50,
    means({ first, last }) {
      if (first === 'fell' || last === 'fell') return say('it is getting worse, not better');
      if (first === 'rose' && last === 'rose') return say('both answers got better');
      if (last === 'rose') return say('so far it has learned to repair, not to be right at once');
      return first === 'rose'
        ? say('so far only the first answer got better')
        : say('nothing beyond chance so far');
    },
  },
  {
    id: 'cheats',
    title: 'Cheats',
    preset: 'cheating',
    sets: 'γ = 0: only improvement pays. Starts from a checkpoint after 150 updates of γ = 0, for it takes that long to begin.',
    watch: 'Turn 1 falls towards 0, turn 2 does not: a failure first is what makes the repair pay.',
    updates: 50,
    means({ first, last }) {
      if (first === 'fell' && last === 'fell')
        return say('both answers got worse: that is forgetting, not cheating');
      if (first === 'fell') return say('it is paid to fail first');
      if (first === 'rose') return say('its first answers got better, so it does not cheat');
      return say('it has not given up more of its first answers yet; let it run on');
    },
  },
  {
    id: 'own-credit',
    title: 'Own credit',
    preset: 'own-credit',
    sets: 'The same checkpoint, but each turn is pushed by its own reward and, at γ = 0.5, by half of the next one’s.',
    watch: 'Turn 1 comes back: with credit of its own, failing first earns nothing.',
    updates: 50,
    means({ first, last }) {
      if (first === 'rose' && last === 'fell')
        return say('the first answer came back, at the cost of the second');
      if (first === 'rose') return say('with credit of its own, the first answer came back');
      return say('the first answer has not come back yet; let it run on');
    },
  },
];

export function presetOfStory(story: Story): Preset {
  const preset = findPreset(story.preset);
  if (!preset)
    throw new Error(`There is no preset "${story.preset}", which the story "${story.id}" begins with.`);
  return preset;
}

/** The story that a run with these settings tells; null when it tells none of ours. */
export function storyOf(experiment: Experiment): Story | null {
  const tells = (story: Story) =>
    Object.keys(diff(experiment, presetExperiment(presetOfStory(story)))).every((name) =>
      besides.some((one) => one === name),
    );
  return stories.find(tells) ?? null;
}

/** What a story says at one moment of its run. */
export interface Told {
  /** The outcome is final: made at the end of the story. */
  readonly done: boolean;
  readonly text: string;
}

/** What is measured of a run. */
export interface Measured {
  /** Updates done. */
  readonly step: number;
  /** Evaluations on held-out tasks, oldest first. */
  readonly evals: readonly Point[];
  /** Held-out tasks in each. */
  readonly heldOut: number;
}

/**
 * The outcome at the end of a story or, before that, that it is too early. It is made at the first evaluation after `updates` updates
 * and then stays. What could not be measured is not judged.
 */
export function outcomeOf(story: Story, { step, evals, heldOut }: Measured): Told {
  const before = evals.find((point) => point.step === 0);
  const end = evals.find((point) => point.step >= story.updates);
  const now = end ?? evals.at(-1);
  if (!before || !now || now.step === 0) {
    return {
      done: false,
      text: say('Not yet: the outcome comes after {updates} updates.', { updates: story.updates }),
    };
  }
  const T = turnsOf(now.metrics);
  const first = changeOf(before, now, 1);
  const last = changeOf(before, now, T);
  if (T < 2 || ![first, last].every(measured)) {
    return {
      done: false,
      text: say('Not yet: at update {step} the held-out tasks could not be graded.', { step: now.step }),
    };
  }
  const chance = 0.5 / Math.sqrt(heldOut);
  const went = { first: direction(first, chance), last: direction(last, chance) };
  const numbers = say(
    went.first === went.last ? 'turn 1 {first} and turn {T} {last}' : 'turn 1 {first} while turn {T} {last}',
    { first: phrase(first, went.first), T, last: phrase(last, went.last) },
  );
  return end
    ? {
        done: true,
        text: say(
          'After {step} updates {numbers}: {went}. One seed, {heldOut} tasks: the standard error of each figure is at most {points} points.',
          {
            step: now.step,
            numbers,
            went: told(story.means(went)),
            heldOut,
            points: fixed(100 * chance, 1),
          },
        ),
      }
    : {
        done: false,
        text: say('Not yet: update {step} of {updates}. So far {numbers}.', {
          step,
          updates: story.updates,
          numbers,
        }),
      };
}

const turnsOf = (metrics: Point['metrics']): number =>
  Object.keys(metrics).filter((name) => name.startsWith('eval/accuracy@t')).length;

const changeOf = (before: Point, now: Point, turn: number): Change => {
  const name = `eval/accuracy@t${turn}`;
  return { before: before.metrics[name] ?? NaN, now: now.metrics[name] ?? NaN };
};

const measured = ({ before, now }: Change): boolean => Number.isFinite(before) && Number.isFinite(now);

/** @param chance the standard error of such a share: a smaller change is called none */
function direction({ before, now }: Change, chance: number): Direction {
  if (Math.abs(now - before) < chance) return 'stayed';
  return now > before ? 'rose' : 'fell';
}

const phrases = {
  stayed: 'stayed near {before} (now {now})',
  rose: 'rose from {before} to {now}',
  fell: 'fell from {before} to {now}',
} as const;
const phrase = ({ before, now }: Change, went: Direction): string =>
  say(phrases[went], { before: percent(before), now: percent(now) });
