import fc from '../../property.ts';
import type { Credit, Episode, Group, TrainedAnswer } from '../../../src/rl/episode.ts';
import type { TestStatus } from '../../../src/sandbox/types.ts';

/** A trajectory that was learned from. */
export type Trajectory = Episode<TrainedAnswer> & Credit;

/** An answer whose verdict is one letter per unit test: p(ass), f(ail), t(imeout), i(nfra). */
export function turn(tests: string, rest: Partial<TrainedAnswer> = {}): TrainedAnswer {
  const statuses = [...tests].map((letter): TestStatus =>
    letter === 'p' ? 'pass' : letter === 't' ? 'timeout' : letter === 'i' ? 'infra' : 'fail',
  );
  const passed = statuses.filter((status) => status === 'pass').length;
  return {
    text: tests,
    ids: [7, 5],
    tokens: ['x', '<eot>'],
    logp: [-0.5, -0.5],
    refLogp: [-0.5, -0.5],
    entropy: [0.25, 0.75],
    gradNorm: [3, 4],
    truncated: false,
    verdict: {
      status: 'fail',
      passed,
      total: statuses.length,
      tests: statuses.map((status) => ({
        status,
        expression: '',
        expected: '',
        got: '',
        exception: null,
        ms: 0,
      })),
      stdout: '',
      ms: 0,
      cached: false,
    },
    reward: statuses.includes('infra') ? NaN : passed / statuses.length,
    kl: 0.5,
    advantage: 0,
    ...rest,
  };
}

export function trajectory(turns: readonly (string | TrainedAnswer)[], R = 0): Trajectory {
  return {
    turns: turns.map((t) => (typeof t === 'string' ? turn(t) : t)),
    R,
    adjusted: R,
    baseline: 0,
  };
}

export function group(trajectories: Trajectory[]): Group<Trajectory> {
  const task = {
    id: 'task',
    source: 'test',
    instruction: '',
    entryPoint: 'f',
    reference: '',
    setup: '',
    tests: [],
    composition: '',
    family: '',
    level: 1,
  };
  return { task, trajectories };
}

/** Episodes of T turns on tasks with four unit tests; some cannot be graded. */
export const anyEpisodes = (T: number): fc.Arbitrary<Trajectory[]> => {
  const letter = fc.constantFrom('p', 'p', 'p', 'f', 't');
  const answer = fc.oneof(
    { weight: 2, arbitrary: fc.constant('pppp') },
    { weight: 6, arbitrary: fc.array(letter, { minLength: 4, maxLength: 4 }).map((l) => l.join('')) },
    { weight: 1, arbitrary: fc.constant('pppi') },
  );
  return fc.array(
    fc.array(answer, { minLength: T, maxLength: T }).map((turns) => trajectory(turns)),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
};
