/** What the driver's tests drive: a tiny random model on WASM, verdicts that are a function of the text. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterEach } from 'vitest';
import { withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import { openBackend, reopenBackend, type OpenedBackend } from '../../../src/engine/index.ts';
import type { Checkpoint } from '../../../src/model/checkpoint.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { initialWeights } from '../../../src/model/parameters.ts';
import { uniform } from '../../../src/rl/random.ts';
import type { EvalRecord, UpdateRecord } from '../../../src/rl/records.ts';
import type { Sandbox } from '../../../src/sandbox/types.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';
import { oursFormat } from '../../../src/tasks/formats/ours.ts';
import { Driver, type DriverOptions } from '../../../src/train/driver.ts';
import { SharedModel } from '../../../src/train/sharedModel.ts';
import { runEventSchema, type RunEvent } from '../../../src/train/messages.ts';
import { wholeBase } from '../../../src/train/base.ts';
import { countsLetter } from './fakeSandbox.ts';

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const config = tinyLlama(format.tokens, {
  ...{ hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, max_position_embeddings: 160 },
});
/** The model that runs begin with, and another of the same shape. */
export const checkpoint = { config, weights: initialWeights(config, (p, i) => 2 * uniform(1, p, i) - 1) };
export const another: Checkpoint = {
  config,
  weights: initialWeights(config, (p, i) => 2 * uniform(7, p, i) - 1),
};
const preset = findPreset('micro');
if (!preset) throw new Error('There is no preset "micro".');

/** As little work as an update can be that learns something. */
export const experiment = withChanges(presetExperiment(preset), {
  ...{ promptsPerUpdate: 2, k: 3, maxNewTokens: 10, trainTasks: 16, evalTasks: 4 },
  ...{ steps: 4, evalEvery: 2, learningRate: 0.01, warmupSteps: 0, beta: 0.05 },
});

export const begin = (runId: string, changes: Partial<Experiment> = {}) =>
  ({ type: 'begin', runId, experiment: withChanges(experiment, changes) }) as const;

export interface Driving {
  readonly driver: Driver;
  readonly loaded: SharedModel;
  /** Everything that was told, of all runs. */
  readonly events: RunEvent[];
  readonly of: <T extends RunEvent['type']>(id: string, type: T) => Extract<RunEvent, { type: T }>[];
  readonly updates: (id: string) => UpdateRecord[];
  readonly evals: (id: string) => EvalRecord[];
  /** The phases a run went through, each once. */
  readonly phases: (id: string) => string[];
}

export interface DrivingOptions extends Partial<Omit<DriverOptions, 'emit' | 'load'>> {
  readonly sandbox?: Sandbox;
  /** What is loaded, under this name; by default the model of `experiment`. */
  readonly model?: string;
  /** Hears every event when it is told. */
  readonly hear?: (event: RunEvent, driver: Driver) => void;
  /** Holds up loading. */
  readonly loading?: Promise<void>;
  readonly reopened?: () => void;
  /** What an experiment's `initialPolicy` gives. */
  readonly readInitial?: (name: string) => Promise<Checkpoint>;
}

export async function drive(options: DrivingOptions = {}): Promise<Driving> {
  const {
    sandbox = countsLetter('e'),
    hear,
    loading,
    reopened,
    readInitial,
    model = experiment.model,
    ...others
  } = options;
  const backend: OpenedBackend = await openBackend('wasm', { environment: 'node' });
  const loaded = new SharedModel({
    ...{ model, backend, base: wholeBase(checkpoint, format), sandbox },
    ...(readInitial ? { readInitial: async (name) => (await readInitial(name)).weights } : {}),
    reopen: () => {
      reopened?.();
      return reopenBackend('wasm', { environment: 'node' });
    },
  });
  const events: RunEvent[] = [];
  const driver: Driver = new Driver({
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    ...others,
    load: async (show) => {
      show.stage('model');
      await loading;
      return loaded;
    },
    emit: (event) => {
      events.push(v.parse(runEventSchema, event));
      hear?.(event, driver);
    },
  });
  const of: Driving['of'] = (id, type) =>
    events.filter(
      (event): event is Extract<RunEvent, { type: typeof type }> => event.type === type && event.runId === id,
    );
  return {
    ...{ driver, loaded, events, of },
    updates: (id) => of(id, 'update').map(({ record }) => record),
    evals: (id) => of(id, 'eval').map(({ record }) => record),
    phases: (id) =>
      of(id, 'status')
        .map(({ phase }) => phase)
        .filter((phase, i, all) => phase !== all[i - 1]),
  };
}

/** Drives one after the other: each is disposed of before the next, and after its test. */
export function oneAtATime(): (options?: DrivingOptions) => Promise<Driving> {
  let driving: Driving | undefined;
  const end = async () => {
    await driving?.driver.dispose();
    driving = undefined;
  };
  afterEach(end);
  return async (options) => {
    await end();
    return (driving = await drive(options));
  };
}

/** A record without its times, which no two updates share. */
export const timeless = ({ timing: _, ...record }: UpdateRecord) => record;
