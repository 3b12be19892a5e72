/** Stands in an exported project for cli/places.ts: the bundled engine lies in engine/, its models in models/. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../config/build.ts';

export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** Of the playground that the engine is of. */
export const version = build;
export const shippedModel = (name: string): string => join(projectRoot, 'models', name);
export const trainingCommand = 'npm start --';
