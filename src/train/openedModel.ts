/**
 * A model that others trained, opened: its configuration, the headers of its weights, its tokenizer and its chat template, each
 * checked against the others before a weight is read.
 */
import { isObject, readJson, shown } from '../config/outside.ts';
import { storedBytes } from '../model/heldBytes.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import { openFolder, openGgufFile, type OpenedCheckpoint, type OpenFile } from '../model/openCheckpoint.ts';
import { parameterCount } from '../model/parameters.ts';
import { checkShapes, type TensorSource } from '../model/tensors.ts';
import { ChatTemplate } from '../tasks/chatTemplate.ts';
import { ModelTokenizer, type Metadata } from '../tasks/modelTokenizer.ts';

/** The files that a model is, wherever they lie: a folder, or one .gguf. */
export interface ModelFiles {
  readonly names: readonly string[];
  readonly open: OpenFile;
}

export interface OpenedModel {
  readonly config: ModelConfig;
  /** Names and shapes are checked; values are read when they are asked for. */
  readonly tensors: TensorSource;
  readonly tokenizer: ModelTokenizer;
  /** Bytes of tokenizer.json, as a checkpoint of this model has it; null: the tokenizer is in a GGUF file. */
  readonly tokenizerJson: Uint8Array | null;
  /** null: the model has none, or none that can be used; `whyNoTemplate` says which. */
  readonly template: ChatTemplate | null;
  readonly whyNoTemplate: string;
  /** Tokens that end an answer, the first of them its own end of text; empty: the files name none. */
  readonly stopIds: readonly number[];
  /** As a GGUF file names it; null: nothing is known here, and the model card may say it. */
  readonly licence: string | null;
  readonly facts: ModelFacts;
}

/** What a list of models says of one. */
export interface ModelFacts {
  readonly family: ModelConfig['model_type'];
  /** Numbers in its weights; a head that is the embedding counts once. */
  readonly parameters: number;
  readonly layers: number;
  readonly width: number;
  /** Rows of its embedding. */
  readonly vocabulary: number;
  /** Tokens that a text may have. */
  readonly context: number;
  /** How its matrices are stored, the commonest first. */
  readonly dtypes: readonly string[];
  /** Bytes that its weights take in memory as they are stored (model/heldBytes.ts); not known of what older versions kept. */
  readonly storedBytes?: number | undefined;
}

const tokenizerFile = 'tokenizer.json';
const tokenizerConfigFile = 'tokenizer_config.json';
const templateFile = 'chat_template.jinja';
const generationFile = 'generation_config.json';
const maxTokenizerBytes = 64 << 20;
const maxJsonBytes = 16 << 20;

/** The GGUF file among these; null: none. @throws when there are several */
function ggufAmong(names: readonly string[]): string | null {
  const [first, second] = names.filter((name) => name.toLowerCase().endsWith('.gguf'));
  if (second !== undefined) {
    throw new Error(
      `There are several GGUF files, ${shown(first)} and ${shown(second)} among them. Choose one.`,
    );
  }
  return first ?? null;
}

/** @throws an error naming the file, the key or tensor, and what is wrong */
export async function openModel({ names, open }: ModelFiles): Promise<OpenedModel> {
  const gguf = ggufAmong(names);
  return gguf === null ? openInFolder(open) : openInGguf(open, gguf);
}

async function openInFolder(open: OpenFile): Promise<OpenedModel> {
  const { config, tensors } = await openFolder(open);
  const bytes = await bytesOf(open, tokenizerFile, maxTokenizerBytes);
  if (!bytes) {
    throw new Error(
      `${tokenizerFile} is missing. A model that has only tokenizer.model or vocab.json is saved with it by ` +
        'transformers: `AutoTokenizer.from_pretrained(DIR).save_pretrained(DIR)`.',
    );
  }
  const tokenizer = ModelTokenizer.fromBytes(bytes);
  const tokenizerConfig = await jsonOf(open, tokenizerConfigFile);
  const separate = await bytesOf(open, templateFile, maxJsonBytes);
  const template = attempt(() => {
    const keys = isObject(tokenizerConfig) ? tokenizerConfig : {};
    const source = separate && new TextDecoder().decode(separate);
    return ChatTemplate.fromConfig(source === null ? keys : { ...keys, chat_template: source });
  });
  const generation = await jsonOf(open, generationFile);
  const configJson = await jsonOf(open, 'config.json');
  const named = endsOf(generation) ?? endsOf(configJson) ?? [];
  checkNamed(tokenizer, tokenizerConfig);
  return checked(
    { config, tensors },
    { ...{ tokenizer, tokenizerJson: bytes }, ...template, stopIds: named, licence: null },
  );
}

async function openInGguf(open: OpenFile, name: string): Promise<OpenedModel> {
  const source = await open(name);
  if (!source) throw new Error(`${name} is missing.`);
  const opened = await openGgufFile(source);
  const metadata: Metadata = opened.metadata ?? new Map();
  const tokenizer = ModelTokenizer.fromGguf(metadata, name);
  const template = attempt(() => ChatTemplate.fromGguf(metadata, name));
  const stopIds = ['eos', 'eot'].flatMap((which) => {
    const id = metadata.get(`tokenizer.ggml.${which}_token_id`);
    return typeof id === 'number' ? [id] : [];
  });
  const said = metadata.get('general.license');
  const licence = typeof said === 'string' ? said : null;
  return checked(opened, { ...{ tokenizer, tokenizerJson: null }, ...template, stopIds, licence });
}

type Words = Omit<OpenedModel, keyof OpenedCheckpoint | 'facts'>;

/** Ids that a tokenizer lacks, of an embedding that is padded to a round number. */
const mostPadding = 4096;

/** @throws when the tokenizer is not this model's */
function checked({ config, tensors }: OpenedCheckpoint, words: Words): OpenedModel {
  checkShapes(config, tensors);
  const { tokenizer } = words;
  const rows = config.vocab_size;
  const stopIds = [...new Set(words.stopIds)];
  if (tokenizer.size > rows || rows - tokenizer.size > mostPadding) {
    throw new Error(
      `The tokenizer has ${tokenizer.size} tokens and the embedding ${rows} rows (vocab_size), so the tokenizer is ` +
        "another model's. Use the files that were saved together.",
    );
  }
  const beyond = stopIds.find((id) => !(Number.isInteger(id) && id >= 0 && id < tokenizer.size));
  if (beyond !== undefined) {
    throw new Error(
      `The end of a text is token ${beyond} (eos_token_id), and the tokenizer has ${tokenizer.size}: it is another ` +
        "model's. Use the files that were saved together.",
    );
  }
  return { ...{ config, tensors }, ...words, stopIds, facts: factsOf(config, tensors) };
}

/** @throws when tokenizer_config.json names special tokens that tokenizer.json has not */
function checkNamed(tokenizer: ModelTokenizer, config: unknown): void {
  if (!isObject(config)) return;
  for (const name of ['bos_token', 'eos_token']) {
    const token = config[name];
    const content = isObject(token) ? token['content'] : token;
    if (typeof content !== 'string') continue;
    if (tokenizer.added.some((added) => added.content === content)) continue;
    throw new Error(
      `${tokenizerConfigFile}: ${name} is ${shown(content)}, which ${tokenizerFile} does not have: one of them is ` +
        "another model's. Use the files that were saved together.",
    );
  }
}

/** What config.json says of the model, and its weights of how they are stored. */
export function factsOf(config: ModelConfig, { tensors }: Pick<TensorSource, 'tensors'>): ModelFacts {
  const values = new Map<string, number>();
  for (const { dtype, shape } of tensors.values()) {
    if (shape.length > 1) values.set(dtype, (values.get(dtype) ?? 0) + shape.reduce((a, b) => a * b, 1));
  }
  return {
    family: config.model_type,
    parameters: parameterCount(config),
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    vocabulary: config.vocab_size,
    context: config.max_position_embeddings,
    dtypes: [...values].sort(([, a], [, b]) => b - a).map(([dtype]) => dtype),
    storedBytes: storedBytes(config, { tensors }),
  };
}

/** `eos_token_id` of a file: a number or a list of them. */
function endsOf(json: unknown): number[] | undefined {
  const value = isObject(json) ? json['eos_token_id'] : undefined;
  if (typeof value === 'number') return [value];
  const isList = Array.isArray(value) && value.every((id) => typeof id === 'number');
  return isList && value.length > 0 ? value : undefined;
}

function attempt(make: () => ChatTemplate): Pick<OpenedModel, 'template' | 'whyNoTemplate'> {
  try {
    return { template: make(), whyNoTemplate: '' };
  } catch (error) {
    return { template: null, whyNoTemplate: error instanceof Error ? error.message : String(error) };
  }
}

async function bytesOf(open: OpenFile, name: string, maxBytes: number): Promise<Uint8Array | null> {
  const source = await open(name);
  // One byte more is enough to be refused by name.
  return source && source.read(0, Math.min(source.size, maxBytes + 1));
}

async function jsonOf(open: OpenFile, name: string): Promise<unknown> {
  const bytes = await bytesOf(open, name, maxJsonBytes);
  return bytes && readJson(bytes, name, maxJsonBytes);
}
