/** What a model will need, against figures that were measured or can be counted by hand. */
import { expect, it } from 'vitest';
import { bytesToWrite, updateSeconds, updateWork, wasmMemory, whyTooLarge } from '../../../src/hub/needs.ts';
import type { ModelFacts } from '../../../src/train/openedModel.ts';

const facts = (parameters: number, vocabulary: number, width: number, layers: number): ModelFacts => ({
  ...{ family: 'llama', parameters, vocabulary, width, layers, context: 2048, dtypes: ['BF16'] },
});
const smol = facts(134.5e6, 49_152, 576, 30);

it('a model of 135 million parameters writes here, one of a billion does not, and the sentence says what does', () => {
  expect(bytesToWrite(smol)).toBeGreaterThan(4 * 134.5e6);
  expect(bytesToWrite(smol)).toBeLessThan(1.5e9);
  expect(whyTooLarge(smol)).toBeNull();
  expect(whyTooLarge(facts(494e6, 151_936, 896, 24))).toBeNull();
  expect(whyTooLarge(facts(1.24e9, 128_256, 2048, 16))).toBe(
    'It needs 10.2 GB in memory, and WebAssembly has 4.3 GB at most. Choose a model of at most 0.5 billion parameters.',
  );
  expect(wasmMemory).toBe(4_294_967_296);
});

it('an update takes as long as its operations at the rates that were measured', () => {
  const work = updateWork({ promptsPerUpdate: 4, k: 4, turns: 2, maxNewTokens: 96, history: 'all' });
  expect(work).toEqual({
    written: 4 * 4 * 2 * 96,
    read: 4 * 250 + 4 * 4 * 96,
    learned: 4 * 4 * (250 + 2 * 96),
  });
  // 2·N a token written and read, 6·N a token learned from.
  const operations = 2 * 134.5e6 * (3072 + 2536) + 6 * 134.5e6 * 7072;
  expect(updateSeconds(work, smol.parameters, { few: 50, many: 50 })).toBeCloseTo(operations / 50e9, 6);
  expect(updateSeconds(work, smol.parameters, { few: 25, many: 50 })).toBeCloseTo(
    (operations + 2 * 134.5e6 * 3072) / 50e9,
    6,
  );
});
