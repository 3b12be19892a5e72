/**
 * What a driver is told and what it tells. Each message is declared once, as a schema; its type is derived. Every message
 * carries the id of the run it is about, so that a late message of an abandoned run can be told apart and dropped.
 */
import * as v from 'valibot';
import { backendNames } from '../config/backends.ts';
import { experimentSchema } from '../config/experiment.ts';
import { field, fieldNames } from '../config/fields.ts';
import { memoryFactsSchema } from '../config/memory.ts';
import { inspectedTurnSchema, layerSchema } from '../rl/inspection.ts';
import { caughtRecordSchema } from '../rl/caught.ts';
import {
  changeRecordSchema,
  digestsSchema,
  evalRecordSchema,
  fieldValueSchema,
  updateRecordSchema,
} from '../rl/records.ts';
import { liveSchema, reachedSchema } from './live.ts';

const runId = v.string();
const num = v.union([v.number(), v.nan()]);
const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be bytes');
const column = v.instance(Float64Array);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A live field that is to change once `step` updates are done. */
const changeAheadSchema = v.object({
  step: count,
  field: v.pipe(
    v.picklist(fieldNames),
    v.check((name) => field(name).when === 'live', 'must be a field that may change during a run'),
  ),
  to: fieldValueSchema,
});
export type ChangeAhead = v.InferOutput<typeof changeAheadSchema>;

/** The problems that an experiment names, as they are kept (tasks/problemSet.ts); not needed where they were given before. */
const problems = v.optional(v.string());

// ---- commands ------------------------------------------------------------------------------------------------------

export const runCommandSchema = v.variant('type', [
  /** A new run over the loaded model; it shows what the model can do and stops, ready, at step 0. */
  v.object({ type: v.literal('begin'), runId, experiment: experimentSchema, problems }),
  /** Goes on with a run that was kept under this id, over the loaded model: `past`, then it stands where it stood. */
  v.object({ type: v.literal('resume'), runId }),
  /** Train until paused or finished. */
  v.object({ type: v.literal('run'), runId }),
  /** Finish the update under way, then wait. */
  v.object({ type: v.literal('pause'), runId }),
  /** One update, then wait. */
  v.object({ type: v.literal('step'), runId }),
  /** Go on to the next station of an update (see `stations`), then stand there; the last one ends the update. */
  v.object({ type: v.literal('station'), runId }),
  /** Tell of updates while they are under way, of this group in full; null: nobody looks on. At once, also in the middle of one. */
  v.object({ type: v.literal('watch'), runId, group: v.nullable(count) }),
  /** Change fields that may change during a run (see `when: 'live'` in the field table), from the next update or evaluation on. */
  v.object({ type: v.literal('change'), runId, experiment: experimentSchema }),
  /** The same, later: each once the run stands where it says. It takes the place of what was said so before. */
  v.object({ type: v.literal('ahead'), runId, changes: v.array(changeAheadSchema) }),
  /** Evaluate now, whatever `evalEvery` says. */
  v.object({ type: v.literal('evaluate'), runId }),
  /** Compare with the reference on held-out tasks, before the next update; answered with `caught`. */
  v.object({ type: v.literal('catch'), runId }),
  /** Stand where the run stood after `step` updates, with the live fields of then. What it does next takes the place of what came after. */
  v.object({ type: v.literal('goTo'), runId, step: count }),
  /** A new run, which begins where the run `from` stood after `step` updates (by default: where it stands), with other values of some fields. */
  v.object({
    type: v.literal('fork'),
    runId,
    from: v.string(),
    step: v.optional(count),
    changes: v.record(v.string(), fieldValueSchema),
    problems,
  }),
  /** An update in full, as it was recorded or made again, while the run stays what it is; answered with `record` or `unanswered`. */
  v.object({ type: v.literal('record'), runId, step: count }),
  /** No answer is wanted any more to any `record` so far; each is answered with `unanswered`. */
  v.object({ type: v.literal('drop'), runId }),
  /** What an update did to each token of one of its tries, both from 0; answered with `inspected` or `unanswered`. */
  v.object({ type: v.literal('inspect'), runId, step: count, group: count, trajectory: count }),
  /** Where an update went, layer by layer; answered with `layers` or `unanswered`. */
  v.object({ type: v.literal('layers'), runId, step: count }),
  /** The model as it was after so many updates, as files; answered with `files` or `unanswered`. */
  v.object({ type: v.literal('files'), runId, step: count }),
  /** Ends the run and frees what it holds; nothing more is told of it. */
  v.object({ type: v.literal('close'), runId }),
]);
export type RunCommand = v.InferOutput<typeof runCommandSchema>;

// ---- events --------------------------------------------------------------------------------------------------------

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
  /** Updates are made again, which `done` and `total` count. */
  'again',
  'idle',
] as const;
export type Stage = (typeof stages)[number];

export const runEventSchema = v.variant('type', [
  /** Where the run stands. `done`/`total` count within the stage; total 0 = unknown. */
  v.object({
    type: v.literal('status'),
    runId,
    phase: v.picklist(phases),
    stage: v.picklist(stages),
    done: v.number(),
    total: v.number(),
    step: v.number(),
    /** Where it stands within the next update; absent between two. */
    at: v.optional(reachedSchema),
  }),
  /** What the update under way does; only while it is watched. */
  v.object({ type: v.literal('live'), runId, event: liveSchema }),
  /** Which back end was chosen and why (for the badge). */
  v.object({
    type: v.literal('backend'),
    runId,
    name: v.picklist(backendNames),
    /** Adapter or build, e.g. "Apple M2 (metal-3)" or "WASM SIMD, 1 thread". */
    device: v.string(),
    why: v.string(),
  }),
  /** The model that the run trains, and which tasks it has. */
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
    /** The digest of the held-out problems, where they are the user's own (tasks/ownProblems.ts). */
    heldOutDigest: v.optional(v.string()),
  }),
  /** What the page needs to estimate the memory of any experiment with this model on this back end. */
  v.object({ type: v.literal('memory'), runId, facts: memoryFactsSchema }),
  /** All that a run that was kept has behind it, at once, before anything else that happens to it. */
  v.object({
    type: v.literal('past'),
    runId,
    /** Of each update: updates done, how long it took (ms), and a column a metric, NaN where it was not measured. */
    steps: column,
    ms: column,
    metrics: v.record(v.string(), column),
    /** What each was, null where that was not recorded, and on what it was computed. */
    digests: v.array(v.nullable(digestsSchema)),
    backends: v.array(v.picklist(backendNames)),
    /** Their examples only where they are still kept, and of the first and the last few only. */
    evals: v.array(evalRecordSchema),
    changes: v.array(changeRecordSchema),
    /** The last updates in full, or the last one, where they are kept; oldest first. */
    latest: v.array(updateRecordSchema),
    /** What it began with, and what is in force. */
    began: experimentSchema,
    experiment: experimentSchema,
    /** Why it can be looked at and forked only, a sentence; '' where it can go on. */
    readOnly: v.string(),
  }),
  v.object({ type: v.literal('update'), runId, record: updateRecordSchema }),
  v.object({ type: v.literal('eval'), runId, record: evalRecordSchema }),
  /** Part of the evaluation at step 0, which follows: the first held-out tasks, with what is known so far. Nothing that is kept. */
  v.object({ type: v.literal('preview'), runId, record: evalRecordSchema }),
  /** Where the first answers are worse than the reference's own and the last are right: the answer to `catch`. */
  v.object({ type: v.literal('caught'), runId, record: caughtRecordSchema }),
  /** A change of live fields has come into force, between two of the records above. */
  v.object({ type: v.literal('change'), runId, record: changeRecordSchema }),
  /** The run stands where it stood after `step` updates, with the experiment of then: the answer to `goTo`. */
  v.object({ type: v.literal('moved'), runId, step: v.number(), experiment: experimentSchema }),
  /** An update in full: the answer to `record`. */
  v.object({ type: v.literal('record'), runId, record: updateRecordSchema }),
  /** There is no answer to what was asked for or about the update of this step. `why`: a sentence, or '' when it was dropped. */
  v.object({ type: v.literal('unanswered'), runId, step: count, why: v.string() }),
  /** After which updates the run has kept a state to go back to, oldest first, and what they take. */
  v.object({ type: v.literal('kept'), runId, steps: v.array(count), bytes: v.number() }),
  /** What an update did to each token of a try: the answer to `inspect`. */
  v.object({
    type: v.literal('inspected'),
    runId,
    step: count,
    group: count,
    trajectory: count,
    turns: v.array(inspectedTurnSchema),
  }),
  /** Where an update went, from the first layer to the last: the answer to `layers`. */
  v.object({ type: v.literal('layers'), runId, step: count, layers: v.array(layerSchema) }),
  /** The model as it was after `step` updates, by file name: the answer to `files`. */
  v.object({ type: v.literal('files'), runId, step: count, files: v.record(v.string(), bytes) }),
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
export type RunEvent = v.InferOutput<typeof runEventSchema>;

type Body<T extends RunEvent['type']> = Omit<Extract<RunEvent, { type: T }>, 'type' | 'runId'>;
export type ModelFacts = Omit<Body<'model'>, 'name' | 'digest'>;
export type Counters = Body<'counters'>;
export type Past = Body<'past'>;
