import { describe, expect, it, vi } from 'vitest';
import { pageRows, ProblemsState } from '../../../src/ui/state/problems.svelte.ts';
import { readProblemFile } from '../../../src/worker/problemFile.ts';
import type { GradeRequest, ProblemTools, Verdict } from '../../../src/worker/problems.ts';

const fileOf = (...lines: (object | string)[]): File =>
  new File(
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
    'mine.jsonl',
  );
const record = (name: string) => ({ name, code: 'def f(x): return x', tests: ['assert f(1) == 1'] });

function verdictOf({ code, tests }: GradeRequest, status: Verdict['status'] = 'pass'): Verdict {
  const passed = status === 'pass' ? tests.length : 0;
  const exception = status === 'error' ? { type: 'TypeError', message: code, line: 3 } : null;
  const test = { status, expression: 'f(1)', expected: '1', got: '2', exception, ms: 2 };
  return {
    status,
    passed,
    total: tests.length,
    tests: tests.map(() => test),
    stdout: '',
    ms: 2,
    cached: false,
  };
}

/** Reads for real; grades by `judge`. */
function tools(judge: (request: GradeRequest, signal: AbortSignal) => Promise<Verdict>): ProblemTools {
  return {
    read: (file) => readProblemFile(file),
    async *grade(requests, signal) {
      for (const request of requests) yield await judge(request, signal);
    },
  };
}

describe('readProblemFile', () => {
  const refusal = (file: File) => readProblemFile(file).then(String, (error: Error) => error.message);

  it('explains a file that is empty, no text, no JSONL, of no known format, or too large', async () => {
    expect(await refusal(fileOf())).toMatch(/empty/);
    expect(await refusal(new File([new Uint8Array([0xff, 0xfe, 0x00])], 'x'))).toMatch(/not UTF-8/);
    expect(await refusal(fileOf('hello'))).toMatch(/JSONL: one record a line/);
    expect(await refusal(fileOf({ question: 1 }))).toMatch(
      /mbpp \(.*humaneval \(.*plain \(name, code or instruction, tests\)/,
    );
    const huge = Object.defineProperty(fileOf(record('a')), 'size', { value: 65 * 2 ** 20 });
    expect(await refusal(huge)).toMatch(/65 MB; at most 64 MB.*Split it/);
  });

  it('keeps the good lines and names the bad ones', async () => {
    const set = await readProblemFile(fileOf(record('a'), '{', { name: 'b', code: '' }, record('c')));
    expect(set.tasks.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(set.problems.map(({ line }) => line)).toEqual([2, 3]);
    expect(set).toMatchObject({ file: 'mine.jsonl', format: 'plain' });
  });
});

describe('ProblemsState', () => {
  it('runs nothing before it is told to', async () => {
    const judge = vi.fn(async (request: GradeRequest) => verdictOf(request));
    const problems = new ProblemsState(tools(judge));
    await problems.open(fileOf(record('a'), record('b')));
    expect(problems.phase).toBe('chosen');
    expect(problems.total).toBe(2);
    expect(judge).not.toHaveBeenCalled();
    await problems.grade();
    expect(problems.phase).toBe('finished');
    expect(judge).toHaveBeenCalledTimes(2);
  });

  it('reports every line of the file: the lines of the command line', async () => {
    const problems = new ProblemsState(
      tools(async (request) => verdictOf(request, request.code.includes('raise') ? 'error' : 'pass')),
    );
    const bad = { ...record('bad'), code: 'def f(x): raise TypeError' };
    await problems.open(fileOf(record('a'), 'no JSON', bad));
    await problems.grade();
    const lines = problems.report().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ name: 'line 2', verdict: 'infra', passed: 0, total: 0, ms: 0 }),
      { name: 'a', verdict: 'pass', passed: 1, total: 1, reason: '', ms: 2 },
      expect.objectContaining({ name: 'bad', verdict: 'error', reason: expect.stringMatching(/line 3/) }),
    ]);
    expect(problems.counts).toEqual({ pass: 1, fail: 0, error: 1, timeout: 0, infra: 1 });
    expect(problems.graded).toBe(2);
  });

  it('pages and filters its rows, and folds the open row when they change', async () => {
    const names = Array.from({ length: pageRows + 10 }, (_, i) => `p${i}`);
    let n = 0;
    const problems = new ProblemsState(
      tools(async (request) => verdictOf(request, n++ % 10 === 0 ? 'fail' : 'pass')),
    );
    await problems.open(fileOf(...names.map(record)));
    await problems.grade();
    expect([problems.pages, problems.shown.length]).toEqual([2, pageRows]);
    const row = problems.shown[0]!;
    problems.toggle(row);
    expect(problems.isOpened(row)).toBe(true);
    problems.movePage(1);
    expect(problems.isOpened(row)).toBe(false);
    expect(problems.shown.map(({ line }) => line.name)).toEqual(names.slice(pageRows));
    problems.movePage(1);
    expect(problems.page).toBe(1);
    problems.choose('fail');
    expect(problems.page).toBe(0);
    expect(problems.shown.map(({ line }) => line.name)).toEqual(['p0', 'p10', 'p20', 'p30', 'p40', 'p50']);
  });

  it('keeps verdicts when cancelled, and goes on from there', async () => {
    const asked: string[] = [];
    let cancelAt = 2;
    const problems: ProblemsState = new ProblemsState(
      tools(async (request, signal) => {
        if (asked.length === cancelAt) {
          // A verdict so late that the page has drawn the ones before.
          await vi.waitFor(() => expect(problems.graded).toBeGreaterThan(0));
          problems.cancel();
          signal.throwIfAborted();
        }
        asked.push(request.code);
        return verdictOf(request);
      }),
    );
    await problems.open(fileOf(...['a', 'b', 'c', 'd'].map(record)));
    await problems.grade();
    expect(problems.phase).toBe('stopped');
    expect(problems.failure).toBe('');
    const kept = problems.graded;
    expect(kept).toBeGreaterThan(0);
    cancelAt = -1;
    await problems.grade();
    expect(problems.phase).toBe('finished');
    expect(problems.rows.map(({ line }) => line.name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('says why the sandbox failed, and can be tried again', async () => {
    let broken = true;
    const problems = new ProblemsState(
      tools(async (request) => {
        if (broken) throw new Error('Python could not be loaded: pyodide/ cannot be reached.');
        return verdictOf(request);
      }),
    );
    await problems.open(fileOf(record('a')));
    await problems.grade();
    expect([problems.phase, problems.failure]).toEqual([
      'stopped',
      expect.stringMatching(/Python could not/),
    ]);
    broken = false;
    await problems.grade();
    expect([problems.phase, problems.failure, problems.graded]).toEqual(['finished', '', 1]);
  });

  it('forgets the file before when another is opened, even while it is graded', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const problems = new ProblemsState(
      tools(async (request) => {
        await held;
        return verdictOf(request);
      }),
    );
    await problems.open(fileOf(record('old')));
    const grading = problems.grade();
    await problems.open(fileOf(record('new')));
    release();
    await grading;
    expect([problems.phase, problems.rows.length, problems.set?.tasks[0]?.id]).toEqual(['chosen', 0, 'new']);
  });

  it('names the file that was refused and is ready for another', async () => {
    const problems = new ProblemsState(tools(async (request) => verdictOf(request)));
    await problems.open(fileOf('hello'));
    expect([problems.phase, problems.failure]).toEqual([
      'empty',
      expect.stringMatching(/^mine\.jsonl: no line/),
    ]);
  });
});
