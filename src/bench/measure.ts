/** Timing that survives a busy machine: contestants take turns, and each figure is a median with its range. */
import { tf, type Tensor } from '../engine/index.ts';

/** Of several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

/** Milliseconds since some moment. Processor time instead of wall time is possible where one thread does the work. */
export type Clock = () => number;

export interface RoundLimits {
  /** Rounds measured, unless time runs out. */
  readonly rounds: number;
  /** No new round begins after this time, once there are `minRounds`. */
  readonly budgetMs: number;
  readonly minRounds: number;
}

/** How a measurement goes on: for how long, by which clock, who may stop it and who watches. */
export interface Measuring {
  readonly limits: RoundLimits;
  readonly now: Clock;
  /** Asked between two turns. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each turn which part of the measurement is done, 0..1. */
  readonly onShare?: ((share: number) => void) | undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function spread(values: readonly number[]): Spread {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values.length,
  };
}

/** Median of a_i / b_i, round by round: both sides of a quotient met the same neighbours on the machine. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, i) => value / b[i]));
}

/**
 * Runs every entry once per round, the order turning by one each round. Between two turns messages get through, so that
 * whoever sent an abort is heard.
 * @returns milliseconds by entry and round
 * @throws the signal's reason when it was aborted
 */
export async function interleave<Name extends string>(
  entries: Readonly<Record<Name, () => Promise<unknown>>>,
  { limits, now, signal, onShare }: Measuring,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(entries) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const began = now();
  for (let round = 0; round < limits.rounds; round++) {
    if (round >= limits.minRounds && now() - began > limits.budgetMs) break;
    for (let i = 0; i < names.length; i++) {
      await breathe(signal);
      const name = names[(round + i) % names.length];
      const start = now();
      await entries[name]();
      times[name].push(now() - start);
      onShare?.((round + (i + 1) / names.length) / limits.rounds);
    }
  }
  return times;
}

/** Lets waiting messages through. @throws the signal's reason when it was aborted */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}

/** Waits until the device has computed a tensor, by reading one of its numbers. */
export async function settle(tensor: Tensor): Promise<void> {
  const one = tf.tidy(() => tensor.flatten().slice([0], [1]));
  await one.data();
  one.dispose();
}
