/** What a part of `npm run prove` is: a claim about very many cases, each made from a seed and its number. */

/** What was found in some of a part's cases; what is found in several stretches of them is added up. */
export interface Found {
  /** What was counted, under names in the plural: `{ tests: 212, equal: 211 }`. */
  readonly counts: Readonly<Record<string, number>>;
  /** In how much of it the claim does not hold. The part is proved while this is 0. */
  readonly failed: number;
  /** Of each kind of thing that is worth a look an example, told so that it can be understood and made again. */
  readonly examples: Readonly<Record<string, string>>;
}

/** What two stretches found, together. Of each kind the first example stays. */
export function together(first: Found, second: Found): Found {
  const counts = { ...first.counts };
  for (const [name, count] of Object.entries(second.counts)) counts[name] = (counts[name] ?? 0) + count;
  return {
    counts,
    failed: first.failed + second.failed,
    examples: { ...second.examples, ...first.examples },
  };
}

/** Some of a part's cases: those numbered `from` up to `from + count` of a seed. */
export interface Stretch {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
}

/** A part that is ready. */
export interface Prover {
  /** What it is measured against, where that depends on the machine: "CPython 3.11.7 of this machine". */
  readonly standard?: string;
  /** What it finds depends on the stretch alone. When the signal comes, it may throw: the stretch is done again later. */
  prove(stretch: Stretch, signal: AbortSignal): Promise<Found>;
  close(): void | Promise<void>;
}

export interface Part {
  /** One word: `npm run prove -- NAME`. */
  readonly name: string;
  /** The claim, in a line. */
  readonly claim: string;
  /** What a case is called, in the plural. */
  readonly unit: string;
  /** How many cases are tried unless another number is asked for. */
  readonly cases: number;
  /** How many are done at a time. What was found is kept after each stretch; a proof that was stopped goes on from there. */
  readonly stretch: number;
  open(): Promise<Prover>;
}
