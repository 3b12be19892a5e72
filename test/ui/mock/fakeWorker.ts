/** Stands in for the trainer worker: the same service and the same driver, over a model that computes nothing. */
import type { WorkerLike } from '../../../src/worker/client.ts';
import { commandSchema, parseMessage } from '../../../src/worker/protocol.ts';
import { TrainerService } from '../../../src/worker/trainerService.ts';
import { loadFake, type FakeOptions } from './fakeModel.ts';

export class FakeWorker implements WorkerLike {
  readonly #target = new EventTarget();
  readonly #service: TrainerService;
  #alive = true;

  constructor(options: FakeOptions) {
    this.#service = new TrainerService({
      load: ({ experiment }, _port, show) => loadFake(experiment.model, options, show),
      emit: (data) => {
        if (this.#alive) this.#target.dispatchEvent(new MessageEvent('message', { data }));
      },
    });
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#target.addEventListener(type, (event) => listener(event as never));
  }

  terminate(): void {
    this.#alive = false;
    void this.#service.dispose();
  }

  postMessage(message: unknown): void {
    this.#service.obey(parseMessage(commandSchema, message));
  }
}
