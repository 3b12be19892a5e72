/** What the Models view knows and is doing. */
import {
  mlpWidthOf,
  type KeptModel,
  type ModelList,
  type ModelTools,
  type Progress,
  type Rates,
} from '../../../worker/models.ts';
import { say } from '../../say.svelte.ts';

export interface Chosen {
  readonly path: string;
  readonly file: File;
}

/** One thing at a time. */
export interface Work {
  /** What is being done, with what: "Looking for owner/name". */
  readonly what: string;
  /** null: nobody knows how long it takes. */
  readonly progress: Progress | null;
  /** Of the model that it is about, if that is known. */
  readonly digest: string | null;
}

export class ModelsState {
  list = $state.raw<ModelList | null>(null);
  /** What the hub has under the name that was asked for, and is not fetched yet. */
  looked = $state.raw<KeptModel | null>(null);
  work = $state.raw<Work | null>(null);
  failure = $state.raw('');
  said = $state.raw('');
  /** How fast this machine is with a model of the shape that was looked at. */
  rates = $state.raw<Rates | null>(null);
  readonly tools: ModelTools;
  #doing: AbortController | null = null;
  /** When what is being done, or was last, has ended. */
  #done: Promise<void> = Promise.resolve();

  constructor(tools: ModelTools) {
    this.tools = tools;
  }

  async refresh(): Promise<void> {
    try {
      this.list = await this.tools.list();
    } catch (error) {
      this.failure = wordsOf(error);
    }
  }

  /** The list, as other tabs change it too. @returns ends it */
  follow(): () => void {
    void this.refresh();
    return this.tools.changed(() => void this.refresh());
  }

  look(name: string): Promise<void> {
    return this.#do(say('Looking for {name}', { name: name.trim() }), null, async (signal) => {
      this.looked = null;
      this.rates = null;
      const model = await this.tools.look(name, signal);
      this.looked = model;
      this.said = say('{name} can be read. Nothing large has been fetched.', { name: model.name });
      this.work = { what: say('Measuring how fast this machine is'), digest: null, progress: null };
      this.rates = await this.tools.probe(model.facts.width, mlpWidthOf(model.facts));
    });
  }

  fetch(model: KeptModel): Promise<void> {
    return this.#do(say('Fetching {name}', { name: model.name }), model.digest, async (signal) => {
      await this.tools.fetch(model.digest, (progress) => this.#tell(progress), signal);
      this.looked = null;
      this.said = say('{name} is here.', { name: model.name });
    });
  }

  /** Files that come while something is being done, such as a model and then its adapter, wait for it. */
  async copy(files: readonly Chosen[]): Promise<void> {
    while (this.work) await this.#done;
    await this.#do(say('Reading the files'), null, async (signal) => {
      const model = await this.tools.copy(await unpacked(files), (progress) => this.#tell(progress), signal);
      this.said = say('{name} is here.', { name: model.name });
    });
  }

  remove({ digest, name }: Pick<KeptModel, 'digest' | 'name'>): Promise<void> {
    return this.#do(say('Deleting {name}', { name }), digest, async () => {
      this.tools.letGo(); // it may be the one that wrote
      await this.tools.remove(digest);
      this.said = say('{name} is deleted.', { name });
    });
  }

  cancel(): void {
    this.#doing?.abort();
  }

  forgetLooked(): void {
    this.looked = null;
    this.rates = null;
    this.failure = '';
  }

  #tell(progress: Progress): void {
    if (this.work) this.work = { ...this.work, progress };
  }

  #do(what: string, digest: string | null, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (!this.work) this.#done = this.#begin(what, digest, work);
    return this.#done;
  }

  async #begin(
    what: string,
    digest: string | null,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const doing = new AbortController();
    this.#doing = doing;
    this.failure = '';
    this.said = '';
    this.work = { what, digest, progress: null };
    try {
      await work(doing.signal);
    } catch (error) {
      if (doing.signal.aborted) this.said = say('Cancelled. What has come is kept.');
      else this.failure = wordsOf(error);
    } finally {
      this.work = null;
      await this.refresh();
    }
  }
}

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const zipName = /\.zip$/i;
const zipLimits = { files: 100, bytes: 1 << 30, room: () => 512 << 20 };

/** The files in archives in their place. @throws Error in a sentence */
async function unpacked(chosen: readonly Chosen[]): Promise<readonly Chosen[]> {
  if (!chosen.some(({ file }) => zipName.test(file.name))) return chosen;
  const { unzip } = await import('../../../exports/zip.ts');
  const all: Chosen[] = [];
  for (const one of chosen) {
    if (!zipName.test(one.file.name)) {
      all.push(one);
      continue;
    }
    const folder = one.path.replace(zipName, '');
    try {
      if (one.file.size > zipLimits.bytes) throw new Error(say('it has more than 1 GB'));
      for (const [name, bytes] of unzip(new Uint8Array(await one.file.arrayBuffer()), zipLimits))
        all.push({ path: `${folder}/${name}`, file: new File([bytes], name) });
    } catch (error) {
      const why = { name: one.file.name, why: wordsOf(error) };
      throw new Error(say('{name}: {why}. Unpack it, and drop the folder.', why), { cause: error });
    }
  }
  return all;
}

/** Files and whole folders that were dropped, with where they were found. */
export async function droppedFiles(data: DataTransfer): Promise<Chosen[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...data.files];
  if (entries.some((entry) => entry === null)) return files.map((file) => ({ path: file.name, file }));
  const found: Chosen[] = [];
  for (const entry of entries) if (entry) await walk(entry, '', found);
  return found;
}

/** Models lie at the top or a folder or two below it. */
const deepest = 4;
const mostFiles = 2000;

async function walk(entry: FileSystemEntry, folder: string, found: Chosen[], depth = 0): Promise<void> {
  if (depth > deepest || found.length > mostFiles) return;
  const path = `${folder}${entry.name}`;
  if (isFile(entry)) {
    found.push({ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) return; // they come a hundred at a time
      for (const one of some) await walk(one, `${path}/`, found, depth + 1);
    }
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
