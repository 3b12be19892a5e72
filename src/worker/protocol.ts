/**
 * Messages between the page and the trainer worker: those of the driver that the worker runs, and `load`, which gives the
 * worker what a driver drives over. Both sides parse what they receive.
 */
import * as v from 'valibot';
import { backendNames } from '../config/backends.ts';
import { experimentSchema } from '../config/experiment.ts';
import { runCommandSchema, runEventSchema } from '../train/messages.ts';

export { stations, type LiveEvent, type Reached, type Station } from '../train/live.ts';
export { phases, stages, type Phase, type Stage } from '../train/messages.ts';

/**
 * Load everything for this experiment and begin a run of it, which stops, ready, at step 0; all earlier runs are dropped. A port
 * is transferred along, through which the sandbox's will come as soon as there is one.
 */
const loadSchema = v.object({
  type: v.literal('load'),
  runId: v.string(),
  experiment: experimentSchema,
  backend: v.picklist(['auto', ...backendNames]),
  /** Absolute address of the folder that holds models/ and the .wasm files. */
  assets: v.string(),
  /** The problems that the experiment names, as they are kept (tasks/problemSet.ts). */
  problems: v.optional(v.string()),
  /** The run was kept under this id, and goes on. */
  kept: v.optional(v.boolean()),
});
export type Load = v.InferOutput<typeof loadSchema>;

/** Page → trainer. */
export const commandSchema = v.variant('type', [loadSchema, runCommandSchema]);
export type Command = v.InferOutput<typeof commandSchema>;

/** Trainer → page. */
export const eventSchema = runEventSchema;
export type TrainerEvent = v.InferOutput<typeof eventSchema>;

/** Parses a message or throws an error that names the field and what was wrong with it. */
export function parseMessage<S extends v.GenericSchema>(schema: S, data: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Error(`Message refused at ${v.getDotPath(issue) ?? 'its type'}: ${issue.message}`);
}
