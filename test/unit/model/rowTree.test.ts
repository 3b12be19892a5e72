/** Sequences with beginnings in common: what is computed once is what was computed for each. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, tf } from '../../../src/engine/index.ts';
import { attentionShare } from '../../../src/config/memory.ts';
import { parseConfig } from '../../../src/model/config.ts';
import { Adapter } from '../../../src/model/adapter.ts';
import { Generation } from '../../../src/model/generate.ts';
import { Llama } from '../../../src/model/llama.ts';
import { initialWeights } from '../../../src/model/parameters.ts';
import { initialAdapter, type LoraSettings } from '../../../src/model/lora.ts';
import { RowTree, sharing } from '../../../src/model/rowTree.ts';
import { uniform } from '../../../src/rl/random.ts';
import { scoreAnswers, weightedLogProbGradient } from '../../../src/train/policy.ts';
import { widthsOf } from '../../../src/train/workload.ts';
import { tinyConfig } from '../../tinyModel.ts';

describe('a tree of sequences', () => {
  const tree = new RowTree();
  tree.add([5, 6, 7]);
  it('needs no rows for what it has', () => {
    expect([[5, 6, 7], [5, 6], [5, 6, 8, 9], [6]].map((one) => tree.needs(one))).toEqual([0, 0, 2, 1]);
  });
  it('has a row for each beginning, and spreads them out again', () => {
    expect(tree.add([5, 6, 8, 9])).toEqual([0, 1, 3, 4]);
    const { ids, positions, spread, picked, batch, time } = tree.rows();
    expect({ batch, time, ids: [...ids], positions: [...positions] }).toEqual({
      ...{ batch: 2, time: 4 },
      ...{ ids: [5, 6, 7, 8, 9], positions: [0, 1, 2, 2, 3] },
    });
    expect([...spread]).toEqual([0, 1, 2, 0, 0, 1, 3, 4]);
    expect([...picked].map((place) => spread[place])).toEqual([0, 1, 2, 3, 4]);
  });
});

const config = parseConfig(tinyConfig);
const weights = initialWeights(config, (parameter, i) => 2 * uniform(3, parameter, i) - 1);
const settings: LoraSettings = { rank: 4, alpha: 8, targets: ['q_proj', 'v_proj', 'down_proj'] };
const drawn = initialAdapter(config, settings, (parameter, i) => uniform(7, parameter, i));
// B begins at 0, and A would have no gradient.
const values = Object.fromEntries(
  Object.entries(drawn).map(([name, one], p) => [name, one.map((_, i) => uniform(8, p, i) - 0.5)]),
);

const prompt = [1, 2, 3, 4, 5, 6];
const sequences = [
  [...prompt, 7, 8, 9, 10],
  [...prompt, 7, 8, 11],
  [...prompt, 12, 13, 14],
  [1, 2, 20, 21, 22],
];
const answers = sequences.map((sequence, i) => ({
  place: { sequence, start: sequence.length - 3, length: 3 },
  coefficients: i === 2 ? [0, 0, 0] : [0.5, -1, 1 + i],
}));
const pass = { temperature: 0.7, banned: [], pad: 0, maxTokens: 12 };

describe.each(['cpu', 'wasm'] as const)('a model that shares rows, on %s', (backend) => {
  beforeAll(async () => {
    await openBackend(backend, { environment: 'node' });
  });

  /** What both say: the model that computes every sequence for itself, and the one that shares. */
  async function both<T>(act: (policy: Llama) => Promise<T>): Promise<[T, T]> {
    async function* parameters() {
      for (const one of Object.entries(weights)) yield await Promise.resolve(one);
    }
    const bases = [new Llama(config, weights, false), await Llama.load(config, parameters(), sharing)];
    const found: T[] = [];
    for (const base of bases) {
      const policy = base.adapted(new Adapter(config, settings, values));
      found.push(await act(policy));
      policy.dispose();
      base.dispose();
    }
    const [plain, shared] = found;
    return [plain!, shared!];
  }

  it('has the log-probabilities and the gradient of one that does not, and leaves nothing behind', async () => {
    const [plain, shared] = await both(async (policy) => {
      const scored = await scoreAnswers(policy, answers, pass);
      const before = tf.memory().numTensors;
      const { gradients, loss, stats } = await weightedLogProbGradient(policy, answers, pass);
      const read: Record<string, number[]> = {};
      for (const [name, one] of Object.entries(gradients)) read[name] = [...(await one.data())];
      tf.dispose(gradients);
      expect(tf.memory().numTensors).toBe(before);
      return { loss, read, stats: answers.map((one) => [scored(one), stats(one)]) };
    });
    expect(shared.loss).toBeCloseTo(plain.loss, 5);
    for (const [i, pair] of shared.stats.entries()) {
      for (const [j, one] of pair.entries()) {
        for (const what of ['logp', 'entropy', 'sumSq'] as const) {
          one[what].forEach((value, n) =>
            expect(value).toBeCloseTo(plain.stats[i]?.[j]?.[what][n] ?? NaN, 5),
          );
        }
      }
    }
    for (const [name, gradient] of Object.entries(plain.read)) {
      const size = Math.max(...gradient.map(Math.abs));
      expect(size, name).toBeGreaterThan(0);
      gradient.forEach((g, i) =>
        expect(Math.abs(g - (shared.read[name]?.[i] ?? NaN)), name).toBeLessThan(1e-4 * size),
      );
    }
  });

  it('is asked of as much at once as its memory is meant to hold, though the tries of a prompt are all the same', async () => {
    const one = [...prompt, 7, 8, 9, 10];
    const same = Array.from({ length: 24 }, () => ({ place: { sequence: [...one], start: 6, length: 4 } }));
    let batches = 0;
    const breathe = () => Promise.resolve(void batches++);
    await both((policy) => ((batches = 0), scoreAnswers(policy, same, { ...pass, maxTokens: 27, breathe })));
    // Of 24 sequences as many go together as 27 tokens' memory has room for, of which attention takes its share at each place.
    const share = attentionShare(widthsOf(config));
    const together = Math.floor((27 - 9 * (1 - share)) / (9 * share));
    expect(batches).toBe(Math.ceil(24 / together));
    expect(batches).toBeGreaterThan(1);
  });

  it('writes what one that does not writes', async () => {
    const [plain, shared] = await both(async (policy) => {
      const generation = Generation.start(policy, sequences, 20, 0);
      const sampling = { temperature: 0, topP: 1, maxNewTokens: 6, stops: [], banned: [], lookEvery: 6 };
      const written = await generation.turn({ ...sampling, uniform: () => 0.5 });
      generation.dispose();
      return written.map(({ ids }) => ids);
    });
    expect(shared).toEqual(plain);
  });
});
