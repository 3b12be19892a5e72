/** The report as Markdown, for the terminal and for docs/benchmarks.md. */
import {
  generationShape,
  trainingShape,
  type Figure,
  type GenerateReport,
  type TrainReport,
} from './compute.ts';
import type { GradingReport } from './grading.ts';
import type { Spread } from './measure.ts';
import { ratioSize, type BenchReport, type Ratios } from './run.ts';
import type { UpdateReport } from './update.ts';

/** Only what was measured. */
export function benchTable(report: BenchReport): string {
  const { titles, train, generate, operations, grading, update_ms } = report;
  const blocks = [
    `${report.backend} (${report.device}) on ${report.machine}, ${report.date.slice(0, 16).replace('T', ' ')} UTC, ` +
      `${report.quick ? '`--quick`, ' : ''}${report.clock}, ${Math.round(report.seconds)} s.`,
    ...(report.matmul
      ? [
          `Fastest matrix product: ${digits(report.matmul.gflops)} GFLOP/s (${report.matmul.by}, ${report.matmul.size}²).`,
        ]
      : []),
    ...(Object.keys(train).length > 0 ? trainBlocks(train, titles) : []),
    ...(Object.keys(generate).length > 0 ? generateBlocks(generate, titles) : []),
    ...(Object.keys(operations).length > 0 ? operationBlocks(operations, titles) : []),
    ...(grading ? gradingBlocks(grading) : []),
    ...(update_ms ? updateBlocks(update_ms) : []),
    ...ratioBlocks(report.ratios),
  ];
  return blocks.join('\n\n') + '\n';
}

type Titles = BenchReport['titles'];

function trainBlocks(train: BenchReport['train'], titles: Titles): string[] {
  const { sequences, tokens } = trainingShape;
  const rows = Object.entries(train).flatMap(([size, one]: [string, TrainReport]) =>
    Object.entries(one.contestants).map(([id, figure]) => [
      size,
      titles[id] ?? id,
      range(figure.ms),
      rate(figure.gflops),
      percent((figure.gflops ?? NaN) / one.matmul.gflops),
      times(one.speedup[id]),
    ]),
  );
  return [
    `Training step, ${sequences} × ${tokens} tokens (loss, gradient, Adam):`,
    grid(['model', 'contestant', 'ms (range)', 'GFLOP/s', 'of matmul', 'ours is faster'], rows),
  ];
}

function generateBlocks(generate: BenchReport['generate'], titles: Titles): string[] {
  const { prompt, newTokens } = generationShape;
  const rows = Object.entries(generate).flatMap(([size, batches]: [string, readonly GenerateReport[]]) =>
    batches.flatMap(({ batch, contestants, speedup }) =>
      Object.entries(contestants).map(([id, figure]) => [
        size,
        String(batch),
        titles[id] ?? id,
        range(figure.ms),
        rate(figure.tokens_per_s),
        times(speedup[id]),
      ]),
    ),
  );
  return [
    `Generation, ${prompt} tokens read and ${newTokens} written a row:`,
    grid(['model', 'batch', 'contestant', 'ms (range)', 'tokens/s', 'ours is faster'], rows),
  ];
}

function operationBlocks(operations: BenchReport['operations'], titles: Titles): string[] {
  const rows = Object.entries(operations).map(([id, count]) => [
    titles[id] ?? id,
    String(count.per_token),
    String(count.per_training_step),
  ]);
  return [`Operations started, ${ratioSize}:`, grid(['contestant', 'per token', 'per training step'], rows)];
}

function gradingBlocks(grading: GradingReport): string[] {
  const workers = Object.keys(grading.cold_start_ms);
  return [
    'Grading, programs/s (range):',
    grid(
      ['mix', ...workers.map((count) => `${count} worker${count === '1' ? '' : 's'}`), 'verdicts'],
      Object.entries(grading.mixes).map(([mix, { programs_per_s, verdicts }]) => [
        mix.replace('_', ' '),
        ...workers.map((count) => range(programs_per_s[Number(count)])),
        Object.entries(verdicts)
          .map(([status, programs]) => `${programs} ${status}`)
          .join(', '),
      ]),
    ),
    'Sandbox:',
    grid(
      ['workers', 'cold start', 'memory per worker'],
      workers.map((count) => {
        const memory = grading.memory_per_worker_mb[Number(count)];
        return [
          count,
          `${digits(grading.cold_start_ms[Number(count)])} ms`,
          memory === null ? '–' : `${memory.toFixed(0)} MB`,
        ];
      }),
    ),
    `Respawn of a worker: ${range(grading.respawn_ms)} ms. ` +
      `Graded again: ${grading.cache.hits} of ${grading.cache.programs} verdicts from the cache.`,
  ];
}

function updateBlocks(u: UpdateReport): string[] {
  const parts = [u.sample, u.grade, u.score, u.update, u.total, u.overlapped];
  return [
    `Whole update of the default preset, model ${u.model}, mean of ${u.updates} ` +
      `(${u.answers} answers of ${u.answer_tokens.toFixed(0)} tokens):`,
    grid(
      ['sample', 'grade (waiting)', 'score', 'update', 'total', 'graded while sampling'],
      [parts.map((ms) => `${ms.toFixed(0)} ms`)],
    ),
    `Waiting for verdicts is ${percent(u.grade / u.total)} of the update; ` +
      `${u.cache_hits} of ${u.verdicts} verdicts came from the cache.`,
  ];
}

function ratioBlocks(ratios: Partial<Ratios>): string[] {
  const words = Object.entries(ratios).map(([name, value]) => `${name} ${(value ?? NaN).toFixed(2)}`);
  return words.length === 0
    ? []
    : [`Ratios at ${ratioSize}, medians of the rounds' quotients: ${words.join(', ')}.`];
}

export function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const range = ({ median, min, max }: Spread): string => `${digits(median)} (${digits(min)}–${digits(max)})`;
const rate = (value: Figure['gflops']): string => (value === undefined ? '–' : digits(value));
const digits = (value: number): string => value.toFixed(value < 100 ? 1 : 0);
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const times = (ratio: number | undefined): string => (ratio === undefined ? '' : `${ratio.toFixed(1)}×`);
