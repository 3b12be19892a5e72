/** Plain CPython as the judge of our judge: oracle.py in a Pyodide of its own, without our harness, and in `python3`. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadPyodide } from 'pyodide';
import * as v from 'valibot';
import type { GradeRequest, TestStatus } from '../../../src/sandbox/types.ts';

/** For each test of a pair the statuses that are right, mostly one; null when the pair ran out of time. */
export type Answer = readonly (readonly TestStatus[])[] | null;

export interface Oracle {
  /** Which Python this is, for the report. */
  readonly name: string;
  /** The answers in the order of the pairs. */
  judge(pairs: readonly GradeRequest[]): Promise<Answer[]>;
  dispose(): void;
}

const answersSchema = v.array(
  v.nullable(v.array(v.array(v.picklist(['pass', 'fail', 'error', 'timeout', 'infra'])))),
);
const parseAnswers = (text: string): Answer[] => v.parse(answersSchema, JSON.parse(text));
const asText = (pairs: readonly GradeRequest[]): string =>
  JSON.stringify(pairs.map(({ code, setup, tests }) => ({ code, setup, tests })));

const script = new URL('./oracle.py', import.meta.url);
const environment = { PYTHONHASHSEED: '0', TZ: 'UTC', LC_ALL: 'C.UTF-8' };

/** The same Python as the sandbox's, freshly loaded, with nothing of ours around it. */
export async function pyodideOracle(): Promise<Oracle> {
  const python = await loadPyodide({ env: { ...environment, HOME: '/home/pyodide' } });
  python.FS.writeFile('/home/pyodide/oracle.py', readFileSync(script, 'utf8'));
  const oracle = python.pyimport('oracle');
  const version: unknown = python.runPython('import sys; sys.version.split()[0]');
  return {
    name: `CPython ${String(version)} in Pyodide`,
    judge: (pairs) => Promise.resolve(parseAnswers(String(oracle.judge_all(asText(pairs))))),
    dispose: () => undefined,
  };
}

/** The machine's own Python 3.10 or newer, as one process; a text that says why there is none. */
export function machineOracle(): Oracle | string {
  const probe = spawnSync('python3', ['-c', 'import sys; print(*sys.version_info[:3], sep=".")'], {
    encoding: 'utf8',
  });
  const version = probe.status === 0 ? probe.stdout.trim() : '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== 3 || minor < 10) return `a python3 of version 3.10 or newer, not "${version || 'none'}"`;

  const child = spawn('python3', ['-u', fileURLToPath(script)], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: `CPython ${version} of this machine`,
    async judge(pairs) {
      child.stdin.write(`${asText(pairs)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error('python3 ended before it answered');
      return parseAnswers(line.value);
    },
    dispose: () => void child.kill(),
  };
}
