/** Are results right on a GPU: operations, products, blocks and whole turns, beside plain JavaScript's. */
import {
  matMul,
  openBackend,
  openDecoder,
  openDecoderReference,
  throwGpuErrors,
  type Tensor2D,
} from '../../src/engine/index.ts';
import { blockCases, matrixOf } from '../engine/blockCases.ts';
import { floats, opCases, type OpCase } from '../engine/cases.ts';
import { evaluate, relativeError, type CaseResult } from '../engine/evaluating.ts';
import {
  blockTurnCases,
  moreBlockTurnCases,
  turnCases,
  write,
  type TurnCase,
  type Written,
} from '../engine/turns.ts';

type Tell = (name: string, value: unknown) => void;

/** Long sums, odd and even sizes, k cut into parts. */
const productCases = (small: boolean): OpCase[] =>
  (small
    ? [
        [65, 130, 67],
        [64, 600, 8],
      ]
    : [
        [65, 130, 67],
        [64, 600, 8],
        [513, 1000, 257],
        [600, 1100, 300],
        [8, 4096, 576],
      ]
  ).map(([m = 1, k = 1, n = 1]) => ({
    name: `product ${m}×${k}×${n}`,
    inputs: [floats([m, k], 1, k ** -0.5), floats([k, n], 2)],
    run: (a, b) => [matMul(a as Tensor2D, b as Tensor2D)],
    extreme: false,
  }));

const suitesOf = (small: boolean) => ({
  operations: small ? opCases.slice(0, 8) : opCases,
  products: productCases(small),
  blocks: blockCases.slice(0, small ? 6 : undefined).map((one): OpCase => ({
    ...{ name: one.name, inputs: one.tensors, extreme: false },
    run: (...given) => one.run(matrixOf(one), ...given),
  })),
});

const evaluateAll = async (cases: readonly OpCase[]) => {
  const results: CaseResult[] = [];
  for (const one of cases) results.push(await evaluate(one));
  return results;
};

const turnsOf = (small: boolean) =>
  small ? turnCases.slice(0, 1) : [...turnCases, ...blockTurnCases, ...moreBlockTurnCases];

export type Expected = {
  readonly results: ReadonlyMap<string, CaseResult[]>;
  readonly turns: readonly Written[];
};

/** By plain JavaScript. @param small what a software adapter gets through */
export async function references(small: boolean): Promise<Expected> {
  await openBackend('cpu', { environment: 'node' });
  const results = new Map<string, CaseResult[]>();
  for (const [name, cases] of Object.entries(suitesOf(small))) results.set(name, await evaluateAll(cases));
  const written: Written[] = [];
  for (const one of turnsOf(small)) written.push(await write(one, openDecoderReference));
  return { results, turns: written };
}

/** Whole turns: the same ids, and how far apart log-probabilities and hidden states are. */
async function turnsParity(expected: readonly Written[], small: boolean, tell: Tell): Promise<boolean> {
  const errors: { case: string; error: number }[] = [];
  for (const [i, one] of turnsOf(small).entries()) {
    const [got, want] = [await write(one, openDecoder), expected[i]];
    throwGpuErrors();
    const [logps, hiddens] = [
      got.turns.map(({ logp }, turn) => apart(logp, want?.turns[turn]?.logp ?? logp.slice(0, 0))),
      got.hidden.map((hidden, turn) => relativeError(hidden, want?.hidden[turn] ?? hidden.slice(0, 0))),
    ];
    const same = got.turns.every(({ ids }, turn) => String(ids) === String(want?.turns[turn]?.ids));
    await aloneParity(one, got, tell);
    const error = Math.max(...logps, ...hiddens);
    errors.push({ case: one.name, error: same ? error : Infinity });
  }
  const wrong = errors.filter(({ error }) => !(error < 1e-5));
  const worst = errors.reduce((a, b) => (b.error > a.error ? b : a));
  tell(`parity of ${errors.length} turns`, wrong.length > 0 ? { wrong } : worst);
  return wrong.length === 0;
}

/** Of log-probabilities, absolutely where they are near 0: WGSL allows the logarithm of a number near 1 an error of 2⁻²¹. */
function apart(got: Float32Array, want: Float32Array): number {
  if (got.length !== want.length) return Infinity;
  const errors = [...want].map(
    (value, i) => Math.abs(value - (got[i] ?? NaN)) / Math.max(1, Math.abs(value)),
  );
  return Math.max(0, ...errors.map((error) => (Number.isNaN(error) ? Infinity : error)));
}

/** Two rows alone, and one, are what they are among the others, to the last bit: few rows have kernels of their own. */
async function aloneParity(one: TurnCase, all: Written, tell: Tell): Promise<void> {
  const rows = one.given[0]?.length ?? 0;
  if (rows < 3) return;
  for (const chosen of [[rows - 1, 1], [rows - 1]]) {
    const few = await write(one, openDecoder, chosen);
    for (const [turn, { logp }] of few.turns.entries())
      for (const [place, row] of chosen.entries()) {
        const mine = logp.filter((_, at) => at % chosen.length === place);
        const among = all.turns[turn]?.logp.filter((_, at) => at % rows === row);
        if (String(mine) !== String(among))
          tell(
            `${one.name}: row ${row} of ${chosen.length} alone differs`,
            [...mine].map((x, i) => x - (among?.[i] ?? NaN)),
          );
      }
  }
}

/** On the running back end. @returns whether all of them are right */
export async function parity(expected: Expected, small: boolean, tell: Tell): Promise<boolean> {
  let right = await turnsParity(expected.turns, small, tell);
  for (const [name, cases] of Object.entries(suitesOf(small))) {
    const got = await evaluateAll(cases);
    throwGpuErrors();
    const errors = cases.map((one, i) => {
      const want = expected.results.get(name)?.[i] as CaseResult;
      const pairs = [
        ...want.outputs.map((output, j) => [got[i]?.outputs[j], output] as const),
        ...want.gradients.map((gradient, j) => [got[i]?.gradients[j], gradient] as const),
      ];
      return {
        case: one.name,
        error: Math.max(...pairs.map(([mine, theirs]) => relativeError(mine as Float32Array, theirs))),
        allowed: one.extreme ? 5e-3 : 1e-4,
      };
    });
    const wrong = errors.filter(({ error, allowed }) => !(error < allowed));
    const worst = errors.reduce((a, b) => (b.error / b.allowed > a.error / a.allowed ? b : a));
    right &&= wrong.length === 0;
    tell(`parity of ${cases.length} ${name}`, wrong.length > 0 ? { wrong } : worst);
  }
  return right;
}
