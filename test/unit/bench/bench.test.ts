import { beforeAll, describe, expect, it } from 'vitest';
import { checkAgreement } from '../../../src/bench/agreement.ts';
import { measureOperations } from '../../../src/bench/compute.ts';
import type { Contestant } from '../../../src/bench/contestant.ts';
import { interleave, median, medianRatio, spread } from '../../../src/bench/measure.ts';
import { jaxJs } from '../../../src/bench/jaxJs.ts';
import { ours } from '../../../src/bench/ours.ts';
import { contestants, runBench, type BenchProgress } from '../../../src/bench/run.ts';
import { benchTable } from '../../../src/bench/table.ts';
import { benchWeights, parameterCount, randomTokens, sizes } from '../../../src/bench/sizes.ts';
import { stock } from '../../../src/bench/stock.ts';
import { openBackend, tf } from '../../../src/engine/index.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { filesBelow, importsOf, readText } from '../../source.ts';

describe('statistics of rounds', () => {
  it('have a median that one outlier does not move', () => {
    expect(median([3, 1, 1000])).toBe(3);
    expect(median([4, 1, 2, 1000])).toBe(3);
    expect(spread([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9, rounds: 3 });
  });

  it('take quotients round by round', () => {
    // The machine was ten times slower in round 2; the quotient does not show it.
    expect(medianRatio([8, 80, 8], [2, 20, 2])).toBe(4);
  });

  it('come from contestants that take turns', async () => {
    const order: string[] = [];
    let clock = 0;
    const step = (name: string, ms: number) => async () => {
      order.push(name);
      clock += ms;
    };
    const limits = { rounds: 5, minRounds: 2, budgetMs: 25 };
    const times = await interleave({ a: step('a', 3), b: step('b', 7) }, { limits, now: () => clock });
    expect(order.join('')).toBe('abbaab'); // 30 ms are over the budget
    expect(times).toEqual({ a: [3, 3, 3], b: [7, 7, 7] });
  });
});

describe('sizes', () => {
  it('have the parameters their names say', () => {
    for (const [name, config] of Object.entries(sizes)) {
      expect(Math.abs(parameterCount(config) / 1e6 / parseFloat(name) - 1)).toBeLessThan(0.06);
    }
  });
});

for (const backend of ['cpu', 'wasm'] as const) {
  describe(`contestants on ${backend}`, () => {
    const config = tinyLlama(24, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 2 });
    const batch = randomTokens(config, 3, 10);
    beforeAll(async () => {
      await openBackend(backend, { environment: 'node' });
    });

    it('train the same model, step by step', async () => {
      const losses: number[][] = [];
      for (const contestant of contestants) {
        const model = await contestant.open(config, benchWeights(config));
        losses.push([]);
        for (let step = 0; step < 4; step++) losses.at(-1)?.push(await model.trainStep(batch));
        model.dispose();
      }
      const [own, ...others] = losses;
      expect(own[0]).toBeGreaterThan(own[3]);
      for (const peer of others) peer.forEach((loss, step) => expect(loss).toBeCloseTo(own[step], 4));
    });

    it('write the same greedy tokens', async () => {
      const written: number[][][] = [];
      for (const contestant of contestants) {
        const model = await contestant.open(config, benchWeights(config));
        written.push((await model.generate?.(batch, 8, 0)) ?? []);
        model.dispose();
      }
      expect(written[0].map((row) => row.length)).toEqual([8, 8, 8]);
      for (const peer of written.slice(1)) expect(peer).toEqual(written[0]);
    });

    it('leave no tensor behind', async () => {
      for (const contestant of [ours, stock]) {
        const model = await contestant.open(config, benchWeights(config));
        await model.trainStep(batch); // optimizers make their slots
        const before = tf.memory().numTensors;
        await model.trainStep(batch);
        await model.generate?.(batch, 3, 1);
        expect({ [contestant.id]: tf.memory().numTensors - before }).toEqual({ [contestant.id]: 0 });
        model.dispose();
      }
    });
  });
}

describe('all contestants of the command line', () => {
  it('train to the same losses, step by step; one that does other work is found out', async () => {
    await openBackend('wasm', { environment: 'node' });
    await checkAgreement([stock, ours, jaxJs]);
    const other: Contestant = {
      id: 'other',
      title: 'one that skips the second step',
      async open(config, weights) {
        const model = await ours.open(config, weights);
        let steps = 0;
        let last = 0;
        return {
          trainStep: async (batch) => (steps++ === 1 ? last : (last = await model.trainStep(batch))),
          dispose: () => model.dispose(),
        };
      },
    };
    await expect(checkAgreement([ours, other])).rejects.toThrow(
      /skips the second step does other work.*step 2/,
    );
  });

  it('reach no page with jax-js: only the command line imports it', () => {
    const code = filesBelow('src').filter((path) => /\.(ts|svelte)$/.test(path));
    const naming = code.filter((path) => readText(path).includes('jaxJs')); // only these need to be parsed
    const users = naming.flatMap(importsOf).filter(({ to }) => to === 'src/bench/jaxJs.ts');
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter(({ from }) => !from.startsWith('src/cli/')).map(({ from }) => from)).toEqual([]);
  });
});

describe('operations', () => {
  it('are whole numbers, the same every time, and include our own kernels', async () => {
    await openBackend('wasm', { environment: 'node' });
    const counters = await measureOperations(contestants, '0.18M');
    expect(await measureOperations(contestants, '0.18M')).toEqual(counters);
    // Three layers of norm, product, rope, attention, product and the rest, one by one; ours may do it in a single call.
    expect(counters['stock_tfjs'].per_token).toBeGreaterThan(50);
    expect(counters['ours'].per_token).toBeGreaterThan(0);
    expect(Number.isInteger(counters['ours'].per_token)).toBe(true);
  });
});

describe('parts of the benchmark', () => {
  const quick = { quick: true, machine: 'a test', sizes: ['0.18M'] as const };

  it('are measured alone, with progress that ends where it should', async () => {
    const backend = await openBackend('wasm', { environment: 'node' });
    const seen: BenchProgress[] = [];
    const before = tf.memory().numTensors;
    const report = await runBench({
      ...quick,
      backend,
      parts: ['train'],
      contestants: [ours],
      onProgress: (progress) => seen.push(progress),
    });
    expect(Object.keys(report.train)).toEqual(['0.18M']);
    expect(report.generate).toEqual({});
    expect(report.grading).toBeUndefined();
    expect(report.train['0.18M']?.share_of_matmul_peak).toBeGreaterThan(0);
    expect([...new Set(seen.map(({ what }) => what))]).toEqual(['matrix product', 'training step, 0.18M']);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
    expect(seen.every(({ done, total }) => total === 2 && done <= total)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    expect(benchTable(report)).toContain('| 0.18M | CoCoS Playground |');
  });

  it('stop between two turns, and leave nothing behind', async () => {
    const backend = await openBackend('wasm', { environment: 'node' });
    const controller = new AbortController();
    const before = tf.memory().numTensors;
    const running = runBench({
      ...quick,
      backend,
      parts: ['train'],
      contestants: [ours],
      signal: controller.signal,
      onProgress: ({ what }) => {
        if (what.startsWith('training')) setTimeout(() => controller.abort(new Error('enough')), 0);
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('that need Python say so', async () => {
    const backend = await openBackend('cpu', { environment: 'node' });
    await expect(runBench({ ...quick, backend, parts: ['grading'] })).rejects.toThrow('need a sandbox');
  });
});
