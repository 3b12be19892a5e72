/** Runs that outlive the page: its browser is killed, two tabs want the same run, the browser keeps nothing. */
import { expect, inject, it } from 'vitest';
import { amount } from '../amount.ts';
import { killRun, stepsFor } from '../prove/kills.ts';

const minutes = 60_000;

it(
  'goes on after a kill of the browser at any moment, to the last bit',
  { timeout: amount(5, 20) * minutes },
  async () => {
    const count = amount(1, 3);
    const options = { address: inject('playground'), steps: stepsFor(count), seed: 1, from: 0, count };
    const { counts, examples } = await killRun(options);
    expect(examples).toEqual({});
    expect(counts).toMatchObject({ kills: count, 'runs compared': 1 });
  },
);
