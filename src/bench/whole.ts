/** What `npm run bench` writes: the benchmark with all threads, the ratios with one, the counters and, asked for, growth. */
import { noCounters, type Counters } from './counters.ts';
import { exponent, type GrowthReport } from './growth.ts';
import { ratioSize, type BenchReport, type Ratios } from './run.ts';
import { benchTable, grid } from './table.ts';

export interface WholeReport extends BenchReport {
  /** Of our model at `ratioSize`; null where this run had no such back end. */
  readonly counters: Counters;
  /** The adapter the WebGPU counters come from; null without one. */
  readonly counters_gpu: string | null;
  /** The same ratios where no memory is shared, so that everyone computes on one thread. */
  readonly ratios_one_thread?: Partial<Ratios>;
  readonly one_thread?: BenchReport;
}

/** As Markdown. */
export function wholeTable(report: WholeReport): string {
  const { one_thread: alone } = report;
  return [
    benchTable(report).trimEnd(),
    ...(alone ? [`On one thread, in a page that is not isolated:`, benchTable(alone).trimEnd()] : []),
    counterTable(report.counters, report.counters_gpu),
  ]
    .join('\n\n')
    .concat('\n');
}

function counterTable(counters: Counters, gpu: string | null): string {
  const rows = Object.entries({ ...noCounters, ...counters }).map(([name, count]) => [
    name.replaceAll('_', ' '),
    count === null ? '–' : String(count),
  ]);
  const adapter =
    gpu === null ? 'WebGPU was not there' : `WebGPU was ${gpu}; any adapter gives the same counts`;
  return [`Counters of our model, ${ratioSize} (${adapter}):`, grid(['counter', ''], rows)].join('\n\n');
}

/** As Markdown, with the exponent of the growth between the last two points: doubling x costs 2^p. */
export function growthTable(growth: GrowthReport): string {
  const head = `${growth.backend} (${growth.device}) on ${growth.machine}, ${growth.date.slice(0, 10)}; milliseconds.`;
  const panels = growth.panels.flatMap(({ title, axis, points }) => {
    const lines = Object.keys(growth.titles).filter((line) => points.some(({ ms }) => line in ms));
    const rows = points.map(({ x, ms }) => [
      x.toLocaleString('en'),
      ...lines.map((line) => (line in ms ? ms[line].toFixed(ms[line] < 100 ? 1 : 0) : '–')),
    ]);
    const exponents = ['last exponent', ...lines.map((line) => power(exponent(points, line)))];
    return [`${title}:`, grid([axis, ...lines.map((line) => growth.titles[line])], [...rows, exponents])];
  });
  return [head, ...panels].join('\n\n') + '\n';
}

const power = (p: number): string => (Number.isNaN(p) ? '–' : p.toFixed(2));
