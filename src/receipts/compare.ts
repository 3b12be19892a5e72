/** Whether a run is the one of a receipt: to the last bit, within tolerance on another back end, or from which update on it is not. */
import type { BackendName } from '../config/backends.ts';
import { diff, type Experiment } from '../config/experiment.ts';
import { digestParts, type Digests, type DigestPart } from '../rl/records.ts';
import {
  chainOf,
  curvesOf,
  everyOf,
  experimentAfter,
  hexBytes,
  inForce,
  type Measured,
  type Receipt,
  type RunSoFar,
} from './receipt.ts';

/** What a receipt is about: its link says the rest. */
export interface Claim {
  readonly receipt: Receipt;
  /** What the run began with. */
  readonly experiment: Experiment;
  /** What computed it. */
  readonly backend: BackendName;
}

/** Parts of an update, in the order in which each comes from the one before. */
export type Part = 'settings' | DigestPart | 'curves';

export interface Difference {
  /** The first update that is another. */
  readonly step: number;
  /** The first part of it that is. */
  readonly part: Part;
  /** Where it is the verdicts: answers that timed out, or could not be judged, in this update. */
  readonly machine: {
    readonly timeouts: { readonly here: number; readonly there: number };
    readonly infra: { readonly here: number; readonly there: number };
  };
}

/** A number of the result, here and in the receipt, and how far they may be apart by chance. */
export interface Gap {
  readonly turn: number;
  readonly here: number;
  readonly there: number;
  readonly tolerance: number;
}

export type Outcome =
  /**
   * Not all updates are made yet, or not all are to be. `rounding`: the difference is one that another back end explains; then `gaps`
   * are those of the last evaluation that both have, after the first update.
   */
  | {
      readonly kind: 'open';
      readonly done: number;
      readonly difference: Difference | null;
      readonly rounding: boolean;
      readonly gaps: readonly Gap[];
    }
  | { readonly kind: 'same' }
  /** Another back end, and a result no further away than chance explains. */
  | { readonly kind: 'close'; readonly difference: Difference | null; readonly gaps: readonly Gap[] }
  /** `difference` null: each update looks the same, but all together do not, which a shortened digest may hide. */
  | { readonly kind: 'differs'; readonly difference: Difference | null; readonly gaps: readonly Gap[] }
  /** The run's updates have no digests. */
  | { readonly kind: 'unknown'; readonly done: number };

/**
 * @param run as far as it has come; updates after the receipt's last do not count
 * @param here what computes it
 */
export async function compare(claim: Claim, run: RunSoFar, here: BackendName): Promise<Outcome> {
  const { receipt } = claim;
  const updates = run.updates.slice(0, receipt.updates);
  const done = updates.length;
  if (updates.some(({ step, digests }, i) => step !== i + 1 || !digests)) return { kind: 'unknown', done };
  const difference = firstDifference(claim, run);
  const unexplained = difference && unexplainedBy(difference, claim, run, here);
  const open = (gaps: readonly Gap[]): Outcome => ({
    ...{ kind: 'open', done, gaps },
    ...{ difference: unexplained ?? difference, rounding: difference !== null && unexplained === null },
  });
  if (done < receipt.updates) {
    const measured = receipt.evaluations.findLast(
      ({ step }) => step > 0 && step <= done && run.evaluations.some((own) => own.step === step),
    );
    return open(difference && measured ? gapsOf(claim, run, measured) : []);
  }
  const last = receipt.evaluations.at(-1);
  const gaps = last ? gapsOf(claim, run, last) : [];
  if (difference === null) {
    const chain = await chainOf(run, receipt.updates);
    if (chain === undefined) return { kind: 'unknown', done };
    if (chain !== receipt.chain) return { kind: 'differs', difference, gaps };
    const drawn = differentCurve(claim, run);
    return drawn === null ? { kind: 'same' } : { kind: 'differs', difference: drawn, gaps };
  }
  if (unexplained) return { kind: 'differs', difference: unexplained, gaps };
  if ((last?.step ?? 0) === 0) return { kind: 'differs', difference, gaps }; // before the first update there is nothing to reproduce
  if (gaps.length === 0) return open(gaps);
  return { kind: isFar(gaps) ? 'differs' : 'close', difference, gaps };
}

/** A number is further away than chance explains. */
export const isFar = (gaps: readonly Gap[]): boolean =>
  gaps.some(({ here, there, tolerance }) => !(Math.abs(here - there) <= tolerance));

/** The difference that no other rounding explains; null: this one may come from it. */
function unexplainedBy(
  difference: Difference,
  claim: Claim,
  run: RunSoFar,
  here: BackendName,
): Difference | null {
  if (!mayDiffer(claim.backend, here)) return difference;
  // No back end changes a field, nor the tasks of the first update, before anything was rounded.
  const settings = difference.part === 'settings' ? difference : otherSettings(claim, run);
  return settings ?? (difference.step === 1 && difference.part === 'tasks' ? difference : null);
}

/** The last digits may be others: another back end, or a GPU, which may be another one under the same name. */
export const mayDiffer = (there: BackendName, here: BackendName): boolean =>
  there !== here || here === 'webgpu';

/** Digests say nothing of the curves, which somebody may have drawn by hand: the first point that is another. */
function differentCurve({ receipt }: Claim, run: RunSoFar): Difference | null {
  const here = curvesOf(run, receipt.updates, everyOf(receipt));
  const steps = (['evaluations', 'sampled'] as const).map((name) => {
    const other = receipt[name].find((there) => {
      const same = here[name].find(({ step }) => step === there.step);
      return same && different(same, there);
    });
    return other?.step ?? Infinity;
  });
  const step = Math.min(...steps);
  return step === Infinity ? null : { step, part: 'curves', machine: nothing };
}

const nothing: Difference['machine'] = { timeouts: { here: 0, there: 0 }, infra: { here: 0, there: 0 } };

const different = (a: Measured, b: Measured): boolean =>
  Object.keys({ ...a.metrics, ...b.metrics }).some((name) => !Object.is(valueOf(a, name), valueOf(b, name)));

/**
 * The first update, and the first part of it, that is another than in the receipt; null: none so far.
 * @param known so many updates are known to be the same
 */
export function firstDifference({ receipt, experiment }: Claim, run: RunSoFar, known = 0): Difference | null {
  const settings = otherSettings({ receipt, experiment }, run);
  for (const { step, digests } of run.updates.slice(known, receipt.updates)) {
    if (!digests) return null;
    const part = step === settings?.step ? 'settings' : differentPart(receipt, step, digests);
    if (part === null) continue;
    const of = (list: Receipt['timeouts']) => list.find(([at]) => at === step)?.[1] ?? 0;
    return {
      ...{ step, part },
      machine: {
        timeouts: { here: digests.timeouts, there: of(receipt.timeouts) },
        infra: { here: digests.infra, there: of(receipt.infra) },
      },
    };
  }
  return null;
}

/** The first update that was made under other settings, whatever computed it. */
function otherSettings(
  { receipt, experiment }: Pick<Claim, 'receipt' | 'experiment'>,
  run: RunSoFar,
): Difference | null {
  const changed = [...receipt.changes, ...run.changes].map(({ step }) => step);
  const step = [0, ...changed]
    .toSorted((a, b) => a - b)
    .find((at) => Object.keys(diff(experimentAfter(receipt, experiment, at), inForce(run, at))).length > 0);
  const made = step !== undefined && step < Math.min(receipt.updates, run.updates.length);
  return made ? { step: step + 1, part: 'settings', machine: nothing } : null;
}

function differentPart({ width, cells }: Receipt, step: number, digests: Digests): DigestPart | null {
  const other = digestParts.find((part) => {
    const bytes = hexBytes(digests[part]);
    return cells[part].subarray((step - 1) * width, step * width).some((byte, i) => byte !== bytes[i]);
  });
  return other ?? null;
}

/** The held-out accuracies of one of the receipt's evaluations, if the run was evaluated there too. */
function gapsOf({ receipt, experiment }: Claim, run: RunSoFar, there: Measured): Gap[] {
  const here = run.evaluations.find(({ step }) => step === there.step);
  if (!here) return [];
  const { heldOutTasks: tasks = experimentAfter(receipt, experiment, there.step).evalTasks } = run;
  return Object.keys(there.metrics).map((name, t) => {
    const [a, b] = [valueOf(here, name), valueOf(there, name)];
    return { turn: t + 1, here: a, there: b, tolerance: tolerance(a, b, tasks) };
  });
}

const valueOf = ({ metrics }: Measured, name: string): number => metrics[name] ?? NaN;

/**
 * How far two accuracies on n tasks may be apart: two standard errors of the difference of two shares that are one and the same,
 * √(2·p(1 − p)/n), and at least one task.
 */
export function tolerance(a: number, b: number, n: number): number {
  const p = (a + b) / 2;
  return Math.max(1 / n, 2 * Math.sqrt((2 * p * (1 - p)) / n));
}
