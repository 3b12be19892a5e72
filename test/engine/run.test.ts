/** A run goes on after a fault in the middle of an update, and the updates are those it would have made anyway. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { withChanges } from '../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { openBackend, reopenBackend, tf } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { initialWeights } from '../../src/model/parameters.ts';
import type { UpdateRecord } from '../../src/rl/records.ts';
import { Tokenizer } from '../../src/tasks/tokenizer.ts';
import { oursFormat } from '../../src/tasks/formats/ours.ts';
import { UnrecoverableError } from '../../src/train/failure.ts';
import { SharedModel } from '../../src/train/sharedModel.ts';
import { wholeBase, type Base } from '../../src/train/base.ts';
import { amount } from '../amount.ts';
import { countsLetter } from '../unit/train/fakeSandbox.ts';
import { open, openFor } from './backends.ts';
import { seeded } from './cases.ts';
import { fillHeap, trap } from './faults.ts';

const node = { environment: 'node' } as const;
const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const config = tinyLlama(format.tokens, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
const random = seeded(5);
const weights = initialWeights(config, () => 2 * (random() + random() + random() - 1.5));
const preset = findPreset('micro');
if (!preset) throw new Error('There is no preset "micro".');
const micro = withChanges(presetExperiment(preset), { maxNewTokens: 12, evalTasks: 4, trainTasks: 32 });

type Stage = 'sample' | 'grade' | 'score' | 'update' | 'evaluate';

interface Outcome {
  readonly records: readonly UpdateRecord[];
  /** What was said of them. */
  readonly recoveries: readonly string[];
  readonly steps: readonly number[];
}

/** Some updates on a fresh back end; `fault` is called at every stage of update `step`+1, with the recoveries before it. */
async function train(
  name: 'wasm' | 'webgpu',
  fault: (step: number, stage: Stage, recovered: number) => unknown = () => undefined,
  experiment = micro,
  updates = 3,
  base: Base = wholeBase({ config, weights }, format),
): Promise<Outcome> {
  const recoveries: string[] = [];
  let recovered = 0;
  const loaded = new SharedModel({
    model: experiment.model,
    backend: await openBackend(name, node),
    reopen: () => {
      recovered++;
      return reopenBackend(name, node);
    },
    base,
    sandbox: countsLetter('e'),
  });
  const run = await loaded.begin(experiment, {
    onProgress: (stage) => fault(run.state.step, stage, recovered),
    onRecovery: (message) => recoveries.push(message),
  });
  const records: UpdateRecord[] = [];
  while (records.length < updates) records.push(await run.update());
  const steps = records.map(({ step }) => step);
  run.dispose();
  return { records, recoveries, steps };
}

/** What each update computed, as numbers. */
const numbersOf = ({ records }: Outcome) =>
  records.map(({ metrics }) =>
    ['train/loss', 'train/grad_norm', 'train/reward@t1'].map((name) => metrics[name] ?? NaN),
  );

function expectNear(got: Outcome, want: Outcome, tolerance: number): void {
  expect(got.steps).toEqual(want.steps);
  numbersOf(got).forEach((row, update) =>
    row.forEach((value, i) => {
      const wanted = numbersOf(want)[update]?.[i] ?? NaN;
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(tolerance * (Math.abs(wanted) + 0.01));
    }),
  );
}

describe('on WebAssembly', () => {
  let whole: Outcome;
  beforeAll(async () => {
    await open('wasm');
    whole = await train('wasm');
  });

  it.each(['gemm', 'headForward', 'headBackward', 'adamW'] as const)(
    'a trap in %s in update 2 changes nothing',
    async (kernel) => {
      const got = await train('wasm', (step, stage, recovered) => {
        if (step === 1 && stage === 'update' && recovered === 0) trap(kernel);
      });
      expectNear(got, whole, 0);
      expect(got.recoveries).toEqual([
        expect.stringMatching(
          /^WebAssembly stopped .*The run goes on with WebAssembly SIMD.* after update 1\./,
        ),
      ]);
    },
  );

  it('gives up after too many traps in a row', async () => {
    const always = train('wasm', (step, stage) => {
      if (step === 1 && stage === 'update') trap('headBackward');
    });
    await expect(always).rejects.toThrow(/lost 4 times in a row/);
    await reopenBackend('wasm', node);
  });

  it('says why, and does not try for ever, when the model cannot be opened on the next back end', async () => {
    let opened = 0;
    const whole = wholeBase({ config, weights }, format);
    const gone = () => Promise.reject(new Error('its file is gone'));
    const base = { ...whole, open: () => (++opened === 1 ? Promise.resolve(whole) : gone()) };
    const fault = (_: number, stage: Stage) => stage === 'update' && trap('headBackward');
    await expect(train('wasm', fault, micro, 1, base)).rejects.toThrow('its file is gone');
    expect(opened).toBe(2);
    await reopenBackend('wasm', node);
  });

  it('a back end that is lost while the model is put there is opened again', async () => {
    let opened = 0;
    const lost = () => Promise.reject(new WebAssembly.RuntimeError('memory access out of bounds'));
    const model = wholeBase({ config, weights }, format);
    const base: Base = { ...model, open: (e) => (++opened === 1 ? lost() : model.open(e)) };
    expectNear(await train('wasm', undefined, micro, 3, base), whole, 0);
    expect(opened).toBe(2);
  });

  it('memory that runs out halves the pieces until they fit, and says so once', async () => {
    const got = await train('wasm', (step, stage, recovered) => {
      if (step === 1 && stage === 'update' && recovered < 2) fillHeap(1e5);
    });
    expectNear(got, whole, 1e-4);
    expect(got.recoveries).toEqual([expect.stringMatching(/^Memory ran out.* 4 times as many/)]);
  });

  it('gives up, with a remedy, when not even one sequence fits', async () => {
    // Filling the heap takes a second; of two sequences it is done twice, of more more often.
    const two = withChanges(micro, { promptsPerUpdate: 1, k: 2, turns: 1 });
    const fault = (_: number, stage: Stage) => stage === 'update' && fillHeap(1e5);
    const never = train('wasm', fault, two, 1);
    const error: unknown = await never.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnrecoverableError);
    expect((error as UnrecoverableError).remedy).toMatch(/k\).*prompts per update.*maxNewTokens/);
    await reopenBackend('wasm', node);
  });
});

/** When the GPU is lost, each time a new one, which compiles every kernel again; and the updates that are made. */
const { losses, updates } = amount(
  { losses: ['update'], updates: 1 },
  { losses: ['sample', 'update'], updates: 2 },
);

describe('on WebGPU', () => {
  it(`a GPU lost (${losses.join(', then another: ')}) changes nothing`, async (context) => {
    await openFor(context, 'webgpu');
    // A software adapter is slow: what is wanted comes from another back end.
    const small = withChanges(micro, { promptsPerUpdate: 1, k: 2, turns: 1, maxNewTokens: 8 });
    const whole = await train('wasm', undefined, small, updates);
    const lose = (step: number, stage: Stage, recovered: number) => {
      if (step !== recovered || stage !== losses[recovered]) return;
      (tf.backend() as WebGPUBackend).device.destroy();
    };
    const got = await train('webgpu', lose, small, updates);
    expectNear(got, whole, 1e-4);
    expect(got.recoveries).toEqual(
      losses.map(
        (_, i) =>
          expect.stringMatching(
            i === 0 ? /^The GPU was lost.* from its start\./ : /after update 1\./,
          ) as string,
      ),
    );
  });
});
