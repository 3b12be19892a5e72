/** Updates that the page has not kept: whom they are asked of, and who hears the answer. */
import type { TrainerClient } from '../../worker/client.ts';
import type { TrainerEvent } from '../../worker/protocol.ts';
import type { OpenRun } from './openRun.svelte.ts';
import type { RunsState } from './runs.svelte.ts';

export class Asking {
  readonly #runs: RunsState;
  readonly #client: Pick<TrainerClient, 'has' | 'record' | 'drop'>;

  constructor(runs: RunsState, client: Pick<TrainerClient, 'has' | 'record' | 'drop'>) {
    this.#runs = runs;
    this.#client = client;
  }

  /** Asks for an update on behalf of a run; it may have been made by one that this one comes from. */
  ask(run: OpenRun, step: number): void {
    this.drop(run);
    run.told.ask(step);
    const owner = run.owner(step);
    if (this.#client.has(owner.id)) return this.#client.record(owner.id, step);
    const why = 'its episodes are not kept, and its run has ended.';
    run.told.apply({ type: 'unanswered', runId: run.id, step, why });
  }

  /** The run does not want any more what it asked for. */
  drop(run: OpenRun): void {
    const { asked } = run.told;
    if (asked === null) return;
    run.told.dropAsked();
    const owner = run.owner(asked);
    const others = this.#runs.all.some(
      ({ told }, i) => told.asked !== null && this.#runs.all[i]?.owner(told.asked) === owner,
    );
    if (!others) this.#client.drop(owner.id);
  }

  /** Who is to hear an event that is told of a run: an answer goes to those who asked. */
  hearers(run: OpenRun, event: TrainerEvent): readonly OpenRun[] {
    const { all, selected } = this.#runs;
    switch (event.type) {
      case 'record':
      case 'unanswered': {
        const step = event.type === 'record' ? event.record.step : event.step;
        return all.filter((one) => one.told.asked === step && one.owner(step) === run);
      }
      case 'inspected':
      case 'layers':
        return [selected.comesFrom(run) ? selected : run];
      default:
        return [run];
    }
  }
}
