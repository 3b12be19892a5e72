/** The formula of an experiment: read once, and refused where it is not finite for rewards that its tasks can give. */
import type { Experiment } from '../fields.ts';
import { possibleRewards } from '../possibleRewards.ts';
import { evaluate } from './evaluate.ts';
import { FormulaError, parseFormula, type Formula } from './parse.ts';

export { evaluate, linear, mentions, type Dual, type Linear, type Symbols } from './evaluate.ts';
export { language, type Formula } from './parse.ts';

type Settings = Pick<
  Experiment,
  'tasks' | 'formula' | 'turns' | 'gamma' | 'alpha' | 'reward' | 'rewardScale'
>;

/** Answers of a function by its key, the last hundred. */
function remembered<T>(): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const old = known.get(key);
    if (old !== undefined) return old;
    if (known.size >= 100) known.clear();
    const made = make();
    known.set(key, made);
    return made;
  };
}

const parsed = remembered<Formula>();
/** @throws FormulaError naming the column */
export const formulaOf = ({ formula, turns }: Pick<Experiment, 'formula' | 'turns'>): Formula =>
  parsed(`${turns} ${formula}`, () => parseFormula(formula, turns));

const checked = remembered<string>();
/** Why the formula cannot be trained with, in words that follow its name; '' when it can. */
export function formulaProblem(e: Settings): string {
  const { tasks, formula, turns, gamma, alpha, reward, rewardScale } = e;
  return checked(JSON.stringify([tasks, formula, turns, gamma, alpha, reward, rewardScale]), () =>
    findProblem(e),
  );
}

function findProblem(e: Settings): string {
  try {
    const formula = formulaOf(e);
    for (const rewards of possibleRewards(e)) {
      const { value, slopes } = evaluate(formula, rewards, e);
      const where = () => rewards.map((r, t) => `r[${t + 1}] = ${Number(r.toPrecision(3))}`).join(', ');
      if (!Number.isFinite(value))
        return `must be finite for every reward that an answer can get, and is ${value} where ${where()}`;
      const steep = slopes.findIndex((slope) => !Number.isFinite(slope));
      if (steep >= 0)
        return `must have a finite slope for every reward that an answer can get, and by r[${steep + 1}] it has none where ${where()}`;
    }
    return '';
  } catch (error) {
    if (error instanceof FormulaError) return error.message;
    throw error;
  }
}
