/** Our sandbox beside plain CPython: which verdicts are equal, which are not, and the smallest example of each kind. */
import { setImmediate } from 'node:timers/promises';
import type { Sandbox, TestVerdict } from '../../../src/sandbox/types.ts';
import { pairAt, type Pair } from './generate.ts';
import type { Answer, Oracle } from './oracle.ts';

/** One test on which the two do not agree. */
export interface Difference {
  readonly pair: Pair;
  /** Position of the test in the pair. */
  readonly test: number;
  readonly right: string;
  readonly ours: TestVerdict;
}

export class Tally {
  pairs = 0;
  tests = 0;
  equal = 0;
  /** Tests that are a single assert of the plainest forms, as MBPP has them. */
  plain = 0;
  plainInside = 0;
  inside = 0;
  /** Pairs about which the two CPythons, or two runs of one, do not agree. */
  discarded = 0;
  /** Pairs whose syntax the machine's Python does not know yet. */
  tooNew = 0;
  readonly right = new Map<string, number>();
  /** Tests that our sandbox says it cannot judge, though CPython can, by the reason it gives. */
  readonly cannot = new Map<string, { count: number; example: Difference }>();
  readonly different: Difference[] = [];
}

export interface Judges {
  readonly sandbox: Sandbox;
  readonly pyodide: Oracle;
  readonly machine: Oracle | null;
}

const SLICE = 8; // the oracle blocks our thread, which also feeds the sandbox's workers

async function inSlices(oracle: Oracle, pairs: readonly Pair[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < pairs.length; at += SLICE) {
    answers.push(...(await oracle.judge(pairs.slice(at, at + SLICE))));
    await setImmediate();
  }
  return answers;
}

/** Judges the pairs `from` up to `from + count` of a seed, and adds what came out to the tally. */
export async function compare(
  judges: Judges,
  { seed, from, count }: { seed: number; from: number; count: number },
  tally: Tally,
  signal?: AbortSignal,
): Promise<void> {
  const pairs = Array.from({ length: count }, (_, i) => pairAt(seed, from + i));
  await judge(judges, pairs, tally, signal);
}

/** The same for pairs from anywhere. */
export async function judge(
  { sandbox, pyodide, machine }: Judges,
  pairs: readonly Pair[],
  tally: Tally,
  signal?: AbortSignal,
): Promise<void> {
  const [verdicts, second, first] = await Promise.all([
    sandbox.grade(pairs, signal),
    machine?.judge(pairs),
    inSlices(pyodide, pairs),
  ]);
  const doubtful: Difference[] = [];
  for (const [i, pair] of pairs.entries()) {
    const right = first[i] ?? null;
    const other = second === undefined ? right : (second[i] ?? null);
    if (right && other && isTooNew(right, other)) tally.tooNew++;
    else if (!right || JSON.stringify(right) !== JSON.stringify(other)) {
      tally.discarded++;
      continue;
    }
    if (!right) continue;
    tally.pairs++;
    for (const [test, ours] of (verdicts[i]?.tests ?? []).entries()) {
      const answer = right[test] ?? [];
      const rights = answer.join('|');
      tally.tests++;
      tally.right.set(rights, (tally.right.get(rights) ?? 0) + 1);
      if (ours.tier === 'inside') tally.inside++;
      if (pair.forms[test] === 'plain') {
        tally.plain++;
        if (ours.tier === 'inside') tally.plainInside++;
      }
      if (answer.includes(ours.status)) tally.equal++;
      else doubtful.push({ pair, test, right: rights, ours });
    }
  }
  await settle(pyodide, doubtful, tally);
}

/** Where only the newer Python can read a test, the older one has no say. */
const isTooNew = (right: NonNullable<Answer>, other: NonNullable<Answer>): boolean =>
  other.some((answer, i) => answer.includes('infra') && !right[i]?.includes('infra'));

/** A difference counts only if CPython says the same twice. */
async function settle(oracle: Oracle, doubtful: readonly Difference[], tally: Tally): Promise<void> {
  const pairs = [...new Set(doubtful.map(({ pair }) => pair))];
  const again = new Map(pairs.map((pair, i) => [pair, i]));
  const answers = await inSlices(oracle, pairs);
  const unsteady = new Set<Pair>();
  for (const difference of doubtful) {
    const answer = answers[again.get(difference.pair) ?? -1]?.[difference.test]?.join('|');
    if (answer !== difference.right) {
      unsteady.add(difference.pair);
      tally.tests--;
    } else if (difference.ours.status === 'infra') {
      const reason = (difference.ours.exception?.message ?? '')
        .replace(/['"`].*?['"`]|\d+/g, '…')
        .slice(0, 80);
      const known = tally.cannot.get(reason);
      if (known) known.count++;
      else tally.cannot.set(reason, { count: 1, example: difference });
    } else tally.different.push(difference);
  }
  tally.discarded += unsteady.size;
}

/** Differences of one kind: what was right, what we said and how, about which form. */
export function classes(differences: readonly Difference[]): Map<string, Difference[]> {
  const found = new Map<string, Difference[]>();
  for (const difference of differences) {
    const { pair, test, right, ours } = difference;
    const how = [ours.tier, ours.exception?.type].filter((word) => word !== undefined).join(', ');
    const key = `${right} in CPython, ${ours.status} here${how ? ` (${how})` : ''}: ${pair.forms[test]}`;
    found.set(key, [...(found.get(key) ?? []), difference]);
  }
  return found;
}

const sizeOf = ({ code, setup, tests }: Pair): number => code.length + setup.length + tests.join('').length;

/** The smallest of some differences. */
export const smallest = (differences: readonly Difference[]): Difference | undefined =>
  [...differences].sort((a, b) => sizeOf(a.pair) - sizeOf(b.pair))[0];

/** Rounds in which the examples are made smaller; each costs as much as a batch of pairs. */
const ROUNDS = 4;

/** Leaves out tests, lines of the setup and top-level statements of the program as long as each difference remains. */
async function shrunk(judges: Judges, differences: readonly Difference[]): Promise<Difference[]> {
  let best = [...differences];
  for (let round = 0; round < ROUNDS; round++) {
    const smaller = best.map((difference) => parts(difference));
    const found = new Tally();
    await judge(judges, smaller.flat(), found);
    best = best.map((old, i) => {
      const alike = found.different.filter(
        ({ pair, right, ours }) =>
          smaller[i]?.includes(pair) && right === old.right && ours.status === old.ours.status,
      );
      return smallest(alike) ?? old;
    });
  }
  return best;
}

/** The pair without some of its parts, in several ways. */
function parts({ pair, test }: Difference): Pair[] {
  const lines = pair.setup.split('\n');
  const chunks = pair.code.split(/\n(?=\S)/);
  const without = <T>(items: readonly T[], i: number): T[] => items.filter((_, j) => j !== i);
  const alone = { ...pair, tests: pair.tests.slice(test, test + 1), forms: pair.forms.slice(test, test + 1) };
  const used = (chunk: string): boolean =>
    /^(import|from|@)/.test(chunk) ||
    (chunk.match(/\w+/g) ?? [])
      .slice(0, 3)
      .some((word) => `${pair.tests.join('\n')}${pair.setup}`.includes(word));
  const tests = pair.tests.length > 1;
  return [
    ...(tests ? [alone, { ...alone, setup: '' }] : []),
    ...(tests && pair.tests.length > 2
      ? pair.tests.map((_, i) => ({ ...pair, tests: without(pair.tests, i), forms: without(pair.forms, i) }))
      : []),
    ...(pair.setup === '' ? [] : lines.map((_, i) => ({ ...pair, setup: without(lines, i).join('\n') }))),
    ...(chunks.every(used) ? [] : [{ ...pair, code: chunks.filter(used).join('\n') }]),
    ...(chunks.length > 1 && !tests
      ? chunks.map((_, i) => ({ ...pair, code: without(chunks, i).join('\n') }))
      : []),
  ];
}

/** What was counted, by name. */
export function countsOf(tally: Tally): Record<string, number> {
  const cannot = [...tally.cannot.values()].reduce((sum, { count }) => sum + count, 0);
  return {
    tests: tally.tests,
    ...Object.fromEntries(
      [...tally.right].map(([status, count]) => [`of CPython’s verdict ${status}`, count]),
    ),
    equal: tally.equal,
    'judged by the weaker tier': tally.inside,
    'single plain asserts': tally.plain,
    'those by the weaker tier': tally.plainInside,
    'not to be judged here': cannot,
    'pairs discarded because CPython differs from itself': tally.discarded,
    'pairs too new for the machine’s Python': tally.tooNew,
  };
}

const indented = (text: string): string => text.replace(/^/gm, '    ');
const cut = (text: string): string => (text.length > 1500 ? `${text.slice(0, 1500)}…` : text);

/** One difference, so that it can be understood and made again. */
export function explain({ pair, test, right, ours }: Difference, seed: number): string {
  const what = ours.exception ? `${ours.exception.type}: ${ours.exception.message}` : `got ${ours.got}`;
  return [
    `  pair ${pair.index} of seed ${seed} (${pair.scene}), test ${test}: CPython ${right}, here ${ours.status}, ${cut(what)}`,
    indented(cut(pair.code)),
    ...(pair.setup === '' ? [] : ['  setup', indented(cut(pair.setup))]),
    '  tests',
    ...pair.tests.map((text, i) => indented(`${i === test ? '→ ' : '  '}${cut(text)}`)),
  ].join('\n');
}

/** Of each of the most frequent classes of differences the smallest example, made smaller. */
export async function explainDifferent(
  judges: Judges,
  tally: Tally,
  seed: number,
  most = 25,
): Promise<Record<string, string>> {
  const sorted = [...classes(tally.different)].sort((a, b) => b[1].length - a[1].length).slice(0, most);
  const examples = await shrunk(
    judges,
    sorted.flatMap(([, differences]) => smallest(differences) ?? []),
  );
  return Object.fromEntries(
    sorted.map(([kind], i) => {
      const example = examples[i];
      return [kind, example ? explain(example, seed) : ''];
    }),
  );
}

/** Of each reason for which we cannot judge an example. */
export const explainCannot = (tally: Tally, seed: number): Record<string, string> =>
  Object.fromEntries(
    [...tally.cannot].map(([reason, { example }]) => [`cannot be judged: ${reason}`, explain(example, seed)]),
  );
