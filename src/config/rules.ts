/** What one field requires of another. Ranges of single fields are in fields.ts. */
import type { Experiment, FieldName } from './fields.ts';
import { isOtherModel } from './modelFields.ts';
import { isProblemsName, noProblems } from './taskFields.ts';
import { formulaOf, formulaProblem, mentions, type Symbols } from './formula/index.ts';

interface Rule {
  /** The field the error is shown at. */
  readonly field: FieldName;
  readonly broken: (e: Experiment) => boolean;
  readonly message: string | ((e: Experiment) => string);
}

/** Whether R is accumulated so. */
const adds = (e: Experiment, ...rules: readonly Experiment['accumulate'][]): boolean =>
  e.returns === 'accumulated' && rules.includes(e.accumulate);

export const rules: readonly Rule[] = [
  {
    field: 'problems',
    broken: (e) => e.problems !== noProblems && !isProblemsName(e.problems),
    message: `must be ${noProblems}, or sha256- and 64 hexadecimal digits`,
  },
  {
    field: 'tasks',
    broken: (e) => e.tasks === 'own' && e.problems === noProblems,
    message:
      'must not be own as long as there are no problems: open a problem file or write some, then train on them',
  },
  {
    field: 'objective',
    broken: (e) => e.objective === 'released-code' && e.turns < 2,
    message:
      'must not be released-code with a single turn: it trains only corrections, so turns must be at least 2',
  },
  {
    field: 'returns',
    broken: (e) => e.objective === 'released-code' && e.returns !== 'accumulated',
    message: 'must be accumulated when the objective is released-code, which has no other',
  },
  {
    field: 'accumulate',
    broken: (e) => adds(e, 'score') && e.turns !== 2,
    message: 'must not be score unless there are 2 turns: SCoRe’s gain is that from the first to the second',
  },
  {
    field: 'formula',
    broken: (e) => adds(e, 'formula') && formulaProblem(e) !== '',
    message: formulaProblem,
  },
  {
    field: 'initialPolicy',
    broken: (e) => e.initialPolicy !== 'model' && e.model !== 'boost',
    message:
      'must be model unless the starting model is boost: the checkpoint is of a run that began with that',
  },
  {
    field: 'otherModel',
    broken: (e) => e.model === 'other' && !isOtherModel(e.otherModel),
    message:
      'must name a model and its digest, as name@0123456789abcdef, when the starting model is another one: open its files, and it does',
  },
  {
    field: 'trainTasks',
    broken: (e) => e.trainTasks < e.promptsPerUpdate,
    message: 'must be at least promptsPerUpdate, so that one update has enough different tasks',
  },
];

interface Idleness {
  readonly field: FieldName;
  readonly idle: (e: Experiment) => boolean;
  /** One plain sentence. */
  readonly why: string;
}

/** Whether the formula in use has this symbol. */
const inFormula = (e: Experiment, symbol: keyof Symbols): boolean =>
  adds(e, 'formula') && formulaProblem(e) === '' && mentions(formulaOf(e), symbol);

/** What is of an adapter, which only models of others get. */
const adapted = ['loraRank', 'loraAlpha', 'loraTargets'] as const;

const idleness: readonly Idleness[] = [
  ...(['problems', 'heldOut', 'splitSeed'] as const).map((field) => ({
    field,
    idle: ({ tasks }: Experiment) => tasks !== 'own',
    why: 'The tasks are generated; this is for problems of your own.',
  })),
  {
    field: 'level',
    idle: (e) => e.tasks === 'own',
    why: 'Problems of your own have no level.',
  },
  {
    field: 'splitSeed',
    idle: (e) => e.tasks === 'own' && e.heldOut === 0,
    why: 'No problem is held out.',
  },
  {
    field: 'otherModel',
    idle: (e) => e.model !== 'other',
    why: 'The starting model is one of the playground’s own.',
  },
  {
    field: 'baseWeights',
    idle: (e) => e.model !== 'other',
    why: 'Every weight of the playground’s own models is trained, so all have 32 bits; only those of a base never change.',
  },
  ...adapted.map((field) => ({
    field,
    idle: (e: Experiment) => e.model !== 'other',
    why: 'Every weight of the playground’s own models is trained; only models of others get an adapter.',
  })),
  {
    field: 'gamma',
    idle: (e) => e.turns === 1 && !inFormula(e, 'gamma'),
    why: 'With one turn there is nothing to discount.',
  },
  {
    field: 'gamma',
    idle: (e) =>
      e.turns > 1 && (adds(e, 'last', 'best', 'score') || (adds(e, 'formula') && !inFormula(e, 'gamma'))),
    why: 'The accumulated reward that was chosen has no γ in it.',
  },
  {
    field: 'gamma',
    // REINFORCE's baseline spans prompts with different first answers, so there r_1 does not cancel.
    idle: (e) =>
      e.objective === 'released-code' && e.turns === 2 && e.estimator !== 'reinforce' && adds(e, 'cocos'),
    why: 'All samples of a prompt share their first answer, so the baseline cancels its reward and γ with it.',
  },
  {
    field: 'accumulate',
    idle: (e) => e.returns === 'per-turn',
    why: 'With per-turn returns each turn has its own; nothing is accumulated over the episode.',
  },
  {
    field: 'alpha',
    idle: (e) => !adds(e, 'score') && !inFormula(e, 'alpha'),
    why: 'The accumulated reward that was chosen has no α in it.',
  },
  {
    field: 'formula',
    idle: (e) => !adds(e, 'formula'),
    why: 'R is not accumulated by a formula.',
  },
  {
    field: 'returns',
    idle: (e) => e.turns === 1 && e.accumulate !== 'formula',
    why: 'With one turn both choices are the same.',
  },
  {
    field: 'feedback',
    idle: (e) => e.turns === 1,
    why: 'With one turn there is no correction to give feedback for.',
  },
  {
    field: 'history',
    idle: (e) => e.turns <= 2,
    why: 'With at most two turns there is only one earlier answer.',
  },
  {
    field: 'rewardScale',
    idle: (e) => e.reward === 'binary',
    why: 'A binary reward is 0 or 1 on either scale.',
  },
  {
    field: 'clipRatio',
    idle: (e) => e.innerEpochs === 1,
    why: 'With one inner epoch the model is still the one that wrote the samples, so nothing is ever clipped.',
  },
];

/** Fields that change nothing in this experiment as it stands, each with the reason. */
export function idleFields(e: Experiment): readonly { field: FieldName; why: string }[] {
  return idleness.filter((row) => row.idle(e)).map(({ field, why }) => ({ field, why }));
}
