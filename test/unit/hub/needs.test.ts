/** What a model will need, against figures that were measured or can be counted by hand. */
import { expect, it } from 'vitest';
import { withChanges, defaultExperiment } from '../../../src/config/experiment.ts';
import { otherModelText } from '../../../src/config/modelFields.ts';
import { estimateMemory, type MemoryFacts } from '../../../src/config/memory.ts';
import {
  nearestPreset,
  otherModelPreset,
  presetExperiment,
  shortProblemsPreset,
} from '../../../src/config/presets.ts';
import { bytesToTrain } from '../../../src/hub/toTrain.ts';
import {
  checkFits,
  bytesToWrite,
  updateSeconds,
  updateWork,
  wasmMemory,
  whyTooLarge,
} from '../../../src/hub/needs.ts';
import { openBackend, tf } from '../../../src/engine/index.ts';
import { bytesInMemory } from '../../../src/model/byteSource.ts';
import { storedBytes } from '../../../src/model/heldBytes.ts';
import { Llama } from '../../../src/model/llama.ts';
import { frozenParametersFrom } from '../../../src/model/tensors.ts';
import { openModel, type ModelFacts } from '../../../src/train/openedModel.ts';
import { tinyFolder } from '../../tinyModel.ts';

const facts = (parameters: number, vocabulary: number, width: number, layers: number): ModelFacts => ({
  ...{ family: 'llama', parameters, vocabulary, width, layers, context: 2048, dtypes: ['BF16'] },
});
const smol = facts(134.5e6, 49_152, 576, 30);

it('a model of 135 million parameters writes here, one of a billion does not, and the sentence says what does', () => {
  // 651 MB of tensors were counted after it had written.
  expect(bytesToWrite(smol) - 0.3e9).toBeCloseTo(651e6, -6.5);
  expect(whyTooLarge(smol)).toBeNull();
  expect(whyTooLarge(facts(494e6, 151_936, 896, 24))).toBeNull();
  expect(whyTooLarge(facts(700e6, 151_936, 1024, 28))).toBeNull();
  expect(whyTooLarge(facts(1.24e9, 128_256, 2048, 16))).toBe(
    'It needs 6.3 GB in memory, and WebAssembly has 4.3 GB at most. Choose a model of at most 0.7 billion parameters, or one whose file has ' +
      '4 or 8 bits a weight.',
  );
  expect(wasmMemory).toBe(4_294_967_296);
});

it('of a model in blocks less is needed, whether its file has them or a run asks for them', () => {
  const large = facts(1.24e9, 128_256, 2048, 16);
  expect(whyTooLarge({ ...large, dtypes: ['Q4_0', 'Q6_K'] })).toBeNull();
  expect(whyTooLarge({ ...large, dtypes: ['Q4_0', 'Q6_K'] }, 'float32')).toMatch(
    /^It needs 6.3 GB in memory/,
  );
  expect(whyTooLarge(large, 'int4')).toBeNull();
  expect(() => checkFits('wasm', large, 'float32')).toThrow(/^It needs .* Or set baseWeights to int8\.$/);
  checkFits('webgpu', large, 'float32');
});

it.each([
  ['F32', 'stored'],
  ['Q8_0', 'int8'],
  ['Q4_1', 'int4'],
] as const)('what a file in %s takes in memory is known to the byte', async (dtype, form) => {
  await openBackend('wasm', { environment: 'node', threads: 1 });
  const files = new Map(Object.entries(tinyFolder()));
  const { config, tensors } = await openModel({
    names: [...files.keys()],
    open: (name) => Promise.resolve(bytesInMemory(name, files.get(name) ?? new Uint8Array())),
  });
  const so = new Map([...tensors.tensors].map(([name, one]) => [name, { ...one, dtype }] as const));
  const before = tf.memory().numBytes;
  const model = await Llama.load(config, frozenParametersFrom(config, tensors, form));
  const packedHead = 4 * config.vocab_size * config.hidden_size;
  expect(storedBytes(config, { tensors: so })).toBe(
    model.heldBytes ?? tf.memory().numBytes - before + packedHead,
  );
  model.dispose();
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

it('a run over such a model is a preset of its own, under its name, and needs more than to write', () => {
  const preset = otherModelPreset(otherModelText('SmolLM2-135M-Instruct', 'ab'.repeat(32)));
  expect(preset.title).toBe('SmolLM2-135M-Instruct');
  const e = presetExperiment(preset);
  expect(nearestPreset(withChanges(e, { gamma: 0 }))).toEqual(preset);
  const bytes = bytesToTrain(e, smol, 'any');
  expect(bytes).toBeGreaterThan(bytesToWrite(smol));
  expect(bytes).toBeLessThan(
    bytesToTrain({ ...e, promptsPerUpdate: 8, k: 8, maxNewTokens: 512 }, smol, 'any'),
  );
  expect(bytesToTrain(e, smol, 'any')).toBeLessThan(6e9);
  expect(defaultExperiment.model).not.toBe('other');
});

it('a run over a model in blocks needs as much less as its weights do, unless it asks for them whole', () => {
  const e = presetExperiment(otherModelPreset(otherModelText('Large', 'cd'.repeat(32))));
  const whole = facts(1.24e9, 128_256, 2048, 16);
  const blocks = { ...whole, dtypes: ['Q4_0', 'Q6_K'] };
  const saved = bytesToTrain(e, whole, 'any') - bytesToTrain(e, blocks, 'any');
  expect(saved).toBeCloseTo(bytesToWrite(whole) - bytesToWrite(blocks), -1);
  // Everything but the embedding, 32 numbers in 20 bytes instead of 128.
  expect(saved).toBeCloseTo((4 - 20 / 32) * (1.24e9 - 128_256 * 2048), -1);
  const asked = (baseWeights: typeof e.baseWeights) => bytesToTrain({ ...e, baseWeights }, blocks, 'any');
  expect(asked('float32')).toBe(bytesToTrain(e, whole, 'any'));
  expect(asked('int4')).toBeLessThan(asked('stored'));
});

it('says of short problems, before the model is opened, what the form says once it is', () => {
  const model = otherModelText('SmolLM2-135M-Instruct.Q4_1', 'ab'.repeat(32));
  const e = presetExperiment(shortProblemsPreset(model, `sha256-${'cd'.repeat(32)}`));
  const before = bytesToTrain(e, { ...smol, dtypes: ['Q4_1', 'Q6_K'] }, 'short');
  // The shape of its config.json; layers as blocks of 4 bits, and a head of 8.
  const opened: MemoryFacts = {
    ...{ backend: 'wasm', parameters: 134.5e6, trained: 2.4e6, heldBytes: 97e6 },
    ...{ layers: 30, vocabulary: 49_152, width: 576, mlpWidth: 1536, keyWidth: 192, qkvWidth: 960 },
    ...{ longestPrompt: 82, microBatch: 394, evalBatch: 64, limit: null, largestBuffer: null },
  };
  const after = estimateMemory(e, opened).peak;
  expect(before / after).toBeGreaterThan(0.8);
  expect(before / after).toBeLessThan(1.25);
  expect(after).toBeLessThan(2e9); // 1.8 GB of the whole process were resident in an update of 2 × 2 tries (2026-11-27)
});
