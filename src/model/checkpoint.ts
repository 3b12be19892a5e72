/**
 * Checkpoints in the Hugging Face layout: config.json, model.safetensors (LlamaForCausalLM names, [out, in] matrices),
 * generation_config.json, and the tokenizer.json beside them. Any Llama loader reads them. generation_config.json is written
 * for others and not read: here the experiment says how answers are sampled.
 */
import { readJson } from '../config/outside.ts';
import { parseConfig } from './config.ts';
import { familyOf } from './families/index.ts';
import { parameterCount, type HostWeights } from './parameters.ts';
import type { ModelConfig } from './modelConfig.ts';
import { openSafetensors, writeSafetensors } from './safetensors.ts';
import { parametersFrom, tensorsOf } from './tensors.ts';

export interface Checkpoint {
  readonly config: ModelConfig;
  readonly weights: HostWeights;
}

/** Where the weights are. */
export const weightsFile = 'model.safetensors';
const maxConfigBytes = 1 << 20;
/** Float32 values of 8 GB: more than any back end holds. */
const maxParameters = 2e9;

interface EndTokens {
  readonly bos: number;
  readonly eot: number;
  readonly pad: number;
}

/**
 * What a checkpoint says of its weights, which are saved as F32 whatever was read.
 * @throws for positions scaled in a way that config.json has no words for
 */
export function checkpointTexts(config: ModelConfig, tokens: EndTokens): Record<string, Uint8Array> {
  if (config.rope_scaling?.rope_type === 'divided') {
    throw new Error(
      'The scaling of positions in a GGUF file (rope_freqs.weight) cannot be written to config.json. ' +
        'Start from the safetensors files of the same model.',
    );
  }
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 2) + '\n');
  const ids = { bos_token_id: tokens.bos, eos_token_id: tokens.eot, pad_token_id: tokens.pad };
  return {
    'config.json': json({
      architectures: [familyOf(config).architecture],
      ...config,
      torch_dtype: 'float32',
      ...ids,
    }),
    'generation_config.json': json({ ...ids, do_sample: true, temperature: 1, max_new_tokens: 48 }),
  };
}

/** File name → bytes of a checkpoint (the tokenizer is not among them). @throws as `checkpointTexts` */
export const checkpointFiles = (
  { config, weights }: Checkpoint,
  tokens: EndTokens,
): Record<string, Uint8Array> => ({
  ...checkpointTexts(config, tokens),
  [weightsFile]: writeSafetensors(tensorsOf(config, weights)),
});

/**
 * Reads a checkpoint through `read` (a fetch or a file read, by file name).
 * @throws an error naming the file, the tensor or key, and what is wrong; config.json is checked before the weights are
 *   asked for, and their names and shapes before a value is read
 */
export async function readCheckpoint(read: (file: string) => Promise<Uint8Array>): Promise<Checkpoint> {
  const config = parseConfig(readJson(await read('config.json'), 'config.json', maxConfigBytes));
  checkSize(config, 'config.json');
  const weights: HostWeights = {};
  const source = openSafetensors(await read(weightsFile));
  for await (const [name, values] of parametersFrom(config, source)) weights[name] = values;
  return { config, weights };
}

/** @throws when the model has more parameters than can be held; `file` says so */
export function checkSize(config: ModelConfig, file: string): void {
  const parameters = parameterCount(config);
  if (parameters <= maxParameters) return;
  throw new Error(
    `${file}: the model would have ${parameters.toLocaleString('en')} parameters; at most ` +
      `${maxParameters.toLocaleString('en')} fit. Choose a smaller model.`,
  );
}
