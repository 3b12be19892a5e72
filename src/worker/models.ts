/** The page's end of models of others: a worker for their files, and another one in which one writes. */
import type * as v from 'valibot';
import type { Progress, UnreadableModel } from '../hub/keeping.ts';
import type { KeptModel } from '../hub/kept.ts';
import type { Rates } from '../hub/needs.ts';
import type { ModelInside } from './modelInside.ts';
import modelsScript from './models.worker.ts?worker&url';
import {
  cancelMessage,
  longestText,
  modelAnswerSchema,
  modelProgress,
  modelsChannel,
  modelValues,
  type ModelAnswer,
  type ModelCall,
} from './modelsProtocol.ts';
import { parseMessage } from './protocol.ts';
import type { WriteRequest, Writing, Written } from './modelWriter.ts';
import { startWorker } from './window.ts';

export { bytesOf } from '../hub/kept.ts';
export { bytesToWrite, updateSeconds, updateWork, wasmMemory, whyTooLarge } from '../hub/needs.ts';
export { bytesToTrain, mlpWidthOf } from '../hub/toTrain.ts';
export { longestText };
export type { KeptModel, ModelInside, Progress, Rates, UnreadableModel, WriteRequest, Writing, Written };

export interface Piece {
  readonly id: number;
  readonly text: string;
}

export interface ModelList {
  readonly models: readonly KeptModel[];
  readonly unreadable: readonly UnreadableModel[];
  /** Why nothing can be kept here, for the end of a sentence; '': it can. */
  readonly refused: string;
}

/** What a page can do with models of others. All reject with an Error in a sentence; with AbortError on abort. */
export interface ModelTools {
  list(): Promise<ModelList>;
  /** What the models beside the page are, in the order of their names. */
  shipped(names: readonly string[]): Promise<readonly KeptModel['facts'][]>;
  /** Asks the hub what it has under a name; nothing large is fetched. */
  look(name: string, signal: AbortSignal): Promise<KeptModel>;
  /** Fetches what was looked at, or the rest of one of which a part is kept. */
  fetch(digest: string, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<KeptModel>;
  /** @param files with the folders that they were found in */
  copy(
    files: readonly { readonly path: string; readonly file: File }[],
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<KeptModel>;
  remove(digest: string): Promise<void>;
  inside(digest: string): Promise<ModelInside>;
  tokens(digest: string, text: string): Promise<readonly Piece[]>;
  /** How fast this machine would compute a model of this shape; about a second. */
  probe(width: number, inner: number): Promise<Rates>;
  write(
    request: Omit<WriteRequest, 'assets'>,
    onWriting: (writing: Writing) => void,
    signal: AbortSignal,
  ): Promise<Written>;
  /** Gives back the memory of the model that wrote. */
  letGo(): void;
  /** @returns ends it */
  changed(listener: () => void): () => void;
}

/** @param assets absolute address of the folder that holds the .wasm files */
export function browserModels(assets: string): ModelTools {
  const files = new Caller();
  const writer = new Caller();
  const forAll = new AbortController().signal;
  return {
    async list() {
      const answer = await files.ask({ call: 'list' }, () => undefined, forAll);
      if ('refused' in answer) return { models: [], unreadable: [], refused: answer.refused };
      return { ...valueOf(modelValues.list, answer), refused: '' };
    },
    shipped: (names) =>
      files.call(modelValues.shipped, { call: 'shipped', assets, names: [...names] }, forAll),
    look: (name, signal) => files.call(modelValues.model, { call: 'look', name }, signal),
    fetch: (digest, onProgress, signal) =>
      files.call(
        modelValues.model,
        { call: 'fetch', digest },
        signal,
        heard(modelProgress.files, onProgress),
      ),
    copy: (dropped, onProgress, signal) =>
      files.call(
        modelValues.model,
        { call: 'copy', files: [...dropped] },
        signal,
        heard(modelProgress.files, onProgress),
      ),
    remove: (digest) => files.call(modelValues.nothing, { call: 'remove', digest }, forAll),
    inside: (digest) => files.call(modelValues.inside, { call: 'inside', digest }, forAll),
    tokens: (digest, text) => files.call(modelValues.tokens, { call: 'tokens', digest, text }, forAll),
    probe: (width, inner) => writer.call(modelValues.rates, { call: 'probe', assets, width, inner }, forAll),
    write: (request, onWriting, signal) =>
      writer.call(
        modelValues.written,
        { call: 'write', ...request, assets },
        signal,
        heard(modelProgress.writing, onWriting),
      ),
    letGo: () => writer.end(),
    changed(listener) {
      if (typeof BroadcastChannel === 'undefined') return () => undefined;
      const channel = new BroadcastChannel(modelsChannel);
      channel.onmessage = () => listener();
      return () => channel.close();
    },
  };
}

/** A worker that is started when it is first asked, and again when it was lost. */
class Caller {
  #worker: Worker | null = null;
  /** Calls that have no answer yet. */
  readonly #waiting = new Set<(answer: ModelAnswer) => void>();

  /** @param schema of what the call gives */
  async call<S extends v.GenericSchema>(
    schema: S,
    call: ModelCall,
    signal: AbortSignal,
    onProgress: (progress: unknown) => void = () => undefined,
  ): Promise<v.InferOutput<S>> {
    const answer = await this.ask(call, onProgress, signal);
    signal.throwIfAborted();
    return valueOf(schema, answer);
  }

  ask(call: ModelCall, onProgress: (progress: unknown) => void, signal: AbortSignal): Promise<ModelAnswer> {
    signal.throwIfAborted();
    const { port1, port2 } = new MessageChannel();
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve) => {
      const cancel = (): void => port1.postMessage(cancelMessage);
      const answered = (answer: ModelAnswer): void => {
        port1.close();
        this.#waiting.delete(answered);
        signal.removeEventListener('abort', cancel);
        resolve(answer);
      };
      this.#waiting.add(answered);
      signal.addEventListener('abort', cancel, { once: true });
      port1.onmessage = ({ data }: MessageEvent<unknown>) => {
        let said: v.InferOutput<typeof modelAnswerSchema>;
        try {
          said = parseMessage(modelAnswerSchema, data);
        } catch (error) {
          return answered({ problem: error instanceof Error ? error.message : String(error) });
        }
        if ('progress' in said) onProgress(said.progress);
        else answered(said);
      };
      worker.postMessage(call, [port2]);
    });
  }

  end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const answered of this.#waiting) answered({ problem: 'It was stopped.' });
  }

  #start(): Worker {
    const worker = startWorker(modelsScript);
    worker.addEventListener('error', (event) => {
      worker.terminate();
      this.#worker = null;
      const reason = event.message ? ` (${event.message})` : '';
      for (const answered of this.#waiting) {
        answered({
          problem: `The worker that looks after models was lost${reason}. Reload the page and try again.`,
        });
      }
    });
    return worker;
  }
}

/** @throws Error saying why there is none */
function valueOf<S extends v.GenericSchema>(schema: S, answer: ModelAnswer): v.InferOutput<S> {
  if ('value' in answer) return parseMessage(schema, answer.value);
  if ('refused' in answer) throw new Error(`No model can be kept here: ${answer.refused}.`);
  throw new Error('problem' in answer ? answer.problem : 'There is no answer.');
}

/** Hears what is what it says it is. */
const heard =
  <S extends v.GenericSchema>(schema: S, listener: (progress: v.InferOutput<S>) => void) =>
  (progress: unknown): void =>
    listener(parseMessage(schema, progress));
