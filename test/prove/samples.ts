/** What `npm test` tries a sample of (test/amount.ts) holds for all of it: the same tests with the whole amount. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import * as v from 'valibot';
import { wholeAmount } from '../amount.ts';
import { obtainChromium } from '../browser.ts';
import { together, type Found, type Part } from './part.ts';

const root = resolve(import.meta.dirname, '../..');
const tests = join(root, 'test');

/** Test files that import `amount` or draw cases at random (`property.ts`), as paths below the repository, in their order. */
const files: readonly string[] = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter(
    (name) =>
      name.endsWith('.test.ts') && /\/(amount|property)\.ts'/.test(readFileSync(join(tests, name), 'utf8')),
  )
  .map((name) => relative(root, join(tests, name)).split(sep).join('/'))
  .sort();

/** The part we read of vitest's JSON report. */
const reportSchema = v.object({
  testResults: v.array(
    v.object({
      message: v.optional(v.string()),
      status: v.string(),
      assertionResults: v.array(
        v.object({
          status: v.string(),
          fullName: v.string(),
          failureMessages: v.nullish(v.array(v.string())),
        }),
      ),
    }),
  ),
});

async function run(file: string, signal: AbortSignal): Promise<Found> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', file, '--reporter=json'], {
    cwd: root,
    env: { ...process.env, [wholeAmount]: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  await new Promise<void>((done, fail) => child.on('error', fail).on('close', () => done()));
  const { testResults } = v.parse(reportSchema, JSON.parse(text.slice(text.indexOf('{"'))));
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = all.filter(({ status }) => status === 'failed');
  const broken = testResults.filter(({ status }) => status === 'failed' && failed.length === 0);
  return {
    counts: {
      'tests passed': all.filter(({ status }) => status === 'passed').length,
      'tests not run': all.filter(({ status }) => status !== 'passed' && status !== 'failed').length,
    },
    failed: failed.length + broken.length,
    examples: Object.fromEntries([
      ...failed.map((test) => [`${file}: ${test.fullName}`, (test.failureMessages ?? []).join('\n')]),
      ...broken.map(({ message }) => [file, message ?? 'failed outside its tests']),
    ]),
  };
}

export const samples: Part = {
  name: 'samples',
  claim: 'the tests that try a sample (test/amount.ts) pass with all of it',
  unit: 'test files',
  cases: files.length,
  stretch: 1,
  open() {
    process.env.CHROMIUM_PATH = obtainChromium();
    return Promise.resolve({
      async prove({ from, count }, signal) {
        const chosen = files.slice(from, from + count);
        let found: Found = { counts: {}, failed: 0, examples: {} };
        for (const file of chosen) found = together(found, await run(file, signal));
        return found;
      },
      close: () => undefined,
    });
  },
};
