import { expect, it } from 'vitest';
import { measureReal, realForms, realTable } from '../../../src/bench/realModel.ts';
import { openBackend, tf } from '../../../src/engine/index.ts';
import { tinyLlama } from '../../../src/model/config.ts';

it('measures a model in every form, and leaves nothing behind', async () => {
  await openBackend('wasm', { environment: 'node' });
  let ms = 0;
  const work = { prefill: 8, decode: [[2, 2]], step: [2, 8], rounds: 2 } as const;
  const config = tinyLlama(96);
  await measureReal(config, work, () => ms++); // tables that operations keep are made now
  const before = tf.memory().numTensors;
  const report = await measureReal(config, work, () => ms++);
  expect(tf.memory().numTensors).toBe(before);
  const { float32, int8, int4 } = report.weightBytes;
  expect(int8 / float32).toBeLessThan(0.35);
  expect(int4).toBeLessThan(int8);
  for (const byForm of Object.values(report.tokensPerSecond)) {
    for (const form of realForms) expect(byForm[form]).toBeGreaterThan(0);
  }
  expect(realTable(report)).toContain('| learn 2 × 8 |');
});
