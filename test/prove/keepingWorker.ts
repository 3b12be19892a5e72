/** What keeping a run costs, measured in the worker where it is done; see keeping.ts. */
import * as v from 'valibot';
import { defaultExperiment, withChanges } from '../../src/config/experiment.ts';
import { Keeper } from '../../src/keep/keeper.ts';
import { newRunId } from '../../src/keep/runId.ts';
import { entryLine, type Entry } from '../../src/train/logFormat.ts';
import { runEventSchema } from '../../src/train/messages.ts';
import type { Loaded } from '../../src/train/trainable.ts';
import type { TrainerState } from '../../src/train/trainer.ts';
import { BrowserRunIndex } from '../../src/worker/runIndex.ts';
import { OpfsShelf } from '../../src/worker/opfsShelf.ts';
import { Packing } from '../../src/worker/packing.ts';
import { fakeEvaluation, fakeUpdate } from '../ui/mock/fakeRun.ts';

/** Parameters of the model that is shipped. */
const parameters = 172_224;
const updates = 60;
const long = 2000;

const unused = () => {
  throw new Error('Nothing is computed here.');
};
const loaded: Loaded = {
  model: 'boost',
  backend: { name: 'wasm', device: 'none', why: '', threads: 1 },
  counters: { tensors: 0, bytes: 0, graded: 0, cacheHits: 0, timeouts: 0, respawns: 0, infra: 0 },
  ...{ begin: unused, inspect: unused, layers: unused, files: unused, dispose: unused },
};

const values = Float32Array.from({ length: parameters }, (_, i) => Math.sin(i));
const stateAt = (step: number): TrainerState => ({
  step,
  weights: { all: values },
  optimizer: { step, m: { all: values }, v: { all: values } },
});

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const began = performance.now();
  const value = await work();
  return { ms: performance.now() - began, value };
}

async function measure(): Promise<Record<string, number>> {
  const [shelf, index] = [await OpfsShelf.open(), new BrowserRunIndex()];
  const keeper = new Keeper({
    ...{ shelf, index, build: 'bench', warn: console.warn, onChanged: () => undefined },
    packAnswers: new Packing().pack,
  });
  const experiment = withChanges(defaultExperiment, { steps: long });

  const id = newRunId();
  const log = await keeper.newLog({ id, experiment, loaded });
  await log.checkpoint(stateAt(0));
  const told: number[] = [];
  await log.update(fakeUpdate(experiment, 1), stateAt(1));
  const records = Array.from({ length: updates }, (_, i) => fakeUpdate(experiment, i + 2));
  const [apart, inOneGo] = [records.slice(0, updates / 3), records.slice(updates / 3)];
  for (const record of apart) {
    await new Promise((resolve) => setTimeout(resolve, 250)); // the answers of the one before are put meanwhile
    told.push((await timed(() => log.update(record, stateAt(record.step)))).ms);
  }
  const all = await timed(async () => {
    for (const record of inOneGo) await log.update(record, stateAt(record.step));
    await log.close?.();
  });

  // A long run: the same entry again and again.
  const folder = await shelf.open(id);
  const text = (await folder?.readLog()) ?? '';
  const lines = text.trimEnd().split('\n');
  const [update, last] = lines.slice(-2).map((line): Entry => JSON.parse(line));
  if (!folder || !update || !last) throw new Error('The log is not as expected.');
  const { metrics, ms } = fakeEvaluation(experiment, 0);
  const more = Array.from({ length: long - updates - 1 }, (_, i) => {
    const step = updates + 2 + i;
    const state = { ...last, step, optimizerStep: step, blob: `last-${step % 2}.safetensors` };
    const evaluated = step % experiment.evalEvery === 0;
    return [
      { ...update, step },
      state,
      ...(evaluated ? [{ kind: 'evaluation', step, metrics, ms }] : []),
    ] as Entry[];
  });
  await folder.appendLog(more.flat().map(entryLine).join(''));
  await folder.close();
  const opened: number[] = [];
  const taken: number[] = [];
  for (let i = 0; i < 7; i++) {
    const { ms: opening, value: run } = await timed(() => keeper.open(id, loaded));
    if (run.past?.steps.length !== long) throw new Error(`It has ${run.past?.steps.length} updates.`);
    opened.push(opening);
    const event = { type: 'past', runId: id, ...run.past };
    taken.push((await timed(async () => v.parse(runEventSchema, structuredClone(event)))).ms);
    await (await run.openLog?.())?.close?.();
  }
  const median = (list: number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
  return {
    'update told after, ms (median)': median(told),
    'update told after, ms (best)': Math.min(...told),
    'update in all, answers too, ms (mean)': all.ms / inOneGo.length,
    [`opening ${long} updates, ms (median)`]: median(opened),
    [`opening ${long} updates, ms (best)`]: Math.min(...opened),
    'its past taken in by the page, ms (median)': median(taken),
    'log, MB': (await shelf.facts(id)).logSize / 1e6,
  };
}

measure().then(
  (found) => postMessage(found),
  (error: unknown) => postMessage({ failed: String(error) }),
);
