/**
 * The sandbox's interface: the only thing the rest of the project knows about running Python.
 * What is behind it (Pyodide workers, iframe, firewall) may change without anyone noticing.
 *
 * A verdict is declared here once, as a schema: messages of the sandbox and records of a run are validated with it.
 */
import * as v from 'valibot';
import { expressionCap, messageCap, shownCap, stdoutCap, testsCap, typeCap } from './limits.ts';

/** One program to grade against one task's unit tests. */
export interface GradeRequest {
  /** The candidate: a whole Python program. */
  readonly code: string;
  /** Python run before the tests, trusted like them ('' for none). */
  readonly setup: string;
  /** `assert` statements, one unit test each. */
  readonly tests: readonly string[];
}

/** A text of at most so many characters; the pool cuts longer ones (caps.ts). */
export const cappedText = (cap: number) => v.pipe(v.string(), v.maxLength(cap));

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * 'pass'; 'fail' (wrong value); 'error' (exception); 'timeout'.
 * 'infra' is not a verdict: the sandbox itself was lost or the test could not be run; the sample is masked (reward NaN).
 */
export const testStatusSchema = v.picklist(['pass', 'fail', 'error', 'timeout', 'infra']);
export type TestStatus = v.InferOutput<typeof testStatusSchema>;

const testVerdictSchema = v.pipe(
  v.object({
    status: testStatusSchema,
    /** The expression under test, e.g. `f([1, 2])`, for people. */
    expression: cappedText(expressionCap),
    /** repr of the expected value, capped in length; '' when the test is not a comparison. */
    expected: cappedText(shownCap),
    /** repr of what the program gave, capped in length; '' when it gave nothing. */
    got: cappedText(shownCap),
    /** Exception of the candidate, or the reason of an infra fault; null when none. `line` counts from 1 in the candidate, 0 = unknown. */
    exception: v.nullable(
      v.pipe(
        v.object({ type: cappedText(typeCap), message: cappedText(messageCap), line: v.number() }),
        v.readonly(),
      ),
    ),
    /** Wall time of this test. */
    ms: v.number(),
    /** 'inside': the weaker tier. The whole test ran next to the candidate, because its form cannot be compared outside. */
    tier: v.optional(v.literal('inside')),
  }),
  v.readonly(),
);
export type TestVerdict = v.InferOutput<typeof testVerdictSchema>;

export const verdictSchema = v.pipe(
  v.object({
    /** Worst thing that happened, in the order infra > timeout > error > fail > pass. */
    status: testStatusSchema,
    passed: count,
    total: count,
    tests: v.pipe(v.array(v.unknown()), v.maxLength(testsCap), v.array(testVerdictSchema), v.readonly()),
    /** What the program printed, capped. */
    stdout: cappedText(stdoutCap),
    /** Wall time of the whole program in milliseconds. */
    ms: v.number(),
    /** True when the verdict came from the cache (identical program, setup and tests). */
    cached: v.boolean(),
  }),
  v.readonly(),
);
export type Verdict = v.InferOutput<typeof verdictSchema>;

export interface SandboxStats {
  readonly graded: number;
  readonly cacheHits: number;
  readonly timeouts: number;
  readonly respawns: number;
  readonly infra: number;
  readonly workers: number;
}

export interface Sandbox {
  /** Resolves when at least one worker can grade; rejects with a clear message if Pyodide cannot load. */
  ready(): Promise<void>;
  /**
   * Grades programs, in any order inside, verdicts in the order of the requests. Never rejects because of a candidate:
   * a hang costs its own tests only. Rejects with AbortError on abort, else only if the sandbox is disposed.
   */
  grade(requests: readonly GradeRequest[], signal?: AbortSignal): Promise<Verdict[]>;
  readonly stats: SandboxStats;
  dispose(): void;
}
