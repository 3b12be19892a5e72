/** The update of a run that is under way: it is looked on at, and may stand at a station while other runs have their turns. */
import type { UpdateRecord } from '../rl/records.ts';
import { Gate } from './gate.ts';
import { Live, type LiveOptions, type Reached } from './live.ts';
import type { Trainable } from './trainable.ts';

export interface UnderWayOptions {
  /** Fires when the run is given up. */
  readonly signal: AbortSignal;
  readonly tell: LiveOptions['tell'];
  /** Whether the next station is one to stand at. */
  readonly stands: () => boolean;
}

export class UnderWay {
  readonly live: Live;
  readonly #gate: Gate;
  #update: Promise<UpdateRecord> | null = null;

  constructor({ signal, tell, stands }: UnderWayOptions) {
    const gate = new Gate(signal, stands);
    this.#gate = gate;
    this.live = new Live({ tell, stop: (at) => gate.pass(at) });
  }

  /** An update has begun; perhaps it stands at a station. */
  get begun(): boolean {
    return this.#update !== null;
  }

  /** Where it stands, until it is told to go on. */
  get at(): Reached | null {
    return this.#gate.at;
  }

  /** It stands here no longer than until its turn. */
  goOn(): void {
    this.#gate.goOn();
  }

  /** An update, begun here or going on from a station. @returns null when it has come to one to stand at */
  async make(run: Trainable): Promise<UpdateRecord | null> {
    const stands = this.#gate.standing().then(() => null);
    this.#gate.open();
    const update = (this.#update ??= run.update().finally(() => (this.#update = null)));
    return Promise.race([update, stands]);
  }

  /** Resolves when there is none, after the run was given up. */
  async ended(): Promise<void> {
    await this.#update?.catch(() => undefined);
  }
}
