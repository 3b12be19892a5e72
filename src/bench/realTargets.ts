/** What was aimed at with a model of the size that others train, and the tables of what was measured. */
import { median } from './measure.ts';
import type { RealReport, RealWork, Took, Turns } from './realTurns.ts';
import { grid } from './table.ts';

/** Which clock counts for what one thread did; several threads are always timed by the wall. */
export type RealClock = 'wall' | 'cpu';

/** One target: what is to be at least (or at most) so much. */
interface Target {
  readonly what: string;
  readonly wanted: number;
  readonly most?: boolean;
  /** NaN: not measured. */
  readonly is: number;
}

const perSecond = ({ amount, ...took }: Took, clock: RealClock): number => (1000 * amount) / took[clock];

/** Who did what with how many threads. */
type Which = readonly [id: string, threads: number, work: RealWork];

class Measured {
  readonly #turns: readonly Turns[];
  readonly #clock: RealClock;

  constructor({ turns }: Pick<RealReport, 'turns'>, clock: RealClock) {
    this.#turns = turns;
    this.#clock = clock;
  }

  /** Amounts a second, round by round; empty: it did not take part. */
  rates([id, threads, work]: Which, clock: RealClock = threads > 1 ? 'wall' : this.#clock): number[] {
    const found = this.#turns.find((turns) => turns.id === id && turns.threads === threads);
    return (found?.rounds ?? []).flatMap(({ [work]: took }) => (took ? [perSecond(took, clock)] : []));
  }

  rate = (which: Which): number => middle(this.rates(which));

  /** Median of the rounds' quotients, by one clock. */
  ratio(a: Which, b: Which, factor = 1): number {
    const clock = a[1] > 1 || b[1] > 1 ? 'wall' : this.#clock;
    const [over, under] = [this.rates(a, clock), this.rates(b, clock)];
    return middle(over.flatMap((rate, i) => (under[i] === undefined ? [] : [(factor * rate) / under[i]])));
  }
}

const middle = (values: readonly number[]): number => (values.length > 0 ? median(values) : NaN);

const gigabytes = 1e9;

/** In the order in which they were set. */
export function realTargets(report: RealReport, clock: RealClock): Target[] {
  const { heap, weightBytes, gflop, turns } = report;
  const all = Math.max(...turns.map(({ threads }) => threads));
  const measured = new Measured(report, clock);
  const ours = (form: string, work: RealWork, threads = 1): Which => [form, threads, work];
  const ratio = (a: Which, b: Which, factor?: number) => measured.ratio(a, b, factor);
  return [
    {
      what: '1. one row, int8, of wllama Q8_0',
      wanted: 4,
      is: ratio(ours('int8', 'one'), ours('wllama Q8_0', 'one')),
    },
    {
      what: '1. one row, int8, of native Q8_0',
      wanted: 0.5,
      is: ratio(ours('int8', 'one'), ours('native Q8_0', 'one')),
    },
    {
      what: `1. one row, int8, ${all} threads of one`,
      wanted: 1.5,
      is: all > 1 ? ratio(ours('int8', 'one', all), ours('int8', 'one')) : NaN,
    },
    {
      what: '2. one row, int4, of wllama Q4_0',
      wanted: 3,
      is: ratio(ours('int4', 'one'), ours('wllama Q4_0', 'one')),
    },
    { what: '2. int4, MB of weights', wanted: 100, most: true, is: weightBytes.int4 / 1e6 },
    {
      what: '3. many rows, int8, of wllama Q8_0 one by one',
      wanted: 10,
      is: ratio(ours('int8', 'many'), ours('wllama Q8_0', 'one')),
    },
    {
      what: '3. many rows, int8, of float32',
      wanted: 1.4,
      is: ratio(ours('int8', 'many'), ours('float32', 'many')),
    },
    {
      what: '3. many rows, int8, of native Q8_0',
      wanted: 0.5,
      is: ratio(ours('int8', 'many'), ours('native Q8_0', 'many')),
    },
    {
      what: '4. reading, int8, of wllama Q8_0',
      wanted: 7,
      is: ratio(ours('int8', 'read'), ours('wllama Q8_0', 'read')),
    },
    {
      what: '4. reading, int8, of our float32 product',
      wanted: 0.85,
      is: ratio(ours('int8', 'read'), ours('product', 'read'), gflop.read),
    },
    ...[...new Set([1, all])].map((threads) => ({
      what: `5. learning, int8, of our float32 product, threads: ${threads}`,
      wanted: 0.7,
      is: ratio(ours('int8', 'learn', threads), ours('product', 'learn', threads), gflop.learn),
    })),
    { what: '5. memory of a step, GB', wanted: 2, most: true, is: heap.learning / gigabytes },
    { what: '5. memory of the long step, GB', wanted: 4, most: true, is: (heap.long ?? NaN) / gigabytes },
    {
      what: '6. memory of writing many rows, of weights and cache',
      wanted: 1.3,
      most: true,
      is: heap.writing / (heap.weights + heap.cache),
    },
  ];
}

const verdict = ({ is, wanted, most = false }: Target): string =>
  Number.isNaN(is) ? 'not measured' : (most ? is <= wanted : is >= wanted) ? 'reached' : 'missed';

const short = (value: number): string =>
  Number.isNaN(value) ? '–' : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** As Markdown: tokens a second of everybody, then the targets. */
export function realTable(report: RealReport, clock: RealClock): string {
  const { turns, sizes, parameters, heap, weightBytes } = report;
  const measured = new Measured(report, clock);
  const works: readonly (readonly [RealWork, string])[] = [
    ['read', `read ${sizes.prefill}`],
    ['one', 'write, 1 row'],
    ['many', `write, ${sizes.rows} rows`],
    ['learn', 'learn'],
  ];
  const rows = turns
    .filter(({ id }) => id !== 'product')
    .map(({ id, threads }) => [
      id,
      String(threads),
      ...works.map(([work]) => short(measured.rate([id, threads, work]))),
    ]);
  const products = turns
    .filter(({ id }) => id === 'product')
    .map(
      ({ id, threads }) =>
        `${short(measured.rate([id, threads, 'read']))} at the prompt's rows and ` +
        `${short(measured.rate([id, threads, 'learn']))} at the step's (threads: ${threads})`,
    );
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  const { one, all } = sizes.step;
  return (
    [
      `${(parameters / 1e6).toFixed(1)} M random weights, ours with an adapter of rank 8 on every matrix; tokens a second, ` +
        `medians of ${sizes.rounds} rounds. A step is ${one.join(' × ')} tokens with one thread, ${all.join(' × ')} with all.`,
      grid(['', 'threads', ...works.map(([, title]) => title)], rows),
      `Our float32 product, GFLOP/s: ${products.join('; ')}. Weights, MB: ` +
        Object.entries(weightBytes)
          .map(([form, bytes]) => `${form} ${megabytes(bytes)}`)
          .join(', ') +
        `. Memory of the back end with int8 alone, MB: writing ${sizes.rows} rows ${megabytes(heap.writing)} ` +
        `(keys and values ${megabytes(heap.cache)}), a step of ${all.join(' × ')} ${megabytes(heap.learning)}` +
        (sizes.long && heap.long !== null ? `, of ${sizes.long.join(' × ')} ${megabytes(heap.long)}` : '') +
        '.',
      grid(
        ['target', 'at least (most)', 'is', ''],
        realTargets(report, clock).map((target) => [
          target.what,
          target.most ? `(${target.wanted})` : String(target.wanted),
          short(target.is),
          verdict(target),
        ]),
      ),
    ].join('\n\n') + '\n'
  );
}
