/** What runs are asked: which of them can answer, and who hears it. */
import type { TrainerClient } from '../../worker/client.ts';
import type { TrainerEvent } from '../../worker/protocol.ts';
import type { OpenRun } from './openRun.svelte.ts';
import type { InspectedPlace } from './run.svelte.ts';
import type { RunsState } from './runs.svelte.ts';
import { say } from '../say.svelte.ts';

type Answering = Pick<
  TrainerClient,
  'has' | 'record' | 'drop' | 'inspect' | 'layers' | 'files' | 'askForCaught'
>;

/** Why nothing is known of an update whose episodes are there. */
const statesGone = 'its run has ended, and the states before and after it are gone.';

export class Asking {
  readonly #runs: RunsState;
  readonly #client: Answering;

  constructor(runs: RunsState, client: Answering) {
    this.#runs = runs;
    this.#client = client;
  }

  /** Asks for an update on behalf of a run; it may have been made by one that this one comes from. */
  ask(run: OpenRun, step: number): void {
    this.drop(run);
    run.told.ask(step);
    const owner = this.#ownerOf(run, step, say('its episodes are not kept, and its run has ended.'));
    if (owner) this.#client.record(owner.id, step);
  }

  /** Asks what an update did to each token of a try, for the run on screen; `told.inspected` has the answer. */
  inspect({ step, ...at }: InspectedPlace): void {
    const owner = this.#ownerOf(this.#runs.selected, step, statesGone);
    if (owner) this.#client.inspect(owner.id, step, at);
  }

  /** Asks where an update went, for the run on screen; `told.layers` has the answer. */
  layers(step: number): void {
    const owner = this.#ownerOf(this.#runs.selected, step, statesGone);
    if (owner) this.#client.layers(owner.id, step);
  }

  /** Why a run cannot give its model after so many updates, or ''. */
  whyNoModel(run: OpenRun, step: number): string {
    return this.#client.has(run.ownerOfState(step).id)
      ? ''
      : say('its run has ended, and its states are gone.');
  }

  /** Asks for the model as it was after so many updates; `told.files` has the answer, or `told.refused` why there is none. */
  model(run: OpenRun, step: number): void {
    run.told.refused = null;
    this.#client.files(run.ownerOfState(step).id, step);
  }

  get canAskForCaught(): boolean {
    const { alive, told } = this.#runs.selected;
    return alive && !told.catching && ['ready', 'running', 'paused', 'finished'].includes(told.phase);
  }

  /** Looks for a task on which the model has given up a first answer that it could give; it is shown when it is found. */
  caught(): void {
    const { selected } = this.#runs;
    if (!this.canAskForCaught || !this.#client.has(selected.id)) return;
    selected.told.catching = true;
    this.#client.askForCaught(selected.id);
  }

  closeCaught(): void {
    this.#runs.selected.told.caught = null;
  }

  /** The run that made an update, if it can still be asked. @param why said to the one that asks where it cannot */
  #ownerOf(run: OpenRun, step: number, why: string): OpenRun | null {
    const owner = run.owner(step);
    if (this.#client.has(owner.id)) return owner;
    run.told.apply({ type: 'unanswered', runId: run.id, step, why });
    return null;
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

  /** A run is closed for good: whoever waits for an update of it hears that it will not come. */
  ended(owner: OpenRun): void {
    for (const run of this.#runs.all) {
      const { asked } = run.told;
      if (asked !== null && run.owner(asked) === owner) this.ask(run, asked);
    }
  }

  /** Who is to hear an event that is told of a run: an answer goes to those who asked. */
  hearers(run: OpenRun, event: TrainerEvent): readonly OpenRun[] {
    const { all, selected } = this.#runs;
    switch (event.type) {
      case 'record':
      case 'unanswered': {
        // What was dropped is not waited for any more; the same update may have been asked for again since.
        if (event.type === 'unanswered' && event.why === '') return [];
        const step = event.type === 'record' ? event.record.step : event.step;
        const waiting = all.filter((one) => one.told.asked === step && one.owner(step) === run);
        if (event.type === 'record' || waiting.length > 0) return waiting;
        return [selected.owner(step) === run ? selected : run]; // it was asked about the update, not for it
      }
      case 'files':
        return [selected.ownerOfState(event.step) === run ? selected : run];
      case 'inspected':
      case 'layers':
        return [selected.owner(event.step) === run ? selected : run];
      default:
        return [run];
    }
  }
}
