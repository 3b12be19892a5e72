/** The rows of the field table (fields.ts) that say how rewards are added up. */
import { linear, type Field } from './types.ts';

export const accumulation = {
  accumulate: {
    kind: 'choice',
    default: 'cocos',
    choices: [
      {
        value: 'cocos',
        label: 'CoCoS: discounted gains',
        help: 'The first reward and each gain after it; what came earlier counts γ times as much.',
      },
      { value: 'last', label: 'Last answer only', help: 'What the last answer earns, and nothing else.' },
      {
        value: 'best',
        label: 'Best answer',
        help: 'What the best answer earns, whichever it is. Only that answer’s reward matters.',
      },
      {
        value: 'score',
        label: 'SCoRe: both, and α · gain',
        help: 'Both rewards, and the gain from the first to the second once more, α times. Two turns only.',
      },
      { value: 'formula', label: 'A formula of your own', help: 'Whatever the formula says.' },
    ],
    label: 'Accumulate R',
    help: 'How the rewards of all turns are added up to the one reward R of an episode, which is what training tries to raise.',
    source:
      'CoCoS: paper; SCoRe: its stage II (arXiv 2409.12917); the others are common alternatives, for comparison',
    group: 'method',
    when: 'live',
    since: 5,
  },
  alpha: {
    kind: 'float',
    default: 10,
    ...linear({ min: 0, max: 20, step: 0.5 }),
    label: 'Gain weight α',
    help: 'How often SCoRe counts the gain from the first answer to the second, beside the two rewards themselves. Above 1, failing first and repairing earns more than being right twice.',
    source: 'SCoRe, stage II (α = 10)',
    group: 'method',
    when: 'live',
    since: 5,
  },
  formula: {
    kind: 'text',
    default: 'r[2] - (1 - gamma) * r[1]',
    maxLength: 200,
    label: 'Formula for R',
    help: 'An accumulated reward of your own, of numbers, r[1] to r[T], gamma, alpha, + - * / **, parentheses, min, max, abs, and choices such as r[2] > r[1] ? 1 : 0. It must be finite, with a finite slope, for every reward that an answer can get.',
    source: 'our decision; the default is the paper’s accumulated reward for two turns',
    group: 'method',
    when: 'live',
    since: 5,
  },
} as const satisfies Readonly<Record<string, Field>>;
