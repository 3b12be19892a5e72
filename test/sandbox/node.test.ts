import { readFileSync } from 'node:fs';
import fc from '../property.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import type { GradeRequest } from '../../src/sandbox/types.ts';
import { pythonRepr, type Encoded } from '../../src/sandbox/values.ts';
import { amount } from '../amount.ts';
import { externalFor, hostileFor, KINDS, ownCorpus, requests, surprises, withTime } from './corpus.ts';
import { gradeAndProbe } from './fresh.ts';
import { AS_LONG_AS_IT_TAKES, HASTY, PATIENT } from './patient.ts';
import { plain } from './plain.ts';

const sandbox = createNodeSandbox({ workers: 1, ...PATIENT });
/** For programs that do not end. */
const hasty = createNodeSandbox({ workers: 1, ...HASTY });
const slow = createNodeSandbox({ workers: 1, ...AS_LONG_AS_IT_TAKES });
afterAll(() => {
  sandbox.dispose();
  hasty.dispose();
  slow.dispose();
});

const tests = ['assert add(1, 2) == 3', 'assert add(-1, 1) == 0', 'assert add(10, 5) == 15'];
const request = (code: string, more: Partial<GradeRequest> = {}): GradeRequest => ({
  code,
  setup: '',
  tests,
  ...more,
});
const minutes = { timeout: 300_000 };
/** Of the calls in C that never end, and never ask whether they should, one is enough: the watchdog ends them all alike. */
const likeAnother = /^c_(max|in|deque|range|all)$/;

describe('our corpus, in Node', () => {
  /** Every program finds the interpreter as the first one did: files, directory, descriptors, clock. */
  it.each(KINDS)('%s, each looked after', minutes, async (kind) => {
    const every = kind === 'leftovers' ? 4 : kind === 'hangs' || kind === 'memory' ? 2 : 1;
    const programs = ownCorpus(kind)
      .filter(({ name }) => amount(!likeAnother.test(name), true))
      .filter((_, i) => i % amount(every, 1) === amount(every - 1, 0));
    const [judge, patient] = kind === 'hangs' ? [hasty, sandbox] : [sandbox, slow];
    const verdicts = await gradeAndProbe((ask) => judge.grade(ask), kind, requests(programs));
    expect(surprises(programs, await withTime(programs, verdicts, (ask) => patient.grade(ask)))).toEqual([]);
  });

  /** In a sandbox of their own, for the other one remembers their verdicts. Half of the leftovers are tried so, half of the others above. */
  it.each(amount(['leftovers'] as const, ['leftovers', 'forgery', 'honest', 'host', 'memory'] as const))(
    '%s, one right after the other',
    minutes,
    async (kind) => {
      const another = createNodeSandbox({ workers: 1, ...PATIENT });
      const programs = ownCorpus(kind).filter((_, i) => i % amount(2, 1) === 0);
      const verdicts = await another.grade(requests(programs));
      another.dispose();
      expect(surprises(programs, await withTime(programs, verdicts, (ask) => slow.grade(ask)))).toEqual([]);
    },
  );
});

describe('the external corpora, in Node', () => {
  it('hostile programs get every verdict, in file order in one session', minutes, async (context) => {
    const programs = hostileFor(context);
    expect(surprises(programs, await sandbox.grade(requests(programs)))).toEqual([]);
  });

  it('MBPP passes its own reference solutions', minutes, async (context) => {
    const records = readFileSync(externalFor(context, 'mbpp.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const verdicts = await slow.grade(
      records.map((r) => ({
        code: r.code,
        setup: r.test_setup_code,
        tests: [...r.test_list, ...r.challenge_test_list],
      })),
    );
    const failed = records.filter((_, i) => verdicts[i]?.status !== 'pass').map((r) => r.task_id);
    expect(failed).toEqual([]);
  });
});

describe('verdicts for people', () => {
  it('say what was expected, what came, and where the exception was', minutes, async () => {
    const [wrong, broken, loud] = await sandbox.grade([
      request('def add(a, b):\n    return [a, "b"]'),
      request('def add(a, b):\n    x = 1\n    return {}["key"]'),
      request('print("hello")\nprint("x" * 10**6)\n' + 'def add(a, b): return a + b'),
    ]);
    expect(wrong?.tests[0]).toMatchObject({
      expression: 'add(1, 2)',
      expected: '3',
      got: "[1, 'b']",
      exception: null,
    });
    expect(broken?.tests[0]?.exception).toEqual({ type: 'KeyError', message: 'key', line: 3 });
    expect(loud?.stdout.startsWith('hello\nxxx')).toBe(true);
    expect(loud?.stdout.length).toBeLessThan(5000);
  });

  it('mark the weaker tier and refuse what is no test', minutes, async () => {
    const [verdict] = await sandbox.grade([
      request('def f(x): return x', {
        tests: ['assert all(f(x) == x for x in range(3))', 'assert f(1) == 1', 'assert f(', ''],
      }),
    ]);
    expect(verdict?.tests.map((t) => [t.status, t.tier])).toEqual([
      ['pass', 'inside'],
      ['pass', undefined],
      ['infra', undefined],
      ['infra', undefined],
    ]);
    expect(verdict?.status).toBe('infra');
    expect(verdict?.tests[2]?.exception?.message).toContain('not valid Python');
  });

  it('agree with Python on what is equal', minutes, async () => {
    const pairs = fc.sample(fc.tuple(plain, plain), { numRuns: 150, seed: 1 });
    const source = (value: Encoded): string => pythonRepr(value, 10_000).replaceAll('inf', 'float("inf")');
    const code = `pairs = [${pairs.map((pair) => `(${pair.map(source).join(', ')})`).join(',\n')}]\ndef left(i): return pairs[i][0]\ndef same(i): return pairs[i][0] == pairs[i][1]`;
    const outside = pairs.map((pair, i) => `assert left(${i}) == ${source(pair[1])}`);
    const inside = pairs.map((_, i) => `assert same(${i})`);
    const [a, b] = await sandbox.grade([request(code, { tests: outside }), request(code, { tests: inside })]);
    expect(a?.tests.map((t) => t.status)).toEqual(b?.tests.map((t) => t.status));
    expect(a?.passed).toBeGreaterThan(0);
    expect(a?.tests.map((t) => t.got)).toEqual(pairs.map((pair) => pythonRepr(pair[0])));
  });

  it('do not depend on the worker or the order', minutes, async () => {
    const code =
      'import random, os\ndef add(a, b):\n    return [random.random(), os.urandom(3).hex(), str({"a", "b", "c"}), id(add)]';
    const two = createNodeSandbox({ workers: 2 });
    const ask = Array.from({ length: 8 }, (_, i) => request(`${code}\n# ${i % 4} `));
    const got = (await Promise.all([two.grade(ask), sandbox.grade([...ask].reverse())])).flat();
    two.dispose();
    expect(new Set(got.map((v) => JSON.stringify(v.tests.map((t) => t.got)))).size).toBe(1);
  });
});
