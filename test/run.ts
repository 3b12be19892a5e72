/**
 * `npm test`: the static checks, then every test suite, then one line `N passed, N failed`.
 * `npm test -- unit engine` runs only those parts; the parts are `check` and the suites of vitest.config.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { obtainChromium, versionOf } from './browser.ts';
import { noticesVariable } from './notRun.ts';
import { suites, type Suite } from '../vitest.config.ts';

const root = resolve(import.meta.dirname, '..');
const bin = (...path: string[]): string => join(root, 'node_modules', ...path);

/** Each static check counts as one test. */
const checks: Record<string, readonly string[]> = {
  prettier: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  eslint: [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'],
  tsc: [bin('typescript', 'bin', 'tsc'), '-p', '.', '--noEmit', '--pretty', 'false'],
  'svelte-check': [bin('svelte-check', 'bin', 'svelte-check'), '--fail-on-warnings', '--output', 'human'],
};

/** The part we read of vitest's JSON report. */
const reportSchema = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      assertionResults: v.array(v.object({ status: v.string(), fullName: v.string() })),
    }),
  ),
});

interface Tally {
  passed: number;
  failed: number;
}

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(0)} s`;

/** Runs the static checks; the output of a failing one is shown. */
function runChecks(): Tally {
  const tally = { passed: 0, failed: 0 };
  for (const [name, command] of Object.entries(checks)) {
    const start = Date.now();
    const result = spawnSync(process.execPath, [...command], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    const good = result.status === 0;
    console.log(`${good ? '✓' : '✗'} ${name} (${seconds(start)})`);
    if (good) tally.passed++;
    else {
      tally.failed++;
      const lines = `${result.stdout}${result.stderr}${result.error?.message ?? ''}`.trimEnd().split('\n');
      console.log(lines.slice(0, 80).join('\n'));
      if (lines.length > 80) console.log(`… and ${lines.length - 80} more lines`);
    }
  }
  return tally;
}

/** Gets a browser and tells the tests where it is; false, with what to do, when there is none. */
function prepareBrowser(): boolean {
  try {
    const path = obtainChromium();
    process.env.CHROMIUM_PATH = path;
    console.log(`✓ browser: ${versionOf(path)} (${path})`);
    return true;
  } catch (error) {
    console.log(`✗ browser\n${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** Whether a test file, an absolute path, belongs to the suite. */
function holds(suite: Suite, file: string): boolean {
  return suite.include.some((pattern) => file.startsWith(join(root, pattern.replace(/\/\*\*.*$/, '/'))));
}

/** Runs the named suites with vitest. A file that fails to load, and a crash of the runner, count as failures. */
function runSuites(names: readonly string[], notices: string[]): Tally {
  const results = join(root, 'test-results');
  const report = join(results, 'vitest.json');
  const noticesFile = join(results, 'not-run.txt');
  mkdirSync(results, { recursive: true });
  for (const file of [report, noticesFile]) rmSync(file, { force: true });

  const run = spawnSync(
    process.execPath,
    [
      bin('vitest', 'vitest.mjs'),
      'run',
      ...names.map((name) => `--project=${name}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, [noticesVariable]: noticesFile },
    },
  );
  if (existsSync(noticesFile)) {
    notices.push(...new Set(readFileSync(noticesFile, 'utf8').trimEnd().split('\n')));
  }
  if (!existsSync(report)) {
    console.log('✗ the test runner stopped without a report; its last words are above');
    return { passed: 0, failed: 1 };
  }

  const total = { passed: 0, failed: 0 };
  const perSuite = new Map(names.map((name) => [name, { passed: 0, failed: 0 }]));
  for (const file of v.parse(reportSchema, JSON.parse(readFileSync(report, 'utf8'))).testResults) {
    const count = (status: string): number =>
      file.assertionResults.filter((test) => test.status === status).length;
    const passed = count('passed');
    const failed = count('failed') || (file.status === 'failed' ? 1 : 0);
    const left = file.assertionResults.length - passed - count('failed');
    if (left > 0) notices.push(`${left} tests of ${relative(root, file.name)} were skipped`);
    total.passed += passed;
    total.failed += failed;

    const suite = perSuite.get(names.find((name) => suites[name] && holds(suites[name], file.name)) ?? '');
    if (suite) {
      suite.passed += passed;
      suite.failed += failed;
    }
  }
  for (const [name, { passed, failed }] of perSuite) {
    if (passed + failed === 0) {
      notices.push(`suite ${name}: no test ran`);
      continue;
    }
    console.log(`${failed === 0 ? '✓' : '✗'} ${name}: ${passed} of ${passed + failed} tests passed`);
  }
  if (run.status !== 0 && total.failed === 0) {
    console.log('✗ the test runner reports an error outside the tests; see above');
    total.failed++;
  }
  return total;
}

function main(): void {
  const start = Date.now();
  const asked = process.argv.slice(2);
  const parts = ['check', ...Object.keys(suites)];
  const unknown = asked.find((part) => !parts.includes(part));
  if (unknown !== undefined) {
    console.error(`There is no part "${unknown}" of the tests; the parts are ${parts.join(', ')}.`);
    process.exit(2);
  }
  const chosen = asked.length > 0 ? asked : parts;
  const tallies: Tally[] = [];
  const notices: string[] = [];

  if (chosen.includes('check')) tallies.push(runChecks());
  let chosenSuites = Object.keys(suites).filter((name) => chosen.includes(name));
  const withBrowser = chosenSuites.filter((name) => suites[name]?.browser);
  if (withBrowser.length > 0 && !prepareBrowser()) {
    tallies.push({ passed: 0, failed: 1 });
    notices.push(`${withBrowser.join(', ')}: these suites need a browser`);
    chosenSuites = chosenSuites.filter((name) => !withBrowser.includes(name));
  }
  if (chosenSuites.length > 0) tallies.push(runSuites(chosenSuites, notices));

  if (notices.length > 0) {
    console.log(`\n${'!'.repeat(30)} NOT RUN ${'!'.repeat(30)}`);
    for (const notice of notices) console.log(`! ${notice}`);
    console.log('!'.repeat(69));
  }
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  console.log(`\nTests took ${seconds(start)}.`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

main();
