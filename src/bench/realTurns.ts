/**
 * A model of the size that others train in turns with other programs that run such models: what each does in a turn, by its own
 * clocks, round after round. Ratios are made of what was done in one round.
 */
import { heapBytes, tf, useThreads } from '../engine/index.ts';
import type { Generation } from '../model/generate.ts';
import { Llama } from '../model/llama.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import { writing } from './ours.ts';
import { product, randomParameters, realForms, Subject, type RealForm } from './realModel.ts';
import { parameterCount, randomTokens } from './sizes.ts';

/** Reading a prompt, writing with one row and with many, a step of an adapter. */
export const realWorks = ['read', 'one', 'many', 'learn'] as const;
export type RealWork = (typeof realWorks)[number];

/** What one turn of a work took. */
export interface Took {
  /** Tokens; of a product, 10⁹ operations. */
  readonly amount: number;
  /** Milliseconds by the wall, and of processors: of all threads together. */
  readonly wall: number;
  readonly cpu: number;
}

export type Turn = Readonly<Partial<Record<RealWork, Took>>>;

export interface RealContestant {
  readonly id: string;
  readonly threads: number;
  /** All it does, once. */
  turn(): Promise<Turn>;
  dispose(): Promise<void> | void;
}

export interface RealSizes {
  /** Tokens that are read. */
  readonly prefill: number;
  /** Rows that write together. */
  readonly rows: number;
  /** Tokens a turn writes: one row, and each of many. */
  readonly written: readonly [one: number, many: number];
  /** Sequences and tokens of a step, with one thread and with all; and of one that is made once, to see whether it can be. */
  readonly step: Readonly<Record<'one' | 'all', readonly [number, number]>>;
  readonly long: readonly [number, number] | null;
  readonly rounds: number;
}

/** Bytes of the back end's memory, after what was done with the model in int8 alone. */
export interface RealHeap {
  readonly weights: number;
  readonly cache: number;
  readonly writing: number;
  readonly learning: number;
  readonly long: number | null;
}

export interface RealReport {
  readonly sizes: RealSizes;
  readonly parameters: number;
  /** Bytes on the back end of the weights alone. */
  readonly weightBytes: Readonly<Record<RealForm, number>>;
  readonly heap: RealHeap;
  /** Floating-point operations (10⁹) that count for a token that is read, and one that is learned from. */
  readonly gflop: { readonly read: number; readonly learn: number };
  readonly turns: readonly Turns[];
  /** Which of the others gave up, and why. */
  readonly failed: readonly string[];
}

/** A contestant's, round by round. */
export interface Turns {
  readonly id: string;
  readonly threads: number;
  readonly rounds: readonly Turn[];
}

export interface Clocks {
  readonly wall: () => number;
  readonly cpu: () => number;
}

/** @param threads that the back end has; with more than one, everything is measured with one and with all */
export async function measureReal(
  config: ModelConfig,
  sizes: RealSizes,
  threads: number,
  clocks: Clocks,
  peers: readonly RealContestant[],
  onProgress: (what: string) => void = () => undefined,
): Promise<RealReport> {
  const held: { dispose(): void }[] = [];
  const weightBytes: Partial<Record<RealForm, number>> = {};
  const load = async (form: RealForm): Promise<OurTurns> => {
    onProgress(`loading ${form}`);
    const before = tf.memory().numBytes;
    const base = await Llama.load(config, randomParameters(config, form));
    weightBytes[form] = tf.memory().numBytes - before;
    const ours = new OurTurns(config, sizes, base, threads, clocks);
    held.push(ours);
    return ours;
  };
  try {
    useThreads(threads);
    const empty = heapBytes();
    const int8 = await load('int8');
    const writes = await int8.firstWords();
    const writing = heapBytes() - empty;
    onProgress(`learning from ${sizes.step.all.join(' × ')} tokens`);
    await int8.learn(sizes.step.all);
    const learning = heapBytes() - empty;
    if (sizes.long) {
      onProgress(`learning from ${sizes.long.join(' × ')} tokens`);
      await int8.learn(sizes.long);
    }
    const long = sizes.long && heapBytes() - empty;
    const heap = { weights: weightBytes.int8 ?? 0, cache: writes, writing, learning, long };
    const forms: Partial<Record<RealForm, OurTurns>> = { int8 };
    for (const form of realForms) {
      if (form !== 'int8') await (forms[form] = await load(form)).firstWords();
    }
    const counts = [...new Set([1, threads])];
    const contestants = [
      ...counts.flatMap((count) =>
        realForms.map((form): RealContestant => {
          const ours = forms[form];
          return {
            ...{ id: form, threads: count, dispose: () => undefined },
            turn: async () => (await ours?.turn(count, form)) ?? {},
          };
        }),
      ),
      ...counts.map((count) => productTurns(config, sizes, count, clocks)),
      ...peers,
    ];
    held.push(...contestants.filter(({ id }) => id === 'product'));
    const parameters = parameterCount(config);
    const head = config.vocab_size * config.hidden_size;
    return {
      ...{ sizes, parameters, heap },
      weightBytes: weightBytes as RealReport['weightBytes'],
      gflop: { read: (2 * (parameters - head)) / 1e9, learn: (4 * parameters) / 1e9 },
      ...(await inTurns(contestants, peers, sizes.rounds, onProgress)),
    };
  } finally {
    useThreads(threads);
    for (const one of held) one.dispose();
  }
}

/**
 * Rounds of all contestants, the order turning by one each round.
 * @param peers those of them that may fail: they stop to take part then
 */
async function inTurns(
  contestants: readonly RealContestant[],
  peers: readonly RealContestant[],
  rounds: number,
  onProgress: (what: string) => void,
): Promise<Pick<RealReport, 'turns' | 'failed'>> {
  const failed = new Map<RealContestant, string>();
  const turns = contestants.map(({ id, threads }) => ({ id, threads, rounds: [] as Turn[] }));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const at = (round + i) % contestants.length;
      const { id, threads } = contestants[at];
      onProgress(`round ${round + 1} of ${rounds}: ${id}, threads: ${threads}`);
      if (failed.has(contestants[at])) continue;
      try {
        turns[at].rounds.push(await contestants[at].turn());
      } catch (error) {
        if (!peers.includes(contestants[at])) throw error;
        failed.set(contestants[at], error instanceof Error ? error.message : String(error));
      }
    }
  }
  const why = [...failed].map(([{ id, threads }, reason]) => `${id}, threads: ${threads}: ${reason}`);
  return { turns, failed: why };
}

/** Times what is done between the two looks at the clocks. */
export async function timed(clocks: Clocks, amount: number, work: () => Promise<unknown>): Promise<Took> {
  const [wall, cpu] = [clocks.wall(), clocks.cpu()];
  await work();
  return { amount, wall: clocks.wall() - wall, cpu: clocks.cpu() - cpu };
}

/** Our model in one form. */
class OurTurns {
  readonly #config: ModelConfig;
  readonly #sizes: RealSizes;
  readonly #subject: Subject;
  readonly #clocks: Clocks;
  readonly #threads: number;
  readonly #writers: readonly { readonly tokens: number; readonly generation: Generation }[];
  readonly #cacheBytes: number;

  constructor(config: ModelConfig, sizes: RealSizes, base: Llama, threads: number, clocks: Clocks) {
    this.#config = config;
    this.#sizes = sizes;
    this.#subject = new Subject(base);
    this.#clocks = clocks;
    this.#threads = threads;
    const before = tf.memory().numBytes;
    this.#writers = [1, sizes.rows].map((rows, i) => {
      const tokens = sizes.written[i] ?? 1;
      const room = 16 + (tokens + 1) * (2 * sizes.rounds + 1); // with one thread and with all, and once to begin
      return { tokens, generation: this.#subject.prefill(randomTokens(config, rows, 16), room) };
    });
    this.#cacheBytes = tf.memory().numBytes - before;
  }

  /** Everything that only writes, once, so that what is kept for it is there. @returns bytes of keys and values */
  async firstWords(): Promise<number> {
    for (let i = 0; i < this.#writers.length; i++) await this.#write(i);
    this.#read();
    return this.#cacheBytes;
  }

  learn(step: readonly [sequences: number, tokens: number]): Promise<void> {
    return this.#subject.step(randomTokens(this.#config, step[0], step[1] + 1));
  }

  async turn(threads: number, form: RealForm): Promise<Turn> {
    const { prefill, rows, written, step } = this.#sizes;
    useThreads(threads);
    const clocks = this.#clocks;
    const turn: Turn = {
      read: await timed(clocks, prefill, () => Promise.resolve(this.#read())),
      one: await timed(clocks, written[0], () => this.#write(0)),
      many: await timed(clocks, rows * written[1], () => this.#write(1)),
    };
    const learned = threads === this.#threads ? step.all : step.one;
    if (form === 'float32' || (form === 'int4' && threads !== this.#threads)) return turn;
    return { ...turn, learn: await timed(clocks, learned[0] * learned[1], () => this.learn(learned)) };
  }

  #read(): void {
    const { prefill } = this.#sizes;
    this.#subject.prefill(randomTokens(this.#config, 1, prefill), prefill + 1).dispose();
  }

  /** A token is a step through the model, as the others count it: the last one, too, is fed. */
  async #write(which: number): Promise<void> {
    const { tokens, generation } = this.#writers[which];
    await generation.turn(writing(tokens, 1));
    generation.append(Array.from({ length: generation.rows }, () => []));
  }

  dispose(): void {
    for (const { generation } of this.#writers) generation.dispose();
    this.#subject.dispose();
  }
}

/** Our float32 product at the numbers of rows that reading and learning have. */
function productTurns(config: ModelConfig, sizes: RealSizes, threads: number, clocks: Clocks) {
  const { prefill, step } = sizes;
  const works = { read: product(config, prefill), learn: product(config, step.all[0] * step.all[1]) };
  return {
    ...{ id: 'product', threads },
    async turn(): Promise<Turn> {
      useThreads(threads);
      const took = ({ gflop, run }: typeof works.read) => timed(clocks, gflop, () => Promise.resolve(run()));
      return { read: await took(works.read), learn: await took(works.learn) };
    },
    dispose() {
      for (const one of Object.values(works)) one.dispose();
    },
  };
}
