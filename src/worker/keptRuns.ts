/** The page's end of what is kept in this browser; its worker is started when it is first asked. */
import type { KeptRun, KeptRuns, RunFile, StorageUse, UnreadableRun } from '../keep/keptRuns.ts';
import keepScript from './keep.worker.ts?worker&url';
import {
  keepAnswerSchema,
  keptChannel,
  keptValues,
  type KeepAnswer,
  type KeepCall,
  type KeptValue,
} from './keepProtocol.ts';
import { parseMessage } from './protocol.ts';
import { startWorker } from './window.ts';

/** Changes come often while a run trains; who listens hears of them as often, ms. */
const tellEvery = 1000;

export class BrowserRuns implements KeptRuns {
  #worker: Worker | null = null;
  /** Calls that have no answer yet. */
  readonly #waiting = new Set<(answer: KeepAnswer) => void>();

  async refused(): Promise<string> {
    const answer = await this.#ask({ call: 'inUse' });
    return 'refused' in answer ? answer.refused : '';
  }

  async list(): Promise<readonly KeptRun[]> {
    const answer = await this.#ask({ call: 'list' });
    return 'refused' in answer ? [] : valueOf('list', answer);
  }

  async unreadable(): Promise<readonly UnreadableRun[]> {
    const answer = await this.#ask({ call: 'unreadable' });
    return 'refused' in answer ? [] : valueOf('unreadable', answer);
  }

  async inUse(): Promise<readonly string[]> {
    const answer = await this.#ask({ call: 'inUse' });
    return 'refused' in answer ? [] : valueOf('inUse', answer);
  }

  changed(listener: () => void): () => void {
    if (typeof BroadcastChannel === 'undefined') return () => undefined;
    const channel = new BroadcastChannel(keptChannel);
    let waiting: ReturnType<typeof setTimeout> | undefined;
    channel.onmessage = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        listener();
      }, tellEvery);
    };
    return () => {
      clearTimeout(waiting);
      channel.close();
    };
  }

  rename(id: string, name: string): Promise<void> {
    return this.#call({ call: 'rename', id, name });
  }
  delete(id: string): Promise<void> {
    return this.#call({ call: 'delete', id });
  }
  undelete(id: string): Promise<void> {
    return this.#call({ call: 'undelete', id });
  }
  forget(id: string): Promise<void> {
    return this.#call({ call: 'forget', id });
  }
  log(id: string): Promise<string> {
    return this.#call({ call: 'log', id });
  }
  read(id: string): Promise<RunFile> {
    return this.#call({ call: 'read', id });
  }
  write({ log, blobs }: RunFile, name = ''): Promise<KeptRun> {
    return this.#call({ call: 'write', file: { log, blobs: new Map(blobs) }, name });
  }

  async storage(): Promise<StorageUse | null> {
    try {
      const { usage, quota } = await navigator.storage.estimate();
      if (usage === undefined || quota === undefined) return null;
      return { used: usage, granted: quota, persisted: await navigator.storage.persisted() };
    } catch {
      return null; // not asked where nothing may be kept
    }
  }

  async persist(): Promise<boolean> {
    try {
      return await navigator.storage.persist();
    } catch {
      return false;
    }
  }

  async #call<C extends KeepCall>(call: C): Promise<KeptValue<C['call']>> {
    return valueOf<C['call']>(call.call, await this.#ask(call));
  }

  async #ask(call: KeepCall): Promise<KeepAnswer> {
    const { port1, port2 } = new MessageChannel();
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      const answered = (answer: KeepAnswer): void => {
        port1.close();
        this.#waiting.delete(answered);
        resolve(answer);
      };
      this.#waiting.add(answered);
      port1.onmessage = ({ data }: MessageEvent<unknown>) => {
        try {
          answered(parseMessage(keepAnswerSchema, data));
        } catch (error) {
          this.#waiting.delete(answered);
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      worker.postMessage(call, [port2]);
    });
  }

  /** One that fails answers nobody any more: whoever waits is told, and the next call starts another. */
  #start(): Worker {
    const worker = startWorker(keepScript);
    worker.addEventListener('error', () => {
      worker.terminate();
      this.#worker = null;
      for (const answered of this.#waiting) answered({ refused: 'its worker did not start' });
    });
    return worker;
  }
}

/** @throws Error saying why there is none, or what is wrong with it */
function valueOf<C extends KeepCall['call']>(call: C, answer: KeepAnswer): KeptValue<C> {
  if ('value' in answer) return parseMessage<(typeof keptValues)[C]>(keptValues[call], answer.value);
  throw new Error('problem' in answer ? answer.problem : `Nothing is kept here: ${answer.refused}.`);
}
