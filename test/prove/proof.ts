/** Proves a part stretch by stretch. What was found is kept on disk after each, so that a stopped proof goes on. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { together, type Found, type Part } from './part.ts';

const root = resolve(import.meta.dirname, '../..');

/** Where `npm run prove` keeps what it found. */
export const keptIn = resolve(root, 'test-results', 'prove');

const schema = v.object({
  /** The code it was found with, see `codeNow`. */
  code: v.string(),
  seed: v.number(),
  /** Cases done, from the first on. */
  done: v.number(),
  /** Seconds it took. */
  seconds: v.number(),
  counts: v.record(v.string(), v.number()),
  failed: v.number(),
  examples: v.record(v.string(), v.string()),
});

export type ProofRecord = v.InferOutput<typeof schema>;

/** The commit, with "-dirty" where files were changed since. */
export function codeNow(): string {
  const git = spawnSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
    cwd: root,
    encoding: 'utf8',
  });
  return git.status === 0 ? git.stdout.trim() : 'unknown code';
}

const begun = (code: string, seed: number): ProofRecord => ({
  code,
  seed,
  done: 0,
  seconds: 0,
  counts: {},
  failed: 0,
  examples: {},
});

/** The record with another stretch in it. */
const added = (record: ProofRecord, found: Found, cases: number, seconds: number): ProofRecord => ({
  ...record,
  ...together(record, found),
  done: record.done + cases,
  seconds: record.seconds + seconds,
});

const fileOf = ({ name }: Part, { folder, seed }: Request): string => resolve(folder, `${name}-${seed}.json`);

/** What was found with this code before; null when there is nothing, or not with this code. */
function kept(part: Part, request: Request): ProofRecord | null {
  try {
    const record = v.parse(schema, JSON.parse(readFileSync(fileOf(part, request), 'utf8')));
    return record.code === request.code ? record : null;
  } catch {
    return null; // there is none, or one that a program before us left torn or in another form: the proof begins anew
  }
}

/** Whole or not at all, for it may be stopped at any time. */
function keep(part: Part, request: Request, record: ProofRecord): void {
  const file = fileOf(part, request);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(record, null, 1));
  renameSync(`${file}.new`, file);
}

/** What of a part is to be proved, and where what is found is kept. */
export interface Request {
  readonly code: string;
  readonly seed: number;
  readonly cases: number;
  /** The number of the first case, where only some are to be looked at; nothing is kept of that. */
  readonly from: number | null;
  /** Whether to forget what was found before. */
  readonly anew: boolean;
  readonly folder: string;
}

/** Proves a part, or goes on with it, until it is done or stopped. */
export async function prove(
  part: Part,
  request: Request,
  stop: AbortSignal,
  tell: { line(text: string): void; progress(record: ProofRecord): void },
): Promise<ProofRecord> {
  const { cases, code, seed } = request;
  const before = request.anew || request.from !== null ? null : kept(part, request);
  if (before) tell.line(`${before.done} ${part.unit} were done before with this code and seed`);
  let record = before ?? begun(code, seed);
  if (record.done >= cases) return record;

  const prover = await part.open();
  if (prover.standard !== undefined) tell.line(`standard: ${prover.standard}`);
  try {
    while (record.done < cases && !stop.aborted) {
      const count = Math.min(part.stretch, cases - record.done);
      const start = performance.now();
      const found = await prover.prove({ seed, from: (request.from ?? 0) + record.done, count }, stop);
      record = added(record, found, count, (performance.now() - start) / 1000);
      if (request.from === null) keep(part, request, record);
      tell.progress(record);
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    await prover.close();
  }
  return record;
}

const grouped = (count: number): string => count.toLocaleString('en');

/** The line for docs/log.md. */
export function summary(part: Part, record: ProofRecord, date: Date): string {
  const day = date.toISOString().slice(0, 10);
  const counts = Object.entries(record.counts).map(([name, count]) => `${name} ${grouped(count)}`);
  return (
    `${day}, \`npm run prove -- ${part.name} --cases ${record.done} --seed ${record.seed}\` at ${record.code}: ` +
    `${[`${grouped(record.done)} ${part.unit}`, ...counts].join(', ')}; failed ${grouped(record.failed)}; ` +
    `${record.seconds.toFixed(0)} s`
  );
}
