/** What the status line says. */
import type { Phase, Reached, Stage, Station } from '../worker/protocol.ts';
import type { Point } from './charts/series.ts';
import { durationWords, fixed, percent, plural } from './format.ts';
import { say } from './say.svelte.ts';
import type { Plain } from './words/catalogues.ts';

interface Standing {
  readonly phase: Phase;
  readonly stage: Stage;
  readonly done: number;
  readonly total: number;
  readonly step: number;
  /** Where it stands within the next update. */
  readonly at?: Reached | null;
  /** The evaluations so far, oldest first. */
  readonly evals?: readonly Point[];
  /** Seconds until the stage is done, about; null: not known. */
  readonly secondsLeft?: number | null;
}

/**
 * How held-out accuracy moved from the first evaluation to the latest, turn by turn: "turn 1 30 → 54 %, turn 2 34 → 63 %, held-out";
 * '' before there are two.
 */
export function howItWent(evals: readonly Point[]): string {
  const [first, last] = [evals.at(0), evals.at(-1)];
  if (!first || !last || first === last) return '';
  const turns: string[] = [];
  for (let key = ''; (key = `eval/accuracy@t${turns.length + 1}`) in last.metrics;) {
    const [from, to] = [first, last].map(({ metrics }) => fixed(100 * (metrics[key] ?? NaN), 0));
    turns.push(say('turn {number} {from} → {to}\u00a0%', { number: turns.length + 1, from, to }));
  }
  return turns.length === 0 ? '' : say('{turns}, held-out', { turns: turns.join(', ') });
}

/** "before training", or the update after which it is. @param step updates done */
export const whenWords = (step: number): string =>
  step === 0 ? say('before training') : say('after update {step}', { step });

/**
 * What a result says of the last turn, a sentence that ends in "21 % → 64 %." or "34 % before training; not measured since."; ''
 * where nothing was measured.
 * @param updates how many the result is of
 */
export function cameTo(evals: readonly Point[], updates: number): string {
  const measured = evals
    .map(({ step, metrics }) => ({ step, share: Object.values(metrics).at(-1) ?? NaN }))
    .filter(({ share }) => Number.isFinite(share));
  const [first, last] = [measured.at(0), measured.at(-1)];
  if (!first || !last) return '';
  const said =
    first === last
      ? `${percent(first.share)} ${whenWords(first.step)}${first.step < updates ? say('; not measured since') : ''}`
      : `${percent(first.share)} → ${percent(last.share)}${last.step < updates ? ` ${whenWords(last.step)}` : ''}`;
  return say('Held-out tasks solved at the last turn: {said}.', { said });
}

/** What is being done, in words that follow "Loading" or "Update 12:". */
const stageWords = {
  backend: 'choosing a back end',
  model: 'reading the model',
  tasks: 'making the tasks',
  sandbox: 'starting Python',
  sample: 'writing answers',
  grade: 'running unit tests',
  score: 'scoring answers',
  update: 'updating the weights',
  evaluate: 'seeing what it has learned, on held-out tasks',
  again: 'making updates again, from the last state that was kept',
  idle: 'getting ready',
} as const satisfies Readonly<Record<Stage, string>>;

/** The station that a run stands after, in words. */
const stationWords: Readonly<Record<Reached['station'], (turn: number) => string>> = {
  write: () => say('writing'),
  correct: (turn) => say('turn {number}', { number: turn }),
  reward: () => say('the rewards'),
  compare: () => say('comparing'),
  push: () => say('the push'),
};

interface LoopStage {
  readonly stage: Stage;
  readonly label: Plain;
  /** What happens in it, for a newcomer. */
  readonly help: Plain;
}

/** The stages of one update in their order: the method at a glance. */
export const loopStages: readonly LoopStage[] = [
  {
    stage: 'sample',
    label: 'write',
    help: 'The model writes k answers to each task, then corrects each of them.',
  },
  { stage: 'grade', label: 'test', help: 'Python runs every answer against the unit tests of its task.' },
  {
    stage: 'score',
    label: 'score',
    help: 'Rewards are compared within each task: which answers did better than the others?',
  },
  { stage: 'update', label: 'update', help: 'Better answers are made more likely, worse ones less likely.' },
  {
    stage: 'evaluate',
    label: 'evaluate',
    help: 'Now and then, the model is measured on tasks it never trains on.',
  },
];

/** What the button that goes from one to the next is for. */
export const stationHelp =
  'An update has five stations: write, correct, reward, compare, push. This goes on to the next one and stands there, so that it can be looked at (Shift →).';

/** How far the first evaluation is: "23 of 128, about 2.5 minutes left"; '' where none is under way, or its count is not known. */
export function firstMeasured({ phase, stage, done, total, evals = [], secondsLeft }: Standing): string {
  if (stage !== 'evaluate' || phase === 'failed' || evals.length > 0 || total === 0) return '';
  const count = say('{done} of {total}', { done, total });
  return secondsLeft ? count + say(', about {time} left', { time: durationWords(secondsLeft) }) : count;
}

/**
 * One sentence for the status line.
 * @param asked Run or Step was pressed, and the trainer has not heard it yet
 * @param settled nothing can be set now
 */
export function statusText(at: Standing, asked = false, settled = false): string {
  const untrained = at.phase === 'loading' && at.stage === 'evaluate';
  const stage = say(untrained ? 'measuring the model on held-out tasks' : stageWords[at.stage]);
  const share =
    at.stage === 'model'
      ? `, ${percent(at.done / at.total)}`
      : ` (${say('{done} of {total}', { done: at.done, total: at.total })})`;
  const count = at.total > 0 ? share : '';
  const measured = firstMeasured(at);
  const begins = say('Update {step} begins when the held-out tasks are measured: {measured}.', {
    step: at.step + 1,
    measured,
  });
  switch (at.phase) {
    case 'loading':
      return say('Loading: {stage}{count}', { stage, count });
    case 'ready':
      if (asked) return measured ? begins : say('Training begins.');
      return measured
        ? say('Ready. Measuring held-out tasks, {measured}. Press Run to train.', { measured })
        : say('Ready. Press Run to train.');
    case 'running':
      if (measured && at.step === 0) return begins;
      return at.stage === 'evaluate' || at.stage === 'again' || at.stage === 'idle'
        ? say('Training: {stage}{count}', { stage, count })
        : say('Update {step}: {stage}{count}', { step: at.step + 1, stage, count });
    case 'pausing':
      return say('Pausing after this update: {stage}{count}', { stage, count });
    case 'paused':
      if (at.at) {
        const after = stationWords[at.at.station](at.at.turn);
        return say('Update {step}, after {after}: press Next station to go on.', {
          step: at.step + 1,
          after,
        });
      }
      return say('Paused after update {step}.', { step: at.step });
    case 'finished': {
      const went = howItWent(at.evals ?? []);
      const updates = plural(at.step, 'update');
      if (settled) return finishedText(updates, went);
      return went
        ? say('Finished after {updates}: {went}. Raise Updates to go on.', { updates, went })
        : say('Finished after {updates}. Raise Updates to go on.', { updates });
    }
    case 'failed':
      return say('Stopped by an error.');
    default:
      return at.phase satisfies never;
  }
}

const finishedText = (updates: string, went: string): string =>
  went
    ? say('Finished after {updates}: {went}.', { updates, went })
    : say('Finished after {updates}.', { updates });

/** The same of a run that the trainer does not have any more. @param again it is kept and can be opened again */
export function endedText(at: Standing, again: boolean): string {
  if (at.phase === 'failed') return statusText(at);
  const went = at.phase === 'finished' ? howItWent(at.evals ?? []) : '';
  const updates = plural(at.step, 'update');
  const how =
    at.phase !== 'finished'
      ? say('Ended after update {step}.', { step: at.step })
      : finishedText(updates, went);
  return `${how} ${say(again ? 'To go on with it, open it in “Runs”.' : 'It can be looked at and compared.')}`;
}

/** Shorter, for screen readers: only what is worth an interruption. */
export function announcement(at: Standing, settled = false): string {
  switch (at.phase) {
    case 'loading':
      return say('Loading.');
    case 'running':
      return say('Training. {updates} done.', { updates: plural(at.step, 'update') });
    case 'pausing':
      return say('Pausing after this update.');
    case 'ready':
      return say('Ready. Press Run to train.'); // not how far it has measured
    default:
      return statusText(at, false, settled);
  }
}

/** The station of the picture that an update is at, or stands after; null between two updates. */
export function stationOf({ phase, stage, done, at }: Standing): Station | null {
  if (at) return at.station;
  if (phase !== 'running' && phase !== 'pausing') return null;
  switch (stage) {
    case 'sample':
      return done === 0 ? 'write' : 'correct';
    case 'grade':
    case 'score':
      return 'reward';
    case 'update':
      return 'push';
    default:
      return null;
  }
}

/** Share of the stage that is done, 0..1, or null when unknown or when nothing is under way. */
export function stageProgress(at: Standing): number | null {
  const busy = at.phase === 'loading' || at.phase === 'running' || at.phase === 'pausing';
  return busy && at.total > 0 ? Math.min(1, at.done / at.total) : null;
}
