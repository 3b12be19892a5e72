/**
 * An adapter that we wrote is read by Hugging Face's PEFT, and the model it was merged into by transformers: the same logits.
 * `COCOS_PYTHON` names a Python with torch, transformers and peft (`python3` unless it is set). Without one every case fails and
 * says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { defaultExperiment, withChanges } from '../../src/config/experiment.ts';
import { otherModelText } from '../../src/config/modelFields.ts';
import { logits as scoresOf, openBackend, tf } from '../../src/engine/index.ts';
import { Adapter } from '../../src/model/adapter.ts';
import { adapterFiles } from '../../src/model/adapterFiles.ts';
import { bytesInMemory } from '../../src/model/byteSource.ts';
import { checkpointFiles, checkpointTexts, weightsFile } from '../../src/model/checkpoint.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Llama } from '../../src/model/llama.ts';
import { adapterShapes, loraTargets, type LoraSettings } from '../../src/model/lora.ts';
import { mergedSafetensors, type FileParts } from '../../src/model/merged.ts';
import { initialWeights, type HostWeights } from '../../src/model/parameters.ts';
import { openSafetensors } from '../../src/model/safetensors.ts';
import { uniform } from '../../src/rl/random.ts';
import { adaptedBase } from '../../src/train/adaptedBase.ts';
import { formatOf } from '../../src/train/modelFormat.ts';
import { openModel } from '../../src/train/openedModel.ts';
import { createSession } from '../../src/train/session.ts';
import { tinyFolder } from '../tinyModel.ts';
import { countsLetter } from '../unit/train/fakeSandbox.ts';
import type { Found, Part } from './part.ts';

const config = tinyLlama(24, {
  ...{ hidden_size: 16, intermediate_size: 12, num_hidden_layers: 2, num_key_value_heads: 2 },
});
const tolerance = 1e-4;
const tokens = { bos: 1, eot: 2, pad: 0 };

const logits = v.array(v.number());
const answerSchema = v.object({
  ids: v.array(v.number()),
  found: v.array(v.object({ adapted: logits, merged: logits })),
});

/** A case's rank, targets and numbers. */
function caseOf(seed: number): { settings: LoraSettings; weights: HostWeights; values: HostWeights } {
  const draw = (...counters: number[]) => uniform(seed, ...counters);
  const normal = (parameter: number, index: number) => 3.5 * (draw(0, parameter, index) - 0.5);
  const some = loraTargets.filter((_, i) => draw(1, i) < 0.6);
  const settings = {
    ...{ rank: 1 + Math.floor(4 * draw(2)), alpha: 1 + Math.floor(16 * draw(3)) },
    targets: some.length > 0 ? some : loraTargets,
  };
  const values = Object.fromEntries(
    Object.entries(adapterShapes(config, settings)).map(([name, [rows, columns]], parameter) => [
      name,
      Float32Array.from({ length: rows * columns }, (_, i) => draw(4, parameter, i) - 0.5),
    ]),
  );
  return { settings, weights: initialWeights(config, normal), values };
}

/** What a case leaves: the model that computes here, and the folders that Python reads. */
interface Written {
  readonly model: Llama;
  readonly base: Record<string, Uint8Array>;
  readonly adapter: Record<string, Uint8Array>;
  readonly merged: Record<string, Uint8Array | FileParts>;
}

function drawn({ settings, weights, values }: ReturnType<typeof caseOf>): Written {
  const model = new Llama(config, weights, false).adapted(new Adapter(config, settings, values));
  const base = checkpointFiles({ config, weights }, tokens);
  const source = openSafetensors(base[weightsFile]);
  return {
    ...{ model, base, adapter: adapterFiles(config, settings, values) },
    merged: {
      ...checkpointTexts(config, tokens),
      [weightsFile]: mergedSafetensors(config, source, 'float32', { settings, values }),
    },
  };
}

/** An adapter that the loop itself has trained over a model of another family, as the folder of its run has it. */
async function trained(): Promise<Written> {
  const files = tinyFolder();
  const opened = await openModel({
    names: Object.keys(files),
    open: (name) => Promise.resolve(files[name] ? bytesInMemory(name, files[name]) : null),
  });
  const name = otherModelText('tiny', '0'.repeat(64));
  const model = adaptedBase(name, opened, formatOf(opened));
  const e = withChanges(defaultExperiment, {
    ...{ model: 'other', otherModel: name, loraRank: 4, learningRate: 0.01, warmupSteps: 0 },
    ...{ promptsPerUpdate: 2, k: 3, trainTasks: 16, evalTasks: 16, maxNewTokens: 12 },
  });
  const open = await model.open(e);
  const { trainer } = createSession(e, { backend: 'wasm', base: open, sandbox: countsLetter('e') });
  for (let update = 0; update < 2; update++) await trainer.update();
  const { weights } = await trainer.state();
  return {
    model: open.policy(e, weights),
    base: files,
    adapter: model.files(e, weights),
    merged: model.merged(e, weights),
  };
}

async function writeFiles(folder: string, files: Record<string, Uint8Array | FileParts>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

async function logitsOf(model: Llama, ids: readonly number[]): Promise<Float32Array> {
  const all = tf.tidy(() =>
    scoresOf(model.hidden(tf.tensor1d([...ids], 'int32'), 1, ids.length), model.head),
  );
  const values = Float32Array.from(await all.data());
  all.dispose();
  return values;
}

export const lora: Part = {
  name: 'lora',
  claim:
    'exported adapters, drawn and trained by the loop, load in PEFT, merged models in transformers, with the logits they have here',
  unit: 'adapters',
  cases: 12,
  stretch: 12,
  async open() {
    const python = process.env['COCOS_PYTHON'] ?? 'python3';
    const has = spawnSync(python, ['-c', 'import torch, transformers, peft'], { encoding: 'utf8' });
    await openBackend('wasm', { environment: 'node' });
    return {
      standard:
        has.status === 0
          ? python
          : `NOT RUN, nothing was proved: ${python} has no torch, transformers and peft`,
      async prove({ seed, from, count }): Promise<Found> {
        if (has.status !== 0) return { counts: { 'not run': count }, failed: count, examples: {} };
        const folder = mkdtempSync(join(tmpdir(), 'lora-'));
        try {
          const cases = [await trained()];
          for (let i = 0; i < count; i++) cases.push(drawn(caseOf(1000 * seed + from + i)));
          for (const [i, { base, adapter, merged }] of cases.entries()) {
            const own = join(folder, String(i));
            await writeFiles(own, base);
            await writeFiles(join(own, 'adapter'), adapter);
            await writeFiles(join(own, 'merged'), merged);
          }
          const script = resolve(import.meta.dirname, '../transformers/lora.py');
          const folders = cases.map((_, i) => join(folder, String(i)));
          const { status, stdout, stderr } = spawnSync(python, [script, '--check', ...folders], {
            ...{ encoding: 'utf8', maxBuffer: 1 << 28 },
          });
          if (status !== 0) throw new Error(`lora.py failed:\n${stderr.slice(-2000)}`);
          const { ids, found } = v.parse(answerSchema, JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
          let [furthest, failed] = [0, 0];
          for (const [i, { model }] of cases.entries()) {
            const ours = await logitsOf(model, ids);
            const largest = ours.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
            const { adapted, merged } = found[i] ?? { adapted: [], merged: [] };
            const apart = [adapted, merged].map((theirs) =>
              ours.reduce((most, value, at) => Math.max(most, Math.abs(value - theirs[at]) / largest), 0),
            );
            if (!apart.every((one) => one <= tolerance)) failed++;
            furthest = Math.max(furthest, ...apart);
          }
          const text = `max |Δlogit| / max |logit| = ${furthest.toExponential(2)}`;
          return { counts: { 'trained by the loop': 1 }, failed, examples: { logits: text } };
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
      close: () => undefined,
    };
  },
};
