/**
 * A whole run as one file, NAME.cocos: a zip archive of run.json (what it is, and a SHA-256 of everything else), log.jsonl and
 * blobs/, as docs/log-format.md describes them. The model is not in it: the log names it, with its digest.
 */
import * as v from 'valibot';
import { checkFormat } from '../config/formats.ts';
import { readJson, shownText } from '../config/outside.ts';
import type { RunFile } from '../keep/keptRuns.ts';
import { sha256 } from '../model/digest.ts';
import { problemsBlob, RunLog } from '../train/log.ts';
export type { RunLog } from '../train/log.ts';
import { checkBlobName, MemoryStore, type Bytes, type Store } from '../train/store.ts';
import { unzip, zip } from './zip.ts';

/** The format of run.json and of where things lie; log.jsonl states its own. */
export const runFileFormat = 1;
export const runFileEnding = '.cocos';

/** A run as its store holds it, and what it is called there; of the blobs only the problems and those that an entry of the log names are packed. */
export interface NamedRun extends RunFile {
  readonly name: string;
}

const limits = { files: 20_000, bytes: 512 << 20 };
const mostAbout = 8 << 20;
const longestName = 200;
const about = 'run.json';
const logName = 'log.jsonl';
const folder = 'blobs/';

const aboutSchema = v.object({
  kind: v.literal('run', 'must be "run"'),
  name: v.pipe(v.string(), v.maxLength(longestName)),
  /** By path in the archive, 64 hexadecimal digits; empty where the browser has no cryptography. */
  sha256: v.record(
    v.string(),
    v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')),
  ),
});

/** The file. @throws Error when the log cannot be read */
export async function packRun(run: NamedRun): Promise<Bytes> {
  const log = await openRun(run);
  const named = new Set([problemsBlob, ...log.entries.flatMap(blobsOf)]);
  const files = new Map<string, Bytes>([[logName, new TextEncoder().encode(run.log)]]);
  for (const [name, bytes] of [...run.blobs].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    if (named.has(name)) files.set(folder + checkBlobName(name), bytes);
  const digests: Record<string, string> = {};
  for (const [path, bytes] of files) {
    const digest = await sha256(bytes);
    if (digest !== undefined) digests[path] = digest;
  }
  const says = {
    kind: 'run',
    format: runFileFormat,
    name: run.name.slice(0, longestName),
    madeBy: `CoCoS Playground ${log.manifest.build}`,
    model: log.manifest.model,
    updates: log.step,
    sha256: digests,
  };
  return zip(new Map([[about, new TextEncoder().encode(`${JSON.stringify(says, null, 2)}\n`)], ...files]));
}

/**
 * Reads such a file, which may be a stranger's, and checks all of it: sizes, names, digests, every line of the log.
 * @param file its name, for errors
 * @throws Error naming the file, what in it is wrong, and what to do
 */
export async function readRunFile(
  bytes: Uint8Array,
  file: string,
): Promise<NamedRun & { readonly opened: RunLog }> {
  const refuse = (problem: string, cause?: unknown): never => {
    const advice = `Nothing was changed. Choose a ${runFileEnding} file that the playground saved, or save it again.`;
    throw new Error(`${shownText(file)} is no run that can be opened: ${problem}. ${advice}`, { cause });
  };
  const attempt = async <T>(work: () => T | Promise<T>, where = ''): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return refuse(where + message.replace(/\.$/, ''), error);
    }
  };
  if (bytes.byteLength > limits.bytes)
    refuse(`it has ${Math.round(bytes.byteLength / 2 ** 20)} MB, and at most ${limits.bytes >> 20} are read`);
  const files = await attempt(() => unzip(bytes, { ...limits, room }));
  const read = (path: string): Bytes => files.get(path) ?? refuse(`${path} is missing`);

  const { name, sha256: digests } = await attempt(() => readAbout(read(about)), `${about}: `);
  for (const [path, content] of files) {
    if (path === about) continue;
    const digest = await sha256(content);
    const stated = Object.hasOwn(digests, path) ? digests[path] : undefined;
    if (digest !== undefined && stated !== undefined && digest !== stated)
      refuse(`${path} is damaged (its SHA-256 does not match)`);
  }
  const log = await attempt(
    () => new TextDecoder('utf-8', { fatal: true }).decode(read(logName)),
    `${logName}: `,
  );
  const blobs = new Map(
    [...files].flatMap(([path, content]) =>
      path.startsWith(folder) ? [[path.slice(folder.length), content] as const] : [],
    ),
  );
  const run = { name, log, blobs };
  const opened = await attempt(() => openRun(run), `${logName}: `);
  return { ...run, opened };
}

/** What a store holds, to be packed. @param name of the run */
export async function runFileOf(
  store: Pick<Store, 'readLog' | 'list' | 'get'>,
  name: string,
): Promise<NamedRun> {
  const blobs = new Map<string, Bytes>();
  for (const blob of await store.list()) {
    const bytes = await store.get(blob.name);
    if (bytes) blobs.set(blob.name, bytes);
  }
  return { name, log: await store.readLog(), blobs };
}

/** Its log, in memory, to be read: nothing that is written to it is kept. @throws LogError */
export async function openRun({ log, blobs }: RunFile): Promise<RunLog> {
  const store = new MemoryStore();
  await store.appendLog(log);
  for (const [name, bytes] of blobs) await store.put(name, bytes);
  return RunLog.open(store);
}

function readAbout(bytes: Uint8Array) {
  const data = readJson(bytes, 'it', mostAbout);
  if (typeof data !== 'object' || data === null) throw new Error('it is no JSON object');
  checkFormat('format' in data ? data.format : undefined, runFileFormat);
  const parsed = v.safeParse(aboutSchema, data);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
}

function room(path: string): number | null {
  if (path === about) return mostAbout;
  if (path === logName) return limits.bytes;
  if (!path.startsWith(folder)) return null;
  try {
    checkBlobName(path.slice(folder.length));
    return limits.bytes;
  } catch {
    return null;
  }
}

function blobsOf(entry: RunLog['entries'][number]): string[] {
  if (entry.kind === 'checkpoint') return [entry.blob];
  const has = entry.kind === 'update' || entry.kind === 'evaluation';
  return has && entry.rollouts !== undefined ? [entry.rollouts] : [];
}
