/** A runner: one worker with one interpreter. This part is the same in Node and in the browser. */
import { Grader, type Job } from './grade.ts';
import { Interpreter, type BootFiles } from './interpreter.ts';
import { asleepAfterMs, type Limits } from './limits.ts';
import type { TestVerdict } from './types.ts';
import type { Shown } from './verdict.ts';

/** From the pool to a runner. `start` comes first, once. */
export type ToRunner =
  | { readonly kind: 'snapshot'; readonly limits: Limits }
  | { readonly kind: 'start'; readonly snapshot: Uint8Array; readonly limits: Limits }
  | { readonly kind: 'batch'; readonly jobs: readonly (Job & { readonly item: number })[] };

/** From a runner to the pool. `stage` is the beat: before the tests are cut (-2), the module code (-1) and each test. */
export type FromRunner =
  | { readonly kind: 'snapshot'; readonly bytes: Uint8Array }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'stage'; readonly item: number; readonly test: number; readonly shown: Shown }
  | { readonly kind: 'verdict'; readonly item: number; readonly test: number; readonly verdict: TestVerdict }
  | { readonly kind: 'done'; readonly item: number; readonly stdout: string }
  /** After the last item of a batch; `recycle` when the memory grew too far and the runner should be replaced. */
  | { readonly kind: 'idle'; readonly recycle: boolean };

export type RunnerFiles = Omit<BootFiles, 'snapshot' | 'asleepAfterMs'>;

/** A program of ours, and time enough for any machine. */
const proofJob: Job = {
  code: 'def f(x):\n    return x + 1',
  setup: '',
  tests: ['assert f(1) == 2'],
  skip: [],
  budgetMs: 60_000,
  perTestMs: 60_000,
};

/** Grades a program of ours: a runner that is lost later was sound before. Throws an Error when it does not pass. */
function prove(python: Interpreter): void {
  const limits: Limits = { perTestMs: proofJob.perTestMs, perProgramMs: proofJob.budgetMs };
  const statuses: string[] = [];
  new Grader(python, limits).grade(proofJob, {
    stage: () => undefined,
    verdict: (_, { status }) => statuses.push(status),
  });
  if (statuses.join() !== 'pass') throw new Error(`a right program was graded ${statuses.join()}`);
}

/** Makes the message handler of a runner. */
export function serveRunner(
  files: RunnerFiles,
  post: (message: FromRunner) => void,
): (message: ToRunner) => void {
  let python: Interpreter | null = null;
  let grader: Grader | null = null;
  // Emscripten complains on the console, and programs make it complain. What goes wrong here is told by messages.
  for (const name of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const)
    console[name] = () => undefined;

  async function start(message: Exclude<ToRunner, { kind: 'batch' }>): Promise<void> {
    try {
      const clocked = { ...files, asleepAfterMs: asleepAfterMs(message.limits) };
      if (message.kind === 'snapshot') {
        post({ kind: 'snapshot', bytes: await Interpreter.makeSnapshot({ ...clocked, snapshot: null }) });
        return;
      }
      python = await Interpreter.boot({ ...clocked, snapshot: message.snapshot });
      prove(python);
      grader = new Grader(python, message.limits);
      post({ kind: 'ready' });
    } catch (error) {
      post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  }

  return (message) => {
    if (message.kind !== 'batch') {
      void start(message);
      return;
    }
    if (!python || !grader) throw new Error('a batch came before the runner was started');
    for (const { item, ...job } of message.jobs) {
      const stdout = grader.grade(job, {
        stage: (test, shown) => post({ kind: 'stage', item, test, shown }),
        verdict: (test, verdict) => post({ kind: 'verdict', item, test, verdict }),
      });
      post({ kind: 'done', item, stdout });
      if (python.outgrown) break; // the pool sends the rest of the batch to the replacement
    }
    post({ kind: 'idle', recycle: python.outgrown });
  };
}
