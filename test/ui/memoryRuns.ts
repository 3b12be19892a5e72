/** Kept runs in memory, for tests and the page's test double. */
import { newRunId } from '../../src/keep/runId.ts';
import type { KeptRun, KeptRuns, RunFile, StorageUse, UnreadableRun } from '../../src/keep/keptRuns.ts';
import { rowOfText, type About } from '../../src/keep/row.ts';

interface Kept {
  readonly file: RunFile;
  readonly about: About;
  readonly begun: number;
  readonly changed: number;
}

export class MemoryRuns implements KeptRuns {
  readonly #runs = new Map<string, Kept>();
  readonly #listeners = new Set<() => void>();
  /** Ids of runs that somebody writes. */
  readonly using = new Set<string>();
  /** Set it, and nothing is kept. */
  why = '';
  /** What `storage` says. */
  granted = 1e9;
  persisted = false;

  async refused(): Promise<string> {
    return this.why;
  }

  async list(): Promise<readonly KeptRun[]> {
    const rows = this.#rows().map(({ row }) => row);
    return rows.filter((row) => row !== null).sort((a, b) => b.changed - a.changed);
  }

  async unreadable(): Promise<readonly UnreadableRun[]> {
    return this.#rows().flatMap(({ id, kept, row, why }) =>
      row ? [] : [{ id, changed: kept.changed, bytes: bytesOf(kept), why }],
    );
  }

  async log(id: string): Promise<string> {
    return this.#find(id).file.log;
  }

  changed(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async inUse(): Promise<readonly string[]> {
    return [...this.using];
  }

  async rename(id: string, name: string): Promise<void> {
    this.#put(id, { ...this.#find(id), about: { ...this.#find(id).about, name } });
  }

  async delete(id: string): Promise<void> {
    this.#put(id, { ...this.#find(id), about: { ...this.#find(id).about, deleted: Date.now() } });
  }

  async undelete(id: string): Promise<void> {
    this.#put(id, { ...this.#find(id), about: { name: this.#find(id).about.name } });
  }

  async forget(id: string): Promise<void> {
    if (this.using.has(id)) throw new Error('The run is open. Close it first.');
    this.#runs.delete(id);
    this.#tell();
  }

  async read(id: string): Promise<RunFile> {
    return this.#find(id).file;
  }

  /** @param at when it was kept, ms since 1970 */
  async write(file: RunFile, name = '', at = Date.now()): Promise<KeptRun> {
    const id = newRunId();
    const kept: Kept = { file, about: { name }, begun: at, changed: at };
    const row = rowOfKept(id, kept);
    this.#put(id, kept);
    return row;
  }

  /** As `write`, whatever is in the log. @returns its id */
  put(log: string, name = '', at = Date.now()): string {
    const id = newRunId();
    this.#put(id, { file: { log, blobs: new Map() }, about: { name }, begun: at, changed: at });
    return id;
  }

  async storage(): Promise<StorageUse | null> {
    if (this.why) return null;
    const used = (await this.list()).reduce((sum, { bytes }) => sum + bytes, 0);
    return { used, granted: this.granted, persisted: this.persisted };
  }

  async persist(): Promise<boolean> {
    return (this.persisted = true);
  }

  #rows() {
    if (this.why) return [];
    return [...this.#runs].map(([id, kept]) => {
      try {
        return { id, kept, row: rowOfKept(id, kept), why: '' };
      } catch (error) {
        return { id, kept, row: null, why: error instanceof Error ? error.message : String(error) };
      }
    });
  }

  #find(id: string): Kept {
    const run = this.#runs.get(id);
    if (!run) throw new Error('This run is not kept any more.');
    return run;
  }

  #put(id: string, run: Kept): void {
    this.#runs.set(id, run);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const bytesOf = ({ file }: Kept): number =>
  [...file.blobs.values()].reduce((sum, { byteLength }) => sum + byteLength, file.log.length);

function rowOfKept(id: string, kept: Kept): KeptRun {
  const { file, about, begun, changed } = kept;
  return {
    ...rowOfText(id, file.log, { underWay: false, begun, changed, bytes: bytesOf(kept) }),
    ...about,
  };
}
