/**
 * A model of the shape of Qwen2.5-Coder-0.5B, its weights drawn and in blocks of 8 bits, takes an update of 2 prompts × 4 tries × 2 turns
 * × 48 tokens in 4 GB. Its file (525 MB) is written to the folder for temporary files, opened as any other, and deleted. Programs are
 * not run: what a drawn model writes is none.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { drawnGguf } from '../../src/bench/drawnGguf.ts';
import { fileSource } from '../../src/cli/fileSource.ts';
import { defaultExperiment, withChanges } from '../../src/config/experiment.ts';
import { otherModelText } from '../../src/config/modelFields.ts';
import { heapBytes, openBackend, usefulThreads } from '../../src/engine/index.ts';
import { parseConfig } from '../../src/model/config.ts';
import { characterOfByte, trainMerges } from '../../src/tasks/bpe.ts';
import { adaptedBase } from '../../src/train/adaptedBase.ts';
import { formatOf } from '../../src/train/modelFormat.ts';
import { openModel } from '../../src/train/openedModel.ts';
import { createSession } from '../../src/train/session.ts';
import { countsLetter } from '../unit/train/fakeSandbox.ts';
import { template } from '../tinyModel.ts';
import type { Found, Part } from './part.ts';

/** As published, with the vocabulary that its tensors have. */
const config = parseConfig({
  model_type: 'qwen2',
  vocab_size: 151_936,
  hidden_size: 896,
  intermediate_size: 4864,
  num_hidden_layers: 24,
  num_attention_heads: 14,
  num_key_value_heads: 2,
  max_position_embeddings: 32_768,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  hidden_act: 'silu',
  tie_word_embeddings: true,
});
const allowed = 4e9;

/** Words of problems are tokens, as far as they are needed; the rest of the vocabulary is there for its size. */
function tokenizer() {
  const problems = readFileSync(resolve(import.meta.dirname, '../../public/problems/short.jsonl'), 'utf8');
  const merges = trainMerges([problems.slice(0, 40_000)], 500);
  const added = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
  const ordinary = [...characterOfByte, ...merges.map(([left, right]) => left + right)];
  const fillers = Array.from(
    { length: config.vocab_size - ordinary.length - added.length },
    (_, i) => `[${i}]`,
  );
  const tokens = [...ordinary, ...fillers, ...added];
  const firstAdded = tokens.length - added.length;
  return {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'qwen2',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': Int32Array.from(tokens, (_, i) => (i >= firstAdded ? 3 : 1)),
    'tokenizer.ggml.merges': merges.map((pair) => pair.join(' ')),
    'tokenizer.ggml.eos_token_id': tokens.length - 1,
    'tokenizer.chat_template': template,
  };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
/** The most that this process has held, in bytes. */
const resident = (): number => process.resourceUsage().maxRSS * 1024;

/** Loads the model and makes one update. @param say hears how far it is */
async function update(seed: number, say: (what: string) => void): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'half-billion-'));
  try {
    const name = 'drawn.gguf';
    await writeFile(join(folder, name), drawnGguf(config, 'Q8_0', tokenizer()));
    const began = performance.now();
    const opened = await openModel({
      names: [name],
      open: (file) => (file === name ? fileSource(join(folder, file)) : Promise.resolve(null)),
    });
    const model = otherModelText('drawn', '0'.repeat(64));
    const e = withChanges(defaultExperiment, {
      ...{ model: 'other', otherModel: model, baseWeights: 'stored', seed, trainTasks: 16, evalTasks: 16 },
      ...{ promptsPerUpdate: 2, k: 4, turns: 2, maxNewTokens: 48 },
    });
    const base = await adaptedBase(model, opened, formatOf(opened)).open(e);
    say(`loaded, ${gigabytes(resident())} held at most`);
    const session = createSession(e, {
      backend: 'wasm',
      base,
      sandbox: countsLetter('e'),
      onProgress: () => undefined,
    });
    const loaded = performance.now();
    await session.trainer.update();
    const seconds = (ms: number) => (ms / 1000).toFixed(0);
    const took = `loading ${seconds(loaded - began)} s, the update ${seconds(performance.now() - loaded)} s`;
    const memory = `${gigabytes(resident())} held by the process at most, ${gigabytes(heapBytes())} by the back end`;
    const fits = resident() <= allowed;
    return { counts: { updates: 1 }, failed: fits ? 0 : 1, examples: { time: took, memory } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const halfBillion: Part = {
  name: 'half-billion',
  claim: 'a model of the shape of Qwen2.5-Coder-0.5B in int8 takes an update within 4 GB',
  unit: 'updates',
  cases: 1,
  stretch: 1,
  async open() {
    await openBackend('wasm', { environment: 'node', threads: usefulThreads(availableParallelism()) });
    return {
      prove: ({ seed, from }) =>
        update(seed + from, (what) => process.stderr.write(`half-billion: ${what}\n`)),
      close: () => undefined,
    };
  },
};
