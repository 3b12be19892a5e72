/**
 * The golden trace: what 20 seeded updates of the `micro` preset from the shipped boost model give on the WASM back end.
 * The command line (cli.test.ts) and the browser's worker (test/e2e/trace.test.ts) must both reproduce it.
 *
 * micro.json is made again, after a change that is meant to alter the numbers (the model, the tasks, the tokenizer, the
 * loop), with `UPDATE_TRACE=1 npx vitest run --project commands test/commands/cli.test.ts`. Look at its difference before committing it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { expect } from 'vitest';

/** What the trace keeps of each update: enough to notice any change, few enough to read. */
const traced = [
  'train/loss',
  'train/reward@t1',
  'train/reward@t2',
  'train/grad_norm',
  'eval/accuracy@t2',
] as const;

/**
 * Measured: the command line and the browser give the same bits. The room is for a kernel that adds in another order
 * (measured: 1e-7, 3e-6 where terms cancel) and for other processors' arithmetic.
 */
const relativeTolerance = 1e-4;
/** For values that are 0 but for rounding, e.g. the gradient of an update whose samples all earned the same. */
const absoluteTolerance = 1e-5;

/** One line of metrics.jsonl: `step` and numbers by name; what could not be measured is null. */
export type MetricsLine = Readonly<Record<string, number | null>>;

interface Trace {
  /** SHA-256 of the files the run starts from: another model is another trace. */
  readonly model: Readonly<Record<string, string>>;
  /** Where the numbers were made. */
  readonly environment: string;
  readonly updates: readonly MetricsLine[];
}

const file = new URL('./micro.json', import.meta.url);
const modelFolder = new URL('../../public/models/boost/', import.meta.url);
const modelFiles = ['config.json', 'model.safetensors', 'tokenizer.json'];

const modelDigests = (): Trace['model'] =>
  Object.fromEntries(
    modelFiles.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(new URL(name, modelFolder)))
        .digest('hex'),
    ]),
  );

/** The lines of a metrics.jsonl. */
export function readMetrics(text: string): MetricsLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as MetricsLine);
}

/** The traced numbers of each update; the evaluation before the first update is left out. */
function traceOf(lines: readonly MetricsLine[]): MetricsLine[] {
  return lines
    .filter((line) => line['step'] !== 0)
    .map((line) =>
      Object.fromEntries(
        ['step', ...traced].filter((name) => name in line).map((name) => [name, line[name] ?? null]),
      ),
    );
}

function near(actual: number | null | undefined, expected: number | null): boolean {
  if (typeof actual !== 'number' || expected === null) return actual === expected;
  return Math.abs(actual - expected) <= absoluteTolerance + relativeTolerance * Math.abs(expected);
}

/**
 * Fails with every number of the run that is not the golden one. With UPDATE_TRACE=1 it writes the trace instead.
 * @param steps updates of the run, which may be cut short
 */
export function expectGolden(lines: readonly MetricsLine[], steps = 20): void {
  const updates = traceOf(lines);
  if (process.env['UPDATE_TRACE'] === '1') {
    const environment = `WASM SIMD, Node ${process.version}, ${process.platform} ${process.arch}`;
    writeFileSync(file, JSON.stringify({ model: modelDigests(), environment, updates }, null, 2) + '\n');
    return;
  }
  const golden = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  expect(
    golden.model,
    'The shipped boost model is not the one of the golden trace: make it again with UPDATE_TRACE=1.',
  ).toEqual(modelDigests());
  const wanted = golden.updates.slice(0, steps);
  expect(updates.map((line) => line['step'])).toEqual(wanted.map((line) => line['step']));
  const wrong = wanted.flatMap((expected, i) =>
    Object.keys(expected)
      .filter((name) => !near(updates[i]?.[name], expected[name] ?? null))
      .map((name) => `update ${expected['step']}: ${name} is ${updates[i]?.[name]}, not ${expected[name]}`),
  );
  expect(wrong, 'Numbers that differ from the golden trace').toEqual([]);
}
