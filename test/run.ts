/**
 * `npm test`: the static checks beside every test suite, then one line `N passed, N failed, N skipped`.
 * `npm test -- unit engine` runs only those parts; the parts are `check` and the suites of vitest.config.ts.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { obtainChromium, obtainShell, versionOf } from './browser.ts';
import { suites, type Suite } from '../vitest.config.ts';

const root = resolve(import.meta.dirname, '..');
const bin = (...path: string[]): string => join(root, 'node_modules', ...path);

const results = join(root, 'test-results');

/** Where a check remembers the files it found good, by their contents: a file that has not changed is not read again. */
const remembering = (name: string): string[] => [
  ...['--cache', '--cache-strategy', 'content'],
  ...['--cache-location', join(results, name)],
];

/**
 * Each static check counts as one test. Programs of machine code read what they can, for they take a twentieth of the time; what they
 * do not know, Svelte's files, is left to ESLint and Prettier.
 */
const checks: Record<string, readonly string[]> = {
  oxlint: [bin('oxlint', 'bin', 'oxlint'), '--deny-warnings', '.'],
  oxfmt: [bin('oxfmt', 'bin', 'oxfmt'), '--check', '.'],
  eslint: [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0', ...remembering('eslint.json')],
  prettier: [
    bin('prettier', 'bin', 'prettier.cjs'),
    ...['--check', '--log-level', 'warn', '**/*.svelte', ...remembering('prettier.json')],
  ],
  tsc: [
    bin('@typescript', 'native', 'bin', 'tsc'),
    ...['-p', '.', '--noEmit', '--pretty', 'false'],
    ...['--incremental', '--tsBuildInfoFile', join(results, 'tsc.json')],
  ],
  'svelte-check': [
    bin('svelte-check', 'bin', 'svelte-check'),
    ...['--tsgo', '--tsconfig', 'tsconfig.svelte.json', '--fail-on-warnings', '--output', 'human'],
  ],
};

/** The part we read of vitest's JSON report. */
const reportSchema = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      startTime: v.number(),
      endTime: v.number(),
      assertionResults: v.array(
        v.object({
          status: v.string(),
          fullName: v.string(),
          meta: v.object({ notRun: v.optional(v.string()) }),
        }),
      ),
    }),
  ),
});

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}
const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };
const sum = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    nothing,
  );

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;
const seconds = (since: number): string => inSeconds(Date.now() - since);

const succeeded = (child: ChildProcess): Promise<boolean> =>
  new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code === 0));
  });

/** Runs one static check; the output of a failing one is shown. */
async function runCheck(name: string, command: readonly string[]): Promise<Tally> {
  const start = Date.now();
  let output = '';
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const good = await succeeded(child);
  console.log(`${good ? '✓' : '✗'} ${name} (${seconds(start)})`);
  if (good) return { ...nothing, passed: 1 };
  const lines = output.trimEnd().split('\n');
  console.log(lines.slice(0, 80).join('\n'));
  if (lines.length > 80) console.log(`… and ${lines.length - 80} more lines`);
  return { ...nothing, failed: 1 };
}

/** Gets a browser and tells the tests where it is; false, with what to do, when there is none. */
function prepareBrowser(): boolean {
  try {
    const path = obtainChromium();
    const shell = process.env.CHROMIUM_PATH ? null : obtainShell(path); // who has chosen a browser gets that one
    process.env.CHROMIUM_PATH = path;
    if (shell !== null) process.env.CHROMIUM_HEADLESS_SHELL = shell;
    console.log(`✓ browser: ${versionOf(path)} (${shell ?? path})`);
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
async function runSuites(names: readonly string[], notices: Set<string>): Promise<Tally> {
  const report = join(results, 'vitest.json');
  /** What was made of TypeScript for one suite is taken by the others. Nothing of the last time: it does not know all it depends on. */
  const transformed = join(results, 'transformed');
  mkdirSync(results, { recursive: true });
  for (const old of [report, transformed]) rmSync(old, { recursive: true, force: true });

  const run = spawn(
    process.execPath,
    [
      bin('vitest', 'vitest.mjs'),
      'run',
      ...names.map((name) => `--project=${name}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...['--experimental.fsModuleCache', `--experimental.fsModuleCachePath=${transformed}`],
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const good = await succeeded(run);
  if (!existsSync(report)) {
    console.log('✗ the test runner stopped without a report; its last words are above');
    return { ...nothing, failed: 1 };
  }

  const files = v.parse(reportSchema, JSON.parse(readFileSync(report, 'utf8'))).testResults;
  const counted = files.map(({ name, status, startTime, endTime, assertionResults: tests }) => {
    const count = (wanted: string): number => tests.filter((test) => test.status === wanted).length;
    const [passed, failed] = [count('passed'), count('failed')];
    const left = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
    for (const { fullName, meta } of left)
      notices.add(meta.notRun ?? `${relative(root, name)}: ${fullName} was skipped without a reason`);
    const ms = endTime - startTime;
    return { file: name, ms, passed, failed: failed || (status === 'failed' ? 1 : 0), skipped: left.length };
  });
  for (const name of names) {
    const own = counted.filter(({ file }) => holds(suites[name]!, file));
    const { passed, failed, skipped } = sum(own);
    if (passed + failed + skipped === 0) notices.add(`suite ${name}: there was no test`);
    const but = skipped > 0 ? `, ${skipped} skipped` : '';
    const took = `${own.length} files, ${inSeconds(own.reduce((total, { ms }) => total + ms, 0))} of a worker`;
    console.log(
      `${failed === 0 ? '✓' : '✗'} ${name}: ${passed} of ${passed + failed} tests passed${but} (${took})`,
    );
  }
  const longest = counted.toSorted((a, b) => b.ms - a.ms).slice(0, 12);
  console.log(
    `  longest: ${longest.map(({ file, ms }) => `${relative(join(root, 'test'), file)} ${inSeconds(ms)}`).join(', ')}`,
  );
  const total = sum(counted);
  if (good || total.failed > 0) return total;
  console.log('✗ the test runner reports an error outside the tests; see above');
  return { ...total, failed: 1 };
}

async function main(): Promise<void> {
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
  const notices = new Set<string>();

  let chosenSuites = Object.keys(suites).filter((name) => chosen.includes(name));
  const withBrowser = chosenSuites.filter((name) => suites[name]?.browser);
  if (withBrowser.length > 0 && !prepareBrowser()) {
    tallies.push({ ...nothing, failed: 1 });
    notices.add(`${withBrowser.join(', ')}: these suites need a browser`);
    chosenSuites = chosenSuites.filter((name) => !withBrowser.includes(name));
  }
  const running = chosenSuites.length > 0 ? [runSuites(chosenSuites, notices)] : [];
  for (const [name, command] of chosen.includes('check') ? Object.entries(checks) : []) {
    running.push(runCheck(name, command));
    if (chosenSuites.length > 0) await running.at(-1); // one at a time, for the suites have the cores
  }
  tallies.push(...(await Promise.all(running)));

  if (notices.size > 0) {
    console.log(`\n${'!'.repeat(30)} NOT RUN ${'!'.repeat(30)}`);
    for (const notice of notices) console.log(`! ${notice}`);
    console.log('!'.repeat(69));
  }
  const { passed, failed, skipped } = sum(tallies);
  console.log(`\nTests took ${seconds(start)}.`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

await main();
