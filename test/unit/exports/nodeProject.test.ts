/**
 * An exported Node project: its files, read as Node reads them, compute what the rooms of this project compute. That the bundled
 * engine runs with them is what `npm run prove -- node-project` tries.
 */
import { isDeepStrictEqual } from 'node:util';
import { transform } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { algorithmOf as ownAlgorithmOf } from '../../../src/cli/nodeProject/ownAlgorithms.ts';
import { estimatorOf as ownEstimatorOf } from '../../../src/cli/nodeProject/ownEstimators.ts';
import { reward as ownReward } from '../../../src/cli/nodeProject/ownRewards.ts';
import { openTasks } from '../../../src/cli/nodeProject/ownTasks.ts';
import { useOwn } from '../../../src/cli/nodeProject/own.ts';
import { makeKit } from '../../../src/cli/nodeProject/kit.ts';
import * as tasks from '../../../src/cli/nodeProject/parts/tasks.ts';
import type { Own } from '../../../src/cli/nodeProject/parts/api.ts';
import { defaultExperiment, withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { possibleRewards } from '../../../src/config/possibleRewards.ts';
import { editableOf, nodeProject } from '../../../src/exports/nodeProject.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import { estimatorOf } from '../../../src/rl/estimators.ts';
import { reward } from '../../../src/rl/rewards.ts';
import { spreadOf } from '../../../src/rl/statistics.ts';
import type { TestStatus } from '../../../src/sandbox/types.ts';
import { openTasks as openOurTasks } from '../../../src/tasks/source.ts';
import { verdictWords } from '../../../src/ui/controls/marks.ts';
import { loadProject } from '../../../src/ui/nodeProject.ts';
import fc from '../../property.ts';

const few = { trainTasks: 16, evalTasks: 16 };
const e = (changes: Partial<Experiment> = {}) => withChanges(defaultExperiment, { ...few, ...changes });
const model = new Map([['config.json', new Uint8Array([1])]]);
const models = new Map(['boost', 'cheating'].map((name) => [name, model] as const));
let kit: Map<string, Uint8Array>;
beforeAll(async () => {
  kit = await makeKit();
}, 60_000);

const text = (files: ReadonlyMap<string, Uint8Array>, name: string) =>
  new TextDecoder().decode(files.get(name));
const project = (experiment: Experiment) => nodeProject({ experiment, kit, models });

/** What a file of a project exports. */
async function read(files: ReadonlyMap<string, Uint8Array>, name: string): Promise<Record<string, never>> {
  const { code } = await transform(text(files, name), { loader: 'ts' });
  return (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as Record<
    string,
    never
  >;
}

/** The files of an experiment, in force here. */
async function use(experiment: Experiment, change: Partial<Own['reward']> = {}): Promise<void> {
  const files = await project(experiment);
  const [rewards, algorithm] = [await read(files, 'reward.ts'), await read(files, 'algorithm.ts')];
  useOwn({
    tasks,
    reward: {
      reward: rewards['reward']!,
      accumulate: rewards['accumulate']!,
      perTurn: rewards['perTurn']!,
      ...change,
    },
    algorithm: { sharedTurns: algorithm['sharedTurns']!, estimator: algorithm['estimator']! },
  });
}

const statuses = fc.array(fc.constantFrom<TestStatus>('pass', 'fail', 'error', 'timeout', 'infra'), {
  maxLength: 6,
});
const number = fc.double({ min: -2, max: 2, noNaN: true });

it('refuses a model that others trained, by name, before anything is fetched', async () => {
  const other = e({ model: 'other', otherModel: 'tiny@0123456789abcdef' });
  await expect(project(other)).rejects.toThrow(/^otherModel: tiny@0123456789abcdef is not put into a Node/);
  await expect(loadProject(other, null, () => Promise.reject(new Error('it was fetched')))).rejects.toThrow(
    /^otherModel/,
  );
});

describe('the files of a project', () => {
  it.each<Partial<Experiment>>([{}, { reward: 'binary' }, { rewardScale: 'count' }, { trainTests: '3' }])(
    'reward an answer as the experiment does: %j',
    async (changes) => {
      await use(e(changes));
      fc.assert(
        fc.property(statuses, (all) => {
          expect(ownReward(all, e(changes))).toBe(reward(all, e(changes)));
        }),
      );
    },
  );

  it.each<Partial<Experiment>>([
    {},
    { turns: 3, gamma: 0.3 },
    { accumulate: 'last' },
    { accumulate: 'best', turns: 3 },
    { accumulate: 'score', alpha: 3 },
    { accumulate: 'formula', formula: 'max(r[1], r[2]) - (1 - gamma) * r[1] ** 2 / 3' },
    { accumulate: 'formula', formula: 'r[1] != r[2] ? -abs(r[2] - r[1]) : min(alpha, r[2], 1e-3)' },
    { returns: 'per-turn', turns: 3 },
    { returns: 'per-turn', gamma: 0 },
    { objective: 'released-code', estimator: 'reinforce' },
  ])('add up the rewards of an episode as the experiment does: %j', async (changes) => {
    const experiment = e(changes);
    await use(experiment);
    const [own, ours] = [ownAlgorithmOf(), algorithmOf(experiment)];
    const values = (algorithm: typeof own, r: readonly number[]) =>
      algorithm.earns(r, experiment).map(({ name, turns, value }) => ({ name, turns, value }));
    const rewards = [
      ...possibleRewards(experiment),
      new Array<number>(experiment.turns).fill(NaN),
      [NaN, 1, 0.5].slice(-experiment.turns),
    ];
    // Thousands of them: vitest's own comparison takes twenty times as long.
    expect(rewards.filter((r) => !isDeepStrictEqual(values(own, r), values(ours, r)))).toEqual([]);
    expect(own.weights(experiment)).toEqual(ours.weights(experiment));
    expect(own.trainedTurns(experiment.turns)).toEqual(ours.trainedTurns(experiment.turns));
    expect(own.sharedTurns).toBe(ours.sharedTurns);
  });

  it.each(['rloo', 'reinforce', 'grpo', 'dr-grpo'] as const)(
    'compare tries as the experiment does: %s',
    async (estimator) => {
      await use(e({ estimator }));
      const { compare: own, ...rest } = ownEstimatorOf();
      const { compare, ...ours } = estimatorOf({ estimator });
      expect(rest).toEqual(ours);
      fc.assert(
        fc.property(
          fc.array(number, { minLength: 1, maxLength: 5 }),
          fc.array(number, { maxLength: 5 }),
          (group, others) => {
            const spreads = [spreadOf(group), spreadOf([...group, ...others])] as const;
            for (const R of [...group, NaN]) expect(own(R, ...spreads)).toEqual(compare(R, ...spreads));
          },
        ),
      );
    },
  );

  it('ask the same tasks', async () => {
    await use(e());
    const experiment = e({ level: '2', seed: 3 });
    const reader = {
      promptTokens: () => 20,
      textTokens: () => 20,
      longestCorrection: () => 30,
      context: 512,
    };
    const [own, ours] = [openTasks(experiment, reader), openOurTasks(experiment, reader, null)];
    expect(own.train.slice()).toEqual(ours.train.slice());
    expect(own.heldOut.slice()).toEqual(ours.heldOut.slice());
  });

  it('no longer weigh turns as the experiment does once they add up otherwise', async () => {
    await use(e(), { accumulate: (r) => r[0]! });
    expect(ownAlgorithmOf().weights(e())).toBeNull();
  });
});

describe('a project', () => {
  it('has the model it starts from, and its own for the policy', async () => {
    expect(
      [...(await project(e({ initialPolicy: 'cheating' }))).keys()].filter((name) =>
        name.startsWith('model'),
      ),
    ).toEqual(['models/boost/config.json', 'models/cheating/config.json']);
    const own = await nodeProject({ experiment: e(), kit, models: new Map(), own: model });
    expect(own.has('model/config.json')).toBe(true);
    expect(text(own, 'package.json')).toContain('engine/start.mjs --model-dir model');
    await expect(nodeProject({ experiment: e(), kit, models: new Map() })).rejects.toThrow(
      'The model boost is missing.',
    );
  });

  it('locks all that it depends on, with digests', async () => {
    const lock = JSON.parse(text(await project(e()), 'package-lock.json')) as {
      packages: Record<string, { integrity?: string; dev?: boolean }>;
    };
    const { '': root, ...packages } = lock.packages;
    expect(root).toMatchObject({
      dependencies: { esbuild: expect.any(String), pyodide: expect.any(String) },
    });
    expect(Object.keys(packages)).toContain('node_modules/ws');
    expect(Object.keys(packages).filter((name) => name.includes('@esbuild/')).length).toBeGreaterThan(20);
    for (const [name, { integrity, dev }] of Object.entries(packages))
      expect([name, integrity?.slice(0, 7), dev]).toEqual([name, 'sha512-', undefined]);
  });

  it('takes the problems of the user’s own along, or says that they are not here', async () => {
    const experiment = e({ tasks: 'own', problems: `sha256-${'0'.repeat(64)}` });
    await expect(project(experiment)).rejects.toThrow(
      /^problems: those of the experiment \(sha256-0+\) are not here/,
    );
    const files = await nodeProject({ experiment, kit, models, problems: '{}\n' });
    expect(editableOf(files)).toContain('problems.jsonl');
    expect(editableOf(await project(e()))).not.toContain('problems.jsonl');
    for (const status of ['pass', 'fail', 'error', 'timeout'] as const)
      expect(text(files, 'reward.ts')).toContain(`'${status}' (“${verdictWords[status]}”)`);
    expect(text(files, 'problems.jsonl')).toBe('{}\n');
    expect(text(files, 'tasks.ts')).toContain("import { problemTasks, type Task } from '#engine';");
  });
});

describe('what is wrong with a file of the user’s own', () => {
  const good = async () => {
    const files = await project(e());
    const [rewards, algorithm] = [await read(files, 'reward.ts'), await read(files, 'algorithm.ts')];
    return {
      tasks,
      reward: { reward: rewards['reward']!, accumulate: rewards['accumulate']! },
      algorithm: { sharedTurns: 0, estimator: algorithm['estimator']! },
    } satisfies Own;
  };

  it('is said with its name: an export that is missing, or twice there', async () => {
    const own = await good();
    expect(() => useOwn({ ...own, reward: { reward: own.reward.reward } })).toThrow(
      'reward.ts must export accumulate or perTurn (a function), and undefined was found.',
    );
    expect(() => useOwn({ ...own, reward: { ...own.reward, perTurn: () => [] } })).toThrow(
      'keep one of the two',
    );
    expect(() => useOwn({ ...own, algorithm: { ...own.algorithm, sharedTurns: 0.5 } })).toThrow(
      'algorithm.ts: sharedTurns must be a whole number from 0, not 0.5.',
    );
  });

  it('is said where it computes: no number, an error, a task that is none', async () => {
    const own = await good();
    useOwn({ ...own, reward: { reward: () => NaN, accumulate: () => Infinity } });
    expect(() => ownReward(['pass', 'fail'], e())).toThrow(
      'reward.ts: reward of pass, fail must be a finite number, and is NaN.',
    );
    expect(() => ownAlgorithmOf().earns([1, 0], e())).toThrow(
      'reward.ts: R of the rewards 1, 0 must be a finite number',
    );
    const broken = { ...own.reward, reward: (): number => { throw new Error('not yet'); } }; // prettier-ignore
    useOwn({ ...own, reward: broken });
    expect(() => ownReward(['pass'], e())).toThrow('reward.ts: not yet');
    useOwn({ ...own, tasks: { ...tasks, trainTasks: () => [] } });
    const reader = {
      promptTokens: () => 20,
      textTokens: () => 20,
      longestCorrection: () => 30,
      context: 512,
    };
    expect(() => openTasks(e(), reader)).toThrow('tasks.ts: trainTasks gives no task.');
    const [first] = tasks.heldOutTasks(e());
    useOwn({ ...own, tasks: { ...tasks, trainTasks: () => [{ ...first!, tests: [] }] } });
    expect(() => openTasks(e(), reader)).toThrow('tasks.ts: task 1 of trainTasks: tests: must have a test');
    useOwn({ ...own, tasks: { ...tasks, trainTasks: () => [first!, first!] } });
    expect(() => openTasks(e(), reader)).toThrow(`tasks.ts: trainTasks gives two tasks called ${first!.id}.`);
    useOwn(own);
    expect(() => openTasks(e(), { ...reader, context: 60 })).toThrow(
      /^tasks.ts: an episode of the task .* can reach \d+ tokens, and the model reads 60/,
    );
  });
});
