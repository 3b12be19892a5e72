/** What a rollout asks of the sandbox, and when. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { longestSequence } from '../../../src/config/episodeLength.ts';
import { oursFormat } from '../../../src/tasks/formats/ours.ts';
import { openBackend } from '../../../src/engine/index.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { Llama } from '../../../src/model/llama.ts';
import { initialWeights } from '../../../src/model/parameters.ts';
import { answersOf } from '../../../src/rl/episode.ts';
import { uniform } from '../../../src/rl/random.ts';
import type { GradeRequest, Verdict } from '../../../src/sandbox/types.ts';
import { makeTasks } from '../../../src/tasks/makeTasks.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';
import { rollout, type RolloutOptions } from '../../../src/train/rollout.ts';
import { countsLetter, FakeSandbox } from './fakeSandbox.ts';

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const config = tinyLlama(format.tokens, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
const weights = initialWeights(config, (p, i) => 2 * uniform(1, p, i) - 1);
const tasks = makeTasks({ count: 3, seed: 1, split: 'train', level: '1' });
const options: RolloutOptions = {
  reward: 'progressive',
  rewardScale: 'fraction',
  trainTests: 'all',
  turns: 2,
  k: 2,
  sharedTurns: 0,
  history: 'all',
  feedback: 'none',
  sampling: { temperature: 1, topP: 1, maxNewTokens: 12, lookEvery: 1 },
  // 0 draws the first id that may be drawn, which ends the answer: rows end at 4, 4, 6, 6, 8 and not at all.
  uniform: (row, turn, position) =>
    position === 4 + row - (row % 2) && row < 5 ? 0 : 0.1 + 0.9 * uniform(5, row, turn, position),
};

/** Says in each verdict which program it is about, and remembers what was asked together. */
class Recording extends FakeSandbox {
  readonly calls: (readonly GradeRequest[])[] = [];
  constructor() {
    super(() => 'pass');
  }
  override async grade(requests: readonly GradeRequest[], signal?: AbortSignal): Promise<Verdict[]> {
    signal?.throwIfAborted();
    this.calls.push(requests);
    const verdicts = await super.grade(requests);
    return verdicts.map((verdict, i) => ({ ...verdict, stdout: requests[i].code }));
  }
}

describe('rollout', () => {
  let model: Llama;
  beforeAll(async () => {
    await openBackend('wasm', { environment: 'node' });
    model = new Llama(config, weights);
  });

  it('has each answer graded once, when it ends, and gives each its own verdict', async () => {
    const sandbox = new Recording();
    const { groups } = await rollout(model, format, sandbox, tasks, options);
    const turns = answersOf(groups);
    expect(turns).toHaveLength(12);
    for (const { text, verdict } of turns) expect(verdict.stdout).toBe(text);
    const lengths = turns.map(({ ids }) => ids.length);
    expect(lengths).toEqual([5, 5, 5, 5, 7, 7, 7, 7, 9, 9, 12, 12]);
    expect(sandbox.calls.map((requests) => requests.length)).toEqual([2, 2, 1, 1, 2, 2, 1, 1]);
  });

  it('earns its reward, and is told, of the tests trained on alone', async () => {
    const sandbox = new FakeSandbox(() => 'pass');
    const grade = sandbox.grade.bind(sandbox);
    // Passes the first test of each task and fails the others; the shortest of those is one that only judges.
    sandbox.grade = async (requests) =>
      (await grade(requests)).map((verdict) => ({
        ...verdict,
        tests: verdict.tests.map((test, i) => ({
          ...test,
          status: i === 0 ? ('pass' as const) : ('fail' as const),
          expression: i === 5 ? 'f()' : `f(${i}, 0)`,
        })),
      }));
    const told = async (trainTests: '1' | '2' | 'all') => {
      const e = { ...options, feedback: 'tests', trainTests } as const;
      const { groups } = await rollout(model, format, sandbox, tasks, e);
      const [first, second] = groups[0].trajectories[0].turns;
      const text = format.text(second.place.sequence.slice(first.place.start + first.ids.length));
      return { reward: first.reward, text: text.slice(0, 12) };
    };
    expect(await told('all')).toMatchObject({
      reward: 1 / 6,
      text: expect.stringContaining('f()') as string,
    });
    expect(await told('2')).toMatchObject({ reward: 1 / 2, text: expect.stringContaining('f(1') as string });
    expect(await told('1')).toMatchObject({ reward: 1, text: expect.stringContaining('ok') as string });
  });

  it('refuses tasks with too few tests to judge by, before anything is written', async () => {
    const sandbox = new Recording();
    const few = tasks.map((task) => ({ ...task, tests: task.tests.slice(0, 2) }));
    await expect(rollout(model, format, sandbox, few, { ...options, trainTests: '2' })).rejects.toThrow(
      /^trainTests: must be less than 2, or all: task .* has 2 unit tests/,
    );
    expect(sandbox.calls).toEqual([]);
  });

  it('samples the same however often it looks', async () => {
    const ids = async (lookEvery: number) => {
      const sampling = { ...options.sampling, lookEvery };
      const { groups } = await rollout(model, format, countsLetter('e'), tasks, { ...options, sampling });
      return answersOf(groups).map(({ place }) => place.sequence);
    };
    expect(await ids(7)).toEqual(await ids(1));
  });

  it.each(['all', 'latest'] as const)('never becomes longer than it may, history %s', async (history) => {
    // Nothing ends by itself, and what the program gave is long, in characters of several bytes.
    const sandbox = new FakeSandbox(() => 'fail');
    const grade = sandbox.grade.bind(sandbox);
    sandbox.grade = async (requests) =>
      (await grade(requests)).map((verdict) => ({
        ...verdict,
        tests: verdict.tests.map((test) => ({ ...test, expression: '語'.repeat(50) })),
      }));
    const endless = { ...options, turns: 4, history, feedback: 'tests', uniform: () => 0.9 } as const;
    const { groups } = await rollout(model, format, sandbox, tasks, endless);
    for (const { task, trajectories } of groups) {
      const bound = longestSequence({ ...endless, ...endless.sampling }, format.prompt(task).length);
      for (const { place, truncated } of trajectories.flatMap(({ turns }) => turns)) {
        expect(truncated).toBe(true);
        expect(place.sequence.length).toBeLessThan(bound); // the last end is not written
      }
      const longest = Math.max(...trajectories[0].turns.map(({ place }) => place.sequence.length));
      expect(longest).toBe(bound - 1);
    }
  });

  it('stops in the middle of a turn', async () => {
    const abort = new AbortController();
    const sandbox = new Recording();
    const grade = sandbox.grade.bind(sandbox);
    sandbox.grade = (requests, signal) => {
      const verdicts = grade(requests, signal);
      abort.abort();
      return verdicts;
    };
    const running = rollout(model, format, sandbox, tasks, { ...options, signal: abort.signal });
    await expect(running).rejects.toThrow(/abort/i);
    expect(sandbox.calls).toHaveLength(1);
  });
});
