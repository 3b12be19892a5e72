/** `npm run grade`: files in, JSON lines out. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grade as command } from '../../src/cli/gradeCommand.ts';
import { inProof } from '../amount.ts';
import { inThisProcess, type Ended } from '../inThisProcess.ts';
import { externalFor } from './corpus.ts';

const root = resolve(import.meta.dirname, '../..');
const lineSchema = v.strictObject({
  name: v.string(),
  verdict: v.picklist(['pass', 'fail', 'timeout', 'error', 'infra']),
  passed: v.number(),
  total: v.number(),
  reason: v.string(),
  ms: v.number(),
  inside: v.optional(v.number()),
});

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'grade-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Graded {
  readonly code: number | null;
  readonly lines: v.InferOutput<typeof lineSchema>[];
  readonly stderr: string;
}
type Run = (args: readonly string[]) => Promise<Ended>;

const here: Run = (args) => inThisProcess(command, args);
/** As a user runs it, which takes two seconds longer. */
const alone: Run = (args) =>
  new Promise((done) => {
    const program = ['--import', 'tsx', join(root, 'src/cli/grade.ts')];
    const child = spawn(process.execPath, [...program, ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => done({ code, stdout: '', stderr }));
  });

/** Runs the command; the lines come from its --json file. */
async function grade(data: string, flags: readonly string[] = [], run = here): Promise<Graded> {
  const json = join(folder, 'verdicts.jsonl');
  await rm(json, { force: true });
  const { code, stderr } = await run(['--data', data, '--json', json, ...flags]);
  if (code !== 2 && !existsSync(json)) throw new Error(`grade ended with code ${code}: ${stderr}`);
  const text = existsSync(json) ? await readFile(json, 'utf8') : '';
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(lineSchema, JSON.parse(line)));
  return { code, lines, stderr };
}

async function gradeText(text: string, flags: readonly string[] = [], run = here): Promise<Graded> {
  const data = join(folder, 'problems.jsonl');
  await writeFile(data, text);
  return grade(data, flags, run);
}
const jsonl = (...records: unknown[]): string => records.map((record) => JSON.stringify(record)).join('\n');
const short = ({ lines }: Graded): unknown[] =>
  lines.map(({ name, verdict, passed, total }) => [name, verdict, passed, total]);

const mbpp = (task_id: number, code: string, test_list: string[]) => ({
  task_id,
  text: 'Write a function.',
  code,
  test_setup_code: '',
  test_list,
  challenge_test_list: [],
});
const humanEval = (number: number, solution: string, test: string) => ({
  task_id: `Mine/${number}`,
  prompt: 'import math\n\ndef twice(x):\n    return 2 * x\n\ndef f(x):\n    """ Half of x. """\n',
  entry_point: 'f',
  canonical_solution: solution,
  test,
});

describe('npm run grade', () => {
  it('grades MBPP: every record has a verdict and a reason', async () => {
    const graded = await gradeText(
      jsonl(
        mbpp(1, 'def f(x):\r\n    return {x}', ['assert f(1) == {1}', 'assert f("a") == set("a")']),
        mbpp(2, 'def f(x):\n    return x / 3', ['assert abs(f(1) - 0.3333) < 1e-3', 'assert f(3) == 2']),
        mbpp(3, 'import numpy\ndef f(x):\n    return x', ['assert f(1) == 1']),
        mbpp(4, 'def f(x):\n    while x: pass', ['assert f(0) == None', 'assert f(1) == 1']),
      ),
      ['--test-seconds', '0.5'],
      alone,
    );
    expect(short(graded)).toEqual([
      ['mbpp-1', 'pass', 2, 2],
      ['mbpp-2', 'fail', 1, 2],
      ['mbpp-3', 'error', 0, 1],
      ['mbpp-4', 'timeout', 1, 2],
    ]);
    const reasons = graded.lines.map(({ reason }) => reason);
    expect(reasons[0]).toBe('');
    expect(reasons[1]).toBe('f(3): expected 2, got 1.0');
    expect(reasons[2]).toMatch(/ModuleNotFoundError: No module named 'numpy'.*\(line 1 of the program\)/);
    expect(reasons[3]).toMatch(/^f\(1\): stopped after/);
    expect(graded.code).toBe(1);
    expect(graded.stderr).toContain('4 records: 1 pass, 1 fail, 1 error, 1 timeout');
  });

  it('grades HumanEval: asserts one by one, loops in the weaker tier', async () => {
    const loop =
      'def check(candidate):\n    assert candidate(1) == 0.5\n    for i in range(9):\n        assert candidate(i) * 2 == i\n';
    const graded = await gradeText(
      jsonl(
        humanEval(
          1,
          '    return x / 2\n',
          'def check(candidate):\n    assert math.fabs(candidate(twice(1)) - 1) < 1e-9\n    assert candidate(3) == 1.5, "half"\n',
        ),
        humanEval(2, '    return x / 2\n', loop),
      ),
      ['--workers', '1'],
    );
    expect(short(graded)).toEqual([
      ['Mine/1', 'pass', 2, 2],
      ['Mine/2', 'pass', 2, 2],
    ]);
    expect(graded.lines.map(({ inside }) => inside)).toEqual([undefined, 1]);
    expect(graded.code).toBe(0);
  });

  it('keeps the good records of a bad file, and answers for every line', async () => {
    const good = { name: 'good', code: 'def f(x): return x', tests: ['assert f(1) == 1'] };
    const graded = await gradeText(
      `not JSON\n${jsonl(
        good,
        { ...good, name: 'no tests', tests: [] },
        { ...good, name: 'broken test', tests: ['assert f(1) == 1', 'assert f(1 2)'] },
      )}`,
      ['--workers', '1'],
    );
    expect(short(graded)).toEqual([
      ['line 1', 'infra', 0, 0],
      ['no tests', 'infra', 0, 0],
      ['broken test', 'infra', 0, 0],
      ['good', 'pass', 1, 1],
    ]);
    expect(graded.lines[1]!.reason).toBe('line 3: field tests: there must be at least one test');
    expect(graded.lines[2]!.reason).toMatch(/^line 4: its test 2 is not valid Python/);
    expect(graded.code).toBe(1);
  });

  it('ends with 2 for a file or a flag it cannot use', async () => {
    const empty = await gradeText('');
    expect([empty.code, empty.lines.length]).toEqual([2, 0]);
    expect(empty.stderr).toContain('the file is empty');
    const flag = await gradeText('{}', ['--workers', '0']);
    expect([flag.code, flag.lines.length]).toEqual([2, 0]);
  });

  inProof(() => {
    it('gives the same verdicts in the browser', async () => {
      const graded = await gradeText(
        jsonl(
          { name: 'right', code: 'def f(x): return x', tests: ['assert f(1) == 1', 'assert f(2) == 2'] },
          { name: 'half', code: 'def f(x): return 1', tests: ['assert f(1) == 1', 'assert f(2) == 2'] },
          { name: 'hangs', code: 'def f(x):\n  while True: pass', tests: ['assert f(1) == 1'] },
        ),
        ['--in', 'browser', '--workers', '1', '--test-seconds', '0.5'],
      );
      expect(short(graded)).toEqual([
        ['right', 'pass', 2, 2],
        ['half', 'fail', 1, 2],
        ['hangs', 'timeout', 0, 1],
      ]);
      expect(graded.lines[2]!.reason).toContain('stopped after');
    });
  });
});

describe('the real problem sets', () => {
  it('MBPP: every reference solution passes', { timeout: 900_000 }, async (context) => {
    const { lines } = await grade(externalFor(context, 'mbpp.jsonl'));
    expect(lines).toHaveLength(974);
    expect(lines.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  it('hostile programs: every one has its expected verdict', { timeout: 300_000 }, async (context) => {
    const data = externalFor(context, 'hostile.jsonl');
    const text = await readFile(data, 'utf8');
    const record = v.object({ name: v.string(), expect: v.string() });
    const expected = text
      .trim()
      .split('\n')
      .map((line) => v.parse(record, JSON.parse(line)));
    const { lines } = await grade(data);
    expect(lines.map(({ name, verdict }) => ({ name, expect: verdict }))).toEqual(expected);
  });
});
