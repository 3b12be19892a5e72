/** Which of the files that somebody dropped or chose are a model, or an adapter over one. */
import { shownText } from '../config/outside.ts';
import { adapterFileNames } from '../model/adapterFiles.ts';
import { fileName } from './kept.ts';
import * as v from 'valibot';

export interface Dropped {
  readonly kind: 'model' | 'adapter';
  /** What it is called: its folder's name, or that of its GGUF file. */
  readonly name: string;
  /** Name of each file → where it was found. */
  readonly paths: ReadonlyMap<string, string>;
}

const isGguf = (name: string): boolean => name.toLowerCase().endsWith('.gguf');
const what =
  'Drop one .gguf file, or a folder with config.json, tokenizer.json and its .safetensors; or the folder of an adapter.';

/**
 * @param paths of files, with those of the folders that they are in; the folder with the model may have others around it
 * @throws Error when none is a model, or several are
 */
export function droppedModel(paths: readonly string[]): Dropped {
  const folders = new Map<string, Map<string, string>>();
  for (const path of paths) {
    const parts = path.split('/').filter((part) => part !== '');
    const name = parts.pop() ?? '';
    if (!v.is(fileName, name)) continue;
    const folder = parts.join('/');
    const files = folders.get(folder) ?? new Map<string, string>();
    folders.set(folder, files.set(name, path));
  }
  const found = [...folders].flatMap(([folder, files]): Dropped[] => {
    const last = folder.split('/').at(-1) ?? '';
    if (files.has('config.json')) {
      const rest = [...files].filter(([name]) => !isGguf(name));
      return [{ kind: 'model', name: last || 'dropped files', paths: new Map(rest) }];
    }
    if (files.has(adapterFileNames[0]))
      return [{ kind: 'adapter', name: last || 'an adapter', paths: files }];
    return [...files]
      .filter(([name]) => isGguf(name))
      .map(([name, path]) => ({
        kind: 'model',
        name: name.replace(/\.gguf$/i, ''),
        paths: new Map([[name, path]]),
      }));
  });
  const [first, second] = found;
  if (!first) {
    const [one = ''] = paths;
    throw new Error(
      paths.length === 1
        ? `${shownText(one)} is no model. ${what}`
        : `Among these ${paths.length} files is no model. ${what}`,
    );
  }
  if (second) {
    throw new Error(
      `There are ${found.length} models, ${shownText(first.name)} and ${shownText(second.name)} among them. Drop one at a time, and an adapter after its model.`,
    );
  }
  return first;
}
