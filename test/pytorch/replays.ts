/**
 * Our updates, made again by the exported project from the answers that were sampled here: loss and gradient norm are the same.
 * Several updates follow one another, so AdamW, its clipping and the schedule are the same too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonLinesOf, ours, python, type At } from './programs.ts';

export interface Replay {
  readonly name: string;
  /** Of our `train` and `export`. */
  readonly flags: readonly string[];
}

const small = [
  ...['--train-tasks', '64', '--prompts-per-update', '4', '--k', '4', '--steps', '3'],
  ...['--eval-every', '100', '--eval-tasks', '8', '--warmup-steps', '2', '--learning-rate', '0.002'],
];

const far = ['--initial-policy', 'cheating', '--beta', '0.1'];

/** Between them every estimator, both places of the KL, every rule, every algorithm, both histories. */
export const replays: readonly Replay[] = [
  { name: 'RLOO, CoCoS, KL in the reward', flags: far },
  {
    name: 'GRPO, KL in the loss, two inner epochs, temperature .8',
    flags: [...far, '--estimator', 'grpo', '--inner-epochs', '2', '--temperature', '0.8'],
  },
  {
    name: 'REINFORCE, per-turn returns, number of tests, top-p .9',
    flags: [
      ...far,
      '--estimator',
      'reinforce',
      '--returns',
      'per-turn',
      '--reward-scale',
      'count',
      '--top-p',
      '0.9',
    ],
  },
  {
    name: 'Dr. GRPO, SCoRe, binary, cosine, weight decay, clipping',
    flags: [
      ...['--estimator', 'dr-grpo', '--accumulate', 'score', '--reward', 'binary', '--alpha', '3'],
      ...['--lr-scheduler-type', 'cosine', '--weight-decay', '0.1', '--max-grad-norm', '0.1'],
    ],
  },
  {
    name: 'released code, feedback, inner epochs',
    flags: [...far, '--objective', 'released-code', '--feedback', 'tests', '--inner-epochs', '2'],
  },
  {
    name: 'three turns, latest answer in view, a formula',
    flags: [
      ...['--model', 'three-turns', '--turns', '3', '--accumulate', 'formula', '--beta', '0.05'],
      ...['--formula', 'max(r[1], r[2]) / 2 + (r[3] > r[1] ? r[3] ** 2 : -0.25) - (1 - gamma) * r[1]'],
    ],
  },
  {
    name: 'three turns, all answers in view, best, some tests hidden, feedback',
    flags: [
      ...[
        '--model',
        'three-turns',
        '--turns',
        '3',
        '--history',
        'all',
        '--accumulate',
        'best',
        '--train-tests',
        '3',
      ],
      ...['--feedback', 'tests', '--estimator', 'reinforce'],
    ],
  },
  {
    name: 'per-turn returns, GRPO, two inner epochs',
    flags: [...far, '--returns', 'per-turn', '--estimator', 'grpo', '--inner-epochs', '2', '--gamma', '0.5'],
  },
];

/** The largest relative difference of loss and gradient norm; throws where anything else differs by more than rounding. */
export function replay({ flags }: Replay, processes: number, at: At): { worst: number; told: string } {
  const [run, file, project, out] = ['run', 'episodes.jsonl', 'project', 'out'].map((name) =>
    join(at.folder, name),
  ) as [string, string, string, string];
  ours('train', [...small, ...flags, '--out', run, '--backend', 'wasm', '--threads', '1']);
  ours('export', ['--run', run, '--what', 'rollouts', '--out', file]);
  ours('export', ['--to', 'pytorch', project, ...small, ...flags]);
  python(at, project, ['train.py', '--out', out, '--replay', file, '--batch-size', '5'], processes);
  const begun = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as { processes: number };
  if (begun.processes !== processes) throw new Error(`${begun.processes} processes ran, not ${processes}.`);
  const trained = (line: Record<string, number | null>) =>
    Object.entries(line).filter(([name]) => name.startsWith('train/'));
  const here = jsonLinesOf(join(run, 'metrics.jsonl')).filter(
    ({ step, ...line }) => step! > 0 && trained(line).length > 0,
  );
  const there = jsonLinesOf(join(out, 'metrics.jsonl'));
  if (here.length !== 3 || there.length !== 3)
    throw new Error(`${here.length} updates here, ${there.length} there; 3 expected.`);
  let worst = 0;
  here.forEach((line, i) => {
    const other = there[i]!;
    if (other['replay/graded_otherwise'] !== 0)
      throw new Error(`update ${i + 1}: ${other['replay/graded_otherwise']} answers were graded otherwise.`);
    const names = [trained(line), trained(other)].map((entries) =>
      entries
        .map(([name]) => name)
        .sort()
        .join(' '),
    );
    if (names[0] !== names[1]) throw new Error(`other metrics:\n${names.join('\n')}`);
    for (const [name, a] of trained(line)) {
      const b = other[name] ?? NaN;
      const apart =
        a === null ? (other[name] === null ? 0 : Infinity) : Math.abs(a - b) / Math.max(Math.abs(a), 1e-12);
      if (name === 'train/loss' || name === 'train/grad_norm') worst = Math.max(worst, apart);
      // Sums that cancel, and four digits of the layers' norms.
      else if (!(apart <= 2e-3 || Math.abs((a ?? 0) - b) <= 1e-5))
        throw new Error(`update ${i + 1}: ${name} is ${a} here and ${b} there.`);
    }
  });
  if (!(worst <= tolerance))
    throw new Error(`loss and gradient norm differ by ${worst.toExponential(1)}, relatively.`);
  const losses = here.map(
    (line) => `${line['train/loss']!.toPrecision(4)}/${line['train/grad_norm']!.toPrecision(4)}`,
  );
  return {
    worst,
    told: `3 updates, loss/gradient norm ${losses.join(', ')}, at most ${worst.toExponential(1)} apart`,
  };
}

/** Relative, of loss and gradient norm: float32 on both sides, summed in another order. */
export const tolerance = 1e-4;
