import { expect, it } from 'vitest';
import { realForms } from '../../../src/bench/realModel.ts';
import { realTable, realTargets } from '../../../src/bench/realTargets.ts';
import { measureReal, type RealContestant, type RealSizes } from '../../../src/bench/realTurns.ts';
import { openBackend, tf } from '../../../src/engine/index.ts';
import { tinyLlama } from '../../../src/model/config.ts';

it('measures a model in every form beside others, and leaves nothing behind', async () => {
  await openBackend('wasm', { environment: 'node' });
  let ms = 0;
  const clocks = { wall: () => ms++, cpu: () => (ms += 0.5) };
  const sizes: RealSizes = {
    ...{ prefill: 8, rows: 2, written: [3, 2], rounds: 2 },
    ...{ step: { one: [1, 8], all: [2, 8] }, long: [3, 8] },
  };
  const peer: RealContestant = {
    ...{ id: 'wllama Q8_0', threads: 1, dispose: () => undefined },
    turn: () =>
      Promise.resolve({ read: { amount: 8, wall: 4, cpu: 4 }, one: { amount: 1, wall: 10, cpu: 10 } }),
  };
  const broken: RealContestant = { ...peer, id: 'native Q8_0', turn: () => Promise.reject(new Error('no')) };
  const config = tinyLlama(96);
  const measure = () => measureReal(config, sizes, 1, clocks, [peer, broken]);
  await measure(); // tables that operations keep are made now
  const before = tf.memory().numTensors;
  const report = await measure();
  expect(tf.memory().numTensors).toBe(before);
  expect(report.failed).toEqual(['native Q8_0, threads: 1: no']);
  const { float32, int8, int4 } = report.weightBytes;
  expect(int8 / float32).toBeLessThan(0.35);
  expect(int4).toBeLessThan(int8);
  for (const form of realForms) {
    const { rounds } = report.turns.find(({ id }) => id === form) ?? { rounds: [] };
    expect(rounds).toHaveLength(2);
    for (const turn of rounds) for (const took of Object.values(turn)) expect(took.amount).toBeGreaterThan(0);
  }
  const is = (what: string) => realTargets(report, 'wall').find((target) => target.what.includes(what))?.is;
  // Three tokens in the milliseconds between two looks (its own, and the other clock's half), over 100 tokens a second.
  expect(is('one row, int8, of wllama')).toBeCloseTo(3 / 1.5 / 0.1, 6);
  expect(is('one row, int8, of native')).toBeNaN();
  expect(realTable(report, 'cpu')).toContain('| 1. one row, int8, of native Q8_0 | 0.5 | – | not measured |');
});
