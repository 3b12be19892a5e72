/**
 * The sandbox's interface: the only thing the rest of the project knows about running Python.
 * What is behind it (Pyodide workers, iframe, firewall) may change without anyone noticing.
 */

/** One program to grade against one task's unit tests. */
export interface GradeRequest {
  /** The candidate: a whole Python program. */
  readonly code: string;
  /** Python run before the tests, trusted like them ('' for none). */
  readonly setup: string;
  /** `assert` statements, one unit test each. */
  readonly tests: readonly string[];
}

/**
 * 'pass'; 'fail' (wrong value); 'error' (exception); 'timeout'.
 * 'infra' is not a verdict: the sandbox itself was lost or the test could not be run; the sample is masked (reward NaN).
 */
export type TestStatus = 'pass' | 'fail' | 'error' | 'timeout' | 'infra';

export interface TestVerdict {
  readonly status: TestStatus;
  /** The expression under test, e.g. `f([1, 2])`, for people. */
  readonly expression: string;
  /** repr of the expected value, capped in length; '' when the test is no comparison. */
  readonly expected: string;
  /** repr of what the program gave, capped in length; '' when it gave nothing. */
  readonly got: string;
  /** Exception of the candidate, or the reason of an infra fault; '' when none. `line` counts from 1 in the candidate, 0 = unknown. */
  readonly exception: { readonly type: string; readonly message: string; readonly line: number } | null;
  /** Wall time of this test. */
  readonly ms: number;
  /** 'inside': the weaker tier. The whole test ran next to the candidate, because its form cannot be compared outside. */
  readonly tier?: 'inside' | undefined;
}

export interface Verdict {
  /** Worst thing that happened, in the order infra > timeout > error > fail > pass. */
  readonly status: TestStatus;
  readonly passed: number;
  readonly total: number;
  readonly tests: readonly TestVerdict[];
  /** What the program printed, capped. */
  readonly stdout: string;
  /** Wall time of the whole program in milliseconds. */
  readonly ms: number;
  /** True when the verdict came from the cache (identical program, setup and tests). */
  readonly cached: boolean;
}

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
