/** What `npm run grade` does: a problem set's own solutions against its tests, one JSON line per record. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { gradeInOrder, type Grading } from '../sandbox/inOrder.ts';
import { createNodeSandbox, workersHere } from '../sandbox/node.ts';
import { gradedLine, unreadLine, type GradeLine } from '../sandbox/report.ts';
import { maxTests, fieldsOf, problemFormats, titleOf, type ProblemFormat } from '../tasks/readers/index.ts';
import { progressLine, type Command } from './common.ts';
import { readProblemFile } from './ownProblems.ts';
import { openBrowserSandbox } from './grade/browserSandbox.ts';
import { grouped, summary } from './grade/summary.ts';

const options: ExtraOptions = {
  data: {
    value: 'FILE',
    help: 'The problem file: JSONL, one record per line, or one JSON array, perhaps compressed with gzip; at most 64 MB.',
  },
  format: {
    value: 'NAME',
    help: 'Its format; unless given, recognised by its fields.',
    choices: ['auto', ...problemFormats],
  },
  in: {
    value: 'PLACE',
    help: 'Where Python runs; node unless given. browser = the page’s sandbox, in a headless Chromium.',
    choices: ['node', 'browser'],
  },
  json: { value: 'FILE', help: 'Write the JSON lines to this file instead of standard output.' },
  workers: {
    value: 'N',
    help: 'Python interpreters that work in parallel, 1 to 16, about 120 MB each; unless given, 2 (1 on one core), or 4 with eight cores and 8 GB.',
  },
  testSeconds: {
    value: 'X',
    help: 'Time for one test, 0.1 to 60; a program gets three times that. 30 for reference solutions, 1 for plain programs unless given.',
  },
};
const usage = `npm run grade -- --data FILE [flags]

Runs every record's program against its tests, in the sandbox. One JSON line per record: name, verdict (pass, fail,
timeout, error, infra), passed, total, reason, ms. infra = could not be judged: a bad line, a test that is not valid Python.
Ends with code 0 when all pass, 1 when some do not, 2 for a wrong flag or file.

Formats, with the fields that tell them apart. Of a record's tests at most ${maxTests} are used. A plain record may have
setup, Python that is run before its tests; fields that no format has are not read.
${problemFormats.map((name) => `  ${name.padEnd(10)} ${titleOf(name)}: ${fieldsOf(name)}`).join('\n')}`;

/** Seconds for one test: programs of a problem set may be slow but end; plain ones may be anything, as in training. */
const testSeconds = (format: ProblemFormat): number => (format === 'plain' ? 1 : 30);

function numberOption(value: string | true | undefined, flag: string, low: number, high: number) {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!(number >= low && number <= high))
    throw new FlagError(`${flag} must be a number from ${low} to ${high}, not "${value}".`);
  return number;
}

function openOutput(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    throw new FlagError(`--json ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Grades a file. */
export const grade: Command = async (argv) => {
  const flags = parseFlags(argv, options, []);
  if (flags.help) return void process.stdout.write(helpText(usage, options, []));
  const { data, format = 'auto', in: place = 'node', json, ...numbers } = flags.options;
  if (typeof data !== 'string') throw new FlagError('--data FILE is needed: the problem file to grade.');
  const workers = Math.round(numberOption(numbers['workers'], '--workers', 1, 16) ?? workersHere());
  const chosenSeconds = numberOption(numbers['testSeconds'], '--test-seconds', 0.1, 60);

  const read = await readProblemFile('--data', data, format as ProblemFormat | 'auto');
  const { tasks, problems, notices } = read;
  process.stderr.write(`${data}: ${tasks.length} records of the format ${read.format}\n`);
  for (const { line, message } of problems) process.stderr.write(`line ${line}: ${message}\n`);
  process.stderr.write(grouped(notices));

  const out = typeof json === 'string' ? openOutput(json) : null;
  const lines: GradeLine[] = [];
  const put = (line: GradeLine): void => {
    lines.push(line);
    const text = JSON.stringify(line) + '\n';
    if (out === null) process.stdout.write(text);
    else writeSync(out, text);
  };
  for (const problem of problems) put(unreadLine(problem));

  const perTestMs = 1000 * (chosenSeconds ?? testSeconds(read.format));
  const limits = { perTestMs, perProgramMs: 3 * perTestMs };
  const sandbox: Grading =
    place === 'browser'
      ? await openBrowserSandbox({ workers, ...limits })
      : createNodeSandbox({ workers, ...limits });
  const progress = progressLine();
  progress.show('starting Python');
  await sandbox.ready();
  const began = performance.now();
  const requests = tasks.map(({ reference, setup, tests }) => ({ code: reference, setup, tests }));
  let done = 0;
  for await (const verdict of gradeInOrder(sandbox, requests)) {
    put(gradedLine(tasks[done++]!.id, verdict));
    progress.show(`${done} of ${tasks.length}`);
  }
  progress.end();
  const seconds = (performance.now() - began) / 1000;
  if (out !== null) closeSync(out);
  process.stderr.write(summary(lines, seconds, problems.length));
  await sandbox.dispose();
  process.exitCode = lines.every((line) => line.verdict === 'pass') ? 0 : 1;
};
