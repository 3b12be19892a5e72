/** Which algorithm an experiment asks for. No other file asks. */
import type { Experiment } from '../../config/fields.ts';
import type { Algorithm } from './algorithm.ts';
import { cocos } from './cocos.ts';
import { perTurn } from './perTurn.ts';
import { releasedCode } from './releasedCode.ts';

const algorithms: Readonly<
  Record<Experiment['objective'], Readonly<Record<Experiment['returns'], Algorithm | null>>>
> = {
  paper: { accumulated: cocos, 'per-turn': perTurn },
  'released-code': { accumulated: releasedCode, 'per-turn': null },
};

/** @throws Error for what config/rules.ts forbids */
export function algorithmOf({ objective, returns }: Pick<Experiment, 'objective' | 'returns'>): Algorithm {
  const algorithm = algorithms[objective][returns];
  if (!algorithm)
    throw new Error(`returns: no algorithm has ${returns} returns with the objective ${objective}.`);
  return algorithm;
}
