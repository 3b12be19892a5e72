/** The runs that outlive the page, as it shows them. */
import type { KeptRun, KeptRuns, StorageUse, UnreadableRun } from '../../keep/keptRuns.ts';

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
  /** It was under way when the page was left, and waits for an answer. */
  offer = $state.raw<KeptRun | null>(null);
  /** What was last asked of the store and could not be done, a sentence; ''. */
  problem = $state.raw('');
  #watching = false;

  constructor(store: KeptRuns | null) {
    this.store = store;
  }

  /** Looks what there is, and from then on whenever something changes. */
  async refresh(): Promise<void> {
    if (!this.store) return;
    if (!this.#watching) this.store.changed(() => void this.refresh());
    this.#watching = true;
    await this.#do(async (store) => {
      this.refused = await store.refused();
      const all = await store.list();
      this.runs = all.filter(({ deleted }) => deleted === undefined);
      this.deleted = all.filter(({ deleted }) => deleted !== undefined);
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
}
