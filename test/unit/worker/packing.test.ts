import { expect, it } from 'vitest';
import { packJson, unpackJson } from '../../../src/train/packedJson.ts';
import { Packing } from '../../../src/worker/packing.ts';

type Answer = (worker: EventTarget, data: unknown, port: MessagePort) => void;

/** A worker that does what `answer` says. */
class FakeWorker extends EventTarget {
  terminated = 0;
  readonly #answer: Answer;
  constructor(answer: Answer) {
    super();
    this.#answer = answer;
  }
  postMessage(data: unknown, [port]: Transferable[]): void {
    if (port instanceof MessagePort) this.#answer(this, data, port);
  }
  terminate(): void {
    this.terminated++;
  }
}

const packing = (answer: Answer) => {
  const workers: FakeWorker[] = [];
  const made = new Packing(() => {
    const worker = new FakeWorker(answer);
    workers.push(worker);
    return worker;
  });
  return { workers, pack: made.pack };
};

it('packs in one worker', async () => {
  const { workers, pack } = packing((_, data, port) => {
    void packJson(data).then((bytes) => port.postMessage({ bytes }));
  });
  const packed = await Promise.all([pack({ ids: [1, NaN] }), pack('two')]);
  expect(await unpackJson(packed[0], 'one')).toEqual({ ids: [1, NaN] });
  expect(await unpackJson(packed[1], 'two')).toBe('two');
  expect(workers).toHaveLength(1);
});

it('packs on its own thread where the worker does not start, also what was under way, and asks for no other', async () => {
  const { workers, pack } = packing((worker) => void worker.dispatchEvent(new Event('error')));
  expect(await unpackJson(await pack([1]), 'one')).toEqual([1]);
  expect(await unpackJson(await pack([2]), 'two')).toEqual([2]);
  expect(workers.map(({ terminated }) => terminated)).toEqual([1]);
});

it('says what the worker says', async () => {
  const { pack } = packing((_, _data, port) => port.postMessage({ problem: 'no memory' }));
  await expect(pack([1])).rejects.toThrow('no memory');
});
