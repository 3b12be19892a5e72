/** A kept model at work in a worker: it is loaded once, writes what it is asked for, and this machine's speed is measured. */
import { measureRates, openBackend } from '../engine/index.ts';
import type { Models } from '../hub/keeping.ts';
import { whyTooLarge, type Rates } from '../hub/needs.ts';
import { Adapter } from '../model/adapter.ts';
import { readAdapter } from '../model/adapterFiles.ts';
import { Generation } from '../model/generate.ts';
import { Llama } from '../model/llama.ts';
import { frozenParametersFrom } from '../model/tensors.ts';
import { uniform } from '../rl/random.ts';
import { openModel, type OpenedModel } from '../train/openedModel.ts';

export interface WriteRequest {
  readonly digest: string;
  /** Absolute address of the folder that holds the .wasm files. */
  readonly assets: string;
  readonly prompt: string;
  /** The prompt is what a user says, in the model's chat template; else the text goes on. */
  readonly chat: boolean;
  /** 0: always the likeliest token. */
  readonly temperature: number;
  /** Tokens, at most. */
  readonly most: number;
  readonly seed: number;
}

/** How far it has come. */
export type Writing =
  | { readonly what: 'loading'; readonly done: number; readonly total: number }
  | { readonly what: 'writing'; readonly pieces: readonly string[]; readonly seconds: number };

export interface Written {
  readonly pieces: readonly string[];
  /** Tokens of what it read before. */
  readonly promptTokens: number;
  readonly seconds: number;
  /** It came to an end by itself. */
  readonly ended: boolean;
}

interface Loaded {
  readonly digest: string;
  readonly opened: OpenedModel;
  readonly llama: Llama;
  readonly dispose: () => void;
}
let loaded: Loaded | null = null;

/** Tokens between two looks at what is written. */
const lookEvery = 2;

/** @throws Error in a sentence; AbortError on abort */
export async function write(
  models: Models,
  { digest, assets, prompt, chat, temperature, most, seed }: WriteRequest,
  tell: (writing: Writing) => void,
  signal: AbortSignal,
): Promise<Written> {
  const { opened, llama } = await load(models, digest, assets, tell, signal);
  const { tokenizer, template, stopIds, facts } = opened;
  if (chat && !template) throw new Error(opened.whyNoTemplate);
  const text = chat && template ? template.render([{ role: 'user', content: prompt }], true) : prompt;
  const ids = tokenizer.encode(text, chat);
  if (ids.length === 0) throw new Error('There is nothing to go on from: write something first.');
  if (ids.length + most > facts.context) {
    throw new Error(
      `${ids.length} tokens and ${most} more are ${ids.length + most}, and the model has room for ${facts.context}. Shorten the text.`,
    );
  }
  const stops = new Set(stopIds);
  const end = new AbortController();
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  let written: number[] = [];
  let ended = false;
  const generation = Generation.start(llama, [ids], ids.length + most, ids[0] ?? 0);
  try {
    await generation.turn({
      ...{ temperature, topP: 1, maxNewTokens: most, stops: stopIds, lookEvery },
      // The embedding is padded with rows that are no token.
      banned: tokenizer.size < facts.vocabulary ? [[tokenizer.size, facts.vocabulary - 1]] : [],
      uniform: (row, position) => uniform(seed, row, position),
      onWritten: ([answer]) => {
        const all = answer?.ids ?? [];
        const stop = all.findIndex((id) => stops.has(id));
        written = stop < 0 ? [...all] : all.slice(0, stop);
        tell({ what: 'writing', pieces: piecesOf(opened, written), seconds: seconds() });
        if (stop < 0) return;
        ended = true;
        end.abort();
      },
      signal: AbortSignal.any([signal, end.signal]),
    });
  } catch (error) {
    if (!end.signal.aborted || signal.aborted) throw error;
  } finally {
    generation.dispose();
  }
  return { pieces: piecesOf(opened, written), promptTokens: ids.length, seconds: seconds(), ended };
}

const piecesOf = ({ tokenizer }: OpenedModel, ids: readonly number[]): string[] =>
  ids.map((id) => (id < tokenizer.size ? tokenizer.tokenText(id) : `‹${id}›`));

async function load(
  models: Models,
  digest: string,
  assets: string,
  tell: (writing: Writing) => void,
  signal: AbortSignal,
): Promise<Loaded> {
  if (loaded?.digest === digest) return loaded;
  loaded?.dispose();
  loaded = null;
  const files = await models.open(digest);
  try {
    const opened = await openModel(files);
    const problem = whyTooLarge(opened.facts);
    if (problem) throw new Error(problem);
    await openWasm(assets);
    const total = opened.facts.parameters;
    let done = 0;
    const parameters = async function* () {
      for await (const parameter of frozenParametersFrom(opened.config, opened.tensors, 'stored')) {
        signal.throwIfAborted();
        yield parameter;
        const [, values] = parameter;
        done += 'bytes' in values ? values.outputs * values.inputs : values.length;
        tell({ what: 'loading', done, total });
      }
    };
    const boost = files.boost && readAdapter(opened.config, files.boost.files);
    const base = await Llama.load(opened.config, parameters());
    const llama = boost ? base.adapted(new Adapter(opened.config, boost.settings, boost.values)) : base;
    const dispose = () => {
      if (llama !== base) llama.dispose(); // its adapter
      base.dispose();
    };
    return (loaded = { digest, opened, llama, dispose });
  } finally {
    await files.close();
  }
}

const openWasm = (assets: string) =>
  openBackend('wasm', { environment: 'browser', wasmPaths: `${assets}wasm/` });

/** How fast this machine multiplies matrices of a model's shape. @param width of its hidden states @param inner of its MLP */
export async function probe(assets: string, width: number, inner: number): Promise<Rates> {
  await openWasm(assets);
  return measureRates(width, inner);
}
