/**
 * Failure signatures: patterns in the recent metrics that mean a run has gone wrong, each with how it is seen, what it means, the
 * example that shows it, and ways out. Data; alarms.ts reads it. Limits are our decisions, set on seeds 1 to 3 of shipped presets
 * and judged on seeds 4 to 6, after which one was made stricter (`alone`; docs/log.md).
 * Source of the patterns: paper (collapse, reward hacking, no revision); common practice (the others); paid to fail: ours.
 */
import type { Experiment } from '../config/fields.ts';
import { metricOf, signatureWindow, type Course, type Quantity } from './course.ts';
import type { Episode, GradedAnswer } from './episode.ts';
import { couplingThreshold } from './metrics.ts';
import { within, type Proposal } from './remedies.ts';
import type { Telling } from './telling.ts';

/** That the mean of a quantity over a window is above or below a line. */
export interface Condition {
  readonly what: Quantity;
  readonly is: 'above' | 'below';
  /** The line, for every update: of what the run has done until then. */
  readonly limit: (course: Course) => readonly number[];
  /** What the line is, in words. */
  readonly than: string;
}

export interface Signature {
  readonly id: string;
  readonly title: string;
  /** What is happening, in plain words. */
  readonly explanation: string;
  /** How it is seen: in one of these ways, each of which holds when all its conditions do. @param turns T */
  readonly ways: (turns: number) => readonly (readonly Condition[])[];
  readonly telling: Telling;
  /** All held-out tasks can be searched for one (caught.ts). */
  readonly searched?: true;
  /** Changes of settings that help. */
  readonly remedies: (e: Experiment) => readonly Proposal[];
  /** What to try that is no such change; ''. */
  readonly advice: string;
}

// ---- conditions -----------------------------------------------------------------------------------------------------

const always = (value: number) => (course: Course) => course.steps.map(() => value);
const above = (what: Quantity, value: number, than: string): Condition => ({
  ...{ what, is: 'above', than },
  limit: always(value),
});
const below = (what: Quantity, value: number, than: string): Condition => ({
  ...{ what, is: 'below', than },
  limit: always(value),
});
const perTurn = (turns: number, name: string): Quantity[] =>
  Array.from({ length: turns }, (_, t) => metricOf(`${name}@t${t + 1}`));

/** Tests passed: unlike the reward it is a share whatever the reward is. */
const passed = (turn: number) => metricOf(`tests_passed@t${turn}`);
function gap(turns: number): Quantity {
  const [last, first] = [passed(turns), passed(1)];
  return {
    name: `gap@t${turns}`,
    label: `Tests passed, turn ${turns} less turn 1`,
    share: true,
    of: (metrics) => last.of(metrics) - first.of(metrics),
  };
}

/** Turn 1 has fallen from its best window by more than chance. @param errors standard errors that chance explains */
const firstFell = (errors: number): Condition => ({
  what: passed(1),
  is: 'below',
  than: 'its best so far, minus what chance explains',
  limit(course) {
    const means = course.means(passed(1));
    const chance = course.chance(passed(1), { errors });
    return course.best(passed(1)).map((at, i) => (means[at] ?? NaN) - chance[i]);
  },
});

/** The gap between the turns has widened by more than chance since turn 1 was best. @param errors as above */
const gapWidened = (turns: number, errors: number): Condition => ({
  what: gap(turns),
  is: 'above',
  than: 'what it was when turn 1 was best, and what chance explains',
  limit(course) {
    const means = course.means(gap(turns));
    const chance = course.chance(gap(turns), { errors });
    return course.best(passed(1)).map((at, i) => (means[at] ?? NaN) + chance[i]);
  },
});

/**
 * Standard errors that turn 1 must have fallen by. The best of many windows is high by luck, so what is read from falls alone asks
 * for more than what is said because of the coupling, too.
 */
const [alone, besideCoupling] = [3, 2];

/** Of the recorded weights: there are none where R is not linear. */
const [w1, w2] = [metricOf('weight@t1'), metricOf('weight@t2')];
const threshold: Quantity = {
  name: 'threshold',
  label: 'threshold of the coupling',
  share: false,
  of: (metrics) => couplingThreshold([w1.of(metrics), w2.of(metrics)]),
};

/** The coupling is below its threshold by more than chance. */
const sacrificed: Condition = {
  what: metricOf('coupling'),
  is: 'below',
  than: 'the threshold −w₁/w₂, for CoCoS 1 − γ, minus what chance explains',
  limit(course) {
    // The threshold has no scatter: a mean and a line differ by less than two means do.
    const chance = course.chance(metricOf('coupling'), { least: 0 });
    return course.means(threshold).map((value, i) => value - chance[i] / Math.SQRT2);
  },
};

// ---- examples -------------------------------------------------------------------------------------------------------

type Tried = Episode<GradedAnswer>;
const first = ({ turns }: Tried) => turns[0]?.reward ?? NaN;
const last = ({ turns }: Tried) => turns.at(-1)?.reward ?? NaN;
const texts = ({ turns }: Tried) => turns.map(({ text }) => text).join('\n\n');
const share = (hits: readonly boolean[]) => hits.filter(Boolean).length / Math.max(1, hits.length);

/** A first answer that was given up, although the last one is as good as ever. */
const givenUp: Telling = {
  of: 'task',
  score: (before, now) =>
    last(now) > first(now) && last(now) >= last(before) ? first(before) - first(now) : 0,
};
/** Tries that are all alike. */
const alike: Telling = {
  of: 'tries',
  score: (some) => share(some.map((one) => texts(one) === texts(some[0] ?? one))) - 1 / some.length,
};

// ---- ways out -------------------------------------------------------------------------------------------------------

const slower = (e: Experiment): Proposal => ({
  label: 'A third of the learning rate',
  why: 'Smaller steps move the model less far from where it can still write programs.',
  changes: { learningRate: within('learningRate', e.learningRate / 3) },
});
const leash = (e: Experiment): Proposal => ({
  label: `β = ${within('beta', Math.max(0.05, 3 * e.beta))}`,
  why: 'Moving away from the starting model costs more.',
  changes: { beta: within('beta', Math.max(0.05, 3 * e.beta)) },
});
const warmer = (e: Experiment): Proposal => ({
  label: `Temperature ${within('temperature', e.temperature + 0.2)}`,
  why: 'Samples differ more from one another, so there is more to compare.',
  changes: { temperature: within('temperature', e.temperature + 0.2) },
});
const lastCounts = ({ accumulate }: Experiment): Proposal => ({
  why: 'Only the last answer counts, so a first answer is never worth spoiling.',
  ...(accumulate === 'cocos'
    ? { label: 'γ = 1', changes: { gamma: 1 } }
    : { label: 'Last answer only', changes: { accumulate: 'last' as const } }),
});
const ownCredit: Proposal = {
  label: 'Own credit for each turn',
  why: 'Each answer is pushed by its own reward and those after it: failing first earns nothing.',
  changes: { returns: 'per-turn' },
};

// ---- the table ------------------------------------------------------------------------------------------------------

export const signatures: readonly Signature[] = [
  {
    id: 'collapse',
    title: 'Collapse',
    explanation:
      'The reward has fallen below half of its best value, and the first answers have moved far from the starting model. The model is forgetting how to write programs.',
    ways: (turns) => [
      [
        {
          ...{ what: passed(turns), is: 'below', than: 'half of its best so far' },
          limit(course) {
            const means = course.means(passed(turns));
            return course.best(passed(turns)).map((at) => (means[at] ?? NaN) / 2);
          },
        },
        above(metricOf('kl@t1'), 2, '2 nats'),
      ],
    ],
    telling: { of: 'task', score: (before, now) => last(before) - last(now) },
    remedies: (e) => [
      { ...slower(e), spoilt: true },
      { ...leash(e), spoilt: true },
    ],
    advice: '',
  },
  {
    id: 'paid-to-fail',
    title: 'Turn 1 is paid to fail',
    explanation:
      'What a better first answer adds to the second one’s reward (the coupling c) is less than what it costs: what turn 1 earns is subtracted. So first answers are pushed down, and it begins to show.',
    ways: (turns) =>
      turns === 2
        ? [
            [sacrificed, firstFell(besideCoupling)],
            [sacrificed, gapWidened(2, besideCoupling)],
          ]
        : [],
    telling: givenUp,
    searched: true,
    remedies: (e) => [lastCounts(e), ownCredit],
    advice: '',
  },
  {
    id: 'reward-hacking',
    title: 'Reward hacking',
    explanation:
      'The first answers have become worse than they were, and the last ones have not become worse with them: the model fails first, so that its correction earns more.',
    ways: (turns) => (turns > 1 ? [[firstFell(alone), gapWidened(turns, alone)]] : []),
    telling: givenUp,
    searched: true,
    remedies: (e) => [lastCounts(e), ownCredit],
    advice: '',
  },
  {
    id: 'no-revision',
    title: 'No revision',
    explanation:
      'Nearly every correction repeats the answer before it, although many of those answers are wrong. The second turn adds nothing.',
    ways: (turns) =>
      turns > 1
        ? [
            [
              above(metricOf('copy_rate'), 0.97, '97 % copies'),
              below(metricOf('accuracy@t1'), 0.8, '80 % right at once'),
            ],
          ]
        : [],
    telling: {
      of: 'task',
      score: (_, { turns }) => (turns[1]?.text === turns[0]?.text ? 1 - (turns[0]?.reward ?? NaN) : 0),
    },
    remedies: (e) => [
      {
        label: `γ = ${within('gamma', e.gamma - 0.25)}`,
        why: 'Improving on the first answer pays more.',
        changes: { gamma: within('gamma', e.gamma - 0.25) },
      },
      warmer(e),
      {
        label: 'Start from the repairer',
        why: 'It was trained on more corrections and keeps correcting itself.',
        changes: { model: 'repairer', initialPolicy: 'model' },
      },
    ],
    advice: '',
  },
  {
    id: 'no-signal',
    title: 'No learning signal',
    explanation:
      'For most prompts all samples earn the same, so good cannot be told from bad: the tasks are too easy or too hard, or the samples are too much alike.',
    ways: () => [[above(metricOf('zero_std'), 0.8, '80 % of the prompts')]],
    telling: {
      of: 'tries',
      score: (some) => share(some.map((one) => last(one) === last(some[0] ?? one))) - 1 / some.length,
    },
    remedies: (e) => [
      {
        label: 'Progressive reward',
        why: 'Each test passed counts, so that two wrong answers need not earn the same.',
        changes: { reward: 'progressive' },
      },
      warmer(e),
      {
        label: `${within('k', 2 * e.k)} samples per prompt`,
        why: 'The more tries at a task, the likelier that two differ.',
        changes: { k: within('k', 2 * e.k) },
      },
    ],
    advice: 'Tasks of another difficulty may help too.',
  },
  {
    id: 'entropy-collapse',
    title: 'Entropy collapse',
    explanation:
      'The model has become far more certain than it was: its samples are nearly all alike, and exploration has stopped. If the rewards are near their maximum, this is harmless.',
    ways: (turns) =>
      perTurn(turns, 'entropy').map((what) => [
        {
          ...{ what, is: 'below', than: 'a tenth of what it was at first' },
          limit: (course) => course.steps.map(() => 0.1 * (course.means(what)[signatureWindow - 1] ?? NaN)),
        },
      ]),
    telling: alike,
    remedies: (e) => [warmer(e), slower(e), leash(e)],
    advice: '',
  },
  {
    id: 'truncation',
    title: 'Truncated answers',
    explanation: 'Many answers hit the length limit before they end, and are graded as broken programs.',
    ways: (turns) => perTurn(turns, 'truncated').map((what) => [above(what, 0.2, '20 % of the answers')]),
    telling: { of: 'task', score: (_, { turns }) => share(turns.map(({ truncated }) => truncated)) },
    remedies: (e) => [
      {
        label: `Answers of up to ${within('maxNewTokens', e.maxNewTokens + 24)} tokens`,
        why: 'They can end by themselves.',
        changes: { maxNewTokens: within('maxNewTokens', e.maxNewTokens + 24) },
      },
      slower(e),
    ],
    advice: '',
  },
  {
    id: 'all-timeout',
    title: 'Nearly everything times out',
    explanation:
      'Almost every answer runs out of time in its unit tests. Either the model writes infinite loops, or this machine is too busy to run Python.',
    ways: (turns) => perTurn(turns, 'timeout').map((what) => [above(what, 0.9, '90 % of the answers')]),
    telling: {
      of: 'task',
      score: (_, { turns }) =>
        share(turns.map(({ verdict }) => verdict.tests.some(({ status }) => status === 'timeout'))),
    },
    remedies: () => [],
    advice: 'If its programs look harmless, close whatever else keeps this machine busy.',
  },
];
