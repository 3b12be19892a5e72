/** A run's experiment, and what changes in it while it goes on. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { withChanges } from '../../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import { openBackend, type OpenedBackend } from '../../../src/engine/index.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { initialWeights } from '../../../src/model/llama.ts';
import { uniform } from '../../../src/rl/random.ts';
import { changeRecordSchema, updateRecordSchema, type ChangeRecord } from '../../../src/rl/records.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';
import { TrainingRun } from '../../../src/train/run.ts';
import { countsLetter } from './fakeSandbox.ts';

const tokenizer = Tokenizer.fromJson(JSON.parse(readFileSync('public/models/boost/tokenizer.json', 'utf8')));
const config = tinyLlama(tokenizer.size, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
const checkpoint = { config, weights: initialWeights(config, (p, i) => 2 * uniform(1, p, i) - 1) };
const experiment = withChanges(presetExperiment(findPreset('micro')!), { maxNewTokens: 12, evalTasks: 4 });
const moved = { ...experiment, gamma: 0, beta: 0.3 };

describe('a change of live fields', () => {
  let backend: OpenedBackend;
  beforeAll(async () => {
    backend = await openBackend('wasm', { environment: 'node' });
  });

  /** @param during called when an update or evaluation has come to a stage */
  async function start(during: (run: TrainingRun, stage: string) => void = () => undefined) {
    const changes: ChangeRecord[] = [];
    const run: TrainingRun = await TrainingRun.start(experiment, {
      backend,
      checkpoint,
      tokenizer,
      sandbox: countsLetter('e'),
      reopen: () => Promise.reject(new Error('not in this test')),
      onProgress: (stage) => during(run, stage),
      onChange: (change) => changes.push(v.parse(changeRecordSchema, change)),
    });
    return { run, changes };
  }

  it.each(['sample', 'score', 'update'])(
    'in the middle of an update (at %s) leaves it as it was begun, and holds from the next on',
    async (when) => {
      const plain = await start();
      const before = await plain.run.update();
      plain.run.change(moved); // between two updates
      const after = await plain.run.update();

      const { run, changes } = await start((run, stage) => {
        if (run.step === 0 && stage === when) run.change(moved);
      });
      const first = v.parse(updateRecordSchema, await run.update());
      expect(first.metrics).toEqual(before.metrics);
      expect(first.groups).toEqual(before.groups);
      expect(first).toMatchObject({ experiment, backend: 'wasm' });
      expect(changes).toEqual([]); // the update's entry comes first
      run.settle();
      expect(changes).toEqual(plain.changes);
      expect(changes).toEqual([
        {
          step: 1,
          changes: [
            { field: 'gamma', from: experiment.gamma, to: 0 },
            { field: 'beta', from: experiment.beta, to: 0.3 },
          ],
        },
      ]);
      const second = await run.update();
      expect(second.experiment).toEqual(moved);
      expect(second.metrics).toEqual(after.metrics);
      expect(second.metrics).not.toEqual(before.metrics);
      [run, plain.run].forEach((r) => r.dispose());
    },
  );

  it('is not forgotten by whoever does not settle it, and an evaluation keeps its own too', async () => {
    const { run, changes } = await start((run, stage) => {
      if (stage === 'evaluate') run.change({ ...experiment, gamma: 0.1 });
    });
    const evaluation = await run.evaluate();
    expect(evaluation).toMatchObject({ experiment, backend: 'wasm' });
    expect((await run.update()).experiment.gamma).toBe(0.1);
    expect(changes.map(({ step }) => step)).toEqual([0]);
    run.dispose();
  });

  it('that changes nothing, or only what needs a new run, is no entry', async () => {
    const { run, changes } = await start();
    run.change(experiment);
    run.change({ ...experiment, turns: 3 });
    expect(changes).toEqual([]);
    expect(run.experiment).toEqual(experiment);
    run.dispose();
  });
});
