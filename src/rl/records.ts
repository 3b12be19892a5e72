/**
 * What one update leaves behind: the record that charts, the Episode panel, metrics.jsonl and traces all read.
 * Declared once as schemas; the types are derived, and messages are validated with the same schemas.
 */
import * as v from 'valibot';

/** NaN is a legal number here: "could not be scored" is NaN, never 0. */
const num = v.union([v.number(), v.nan()]);

export const testStatusSchema = v.picklist(['pass', 'fail', 'error', 'timeout', 'infra']);

export const testVerdictSchema = v.object({
  status: testStatusSchema,
  expression: v.string(),
  expected: v.string(),
  got: v.string(),
  exception: v.nullable(v.object({ type: v.string(), message: v.string(), line: v.number() })),
  ms: num,
});

export const verdictSchema = v.object({
  status: testStatusSchema,
  passed: v.number(),
  total: v.number(),
  tests: v.array(testVerdictSchema),
  stdout: v.string(),
  ms: num,
  cached: v.boolean(),
});

/** One answer y_t. Per-token arrays have the length of `tokens` and cover the answer with its end-of-answer token. */
export const turnRecordSchema = v.object({
  /** The answer as text, without special tokens. */
  text: v.string(),
  /** Text of each token; the end-of-answer token is '<eot>'. */
  tokens: v.array(v.string()),
  /** log π(token | before), natural logarithm (nats). */
  logp: v.array(num),
  /** log π_ref(token | before), nats. */
  refLogp: v.array(num),
  /** Entropy of π at each position, nats. */
  entropy: v.array(num),
  /**
   * ‖∂loss/∂logits‖ at each token = |A|/τ·sqrt(1 − 2p + Σp²), before averaging over the batch; with GRPO also divided by the
   * trajectory's length. 0 where no gradient flows.
   */
  gradNorm: v.array(num),
  /** The answer hit the length limit before an end-of-answer token. */
  truncated: v.boolean(),
  verdict: verdictSchema,
  /** r_t, NaN when masked. */
  reward: num,
  /** Σ over tokens of log π − log π_ref (k1 estimator), nats. */
  kl: num,
});

export const trajectoryRecordSchema = v.object({
  turns: v.array(turnRecordSchema),
  /** Accumulated reward R. */
  R: num,
  /** R' = R − β Σ KL. */
  adjusted: num,
  /** Leave-one-out (or other) baseline subtracted from R'. */
  baseline: num,
  /** A, as used in the loss (one per turn: equal for the accumulated reward, different for per-turn returns). */
  advantages: v.array(num),
});

export const taskRecordSchema = v.object({
  id: v.string(),
  source: v.string(),
  instruction: v.string(),
  entryPoint: v.string(),
  reference: v.string(),
  setup: v.string(),
  tests: v.pipe(v.array(v.string()), v.readonly()),
  composition: v.string(),
  family: v.string(),
  level: v.number(),
});

/** The k trajectories of one prompt. */
export const groupRecordSchema = v.object({
  task: taskRecordSchema,
  trajectories: v.array(trajectoryRecordSchema),
});

/** Milliseconds spent in each stage of one update. */
export const timingSchema = v.object({ sample: num, grade: num, score: num, update: num, total: num });

export const updateRecordSchema = v.object({
  /** Updates done, counting this one (from 1). */
  step: v.number(),
  /** Sampled training metrics, keys `train/…` of docs/metrics.md. */
  metrics: v.record(v.string(), num),
  groups: v.array(groupRecordSchema),
  timing: timingSchema,
});

export const evalRecordSchema = v.object({
  /** Updates done when it was measured (0 = the boost model itself). */
  step: v.number(),
  /** Greedy held-out metrics, keys `eval/…`. */
  metrics: v.record(v.string(), num),
  /** A few held-out episodes (one trajectory each) to look at. */
  examples: v.array(groupRecordSchema),
  /** Wall time, milliseconds. */
  ms: num,
});

export type TurnRecord = v.InferOutput<typeof turnRecordSchema>;
export type TrajectoryRecord = v.InferOutput<typeof trajectoryRecordSchema>;
export type GroupRecord = v.InferOutput<typeof groupRecordSchema>;
export type UpdateRecord = v.InferOutput<typeof updateRecordSchema>;
export type EvalRecord = v.InferOutput<typeof evalRecordSchema>;
