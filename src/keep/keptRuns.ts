/**
 * Runs that outlive the page: what the page knows of them, and what it can do with them.
 *
 * A run's home is a folder: its log, its blobs, and what the user said of it (`About`). A row of the index, `KeptRun`, is what of
 * all that can be shown without opening it; rows are derived, and made again from the folders when they are lost.
 *
 * - The page has them as `app.kept` (ui/state/kept.svelte.ts): `runs`, `refused`, `use`; `app.resume(run)` goes on with one.
 * - Whoever wants one as a file reads it (`read`), and brings one in with `write`.
 * - Tests and the page's test double take `MemoryRuns` (test/ui/memoryRuns.ts).
 */
import type { BackendName } from '../config/backends.ts';
import type { Experiment } from '../config/fields.ts';
import type { Bytes } from '../train/store.ts';

/** What is known of a kept run without opening it. */
export interface KeptRun {
  /** Of its folder, and of the run while it is open. */
  readonly id: string;
  /** As the user gave it; '' where nobody did: then it is called by what differs (`titleOf` in ui/state/kept.svelte.ts). */
  readonly name: string;
  /** What its first update was made under. Its preset is the one that is nearest (`nearestPreset`). */
  readonly experiment: Experiment;
  /** What it goes by now. Absent: the same. */
  readonly now?: Experiment | undefined;
  readonly backend: BackendName;
  /** Adapter or build, in words. */
  readonly device: string;
  readonly model: { readonly name: string; readonly digest?: string | undefined };
  /** ms since 1970. `changed` is the last time something of it was written. */
  readonly begun: number;
  readonly changed: number;
  /** Updates done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** It trained when it was written last: it was left in the middle, or trains now. */
  readonly underWay: boolean;
  /** Held-out accuracy of the last turn, [after so many updates, share], at most `curvePoints`; without what was not measured. */
  readonly curve: readonly (readonly [step: number, accuracy: number])[];
  /** Of the whole folder. */
  readonly bytes: number;
  /** The run that it was forked from, which may be gone, and after which of its updates. */
  readonly parent?: { readonly run: string; readonly step: number } | undefined;
  /** When it was deleted, ms since 1970; it can still be had back. */
  readonly deleted?: number | undefined;
  /** What is wrong with its log, and where, for the end of a sentence; the run is what stands before it. Absent: nothing. */
  readonly damage?: string | undefined;
  /** What had to be filled in or left out of the experiment, which an older version wrote; a clause each. */
  readonly notes?: readonly string[] | undefined;
}

/** A folder whose log does not even say what it is of: a newer version wrote it, or its first line is damaged. */
export interface UnreadableRun {
  readonly id: string;
  readonly changed: number;
  readonly bytes: number;
  /** What is wrong, and what to do, in sentences. */
  readonly why: string;
}

/** Points of a curve in miniature. */
export const curvePoints = 60;

/** A whole run. The log's blobs may be fewer than it names: those that were dropped are made again. */
export interface RunFile {
  /** Text of log.jsonl. */
  readonly log: string;
  /** By name. */
  readonly blobs: ReadonlyMap<string, Bytes>;
}

export interface StorageUse {
  /** Bytes, of all that the page keeps, and as much as the browser grants. */
  readonly used: number;
  readonly granted: number;
  /** The browser does not clear it by itself when space is short. */
  readonly persisted: boolean;
}

/** Of this browser, all tabs of it. Each method rejects with a sentence for the user. */
export interface KeptRuns {
  /** '' where runs are kept, else why they are not, for the end of a sentence. */
  refused(): Promise<string>;
  /** The one changed last first, with those that were deleted and can be had back; none where nothing is kept. */
  list(): Promise<readonly KeptRun[]>;
  /** Those that `list` cannot show; they are in its place, never hidden. */
  unreadable(): Promise<readonly UnreadableRun[]>;
  /** Hears that something is different, in this tab or another. @returns ends that */
  changed(listener: () => void): () => void;
  /** Ids of runs that are open for writing, in this tab or another. */
  inUse(): Promise<readonly string[]>;
  rename(id: string, name: string): Promise<void>;
  /** Marks it; it is forgotten after a while. */
  delete(id: string): Promise<void>;
  undelete(id: string): Promise<void>;
  /** For good. @throws Error when it is open */
  forget(id: string): Promise<void>;
  /** Text of its log.jsonl, without the blobs; whatever is in it. */
  log(id: string): Promise<string>;
  /** Also while it is written: up to the last whole line. */
  read(id: string): Promise<RunFile>;
  /** Keeps a run from elsewhere, as one of its own. @throws Error when the log cannot be read, or there is no room */
  write(file: RunFile, name?: string): Promise<KeptRun>;
  /** null where the browser does not say. */
  storage(): Promise<StorageUse | null>;
  /** Asks the browser not to clear it by itself. @returns whether it will not */
  persist(): Promise<boolean>;
}
