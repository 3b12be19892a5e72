/** A sandbox that needs no Python: the verdict is a function of the text, so that the loop can be tested fast. */
import type { GradeRequest, Sandbox, TestStatus, Verdict } from '../../../src/sandbox/types.ts';

export class FakeSandbox implements Sandbox {
  readonly stats = { graded: 0, cacheHits: 0, timeouts: 0, respawns: 0, infra: 0, workers: 1 };
  readonly #judge: (request: GradeRequest, test: number) => TestStatus;

  constructor(judge: (request: GradeRequest, test: number) => TestStatus) {
    this.#judge = judge;
  }
  ready(): Promise<void> {
    return Promise.resolve();
  }
  grade(requests: readonly GradeRequest[]): Promise<Verdict[]> {
    return Promise.resolve(
      requests.map((request): Verdict => {
        const tests = request.tests.map((expression, i) => ({
          status: this.#judge(request, i),
          expression,
          expected: '1',
          got: '2',
          exception: null,
          ms: 0,
        }));
        const passed = tests.filter((test) => test.status === 'pass').length;
        const worst = (['infra', 'timeout', 'error', 'fail', 'pass'] as const).find((s) =>
          tests.some((test) => test.status === s),
        );
        return {
          status: worst ?? 'pass',
          passed,
          total: tests.length,
          tests,
          stdout: '',
          ms: 0,
          cached: false,
        };
      }),
    );
  }
  dispose(): void {}
}

/** Passes the more tests, the more often a letter occurs: a reward that sampling can climb. */
export const countsLetter = (letter: string) =>
  new FakeSandbox(({ code }, test) => (code.split(letter).length > test + 1 ? 'pass' : 'fail'));
