/**
 * What an update was, in a few digits, so that two runs can be compared without either being kept: the first 16 hexadecimal digits
 * of the SHA-256 of each of its parts. docs/receipts.md says what each part is and why times, messages and log-probabilities are
 * in none of them.
 */
import { sha256 } from '../model/digest.ts';
import { answersOf } from '../rl/episode.ts';
import type { Digests, UpdateRecord } from '../rl/records.ts';
import type { TrainerState } from './trainer.ts';

/** JSON without white space, every list in the order of the batch; NaN, which JSON has not, is null. */
const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));

/**
 * @param record of the update
 * @param weights after it
 * @returns undefined where the browser has no cryptography (model/digest.ts)
 */
export async function digestsOf(
  { groups }: UpdateRecord,
  weights: TrainerState['weights'],
): Promise<Digests | undefined> {
  const tries = groups.flatMap(({ trajectories }) => trajectories);
  const answers = answersOf(groups);
  const parts = [
    bytesOf(groups.map(({ task }) => [task.id, task.instruction, task.entryPoint, task.setup, task.tests])),
    bytesOf(tries.map(({ turns }) => turns.map(({ ids }) => ids))),
    bytesOf(answers.map(({ verdict: { status, tests } }) => [status, tests.map((test) => test.status)])),
    bytesOf(tries.map(({ R, turns }) => [R, turns.map(({ reward }) => reward)])),
    weightBytes(weights),
  ];
  const hashes = (await Promise.all(parts.map(sha256))).filter((hash) => hash !== undefined);
  if (hashes.length < parts.length) return undefined;
  const [tasks, ids, verdicts, rewards, after] = hashes.map((hash) => hash.slice(0, 16));
  const infra = answers.filter(({ verdict }) => verdict.status === 'infra').length;
  const timeouts = answers.filter(({ verdict }) => verdict.tests.some(({ status }) => status === 'timeout'));
  return { tasks, ids, verdicts, rewards, weights: after, timeouts: timeouts.length, infra };
}

/** Every weight as it lies in memory, F32, the matrices in the order of their names. */
function weightBytes(weights: TrainerState['weights']): Uint8Array<ArrayBuffer> {
  const matrices = Object.keys(weights)
    .toSorted()
    .map((name) => weights[name]);
  const bytes = new Uint8Array(matrices.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of matrices) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}
