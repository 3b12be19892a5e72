/**
 * Failure signatures: patterns in the recent metrics that mean a run has gone wrong, each with its meaning and a way
 * out. Pure functions of the metric records so far. Thresholds are our decisions, set on runs of the shipped model.
 * Source of the patterns: paper (collapse, reward hacking, no revision); common practice (the others).
 */
import type { Metrics } from './metrics.ts';
import { mean, scored, std } from './statistics.ts';

export interface Signature {
  readonly id: string;
  readonly title: string;
  /** What is happening, in plain words. */
  readonly explanation: string;
  /** What to try. */
  readonly remedy: string;
  /** @param history the `train/…` metrics of every update so far, oldest first. */
  readonly detect: (history: readonly Metrics[]) => boolean;
}

/** Updates that are averaged before anything is concluded: one update alone is too noisy. */
export const signatureWindow = 10;

/** What is read of an update's metrics: one of them, by its name, or a number made of several. */
type Read = string | ((metrics: Metrics) => number);
const read = (what: Read, metrics: Metrics): number =>
  typeof what === 'string' ? (metrics[what] ?? NaN) : what(metrics);

/** Mean over a window that ends before update `end`; NaN when nothing was measured there. */
function windowMean(history: readonly Metrics[], what: Read, end = history.length): number {
  const window = history.slice(Math.max(0, end - signatureWindow), end);
  return mean(scored(window.map((metrics) => read(what, metrics))));
}

/**
 * How far two window means may differ by chance: two standard errors of their difference, and at least five points. The
 * scatter of one update is taken from the steps between neighbours, to which a slow rise or fall hardly adds.
 */
function byChance(history: readonly Metrics[], what: Read): number {
  const values = history.map((metrics) => read(what, metrics));
  const steps = scored(values.slice(1).map((x, i) => x - values[i]));
  // A step has the scatter of two updates, and so has a difference of two windows, but for the number averaged.
  return Math.max(0.05, (2 * std(steps)) / Math.sqrt(signatureWindow));
}

/** Number of turns, read off the names. */
function turnsOf(history: readonly Metrics[]): number {
  const last = history[history.length - 1];
  let T = 0;
  while (`train/reward@t${T + 1}` in last) T++;
  return T;
}

/** True when the recent mean of a per-turn metric satisfies the test at some turn. */
function atSomeTurn(
  history: readonly Metrics[],
  name: string,
  test: (x: number, key: string) => boolean,
): boolean {
  return Array.from({ length: turnsOf(history) }, (_, t) => `train/${name}@t${t + 1}`).some((key) =>
    test(windowMean(history, key), key),
  );
}

/** The window mean in which the metric was best, and where that window ended. */
function best(history: readonly Metrics[], key: string): { value: number; end: number } {
  let found = { value: -Infinity, end: signatureWindow };
  for (let end = signatureWindow; end <= history.length; end++) {
    const value = windowMean(history, key, end);
    if (value > found.value) found = { value, end };
  }
  return found;
}

export const signatures: readonly Signature[] = [
  {
    id: 'collapse',
    title: 'Collapse',
    explanation:
      'The reward has fallen below half of its best value, and the first answers have moved far from the starting model. The model is forgetting how to write programs.',
    remedy: 'Reset, then lower the learning rate, or raise β a little.',
    detect: (history) => {
      const key = `train/tests_passed@t${turnsOf(history)}`;
      return (
        windowMean(history, key) < best(history, key).value / 2 && windowMean(history, 'train/kl@t1') > 2
      );
    },
  },
  {
    id: 'reward-hacking',
    title: 'Reward hacking',
    explanation:
      'The first answers have become worse than they were, and the last ones have not become worse with them: the model fails first, so that its correction earns more.',
    remedy: 'Raise γ towards 1, or give each turn its own credit (per-turn returns).',
    detect: (history) => {
      const T = turnsOf(history);
      if (T < 2) return false;
      const first = 'train/tests_passed@t1';
      const gap = (metrics: Metrics) => read(`train/tests_passed@t${T}`, metrics) - read(first, metrics);
      const before = best(history, first);
      const fallen = before.value - windowMean(history, first);
      const widened = windowMean(history, gap) - windowMean(history, gap, before.end);
      return fallen > byChance(history, first) && widened > byChance(history, gap);
    },
  },
  {
    id: 'no-revision',
    title: 'No revision',
    explanation:
      'Nearly every correction repeats the answer before it, although many of those answers are wrong. The second turn adds nothing.',
    remedy: 'Start from the repairer model, lower γ to pay more for improvement, or raise the temperature.',
    detect: (history) =>
      windowMean(history, 'train/copy_rate') > 0.97 && windowMean(history, 'train/accuracy@t1') < 0.8,
  },
  {
    id: 'no-signal',
    title: 'No learning signal',
    explanation:
      'For most prompts all samples earn the same, so good cannot be told from bad: the tasks are too easy or too hard, or the samples are too much alike.',
    remedy:
      'Use the progressive reward, more samples per prompt, a higher temperature, or a different difficulty.',
    detect: (history) => windowMean(history, 'train/zero_std') > 0.8,
  },
  {
    id: 'entropy-collapse',
    title: 'Entropy collapse',
    explanation:
      'The model has become far more certain than it was: its samples are nearly all alike, and exploration has stopped.',
    remedy:
      'Lower the learning rate, raise the temperature, or raise β. If the rewards are near their maximum, this is harmless.',
    detect: (history) =>
      atSomeTurn(history, 'entropy', (now, key) => now < 0.1 * windowMean(history, key, signatureWindow)),
  },
  {
    id: 'truncation',
    title: 'Truncated answers',
    explanation: 'Many answers hit the length limit before they end, and are graded as broken programs.',
    remedy: 'Allow longer answers (Longest answer), or lower the learning rate if lengths have been growing.',
    detect: (history) => atSomeTurn(history, 'truncated', (now) => now > 0.2),
  },
  {
    id: 'all-timeout',
    title: 'Nearly everything times out',
    explanation:
      'Almost every answer runs out of time in its unit tests. Either the model writes infinite loops, or this machine is too busy to run Python.',
    remedy: 'Look at one of the programs. If it looks harmless, close whatever else keeps this machine busy.',
    detect: (history) => atSomeTurn(history, 'timeout', (now) => now > 0.9),
  },
];

/**
 * The signatures that the run shows now; none before `signatureWindow` updates.
 * @param history the `train/…` metrics of every update so far, oldest first.
 */
export function detectSignatures(history: readonly Metrics[]): Signature[] {
  if (history.length < signatureWindow) return [];
  return signatures.filter((signature) => signature.detect(history));
}
