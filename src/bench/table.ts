/** The report as Markdown, for the terminal and for docs/benchmarks.md. */
import { generationShape, trainingShape, type Figure } from './compute.ts';
import type { Spread } from './measure.ts';
import { contestants, ratioSize, type BenchReport } from './run.ts';

const titles = new Map(contestants.map(({ id, title }) => [id, title]));

export function benchTable(report: BenchReport): string {
  const { sequences, tokens } = trainingShape;
  const { prompt, newTokens } = generationShape;
  const training = Object.entries(report.train).flatMap(([size, one]) =>
    Object.entries(one.contestants).map(([id, figure]) => [
      size,
      titles.get(id) ?? id,
      range(figure.ms),
      rate(figure.gflops),
      percent((figure.gflops ?? NaN) / one.matmul_gflops),
      times(one.speedup[id]),
    ]),
  );
  const generation = Object.entries(report.generate).flatMap(([size, batches]) =>
    batches.flatMap(({ batch, contestants, speedup }) =>
      Object.entries(contestants).map(([id, figure]) => [
        size,
        String(batch),
        titles.get(id) ?? id,
        range(figure.ms),
        rate(figure.tokens_per_s),
        times(speedup[id]),
      ]),
    ),
  );
  const u = report.update_ms;
  const { grading } = report;
  const workers = Object.keys(grading.cold_start_ms);
  const blocks = [
    `${report.backend} (${report.device}) on ${report.machine}, ${report.date.slice(0, 16).replace('T', ' ')} UTC, ` +
      `${report.quick ? '`--quick`, ' : ''}${report.clock}, ${Math.round(report.seconds)} s.`,
    `Matrix product of the back end: ${rate(report.matmul_gflops)} GFLOP/s (${report.matmul_size}²).`,
    `Training step, ${sequences} × ${tokens} tokens (loss, gradient, Adam):`,
    grid(['model', 'contestant', 'ms (range)', 'GFLOP/s', 'of matmul', 'ours is faster'], training),
    `Generation, ${prompt} tokens read and ${newTokens} written a row:`,
    grid(['model', 'batch', 'contestant', 'ms (range)', 'tokens/s', 'ours is faster'], generation),
    `Operations started, ${ratioSize}:`,
    grid(
      ['contestant', 'per token', 'per training step'],
      Object.entries(report.counters).map(([id, count]) => [
        titles.get(id) ?? id,
        String(count.ops_per_token),
        String(count.ops_per_training_step),
      ]),
    ),
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
    `Whole update of the default preset, ${report.update_model}, mean of ${u.updates} ` +
      `(${u.answers} answers of ${u.answer_tokens.toFixed(0)} tokens):`,
    grid(
      ['sample', 'grade (waiting)', 'score', 'update', 'total'],
      [[u.sample, u.grade, u.score, u.update, u.total].map((ms) => `${ms.toFixed(0)} ms`)],
    ),
    `Waiting for verdicts is ${percent(grading.update.share)} of the update; ` +
      `${grading.update.cache_hits} of ${grading.update.programs} verdicts came from the cache.`,
    `Ratios at ${ratioSize}, medians of the rounds' quotients: ${Object.entries(report.ratios)
      .map(([name, value]) => `${name} ${value.toFixed(2)}`)
      .join(', ')}.`,
  ];
  return blocks.join('\n\n') + '\n';
}

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const range = ({ median, min, max }: Spread): string => `${digits(median)} (${digits(min)}–${digits(max)})`;
const rate = (value: Figure['gflops']): string => (value === undefined ? '–' : digits(value));
const digits = (value: number): string => value.toFixed(value < 100 ? 1 : 0);
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const times = (ratio: number | undefined): string => (ratio === undefined ? '' : `${ratio.toFixed(1)}×`);
