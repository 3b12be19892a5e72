/** A model that others trained, as a command names it: a folder, a .gguf file, or hub:OWNER/NAME, which is fetched once. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import process from 'node:process';
import { Hub } from '../hub/hub.ts';
import { digestOfModel, Models, type Doing } from '../hub/keeping.ts';
import { parseHubName } from '../hub/name.ts';
import { hubPlaces } from '../hub/places.ts';
import { planModel } from '../hub/plan.ts';
import type { ModelFiles } from '../train/openedModel.ts';
import { filesOf } from './fileSource.ts';
import { ModelCache } from './modelCache.ts';

export interface ForeignModel {
  readonly files: ModelFiles;
  /** For people: the folder's name, or that on the hub. */
  readonly name: string;
  /** See `digestOf` in hub/kept.ts. */
  readonly digest: string;
}

const fromHub = 'hub:';

/**
 * @param text a path, or "hub:OWNER/NAME[@REVISION][:FILE.gguf]"
 * @throws Error in a sentence: it is not there, not supported, not complete, not to be had
 */
export async function foreignModel(
  text: string,
  doing: Doing,
  { env = process.env, cache = new ModelCache() } = {},
): Promise<ForeignModel> {
  if (!text.startsWith(fromHub)) return localModel(text, doing);
  const hub = new Hub({
    endpoint: hubPlaces(env).endpoint,
    token: env['HF_TOKEN'] ?? '',
    whenGated: 'Accept them on its page there, and set HF_TOKEN to a token of yours.',
  });
  const models = new Models(cache);
  const plan = await planModel(hub, parseHubName(text.slice(fromHub.length)), doing.signal);
  const { digest, name } = await models.fetch(hub, plan, doing);
  return { files: await models.open(digest), name, digest };
}

/** One that was fetched before, whatever the hub has by now; null: it is not here, or not all of it. */
export async function fetchedModel(digest: string, cache = new ModelCache()): Promise<ForeignModel | null> {
  const models = new Models(cache);
  const kept = (await models.list()).models.find((model) => model.digest === digest && model.complete);
  return kept ? { files: await models.open(digest), name: kept.name, digest } : null;
}

async function localModel(path: string, doing: Doing): Promise<ForeignModel> {
  const found = await stat(path).catch(() => null);
  if (!found) {
    throw new Error(`There is no ${path}. A model is a folder, a .gguf file, or ${fromHub}OWNER/NAME.`);
  }
  const folder = found.isDirectory();
  const names = folder
    ? (await readdir(path, { withFileTypes: true }))
        .filter((entry) => !entry.isDirectory())
        .map((entry) => entry.name)
    : [basename(path)];
  const gguf = names.filter((name) => name.toLowerCase().endsWith('.gguf'));
  // A folder is that of its config.json, whatever else lies in it.
  const used = folder && names.includes('config.json') ? names.filter((name) => !gguf.includes(name)) : names;
  const files: ModelFiles = { names: used, open: filesOf(folder ? path : dirname(path)) };
  return { files, name: basename(resolve(path)), digest: await digestOfModel(files, doing) };
}
