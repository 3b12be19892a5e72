/**
 * Looks after models of others for the page: which are kept, what a hub has, fetching, copying, taking away, and what is in one. In
 * another copy of itself one writes. Entry of the worker.
 */
import { droppedModel } from '../hub/dropped.ts';
import { Hub } from '../hub/hub.ts';
import { Models, type Doing } from '../hub/keeping.ts';
import { parseHubName } from '../hub/name.ts';
import { planModel, type ModelPlan } from '../hub/plan.ts';
import { parseConfig } from '../model/config.ts';
import { sentence } from '../train/failure.ts';
import { factsOf, openModel, type ModelFacts, type OpenedModel } from '../train/openedModel.ts';
import { blobSource } from './blobSource.ts';
import { openModelShelf } from './kept.ts';
import { insideOf } from './modelInside.ts';
import {
  cancelMessage,
  modelCallSchema,
  modelsChannel,
  type ModelAnswer,
  type ModelCall,
} from './modelsProtocol.ts';
import { parseMessage } from './protocol.ts';

/** From the build (vite.config.ts). */
declare const COCOS_HUB: string;

const hub = new Hub({
  endpoint: COCOS_HUB,
  whenGated:
    'Accept them on its page there, download its files and drop them here; or use the command line, where a token is read from HF_TOKEN.',
});
const shelf = openModelShelf().then((opened) => (typeof opened === 'string' ? opened : new Models(opened)));
const channel = new BroadcastChannel(modelsChannel);

/** What was looked at and may be fetched next, by digest. */
const plans = new Map<string, ModelPlan>();

/** The model that was looked into last. */
let inside: { readonly digest: string; readonly opened: OpenedModel } | null = null;

async function open(models: Models, digest: string): Promise<OpenedModel> {
  if (inside?.digest === digest) return inside.opened;
  const files = await models.open(digest);
  try {
    const opened = await openModel(files);
    inside = { digest, opened };
    return opened;
  } finally {
    await files.close();
  }
}

/** @throws Error where there is no network and it was not needed yet */
async function shippedFacts(assets: string, name: string, signal: AbortSignal): Promise<ModelFacts> {
  const response = await fetch(`${assets}models/${name}/config.json`, { signal });
  return factsOf(parseConfig(await response.json()), { tensors: new Map() });
}

async function obey(models: Models, command: ModelCall, doing: Doing & { tell(progress: unknown): void }) {
  const { signal, tell } = doing;
  switch (command.call) {
    case 'list':
      return models.list();
    case 'look': {
      const plan = await planModel(hub, parseHubName(command.name), signal);
      plans.clear(); // its small files are in memory
      plans.set(plan.model.digest, plan);
      return plan.model;
    }
    case 'fetch': {
      const kept = (await models.list()).models.find(({ digest }) => digest === command.digest);
      const plan = plans.get(command.digest) ?? kept;
      if (!plan) throw new Error('This model is not known here any more. Look for it again.');
      return models.fetch(hub, plan, doing);
    }
    case 'copy': {
      const byPath = new Map(command.files.map(({ path, file }) => [path, file]));
      const { kind, name, paths } = droppedModel([...byPath.keys()]);
      const sources = [...paths].flatMap(([file, path]) => {
        const blob = byPath.get(path);
        return blob ? [[file, blobSource(file, blob)] as const] : [];
      });
      return kind === 'model'
        ? models.copy(name, new Map(sources), doing)
        : models.adapt(new Map(sources), doing);
    }
    case 'remove':
      if (inside?.digest === command.digest) inside = null;
      return models.remove(command.digest);
    case 'inside':
      return insideOf(await open(models, command.digest));
    case 'tokens': {
      const { tokenizer } = await open(models, command.digest);
      return tokenizer.encode(command.text, false).map((id) => ({ id, text: tokenizer.tokenText(id) }));
    }
    case 'shipped':
      return Promise.all(command.names.map((name) => shippedFacts(command.assets, name, signal)));
    case 'probe':
      return (await import('./modelWriter.ts')).probe(command.assets, command.width, command.inner);
    case 'write':
      return (await import('./modelWriter.ts')).write(models, command, tell, signal);
    default:
      return command satisfies never;
  }
}

/** Calls that are different afterwards for whoever lists models. */
const changes: readonly ModelCall['call'][] = ['fetch', 'copy', 'remove'];

async function answer(data: unknown, port: MessagePort): Promise<ModelAnswer> {
  const work = new AbortController();
  port.onmessage = (message: MessageEvent<unknown>) => message.data === cancelMessage && work.abort();
  const tell = (progress: unknown): void => port.postMessage({ progress } satisfies ModelAnswer);
  try {
    const models = await shelf;
    const command = parseMessage(modelCallSchema, data);
    if (typeof models === 'string') return { refused: models };
    try {
      return { value: await obey(models, command, { onProgress: tell, tell, signal: work.signal }) };
    } finally {
      if (changes.includes(command.call)) channel.postMessage(null);
    }
  } catch (error) {
    return { problem: work.signal.aborted ? '' : sentence(error) };
  }
}

addEventListener('message', ({ data, ports: [port] }: MessageEvent<unknown>) => {
  if (port) void answer(data, port).then((answered) => port.postMessage(answered));
});
