import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/index.ts';
import { compareLogits, referenceSchema } from '../../transformers/compare.ts';

/** Written by test/transformers/reference.py: folders of transformers 5 and the logits it computes from them. */
const reference = v.parse(
  referenceSchema,
  JSON.parse(readFileSync(new URL('../../transformers/tiny.json', import.meta.url), 'utf8')),
);

for (const backend of ['cpu', 'wasm'] as const) {
  describe(`checkpoints that transformers wrote, on ${backend}`, () => {
    beforeAll(async () => {
      await openBackend(backend, { environment: 'node' });
    });

    it('give the logits that transformers computes, in every dtype and with every theta', async () => {
      const largest = await compareLogits(reference);
      expect(Object.keys(largest)).toHaveLength(4);
      for (const difference of Object.values(largest)) expect(difference).toBeLessThan(1e-4);
    });
  });
}

it('the recorded logits tell the variants apart', () => {
  const [first, ...others] = Object.values(reference.variants).map(({ logits }) => logits.flat());
  for (const other of others) {
    expect(Math.max(...other.map((x, i) => Math.abs(x - first[i])))).toBeGreaterThan(1e-3);
  }
});
