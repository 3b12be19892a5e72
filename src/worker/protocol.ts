/**
 * Messages between the page and the trainer worker. Each message is declared once, as a schema; its type is derived,
 * and both sides parse what they receive. Every message carries the id of the run it belongs to, so that a late
 * message of an abandoned run can be told apart and dropped.
 */
import * as v from 'valibot';
import { backendNames } from '../config/backends.ts';
import { experimentSchema } from '../config/experiment.ts';
import { memoryFactsSchema } from '../config/memory.ts';
import { changeRecordSchema, evalRecordSchema, updateRecordSchema } from '../rl/records.ts';

const runId = v.string();
const num = v.union([v.number(), v.nan()]);

// ---- page → trainer ------------------------------------------------------------------------------------------------

export const commandSchema = v.variant('type', [
  /** Load everything for this experiment and stop, ready, at step 0 (drops any earlier run). The sandbox's port is transferred along. */
  v.object({
    type: v.literal('load'),
    runId,
    experiment: experimentSchema,
    backend: v.picklist(['auto', ...backendNames]),
    /** Absolute address of the folder that holds models/ and the .wasm files. */
    assets: v.string(),
  }),
  /** Train until paused or finished. */
  v.object({ type: v.literal('run'), runId }),
  /** Finish the update under way, then wait. */
  v.object({ type: v.literal('pause'), runId }),
  /** One update, then wait. */
  v.object({ type: v.literal('step'), runId }),
  /** Change fields that may change during a run (see `when: 'live'` in the field table), from the next update or evaluation on. */
  v.object({ type: v.literal('change'), runId, experiment: experimentSchema }),
]);
export type Command = v.InferOutput<typeof commandSchema>;

// ---- trainer → page ------------------------------------------------------------------------------------------------

export const phases = ['loading', 'ready', 'running', 'pausing', 'paused', 'finished', 'failed'] as const;
export type Phase = (typeof phases)[number];

export const stages = [
  'backend',
  'model',
  'tasks',
  'sandbox',
  'sample',
  'grade',
  'score',
  'update',
  'evaluate',
  'idle',
] as const;
export type Stage = (typeof stages)[number];

export const eventSchema = v.variant('type', [
  /** Where the run stands. `done`/`total` count within the stage; total 0 = unknown. */
  v.object({
    type: v.literal('status'),
    runId,
    phase: v.picklist(phases),
    stage: v.picklist(stages),
    done: v.number(),
    total: v.number(),
    step: v.number(),
  }),
  /** Which back end was chosen and why (for the badge), and what else was seen. */
  v.object({
    type: v.literal('backend'),
    runId,
    name: v.picklist(backendNames),
    /** Adapter or build, e.g. "Apple M2 (metal-3)" or "WASM SIMD, 1 thread". */
    device: v.string(),
    why: v.string(),
  }),
  /** The model that was loaded. */
  v.object({
    type: v.literal('model'),
    runId,
    name: v.string(),
    /** See model/digest.ts; absent where the browser cannot compute it. */
    digest: v.optional(v.string()),
    parameters: v.number(),
    vocabulary: v.number(),
    trainTasks: v.number(),
    heldOutTasks: v.number(),
  }),
  /** What the page needs to estimate the memory of any experiment with this model on this back end. */
  v.object({ type: v.literal('memory'), runId, facts: memoryFactsSchema }),
  v.object({ type: v.literal('update'), runId, record: updateRecordSchema }),
  v.object({ type: v.literal('eval'), runId, record: evalRecordSchema }),
  /** A change of live fields has come into force, between two of the records above. */
  v.object({ type: v.literal('change'), runId, record: changeRecordSchema }),
  /** Something the user should know; the run goes on. */
  v.object({ type: v.literal('notice'), runId, level: v.picklist(['info', 'warning']), message: v.string() }),
  /** The run cannot go on. What was recorded stays. */
  v.object({ type: v.literal('failure'), runId, what: v.string(), remedy: v.string(), detail: v.string() }),
  /** Sandbox and memory counters for the developer view. */
  v.object({
    type: v.literal('counters'),
    runId,
    tensors: v.number(),
    bytes: num,
    graded: v.number(),
    cacheHits: v.number(),
    timeouts: v.number(),
    respawns: v.number(),
    infra: v.number(),
  }),
]);
export type TrainerEvent = v.InferOutput<typeof eventSchema>;

/** Parses a message or throws an error that names the field and what was wrong with it. */
export function parseMessage<S extends v.GenericSchema>(schema: S, data: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Error(`Message refused at ${v.getDotPath(issue) ?? 'its type'}: ${issue.message}`);
}
