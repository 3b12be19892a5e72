/** The experiment as a Node project, put together in the page: its kit and its model are fetched when it is asked for. */
import type { Experiment } from '../config/fields.ts';
import { modelFileNames, modelsOf, nodeProject, projectName, type Files } from '../exports/nodeProject.ts';
import { unzip, zip } from '../exports/zip.ts';

export { editableOf, projectName, type Files } from '../exports/nodeProject.ts';

/** A file of ours. @throws Error naming it, when it does not arrive */
export type FetchFile = (path: string) => Promise<Uint8Array>;

const fetchFile: FetchFile = async (path) => {
  const response = await fetch(new URL(path, document.baseURI)).catch((cause: unknown) => {
    throw new Error(`${path} did not arrive. Check the connection, and try again.`, { cause });
  });
  if (!response.ok) throw new Error(`${path} did not arrive: the host answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
};

const kitLimits = { files: 100, bytes: 32 << 20, room: () => 16 << 20 };

/**
 * @param problems those that the experiment names, as they are kept, where its tasks are the user's own
 * @throws Error naming the file that does not arrive, or what the project lacks
 */
export async function loadProject(
  experiment: Experiment,
  problems: string | null = null,
  get = fetchFile,
): Promise<Map<string, Uint8Array>> {
  const models = modelsOf(experiment).map(async (name) => {
    const files = modelFileNames.map(async (file) => [file, await get(`models/${name}/${file}`)] as const);
    return [name, new Map(await Promise.all(files))] as const;
  });
  const kit = unzip(await get('node-project.zip'), kitLimits);
  return nodeProject({ experiment, kit, models: new Map(await Promise.all(models)), problems });
}

/** Files with some of them as they were edited. */
export const withTexts = (
  files: Files | null,
  texts: Readonly<Record<string, string>>,
): Map<string, Uint8Array> =>
  new Map([
    ...(files ?? []),
    ...Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text)] as const),
  ]);

/** The project as an archive with one folder in it. */
export const projectArchive = (files: Files) =>
  zip(new Map([...files].map(([name, bytes]) => [`${projectName}/${name}`, bytes])));

/** The project for StackBlitz, which takes texts only: other files are written in base64, which engine/start.mjs undoes. */
export function asTexts(files: Files): Record<string, string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return Object.fromEntries(
    [...files].map(([name, bytes]) => {
      try {
        return [name, decoder.decode(bytes)];
      } catch {
        return [`${name}.base64`, base64(bytes)];
      }
    }),
  );
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 1 << 15)
    binary += String.fromCharCode(...bytes.subarray(at, at + (1 << 15)));
  return btoa(binary);
}
