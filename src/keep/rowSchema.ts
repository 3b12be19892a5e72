/** What a row of the index holds, for whoever reads one: the database gives it back, and the worker that looks after kept runs. */
import * as v from 'valibot';
import { backendNames } from '../config/backends.ts';
import { experimentSchema } from '../config/experiment.ts';

/** What the user said of a run. */
export const aboutSchema = v.object({
  name: v.optional(v.string(), ''),
  /** When, ms since 1970. */
  deleted: v.optional(v.number()),
});
export type About = v.InferOutput<typeof aboutSchema>;

/** What a log and its folder tell: `Row` in row.ts. */
export const rowSchema = v.object({
  id: v.string(),
  experiment: experimentSchema,
  now: v.optional(experimentSchema),
  backend: v.picklist(backendNames),
  device: v.string(),
  model: v.object({ name: v.string(), digest: v.optional(v.string()) }),
  begun: v.number(),
  changed: v.number(),
  step: v.number(),
  steps: v.number(),
  underWay: v.boolean(),
  curve: v.array(v.tuple([v.number(), v.number()])),
  bytes: v.number(),
  parent: v.optional(v.object({ run: v.string(), step: v.number() })),
  damage: v.optional(v.string()),
  notes: v.optional(v.array(v.string())),
});

/** A row and what the user said: `KeptRun`. */
export const keptRunSchema = v.object({ ...rowSchema.entries, ...aboutSchema.entries });
