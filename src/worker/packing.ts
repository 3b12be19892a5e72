/**
 * The trainer's end of packing: gzip takes longer than everything else that keeping an update takes, so it is done by a worker of its
 * own, which is started when something is first to be packed.
 */
import { packJson } from '../train/packedJson.ts';
import type { Bytes } from '../train/store.ts';
import type { Packed } from './pack.worker.ts';
import packScript from './pack.worker.ts?worker&url';
import { startWorker } from './window.ts';

/** What is needed of a worker. */
interface Packer {
  postMessage(value: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'error', listener: () => void): void;
  terminate(): void;
}

export class Packing {
  readonly #start: () => Packer;
  /** undefined: not started yet; null: it did not start, so it is done here. */
  #worker: Packer | null | undefined;
  /** Calls that have no answer yet. */
  readonly #waiting = new Set<(packed: Packed | null) => void>();

  constructor(start: () => Packer = () => startWorker(packScript)) {
    this.#start = start;
  }

  /** JSON, packed: what `packJson` gives. */
  readonly pack = async (value: unknown): Promise<Bytes> => {
    const packed = await this.#ask(value);
    if (packed === null) return packJson(value);
    if ('problem' in packed) throw new Error(packed.problem);
    return packed.bytes;
  };

  #ask(value: unknown): Promise<Packed | null> {
    if (this.#worker === undefined) this.#worker = this.#started();
    const worker = this.#worker;
    if (!worker) return Promise.resolve(null);
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      const answered = (packed: Packed | null): void => {
        port1.close();
        this.#waiting.delete(answered);
        resolve(packed);
      };
      this.#waiting.add(answered);
      port1.onmessage = ({ data }: MessageEvent<Packed>) => answered(data);
      worker.postMessage(value, [port2]);
    });
  }

  #started(): Packer {
    const worker = this.#start();
    worker.addEventListener('error', () => {
      worker.terminate();
      this.#worker = null;
      for (const answered of this.#waiting) answered(null);
    });
    return worker;
  }
}
