/** The runs that outlive the page, as it shows them. */
import { changesBetween } from '../../config/experiment.ts';
import { nearestPreset } from '../../config/presets.ts';
import type { KeptRun, KeptRuns, StorageUse, UnreadableRun } from '../../keep/keptRuns.ts';
import { ExperimentState } from './experiment.svelte.ts';
import { nameAfter, nameOf } from './names.ts';
import { Remembered } from './remembered.ts';
import { say } from '../say.svelte.ts';

/** Read it anywhere; it is written by its own methods only. */
export class KeptState {
  /** What can be done with them; null where this page is given none. */
  readonly store: KeptRuns | null;
  /** The one changed last first; those that were deleted are in `deleted`. */
  runs = $state.raw<readonly KeptRun[]>([]);
  deleted = $state.raw<readonly KeptRun[]>([]);
  /** Those whose log does not even say what it is of. */
  unreadable = $state.raw<readonly UnreadableRun[]>([]);
  /** Ids of those that are open for writing, in this tab or another. */
  inUse = $state.raw<readonly string[]>([]);
  /** Why nothing is kept, for the end of a sentence; '' where runs are kept. */
  refused = $state.raw('');
  storage = $state.raw<StorageUse | null>(null);
  /** The one that was trained last, perhaps left in the middle: whether to go on with it waits for an answer. */
  offer = $state.raw<KeptRun | null>(null);
  /** What was last asked of the store and could not be done, a sentence; ''. */
  problem = $state.raw('');
  readonly #onRefused: (sentence: string) => void;
  /** The run that the user did not want to go on with, and where it stood. */
  readonly #declined: Remembered;
  /** Names that runs were given before anything of them was kept, by their ids. */
  #names: Readonly<Record<string, string>> = {};
  #begun = false;

  constructor(store: KeptRuns | null, onRefused: (sentence: string) => void) {
    this.store = store;
    this.#onRefused = onRefused;
    this.#declined = new Remembered('declined-run', 'That a run is not to go on', onRefused);
  }

  /** Looks, once, whether there is a run to go on with. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.#look();
  }

  /** Looks again whenever something changes: as often as every second, so only while somebody looks on. @returns ends that */
  follow(): () => void {
    const { store } = this;
    if (!store) return () => undefined;
    const end = store.changed(() => void this.refresh());
    const looking = setInterval(() => void this.refresh(), 3000); // a tab that is closed tells nobody
    return () => {
      clearInterval(looking);
      end();
    };
  }

  /** Looks what there is. */
  async refresh(): Promise<void> {
    await this.#do(async (store) => {
      this.refused = await store.refused();
      this.#sort(await store.list());
      this.unreadable = await store.unreadable();
      this.inUse = await store.inUse();
      this.storage = await store.storage();
    });
  }

  /** Does something with the store; what cannot be done is said in `problem`. */
  async attempt(work: (store: KeptRuns) => Promise<void>): Promise<void> {
    this.problem = '';
    await this.#do(work);
  }

  async #do(work: (store: KeptRuns) => Promise<void>): Promise<void> {
    if (!this.store) return;
    try {
      await work(this.store);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** The offer has its answer. @param wanted the run goes on */
  answer(wanted: boolean): void {
    if (this.offer && !wanted) this.#declined.write(nameOfMoment(this.offer));
    this.offer = null;
  }

  /** A run that began here is kept under this name, once anything of it is. */
  call(id: string, name: string): void {
    this.#names = { ...this.#names, [id]: name };
  }

  /** A run has got on; perhaps something of it is kept by now. */
  async gotOn(id: string): Promise<void> {
    const { [id]: name, ...others } = this.#names;
    if (name === undefined || !this.store) return;
    this.#names = others;
    await this.store.rename(id, name).catch(() => (this.#names = { ...this.#names, [id]: name })); // not yet
  }

  async #look(): Promise<void> {
    await this.attempt(async (store) => {
      this.refused = await store.refused();
      if (this.refused)
        return this.#onRefused(
          say('No run is kept when the page is closed: {refused}.', { refused: this.refused }),
        );
      await this.#lookOnceFree(store);
      const last = this.runs.find(({ id }) => !this.inUse.includes(id));
      const usable = last !== undefined && last.damage === undefined && last.step > 0;
      if (usable && this.#declined.read() !== nameOfMoment(last)) this.offer = last;
    });
  }

  /** Looks when the newest run is free: a page that was reloaded may hold for a moment what its former self wrote. */
  async #lookOnceFree(store: KeptRuns): Promise<void> {
    for (let waited = 0; ; waited += handover.every) {
      this.#sort(await store.list());
      this.inUse = await store.inUse();
      const [newest] = this.runs;
      if (!newest || !this.inUse.includes(newest.id) || waited >= handover.atMost) return;
      await new Promise((resolve) => setTimeout(resolve, handover.every));
    }
  }

  #sort(all: readonly KeptRun[]): void {
    this.runs = all.filter(({ deleted }) => deleted === undefined);
    this.deleted = all.filter(({ deleted }) => deleted !== undefined);
  }
}

/** How long a page that was reloaded may take to let go of its run, and how often that is looked at, ms. */
const handover = { atMost: 3000, every: 100 };

const nameOfMoment = ({ id, step }: KeptRun) => `${id}@${step}`;

/** The form of a kept run, until it says what is in force. */
export function formOf({ experiment }: KeptRun): ExperimentState {
  const form = new ExperimentState();
  form.choose(nearestPreset(experiment));
  form.draft = experiment;
  return form;
}

/** What a kept run is called: as the user wanted, or by what tells it from its preset. */
export const titleOf = ({ name, experiment, now = experiment }: KeptRun): string =>
  name || nameAfter(nameOf(experiment, nearestPreset(experiment)), changesBetween(experiment, now));
