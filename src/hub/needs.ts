/** What a model will need before anything is fetched or begun: memory, and minutes an update. */
import { answersInView } from '../config/episodeLength.ts';
import type { Experiment } from '../config/fields.ts';
import { keptType } from '../model/gguf/keptBlocks.ts';
import { bytesANumber } from '../model/heldBytes.ts';
import type { ModelFacts } from '../train/openedModel.ts';

/** What this machine computed in a second, in 10⁹ operations a second (engine/rates.ts measures it). */
export interface Rates {
  /** Rows by themselves, as answers are written: weights are read for every token. */
  readonly few: number;
  /** Many rows at once, as texts are read and learned from. */
  readonly many: number;
}

/** WebAssembly's memory ends there, bytes. */
export const wasmMemory = 4 * 2 ** 30;
/** What is left of it for everything but weights. */
const roomToWork = 0.3e9;

/** Tokens of a problem with its chat template around it, about. */
const promptTokens = 250;

type Held = Experiment['baseWeights'];

/** Every weight once; in float32 the head once more: its rows for what is learned from, packed to write with. Bytes. */
export function weightBytes(
  { parameters, vocabulary, width, dtypes, storedBytes }: ModelFacts,
  held: Held,
): number {
  if (held === 'int8' || held === 'int4') return bytesANumber[held] * parameters;
  if (held === 'stored' && storedBytes !== undefined) return storedBytes;
  const table = vocabulary * width;
  const layers = held === 'stored' ? (keptType(dtypes[0] ?? '') ?? 'float32') : 'float32';
  return bytesANumber[layers] * (parameters - table) + 2 * bytesANumber.float32 * table;
}

/** Bytes to write with it in the page: its weights and room to work. @param held as `baseWeights` of an experiment */
export const bytesToWrite = (facts: ModelFacts, held: Held = 'stored'): number =>
  weightBytes(facts, held) + roomToWork;

/** @throws Error when it is too large to be trained over on that back end, its weights held so, saying what to do */
export function checkFits(backend: string, facts: ModelFacts, held: Held): void {
  const problem = backend === 'wasm' ? whyTooLarge(facts, held) : null;
  if (problem === null) return;
  const enough = (['int8', 'int4'] as const).find((fewer) => whyTooLarge(facts, fewer) === null);
  throw new Error(enough ? `${problem} Or set baseWeights to ${enough}.` : problem);
}

/** Why WebAssembly cannot hold it, in a sentence with what to do; null: it can. */
export function whyTooLarge(facts: ModelFacts, held: Held = 'stored'): string | null {
  const bytes = bytesToWrite(facts, held);
  if (bytes <= wasmMemory) return null;
  return `It needs ${gigabytes(bytes)} in memory, and WebAssembly has 4.3 GB at most. Choose a model of at most 0.7 billion parameters, or one whose file has 4 or 8 bits a weight.`;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

export interface UpdateWork {
  /** Tokens that are written, read before that, and learned from. */
  readonly written: number;
  readonly read: number;
  readonly learned: number;
}

/** Tokens of one update of an experiment, with a model of others and problems of its length. */
export function updateWork(
  e: Pick<Experiment, 'promptsPerUpdate' | 'k' | 'turns' | 'maxNewTokens' | 'history'>,
): UpdateWork {
  const rows = e.promptsPerUpdate * e.k;
  const answers = answersInView(e);
  return {
    written: rows * e.turns * e.maxNewTokens,
    read: e.promptsPerUpdate * promptTokens + rows * (e.turns - 1) * e.maxNewTokens,
    learned: rows * (promptTokens + answers * e.maxNewTokens),
  };
}

/**
 * Seconds of an update: 2·N operations a token that is read or written, 2·N of the reference and 4·N of the step with frozen weights a
 * token that is learned from. Grading is not counted.
 */
export function updateSeconds(
  { written, read, learned }: UpdateWork,
  parameters: number,
  { few, many }: Rates,
): number {
  const operations = 2 * parameters;
  return (operations * (written / few + (read + 3 * learned) / many)) / 1e9;
}
