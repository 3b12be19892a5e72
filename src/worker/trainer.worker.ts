/**
 * The trainer worker: the model, the tensors and the loop live here, so that the page stays smooth and a hidden tab trains on.
 * It speaks the protocol of protocol.ts. The port that comes with 'load' is where the sandbox's own will come through: Python starts
 * meanwhile.
 */
import { Keeper } from '../keep/keeper.ts';
import { openBackend, reopenBackend, type BackendOptions } from '../engine/index.ts';
import { connectSandbox } from '../sandbox/client.ts';
import { startingSandbox } from '../sandbox/starting.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { ShowLoading } from '../train/driver.ts';
import { UnrecoverableError } from '../train/failure.ts';
import { KnownProblems } from '../tasks/knownProblems.ts';
import { SharedModel } from '../train/sharedModel.ts';
import { modelNameOf } from '../config/experiment.ts';
import { openKeeping } from './kept.ts';
import type { OtherModel } from './otherModel.ts';
import { Packing } from './packing.ts';
import { commandSchema, parseMessage, type Load, type TrainerEvent } from './protocol.ts';
import { workloadOf } from '../train/workload.ts';
import { readShippedModel, readShippedWeights, type ShippedModel } from './shippedModel.ts';
import { markStart } from './startMarks.ts';
import { TrainerService } from './trainerService.ts';

/** From package.json (vite.config.ts). */
declare const COCOS_VERSION: string;

/** Yields to the message queue. A channel, not a timer: timers are slowed down in hidden tabs. */
function breathe(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** @throws UnrecoverableError saying what failed and what the user can do: of several around each other, the innermost */
async function attempt<T>(what: string, remedy: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnrecoverableError) throw error;
    throw new UnrecoverableError(what, remedy, error);
  }
}

/** The sandbox, when its port has come and Python runs. */
async function startPython(through: MessagePort): Promise<Sandbox> {
  const port = await new Promise<MessagePort>((resolve) => {
    through.onmessage = ({ ports: [port] }) => {
      through.close();
      resolve(port);
    };
  });
  const sandbox = connectSandbox(port);
  await attempt(
    'Python (Pyodide) could not be started, so no program can be graded.',
    'Reload the page. Private windows of some browsers forbid WebAssembly workers; try an ordinary one.',
    () => sandbox.ready(),
  );
  markStart('python');
  return sandbox;
}

async function load(
  { experiment, assets, backend: requested }: Load,
  sandbox: Sandbox,
  show: ShowLoading,
  signal: AbortSignal,
): Promise<SharedModel> {
  const other = experiment.model === 'other';
  const explained = <T>(work: () => Promise<T>) =>
    attempt(
      `The model "${modelNameOf(experiment)}" could not be loaded.`,
      other
        ? 'Get it again in “Models”, or choose another starting model.'
        : 'Reload the page; if it happens again, the files beside the page are incomplete.',
      work,
    );
  let reading: Promise<OtherModel | ShippedModel> | undefined;
  /** Once, and before there is a back end where choosing one needs its sizes. */
  const readModel = () =>
    (reading ??= explained(async () => {
      if (!other) return readShippedModel(assets, experiment.model);
      // Its readers and its tokenizer's library are half as large as all else that trains, and few need them.
      const { readOtherModel } = await import('./otherModel.ts');
      return readOtherModel(experiment.otherModel, (done, total) => show.stage('model', done, total));
    }));
  const options: BackendOptions = {
    environment: 'browser',
    wasmPaths: `${assets}wasm/`,
    workload: async () => workloadOf((await readModel()).base.config, experiment),
  };
  const start = async () => {
    show.stage('backend');
    const backend = await attempt(
      `The ${requested === 'auto' ? 'compute' : requested} back end did not start.`,
      'Choose another back end in the badge, or try another browser.',
      () => openBackend(requested, options),
    );
    signal.throwIfAborted();
    show.backend(backend);
    markStart('backend');

    show.stage('model');
    const model = await readModel();
    if ('checkFits' in model)
      await explained(async () => model.checkFits(backend.name, experiment.baseWeights));
    markStart('model');
    return { backend, model };
  };
  const { backend, model } = await start().catch(async (error: unknown) => {
    const read = await reading?.catch(() => null); // it may have been read before there was a back end
    if (read && 'close' in read) await read.close();
    throw error;
  });
  const { digest, base } = model;

  return new SharedModel({
    ...{ model: modelNameOf(experiment), base, sandbox, backend, breathe, problems },
    ...(digest === undefined ? {} : { digest }),
    ...('close' in model ? { close: model.close } : {}),
    readInitial: (name) =>
      attempt(
        `The checkpoint "${name}", which this run starts from, could not be loaded.`,
        'It is fetched when it is first used, which needs the network. Reset tries again; or let training start at the starting model.',
        () => readShippedWeights(assets, name),
      ),
    reopen: () => reopenBackend(requested, options),
  });
}

/** Problems of the user's own that the page gave, whatever is loaded. */
const problems = new KnownProblems();

const emit = (event: TrainerEvent): void => postMessage(event);

/** Keeps the runs of this worker; why nothing can be kept, where it cannot. */
let opened: Promise<Keeper | string> | undefined;
const keeper = () => (opened ??= openKeeper());

async function openKeeper(): Promise<Keeper | string> {
  const keeping = await openKeeping();
  if (typeof keeping === 'string') return keeping;
  return new Keeper({
    ...{ ...keeping, build: COCOS_VERSION, packAnswers: new Packing().pack },
    warn: (runId, message) => emit({ type: 'notice', runId, level: 'warning', message }),
  });
}

markStart('worker');
const service = new TrainerService({
  async load(command, port, show, signal) {
    if (!port) throw new Error('The port to the sandbox is missing.');
    const sandbox = startingSandbox(startPython(port));
    try {
      return await load(command, sandbox, show, signal);
    } catch (error) {
      sandbox.dispose();
      throw error;
    }
  },
  emit,
  breathe,
  keeping: {
    newLog: async (run) => {
      const opened = await keeper();
      return typeof opened === 'string' ? null : opened.newLog(run);
    },
    openKept: async (id, loaded) => {
      const opened = await keeper();
      if (typeof opened !== 'string') return opened.open(id, loaded);
      throw new UnrecoverableError(`Nothing is kept here: ${opened}.`, 'Begin a new run.', null);
    },
  },
});

addEventListener('message', (message: MessageEvent<unknown>) => {
  service.obey(parseMessage(commandSchema, message.data), message.ports[0]);
});
