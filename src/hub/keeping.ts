/** Models into a shelf and out of it: fetched from a hub, copied from dropped files, listed, opened, taken away. */
import { shownText } from '../config/outside.ts';
import { defaultExperiment, withChanges } from '../config/experiment.ts';
import { boostedText, otherModelName, otherModelText } from '../config/modelFields.ts';
import { readAdapter } from '../model/adapterFiles.ts';
import type { ByteSource } from '../model/byteSource.ts';
import { fieldsOfLora, type LoraFields, type LoraSettings } from '../model/lora.ts';
import { sentence } from '../train/failure.ts';
import { openModel, type ModelFiles, type OpenedModel } from '../train/openedModel.ts';
import { noRoom } from '../train/store.ts';
import { adapterBytes, boostedDigest, saidOver, type AdapterBytes, type SaidOver } from './boosted.ts';
import { Sha256, sha256Hex } from './hashing.ts';
import { HubError, type Hub } from './hub.ts';
import {
  bytesOf,
  digestOf,
  keptFile,
  readKept,
  writtenKept,
  type KeptFileEntry,
  type KeptModel,
} from './kept.ts';
import { parseHubName } from './name.ts';
import { untilDone, wrongHash, type ModelPlan } from './plan.ts';
import type { Growing, ModelFolder, ModelShelf } from './shelf.ts';

export interface Progress {
  /** Bytes. */
  readonly done: number;
  readonly total: number;
  /** What is being done, for the middle of a sentence. */
  readonly what: 'fetching' | 'checking' | 'copying';
}

export interface Doing {
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** A folder that says nothing usable of itself. */
export interface UnreadableModel {
  readonly digest: string;
  readonly problem: string;
}

/** A kept model, open. */
interface OpenedFiles extends ModelFiles {
  readonly model: KeptModel;
  /** Null: runs over it begin with the model as it is. `over`: how an experiment names that. */
  readonly boost: { readonly over: string; readonly files: AdapterBytes } | null;
  close(): Promise<void>;
}

/** What is read of a file at a time, bytes. */
const piece = 4 << 20;

export class Models {
  readonly #shelf: ModelShelf;

  constructor(shelf: ModelShelf) {
    this.#shelf = shelf;
  }

  /** The last that came first. */
  async list(): Promise<{
    readonly models: readonly KeptModel[];
    readonly unreadable: readonly UnreadableModel[];
  }> {
    const models: KeptModel[] = [];
    const unreadable: UnreadableModel[] = [];
    for (const digest of await this.#shelf.digests()) {
      try {
        models.push(aboutIn(await this.#shelf.peek(digest, keptFile)));
      } catch (error) {
        unreadable.push({ digest, problem: sentence(error) });
      }
    }
    return { models: models.sort((a, b) => b.added - a.added), unreadable };
  }

  /**
   * Fetches what is missing of a model; what has come stays, whatever happens, and the next time it goes on there.
   * @returns the model, complete
   * @throws Error in a sentence: no room, no hub, another hash
   */
  async fetch(hub: Hub, plan: ModelPlan | KeptModel, doing: Doing): Promise<KeptModel> {
    const { model, fetched } =
      'model' in plan ? plan : { model: plan, fetched: new Map<string, Uint8Array<ArrayBuffer>>() };
    const { origin } = model;
    if (origin.kind !== 'hub') {
      throw new Error(
        `${model.name} was dropped here and is not complete: drop its files again, and it goes on there.`,
      );
    }
    return this.#filling(model, doing, async (entry, growing, onPiece) => {
      const there = fetched.get(entry.name);
      if (there) {
        if (growing.size > 0) await growing.clear();
        await growing.append(there);
        onPiece(there);
        return;
      }
      const hash = await hashOfStart(entry.size, growing, doing.signal);
      const from = { model: parseHubName(origin.model), commit: origin.commit };
      let before = growing.size;
      onPiece(null, growing.size);
      await untilDone(
        doing.signal,
        async () => {
          if (growing.size === entry.size) return;
          for await (const bytes of hub.read(from, entry, growing.size, doing.signal)) {
            if (growing.size + bytes.byteLength > entry.size) {
              throw new HubError(
                `${entry.name}: the hub lists ${entry.size} bytes, and more came. Try again later.`,
              );
            }
            await growing.append(bytes);
            hash.update(bytes);
            onPiece(bytes);
          }
          if (growing.size < entry.size) throw hub.broken('it ended early');
        },
        () => growing.size > before && ((before = growing.size), true),
      );
      if (hash.hex() === entry.sha256) return;
      await growing.clear();
      throw wrongHash(entry.name);
    });
  }

  /**
   * Copies files that were dropped or chosen. They are read twice: first for what they are and for their hashes.
   * @param name what the user calls it
   * @throws Error in a sentence; then nothing was copied, or what was is gone on with when they are dropped again
   */
  async copy(name: string, files: ReadonlyMap<string, ByteSource>, doing: Doing): Promise<KeptModel> {
    const { opened, asked, entries } = await hashed(
      { names: [...files.keys()], open: async (file) => files.get(file) ?? null },
      doing,
    );
    const model: KeptModel = {
      ...{ format: 1, digest: digestOf(entries), name: shownText(name, 100), origin: { kind: 'dropped' } },
      licence: opened.licence ?? (await licenceOfCard(files.get('README.md'))),
      ...{ files: entries, complete: false, added: Date.now(), facts: opened.facts },
    };
    return this.#filling(model, doing, async ({ name: file }, growing, onPiece) => {
      const source = asked.get(file);
      if (!source) return;
      if (growing.size > 0) await growing.clear(); // copying is quick, and what is there was not checked
      for await (const bytes of pieces(source, doing.signal)) {
        await growing.append(bytes);
        onPiece(bytes);
      }
    });
  }

  /**
   * Keeps an adapter that was dropped or chosen, over a model that is here; runs over both begin with it.
   * @param files its own, and what may lie beside them
   * @throws Error in a sentence: nothing here is what it was trained over, or it cannot be trained on
   */
  async adapt(files: ReadonlyMap<string, ByteSource>, doing: Doing): Promise<KeptModel> {
    const adapter = await adapterBytes(files);
    const { over, settings } = await this.#overWhich(adapter, await saidOver(files, adapter));
    const digest = boostedDigest(over.digest, adapter);
    const lora = fieldsToTrain(settings);
    const entries = Object.entries(adapter).map(([name, bytes]) => ({
      ...{ name, size: bytes.byteLength, sha256: sha256Hex(bytes) },
    }));
    const model: KeptModel = {
      ...{ format: 1, digest, licence: over.licence, files: entries, facts: over.facts },
      name: otherModelName(boostedText(otherModelText(over.name, over.digest), digest)),
      origin: { kind: 'adapter', over: over.digest, model: over.name, lora },
      ...{ complete: false, added: Date.now() },
    };
    return this.#filling(model, doing, async ({ name }, growing, onPiece) => {
      if (growing.size > 0) await growing.clear();
      const bytes = Uint8Array.from(adapter[name]);
      await growing.append(bytes);
      onPiece(bytes);
    });
  }

  /** @param said which it says it is; null: every complete one here is tried */
  async #overWhich(
    adapter: AdapterBytes,
    said: SaidOver | null,
  ): Promise<{ over: KeptModel; settings: LoraSettings }> {
    const here = (await this.list()).models.filter(
      ({ complete, origin }) => complete && origin.kind !== 'adapter',
    );
    const tried = said ? here.filter(({ digest }) => digest.startsWith(said.digest)) : here;
    if (tried.length === 0) {
      throw new Error(
        said
          ? `This adapter is over ${shownText(said.name)}, which is not kept here (its digest begins with ${said.digest.slice(0, 12)}). Get that model first, then drop the adapter again.`
          : 'An adapter needs the model that it was trained over. Get that first, then drop the adapter again.',
      );
    }
    const fitting: { over: KeptModel; settings: LoraSettings }[] = [];
    let problem: unknown;
    for (const over of tried) {
      const files = await this.open(over.digest);
      try {
        const { config } = await openModel(files);
        fitting.push({ over, settings: readAdapter(config, adapter).settings });
      } catch (error) {
        problem = error;
      } finally {
        await files.close();
      }
    }
    const [one, other] = fitting;
    if (!one) throw problem;
    if (!other) return one;
    throw new Error(
      `It fits ${one.over.name} and ${other.over.name}, and does not say which it was trained over: in its adapter_config.json, ` +
        `set base_model_name_or_path to "${otherModelText(one.over.name, one.over.digest)}" or "${otherModelText(other.over.name, other.over.digest)}".`,
    );
  }

  /**
   * For reading; others may read it meanwhile, and nobody takes it away.
   * @returns the files of the model itself, and those of the adapter that its runs begin with, if it has one
   * @throws Error when it is not there or not complete, or the model that it is over is not
   */
  async open(digest: string): Promise<OpenedFiles> {
    const folder = await this.#shelf.look(digest);
    if (!folder)
      throw new Error('This model is not kept here any more, or it is being written in another tab.');
    try {
      const model = aboutIn(await this.#shelf.peek(digest, keptFile));
      if (!model.complete) {
        throw new Error(`Of ${model.name} only a part is here: fetch the rest first.`);
      }
      const names = model.files.map((file) => file.name);
      const open = (name: string) => folder.open(name);
      const close = () => folder.close();
      if (model.origin.kind !== 'adapter') return { model, names, open, close, boost: null };
      const { over, model: called } = model.origin;
      const files = new Map<string, ByteSource>();
      for (const name of names) {
        const source = await open(name);
        if (source) files.set(name, source);
      }
      const boost = { over: otherModelText(called, over), files: await adapterBytes(files) };
      const base = await this.open(over).catch((error: unknown) => {
        throw new Error(`${model.name} is an adapter over ${called}: ${sentence(error)}`, { cause: error });
      });
      return { ...base, model, boost, close: async () => void (await Promise.all([close(), base.close()])) };
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  /** @throws Error when somebody uses it */
  async remove(digest: string): Promise<void> {
    if (await this.#shelf.remove(digest)) return;
    throw new Error('This model is in use, here or in another tab. Close what uses it, then delete it.');
  }

  async #filling(
    model: KeptModel,
    { onProgress, signal }: Doing,
    fill: (
      entry: KeptFileEntry,
      growing: Growing,
      onPiece: (bytes: Uint8Array | null, already?: number) => void,
    ) => Promise<void>,
  ): Promise<KeptModel> {
    const total = bytesOf(model);
    const what = model.origin.kind === 'hub' ? 'fetching' : 'copying';
    const folder = await this.#shelf.take(model.digest);
    if (!folder) throw new Error(`${model.name} is being fetched or used in another tab.`);
    let done = 0;
    try {
      const before = await this.#shelf.peek(model.digest, keptFile);
      const complete = before && completeIn(before);
      if (complete) return complete;
      await this.#checkRoom(folder, model);
      await folder.write(keptFile, writtenKept(model));
      for (const entry of model.files) {
        const growing = await folder.grow(entry.name);
        try {
          await fill(entry, growing, (bytes, already = 0) => {
            done += bytes?.byteLength ?? already;
            onProgress({ what, done, total });
          });
        } finally {
          await growing.close();
        }
      }
      signal.throwIfAborted();
      if (model.origin.kind !== 'adapter') {
        // What was written is opened once more before it is called complete; an adapter was read whole.
        const names = model.files.map((file) => file.name);
        await openModel({ names, open: (name) => folder.open(name) });
      }
      const whole = { ...model, complete: true };
      await folder.write(keptFile, writtenKept(whole));
      return whole;
    } catch (error) {
      if (!noRoom(error)) throw error;
      throw new Error(
        `There is no room left for ${model.name}: ${megabytes(done)} of ${megabytes(total)} have been kept. ` +
          'Delete a model or a run that is not needed, then go on.',
        { cause: error },
      );
    } finally {
      await folder.close();
    }
  }

  async #checkRoom(folder: ModelFolder, model: KeptModel): Promise<void> {
    const room = await this.#shelf.room();
    if (room === null) return;
    let missing = 0;
    for (const { name, size } of model.files) missing += size - ((await folder.open(name))?.size ?? 0);
    if (missing <= room) return;
    throw new Error(
      `${model.name} needs ${megabytes(missing)}, and there is room for ${megabytes(room)}. ` +
        'Delete a model or a run that is not needed, or choose a smaller model.',
    );
  }
}

/** What an experiment says of an adapter. @throws Error when it is none that can be trained here */
function fieldsToTrain(settings: LoraSettings): LoraFields {
  try {
    const lora = fieldsOfLora(settings);
    withChanges(defaultExperiment, { ...lora });
    return lora;
  } catch (error) {
    throw new Error(`This adapter cannot be trained on here: ${sentence(error)}`, { cause: error });
  }
}

/** @returns `digestOf` a model that lies somewhere @throws Error in a sentence when it is none */
export async function digestOfModel(files: ModelFiles, doing: Doing): Promise<string> {
  return digestOf((await hashed(files, doing)).entries);
}

/** A model opened, the files that it is made of, and their hashes. */
async function hashed(
  { names, open }: ModelFiles,
  { onProgress, signal }: Doing,
): Promise<{ opened: OpenedModel; asked: ReadonlyMap<string, ByteSource>; entries: KeptFileEntry[] }> {
  const asked = new Map<string, ByteSource>();
  const opened = await openModel({
    names,
    open: async (name) => {
      const source = await open(name);
      if (source) asked.set(name, source);
      return source;
    },
  });
  const total = [...asked.values()].reduce((sum, { size }) => sum + size, 0);
  const entries: KeptFileEntry[] = [];
  let done = 0;
  for (const [name, source] of asked) {
    const hash = new Sha256();
    for await (const bytes of pieces(source, signal)) {
      hash.update(bytes);
      onProgress({ what: 'checking', done: (done += bytes.byteLength), total });
    }
    entries.push({ name, size: source.size, sha256: hash.hex() });
  }
  return { opened, asked, entries };
}

function aboutIn(bytes: Uint8Array | null): KeptModel {
  if (!bytes) throw new Error(`${keptFile} is missing: nothing says what this folder is.`);
  return readKept(bytes);
}

/** What was written of it if it is complete; half written or of another version it is written again. */
function completeIn(bytes: Uint8Array): KeptModel | null {
  try {
    const model = readKept(bytes);
    return model.complete ? model : null;
  } catch {
    return null;
  }
}

async function* pieces(
  source: Pick<ByteSource, 'size' | 'read'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { size } = source;
  for (let at = 0; at < size; at += piece) {
    signal.throwIfAborted();
    yield new Uint8Array(await source.read(at, Math.min(at + piece, size)));
  }
}

/** What is there of a file is hashed; more than there should be is none of it. */
async function hashOfStart(size: number, growing: Growing, signal: AbortSignal): Promise<Sha256> {
  const hash = new Sha256();
  if (growing.size > size) await growing.clear();
  for await (const bytes of pieces(growing, signal)) hash.update(bytes);
  return hash;
}

/** `license:` of a model card's first lines. */
async function licenceOfCard(card: ByteSource | undefined): Promise<string | null> {
  if (!card) return null;
  const text = new TextDecoder().decode(await card.read(0, Math.min(card.size, 1 << 14)));
  const [, head = ''] = /^---\n([\s\S]*?)\n---/.exec(text.replaceAll('\r', '')) ?? [];
  return /^license:\s*['"]?([\w .+-]{1,60})/m.exec(head)?.[1]?.trim() ?? null;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
