/**
 * A model on a hub before it is fetched: is it one that can be read, and which of its files are needed. Its configuration comes first,
 * then its tokenizer, and of its weights the headers only; so what is not supported is refused while nothing large has come.
 */
import * as v from 'valibot';
import type { ByteSource } from '../model/byteSource.ts';
import { openModel, type OpenedModel } from '../train/openedModel.ts';
import { gitHash, sha256Hex } from './hashing.ts';
import { HubError, type Hub, type HubFile, type HubListing } from './hub.ts';
import { digestOf, fileName, type KeptFileEntry, type KeptModel } from './kept.ts';
import { hubNameText, type HubName } from './name.ts';

export interface ModelPlan {
  /** As it will be kept; not complete. */
  readonly model: KeptModel;
  /** Files that have come already, and have their hashes. */
  readonly fetched: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** What is not weights is fetched whole. */
const maxWholeBytes = 64 << 20;
const isWeights = (name: string): boolean => /\.(safetensors|gguf)$/i.test(name);

/** @throws Error in a sentence: there is no such model, it is not to be had, or it is not supported, and why */
export async function planModel(hub: Hub, name: HubName, signal: AbortSignal): Promise<ModelPlan> {
  const listing = await hub.list(name, signal);
  const files = new Map(
    listing.files.filter((file) => v.is(fileName, file.name)).map((file) => [file.name, file] as const),
  );
  const names = chosen(name, [...files.values()]);
  const opened = new Map<string, RemoteFile>();
  const open = async (wanted: string): Promise<ByteSource | null> => {
    const file = names.includes(wanted) ? files.get(wanted) : undefined;
    if (!file) return null;
    const before = opened.get(wanted);
    if (before) return before;
    const remote = await RemoteFile.open(hub, listing, file, signal);
    opened.set(wanted, remote);
    return remote;
  };
  const model = await openModel({ names, open });
  const entries = [...opened.values()].map(({ entry }) => entry);
  const fetched = [...opened.values()].flatMap(({ whole, file }) => (whole ? [[file, whole] as const] : []));
  return { model: keptOf(listing, hub.endpoint, entries, model), fetched: new Map(fetched) };
}

function keptOf(
  { model, commit, licence }: HubListing,
  endpoint: string,
  files: readonly KeptFileEntry[],
  opened: OpenedModel,
): KeptModel {
  return {
    ...{ format: 1, digest: digestOf(files), name: `${model.owner}/${model.name}` },
    origin: { kind: 'hub', endpoint, model: hubNameText(model), commit },
    licence: licence ?? opened.licence,
    files: [...files],
    ...{ complete: false, added: Date.now(), facts: opened.facts },
  };
}

/** The files that may be a model's: those of a folder with config.json, or one GGUF file. @throws HubError when it is not clear */
function chosen(name: HubName, files: readonly HubFile[]): readonly string[] {
  if (name.file !== null) {
    if (files.some((file) => file.name === name.file)) return [name.file];
    throw new HubError(`${hubNameText({ ...name, file: null })} has no file ${name.file}.`);
  }
  const names = files.map((file) => file.name).filter((file) => !file.toLowerCase().endsWith('.gguf'));
  if (names.includes('config.json') && names.some((file) => file.endsWith('.safetensors'))) return names;
  const ggufs = files.filter((file) => file.name.toLowerCase().endsWith('.gguf'));
  const [first] = ggufs;
  if (!first) return names; // whatever is missing is said by name
  if (ggufs.length === 1) return [first.name];
  const listed = ggufs.slice(0, 12).map((file) => `${file.name} (${Math.round((file.size ?? 0) / 1e6)} MB)`);
  throw new HubError(
    `${hubNameText(name)} has ${ggufs.length} GGUF files; write the one you want after a colon, as in ` +
      `${hubNameText({ ...name, file: first.name })}. There are ${listed.join(', ')}${ggufs.length > 12 ? ' and others' : ''}.`,
  );
}

type ReadPart = (begin: number, end: number) => Promise<Uint8Array<ArrayBuffer>>;

/** A file of the hub: a small one whole and checked, weights in the parts that are asked for. */
class RemoteFile implements ByteSource {
  readonly file: string;
  readonly size: number;
  readonly entry: KeptFileEntry;
  /** null: it is read in parts. */
  readonly whole: Uint8Array<ArrayBuffer> | null;
  /** What has come of its beginning: headers are read bit by bit. */
  #beginning: Uint8Array<ArrayBuffer> = new Uint8Array();
  readonly #read: ReadPart;

  private constructor(entry: KeptFileEntry, whole: RemoteFile['whole'], read: ReadPart) {
    this.file = entry.name;
    this.size = entry.size;
    this.entry = entry;
    this.whole = whole;
    this.#read = read;
  }

  static async open(hub: Hub, listing: HubListing, file: HubFile, signal: AbortSignal): Promise<RemoteFile> {
    const { name, size, sha256, git } = file;
    const read = (begin: number, end: number) => readPart(hub, listing, file, begin, end, signal);
    if (sha256 !== null && size !== null && isWeights(name)) {
      return new RemoteFile({ name, size, sha256 }, null, read);
    }
    if ((size ?? 0) > maxWholeBytes) {
      throw new HubError(
        `${name} has ${size} bytes, and the hub does not say what its hash is. Choose another model.`,
      );
    }
    const whole = await read(0, size ?? maxWholeBytes + 1);
    const hash = sha256Hex(whole);
    const isIt = sha256 !== null ? hash === sha256 : git === null || gitHash(whole) === git;
    if (!isIt || (size !== null && whole.byteLength !== size)) throw wrongHash(name);
    return new RemoteFile({ name, size: whole.byteLength, sha256: hash }, whole, read);
  }

  async read(begin: number, end: number): Promise<Uint8Array> {
    if (this.whole) return this.whole.subarray(begin, end);
    const known = this.#beginning;
    if (begin > known.byteLength) return this.#read(begin, end);
    if (end > known.byteLength) {
      const more = await this.#read(known.byteLength, end);
      this.#beginning = new Uint8Array(end);
      this.#beginning.set(known);
      this.#beginning.set(more, known.byteLength);
    }
    return this.#beginning.subarray(begin, end);
  }
}

export const wrongHash = (name: string): HubError =>
  new HubError(
    `${name} arrived with another hash than the hub lists, so it is damaged or not the hub's. Fetch it again.`,
  );

/** A part in memory; a connection that breaks is tried again. */
async function readPart(
  hub: Hub,
  listing: HubListing,
  file: HubFile,
  begin: number,
  end: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let at = begin;
  let before = at;
  const work = async () => {
    for await (const piece of hub.read(listing, file, at, signal, file.size === null ? undefined : end)) {
      pieces.push(piece);
      at += piece.byteLength;
      if (at >= end) break;
    }
    if (at < end && file.size !== null) throw hub.broken('it ended early');
  };
  await untilDone(signal, work, () => at > before && ((before = at), true));
  const out = new Uint8Array(Math.min(at, end) - begin);
  let to = 0;
  for (const piece of pieces) {
    const wanted = piece.subarray(0, out.byteLength - to);
    out.set(wanted, to);
    to += wanted.byteLength;
  }
  return out;
}

/** Tries in a row that bring nothing, before it is given up. */
const mostTries = 4;
/** Longer than this nobody waits, ms. */
const longestPause = 20_000;

/**
 * Does it until it succeeds: as long as something comes, a connection may break as often as it likes.
 * @param work throws a HubError with `retryAfter` where another try may help
 * @param came whether something has come since the last try
 */
export async function untilDone(
  signal: AbortSignal,
  work: () => Promise<unknown>,
  came = () => false,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (came()) tries = 1;
      const pause = error instanceof HubError ? error.retryAfter : null;
      if (pause === null || pause > longestPause || tries >= mostTries) throw error;
      await waited(pause * tries, signal);
    }
  }
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
