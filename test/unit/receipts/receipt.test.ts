import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { damagedLink, maxLinkLength } from '../../../src/config/link.ts';
import { base64 } from '../../../src/config/base64.ts';
import { compare, tolerance, type Claim } from '../../../src/receipts/compare.ts';
import { packJson } from '../../../src/config/packed.ts';
import { packReceipt, unpackReceipt } from '../../../src/receipts/pack.ts';
import {
  narrowed,
  readReceipt,
  receiptOf,
  writtenReceipt,
  type Receipt,
  type RunSoFar,
} from '../../../src/receipts/receipt.ts';
import { defaultExperiment, withChanges } from '../../../src/config/experiment.ts';
import { fileOf, fragmentOf, maxFileBytes, readLink, readShared } from '../../../src/receipts/shared.ts';
import { explanation, headline } from '../../../src/receipts/words.ts';
import { altered, madeOn, madeRun } from './made.ts';

const claimOf = async (run: RunSoFar): Promise<Claim> => ({
  receipt: await receiptOf(run, '0.1.0'),
  experiment: run.experiment,
  backend: 'wasm',
});
/** As it comes out of a link: rounded, its digests shortened. */
const shared = (receipt: Receipt, run: RunSoFar): Receipt => {
  const fragment = fragmentOf({ experiment: run.experiment, madeOn, receipt }) ?? '';
  const { link, receipt: read } = readLink(fragment);
  expect(link.experiment).toEqual(run.experiment);
  if (!read) throw new Error('The link has no receipt.');
  return read;
};
const gamma = (step: number, from: number, to: number) => ({
  step,
  changes: [{ field: 'gamma' as const, from, to }],
});

describe('a receipt', () => {
  it('of a default run fits a link of less than 2,000 characters with its address', async () => {
    const run = madeRun(150);
    const { receipt } = await claimOf(run);
    const link = `https://somebody.github.io/cocos-playground/${fragmentOf({ experiment: run.experiment, madeOn, receipt })}`;
    expect(link.length).toBeLessThan(2000);
    expect(link).toMatch(/^[\w:/.#=&-]+$/);
  });

  it('comes out of a link as it went in, but for its digests, which are shortened, and its curves, which are rounded', async () => {
    const run = { ...madeRun(60), changes: [gamma(0, 1, 0.5), gamma(20, 0.5, 0)] };
    const { receipt } = await claimOf(run);
    const read = shared(receipt, run);
    expect(read).toMatchObject({
      ...{
        build: '0.1.0',
        updates: 60,
        chain: receipt.chain,
        timeouts: [
          [7, 2],
          [47, 2],
        ],
        infra: [],
      },
      changes: [
        { step: 0, field: 'gamma', to: 0.5 },
        { step: 20, field: 'gamma', to: 0 },
      ],
    });
    expect(read.cells).toEqual(narrowed(receipt, read.width).cells);
    expect(read.evaluations.map(({ step }) => step)).toEqual([0, 25, 50]);
    read.evaluations.forEach(({ metrics }, i) => {
      for (const [name, value] of Object.entries(metrics))
        expect(value).toBeCloseTo(run.evaluations[i]?.metrics[name] ?? NaN, 3);
    });
    expect(read.sampled).toHaveLength(30);
    const [a = NaN, b = NaN] = [2, 3].map((i) => run.updates[i]?.metrics['train/reward@t2'] ?? NaN);
    expect(read.sampled[1]?.step).toBe(4);
    expect(read.sampled[1]?.metrics['train/reward@t2']).toBeCloseTo((a + b) / 2, 2);
  });

  it('comes out of a file with whole digests', async () => {
    const run = madeRun(30);
    const { receipt } = await claimOf(run);
    const read = readShared(fileOf({ experiment: run.experiment, madeOn, receipt, view: { update: 7 } }));
    expect(read.link).toMatchObject({ experiment: run.experiment, madeOn, view: { update: 7 } });
    expect(read.receipt).toMatchObject({ width: 8, cells: receipt.cells, chain: receipt.chain });
  });

  it('that is too long for a link is left to a file', async () => {
    const run = madeRun(9000);
    const { receipt } = await claimOf(run);
    expect(fragmentOf({ experiment: run.experiment, madeOn, receipt })).toBeNull();
    expect(readShared(fileOf({ experiment: run.experiment, madeOn, receipt })).receipt?.updates).toBe(9000);
    const most = madeRun(3000);
    const fragment = fragmentOf({
      experiment: most.experiment,
      madeOn,
      receipt: (await claimOf(most)).receipt,
    });
    expect(fragment?.length).toBeLessThanOrEqual(maxLinkLength);
  });

  it.each([
    [{ ...madeRun(3), backends: ['webgpu', 'wasm'] as const }, 'webgpu first and on wasm later'],
    [{ ...madeRun(3), updates: madeRun(3).updates.slice(1) }, 'updates before 2 were made in another run'],
    [
      { ...madeRun(3), updates: madeRun(3).updates.map(({ digests: _, ...one }) => one) },
      'update 1 has no digests',
    ],
    [{ ...madeRun(3), updates: [] }, 'no update has been made yet'],
  ])('is not made of a run that nobody can repeat (%#)', async (run, why) => {
    await expect(receiptOf(run, '0.1.0')).rejects.toThrow(why);
  });
});

it('own problems are put into a link or a file only where they are read again', () => {
  const name = `sha256-${'0'.repeat(64)}`;
  const experiment = withChanges(defaultExperiment, { tasks: 'own', problems: name });
  const shared = (problems: string) => ({ experiment, madeOn, problems });
  const few = 'a problem\n'.repeat(10);
  expect(readLink(fragmentOf(shared(few)) ?? '').problems).toBe(few);
  expect(readShared(fileOf(shared(few))).problems).toBe(few);
  // A link of it would be short, and unpack to more than is unpacked.
  const many = 'a problem\n'.repeat(150_000);
  expect(fragmentOf(shared(many))).toBeNull();
  expect(readShared(fileOf(shared(many))).problems).toBe(many);
  expect(() => fileOf(shared(many + many))).toThrow(/too many for this file.*at most 2 MB/);
});

describe('comparing with a receipt', () => {
  const run = { ...madeRun(40), changes: [gamma(10, madeRun(1).experiment.gamma, 0)] };

  it('says that the same run is the same, at every update', async () => {
    const claim = await claimOf(run);
    for (const receipt of [claim.receipt, shared(claim.receipt, run)]) {
      const one = { ...claim, receipt };
      for (const done of [0, 1, 39]) {
        const part = { ...run, updates: run.updates.slice(0, done) };
        expect(await compare(one, part, 'wasm')).toEqual({
          ...{ kind: 'open', done, difference: null, rounding: false, gaps: [] },
        });
      }
      expect(await compare(one, run, 'wasm')).toEqual({ kind: 'same' });
      expect(await compare(one, { ...run, changes: [] }, 'wasm')).toMatchObject({
        difference: { step: 11, part: 'settings' },
      });
    }
  });

  it.each(['tasks', 'ids', 'verdicts', 'rewards', 'weights'] as const)(
    'names the update and the part that is another: %s',
    async (part) => {
      const claim = await claimOf(run);
      const here = altered(run, 17, { [part]: 'fedcba9876543210' });
      const one = { ...claim, receipt: shared(claim.receipt, run) };
      const outcome = await compare(one, here, 'wasm');
      expect(outcome).toMatchObject({ kind: 'differs', difference: { step: 17, part } });
      expect(headline(outcome, one, 'wasm')).toMatch(/^Differs from update 17 on, first in the /);
      expect(explanation(outcome, one, 'wasm')).toMatch(/^Updates 1 to 16 are the same to the last bit\./);
    },
  );

  it('names one digest of the receipt that was altered', async () => {
    const claim = await claimOf(run);
    const verdicts = claim.receipt.cells.verdicts.slice();
    verdicts[8 * 22] ^= 1; // of update 23
    const receipt = { ...claim.receipt, cells: { ...claim.receipt.cells, verdicts } };
    expect(await compare({ ...claim, receipt }, run, 'wasm')).toMatchObject({
      kind: 'differs',
      difference: { step: 23, part: 'verdicts' },
    });
  });

  it('names a curve that was drawn by hand', async () => {
    const claim = await claimOf(run);
    const drawn = (name: 'evaluations' | 'sampled') => ({
      ...claim,
      receipt: {
        ...claim.receipt,
        [name]: claim.receipt[name].map(({ step, metrics }) => ({
          step,
          metrics: Object.fromEntries(
            Object.entries(metrics).map(([key, value]) => [key, step > 20 ? 1 : value]),
          ),
        })),
      },
    });
    expect(await compare(drawn('evaluations'), run, 'wasm')).toMatchObject({
      difference: { step: 25, part: 'curves' },
    });
    expect(await compare(drawn('sampled'), run, 'wasm')).toMatchObject({
      difference: { step: 21, part: 'curves' },
    });
  });

  it('finds what shortened digests hide, by the chain', async () => {
    const claim = await claimOf(run);
    const receipt = narrowed(claim.receipt, 1);
    const ids = `${run.updates[4]?.digests?.ids.slice(0, 2) ?? ''}00000000000000`;
    const outcome = await compare({ ...claim, receipt }, altered(run, 5, { ids }), 'wasm');
    expect(outcome).toMatchObject({ kind: 'differs', difference: null });
    expect(headline(outcome, { ...claim, receipt }, 'wasm')).toContain('in an update that cannot be told');
  });

  it('says of a first difference that it is a timeout, or that something could not be judged', async () => {
    const claim = await claimOf(run);
    const said = async (digests: Parameters<typeof altered>[2]) => {
      const outcome = await compare(claim, altered(run, 7, { verdicts: '0'.repeat(16), ...digests }), 'wasm');
      return explanation(outcome, claim, 'wasm');
    };
    expect(await said({ timeouts: 3 })).toContain(
      'It is a timeout, which depends on how fast a machine is: 3 answers timed out here, 2 there.',
    );
    expect(await said({ infra: 1 })).toContain('1 answer could not be judged here, 0 there');
    expect(await said({})).toContain('It may be a timeout');
    expect(await said({ timeouts: 0 })).toContain('0 answers timed out here, 2 there');
  });

  it('on another back end asks for the result only, within what chance explains', async () => {
    const claim = await claimOf(run);
    const here = altered(run, 3, { weights: '0'.repeat(16) });
    const close = await compare(claim, here, 'webgpu');
    expect(close.kind).toBe('close');
    expect(headline(close, claim, 'webgpu')).toBe('Reproduced within tolerance (another back end)');
    expect(explanation(close, claim, 'webgpu')).toMatch(/made on WASM and checked on WebGPU.*chance: ±/);
    const worse = here.evaluations.map(({ step, metrics }) => ({
      step,
      metrics: { ...metrics, 'eval/accuracy@t2': 0.05 },
    }));
    const far = await compare(claim, { ...here, evaluations: worse }, 'webgpu');
    expect(far).toMatchObject({ kind: 'differs', difference: { step: 3, part: 'weights' } });
    expect(await compare(claim, { ...here, evaluations: [] }, 'webgpu')).toMatchObject({ kind: 'open' });
    const others = here.evaluations.map(({ step, metrics }) => ({
      step,
      metrics: { ...metrics, 'eval/accuracy@t2': (metrics['eval/accuracy@t2'] ?? NaN) - 0.2 },
    }));
    const own = { ...here, evaluations: others };
    expect(await compare(claim, own, 'webgpu')).toMatchObject({ kind: 'differs' });
    expect(await compare(claim, { ...own, heldOutTasks: 8 }, 'webgpu')).toMatchObject({ kind: 'close' });
    expect(tolerance(0.5, 0.5, 100)).toBeCloseTo(0.1414, 4);
    expect(tolerance(0, 0, 50)).toBe(1 / 50);
  });

  it('says so of its first updates too, by the last evaluation among them', async () => {
    const claim = await claimOf(run);
    const here = altered(run, 3, { weights: '0'.repeat(16) });
    const upTo = (n: number) => ({
      ...here,
      updates: here.updates.slice(0, n),
      evaluations: here.evaluations.filter(({ step }) => step <= n),
    });
    const said = async (n: number, so = upTo(n)) =>
      headline(await compare(claim, so, 'webgpu'), claim, 'webgpu');
    const of = `of ${run.updates.length} updates`;
    expect(await said(2)).toBe(`The same to the last bit so far, 2 ${of}`);
    expect(await said(24)).toBe(`Not measured yet on another back end, 24 ${of}`);
    expect(await said(26)).toBe(`Within tolerance so far, 26 ${of} (another back end)`);
    const worse = { step: 25, metrics: { 'eval/accuracy@t1': 0, 'eval/accuracy@t2': 0 } };
    const far = { ...upTo(26), evaluations: [worse] };
    expect(await said(26, far)).toBe(`Outside tolerance so far, 26 ${of} (another back end)`);
  });

  it('does not take other settings for another back end', async () => {
    const claim = await claimOf(run);
    const here = { ...altered(run, 1, { weights: '0'.repeat(16) }), changes: [] };
    expect(await compare(claim, here, 'webgpu')).toMatchObject({
      ...{ kind: 'differs', difference: { step: 11, part: 'settings' } },
    });
  });

  it('does not take other tasks at the start for another back end', async () => {
    const claim = await claimOf(run);
    const here = altered(run, 1, { tasks: '0'.repeat(16) });
    expect(await compare(claim, here, 'webgpu')).toMatchObject({
      ...{ kind: 'differs', difference: { step: 1, part: 'tasks' } },
    });
  });

  it.each([0, 1])(
    'says of %i evaluations, the one before training, that nothing was reproduced',
    async (n) => {
      const made = await claimOf(run);
      const claim = {
        ...made,
        receipt: { ...made.receipt, evaluations: made.receipt.evaluations.slice(0, n) },
      };
      const here = altered(run, 1, { weights: '0'.repeat(16) });
      expect(await compare(claim, here, 'webgpu')).toMatchObject({ kind: 'differs' });
    },
  );

  it('finds the same in what was changed by another way', async () => {
    const plain = madeRun(12);
    const lr = (from: number, to: number) => ({ field: 'learningRate' as const, from, to });
    const g = gamma(3, plain.experiment.gamma, 0).changes;
    const was = plain.experiment.learningRate;
    const detour = [
      { step: 3, changes: [lr(was, 0.001), ...g] },
      { step: 3, changes: [lr(0.001, 0.0005)] },
      { step: 5, changes: [lr(0.0005, 0.001)] },
      { step: 5, changes: [lr(0.001, 0.0005)] },
    ];
    const straight = [{ step: 3, changes: [...g, lr(was, 0.0005)] }];
    const claim = await claimOf({ ...plain, changes: detour });
    expect(await compare(claim, { ...plain, changes: straight }, 'wasm')).toEqual({ kind: 'same' });
  });

  it('refuses evaluations after the last update, or out of order', async () => {
    const plain = madeRun(30);
    const { receipt } = await claimOf(plain);
    const [first, second] = receipt.evaluations;
    for (const evaluations of [
      [first, { ...second, step: 31 }],
      [second, first],
    ])
      expect(() => readReceipt(writtenReceipt({ ...receipt, evaluations }), plain.experiment)).toThrow(
        'result.evaluations: must be made after updates 0 to 30, in this order',
      );
  });
});

describe('a receipt from outside', () => {
  const run = madeRun(20);
  const made = async () => (await claimOf(run)).receipt;
  const written = async () => writtenReceipt(await made());

  it('that lost or changed a character is refused', async () => {
    const text = packReceipt(await made());
    for (let at = 0; at < text.length; at += 41) {
      expect(() => unpackReceipt(text.slice(0, at), run.experiment)).toThrow(
        'cut short or changed on the way',
      );
      expect(() => unpackReceipt(text.slice(0, at) + text.slice(at + 1), run.experiment)).toThrow();
      const other = text[at] === 'A' ? 'B' : 'A';
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      expect(() => unpackReceipt(changed, run.experiment), String(at)).toThrow();
    }
  });

  it('that would unpack to something huge is refused before it is unpacked', () => {
    const bomb = deflateSync(new Uint8Array(16 << 20));
    const text = `r${base64(bomb)}z`;
    expect(text.length).toBeLessThan(maxLinkLength);
    expect(() => unpackReceipt(text, run.experiment)).toThrow('unpacks to more than 1048576 bytes');
  });

  it.each([
    [null, 'the result is not an object'],
    [{ format: 2 }, 'made by a newer version of the playground (format 2'],
    [{ updates: 0 }, 'result.updates'],
    [{ updates: 1e9 }, 'result.updates'],
    [{ updates: 21 }, 'result.cells.tasks: must have 8 bytes for each of 21 updates'],
    [{ width: 3 }, 'result.width'],
    [{ cells: {} }, 'result.cells.tasks'],
    [{ chain: 'x' }, 'result.chain: must be 32 hexadecimal digits'],
    [{ changes: [[3, 'gamma', 9]] }, 'result.changes: after update 3: gamma: must be'],
    [{ changes: [[3, 'gama', 1]] }, 'result.changes.0.1'],
    [{ changes: [[20, 'gamma', 0]] }, 'must be made after updates 0 to 19'],
    [{ timeouts: [[1, -1]] }, 'result.timeouts.0.1'],
    [
      { evaluations: { steps: [0], turns: [[1, 2]] } },
      'result.evaluations: must have a value for each of 1 steps',
    ],
    [{ sampled: { every: 0, turns: [] } }, 'result.sampled.every'],
    [{ more: 1 }, 'result.more'],
  ])('with %j is refused by name', async (changes, words) => {
    const value = changes && { ...(await written()), ...changes };
    expect(() => unpackReceipt(packJson(value), run.experiment)).toThrow(words);
  });

  it('in a link or a file is refused with one sentence', async () => {
    const fragment = fragmentOf({ experiment: run.experiment, madeOn, receipt: await made() }) ?? '';
    const wrong = (text: string) => () => readShared(text);
    expect(wrong(fragment.slice(0, -9))).toThrow(damagedLink);
    expect(wrong(fragment.slice(0, -9) + 'z')).toThrow(damagedLink);
    expect(wrong(fragment.replace('made-on=wasm&', ''))).toThrow('does not say on which back end');
    const file = fileOf({ experiment: run.experiment, madeOn, receipt: await made() });
    expect(wrong(file.slice(0, -9))).toThrow('The file is not JSON');
    expect(wrong('{}')).toThrow('it is not a file that Share made');
    expect(wrong(file.replace('"format":1', '"format":9'))).toThrow('made by a newer version');
    expect(wrong(file.replace('v=', 'w='))).toThrow('The file cannot be used: The link has no version');
    expect(wrong(`{${' '.repeat(maxFileBytes)}}`)).toThrow('too long: at most 2 MB are read');
  });
});
