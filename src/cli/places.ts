/** Where the commands find what is shipped with them. In an exported Node project, nodeProject/ownPlaces.ts stands in its place. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The version of the playground. */
export const version: string = v.parse(
  v.object({ version: v.string() }),
  JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')),
).version;

/** Folder of a shipped model, by its name in the experiment. */
export const shippedModel = (name: string): string => join(projectRoot, 'public/models', name);

/** What trains, as it is typed; its flags come after. */
export const trainingCommand = 'npm run train --';
