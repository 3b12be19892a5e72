/** What a log keeps beside its lines: the whole state of a run, and the answers of an update or evaluation. */
import { sha256 } from '../model/digest.ts';
import { readSafetensors, writeSafetensors } from '../model/safetensors.ts';
import type { EntryOf } from './logFormat.ts';
import type { Bytes } from './store.ts';
import type { TrainerState } from './trainer.ts';

/** A state's tensors are called weights.NAME, m.NAME and v.NAME. */
const kinds = ['weights', 'm', 'v'] as const;

/** The state as a safetensors file, and what its entry in the log says of it. */
export async function packState({
  step,
  weights,
  optimizer,
}: TrainerState): Promise<[Bytes, Omit<EntryOf<'checkpoint'>, 'kind' | 'blob'>]> {
  const parts = { weights, m: optimizer.m, v: optimizer.v };
  const tensors = kinds.flatMap((kind) =>
    Object.entries(parts[kind]).map(
      ([name, data]) => [`${kind}.${name}`, { shape: [data.length], data }] as const,
    ),
  );
  const bytes = writeSafetensors(new Map(tensors));
  const hash = await sha256(bytes);
  return [bytes, { step, optimizerStep: optimizer.step, ...(hash === undefined ? {} : { sha256: hash }) }];
}

/** @throws Error naming the blob, when it is not what the entry says */
export async function unpackState(bytes: Bytes, entry: EntryOf<'checkpoint'>): Promise<TrainerState> {
  const hash = await sha256(bytes);
  if (hash !== undefined && entry.sha256 !== undefined && hash !== entry.sha256) {
    throw new Error(`${entry.blob} is damaged (its SHA-256 does not match).`);
  }
  const tensors = readSafetensors(bytes, entry.blob);
  const [weights, m, v] = kinds.map((kind) =>
    Object.fromEntries(
      [...tensors]
        .filter(([name]) => name.startsWith(`${kind}.`))
        .map(([name, { data }]) => [name.slice(kind.length + 1), data]),
    ),
  );
  return { step: entry.step, weights, optimizer: { step: entry.optimizerStep, m, v } };
}
