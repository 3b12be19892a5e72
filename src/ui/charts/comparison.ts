/** Several runs in one chart, and where they part: pure functions of what was measured. */
import type { Experiment } from '../../config/experiment.ts';
import { paired, type Paired } from '../../rl/paired.ts';
import type { EvalRecord } from '../../rl/records.ts';
import { mean, scored } from '../../rl/statistics.ts';
import { charts, formatOf, metricOf, type Chart } from './catalogue.ts';
import type { ChartData, LineLook, Point } from './series.ts';
import { unitWords } from './units.ts';
import { say, told } from '../say.svelte.ts';

/** What is compared of a run. */
export interface Compared {
  readonly label: string;
  readonly look: LineLook;
  readonly train: readonly Point[];
  readonly evals: readonly Point[];
}

const runDashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
/** One colour and dash a run, by its place among those that are compared, from 0. */
export const runLook = (place: number): LineLook => ({
  color: `--run-${(place % 4) + 1}`,
  dash: runDashes[place % 4] ?? [],
});

/** One metric of one turn: a line a run. */
export interface ComparedChart {
  readonly title: string;
  readonly chart: Chart;
  /** Full name, e.g. "eval/accuracy@t1". */
  readonly metric: string;
  readonly explanation: string;
  readonly unit: string;
  readonly share: boolean;
  readonly format: (value: number) => string;
}

/** Every metric of the catalogue that says something in one of these experiments, turn by turn. */
export function comparedCharts(experiments: readonly Experiment[]): ComparedChart[] {
  const turns = Math.max(...experiments.map((one) => one.turns));
  return charts
    .filter(({ applies }) => !applies || experiments.some(applies))
    .flatMap((chart) =>
      chart.metrics.flatMap((name) => {
        const metric = metricOf(chart, name);
        const about = {
          ...{
            chart,
            explanation: told(metric.explanation),
            unit: unitWords(metric),
            share: metric.unit === 'share',
            format: formatOf(metric),
          },
        };
        const label = told(chart.main ? (chart.title ?? metric.label) : metric.label);
        if (!name.endsWith('@t')) return [{ ...about, title: label, metric: `${chart.where}/${name}` }];
        return Array.from({ length: turns }, (_, t) => ({
          ...{
            ...about,
            title: say('{label}, turn {number}', { label, number: t + 1 }),
            metric: `${chart.where}/${name}${t + 1}`,
          },
        }));
      }),
    );
}

const pointsOf = (run: Compared, chart: Chart) => (chart.where === 'eval' ? run.evals : run.train);

/** A line a run, on one axis of updates; with their mean in front where that is asked for. */
export function comparedData(
  { chart, metric }: Pick<ComparedChart, 'chart' | 'metric'>,
  runs: readonly Compared[],
  withMean = false,
): ChartData {
  const steps = [...new Set(runs.flatMap((run) => pointsOf(run, chart).map(({ step }) => step)))].sort(
    (a, b) => a - b,
  );
  const lines = runs.map((run) => {
    const at = new Map(pointsOf(run, chart).map((point) => [point.step, point.metrics[metric] ?? NaN]));
    return { label: run.label, look: run.look, values: steps.map((step) => at.get(step) ?? NaN) };
  });
  if (!withMean) return { steps, series: lines };
  const values = steps.map((_, i) => mean(scored(lines.map((line) => line.values[i] ?? NaN))));
  return { steps, series: [{ label: 'mean', look: { color: '--focus', dash: [] }, values }, ...lines] };
}

/** What was measured last at or before an update; NaN where nothing was. */
export const valueBy = (points: readonly Point[], metric: string, step: number): number =>
  points.findLast((point) => point.step <= step && Number.isFinite(point.metrics[metric]))?.metrics[metric] ??
  NaN;

type Measured = Pick<EvalRecord, 'step' | 'outcomes'>;

/** How far a run's accuracy at a turn is ahead of another's over the same held-out tasks. */
export interface Lead extends Paired {
  /** The update after which both were measured. */
  readonly step: number;
  /** Twice the standard error: what chance in which tasks were drawn explains is nearly always less. */
  readonly beyondChance: boolean;
}

/**
 * By the last evaluations that both have made at or before an update; null where there are none, or nothing can be told of them.
 *
 * @param turn from 1
 */
export function leadOf(
  run: readonly Measured[],
  other: readonly Measured[],
  turn: number,
  step: number,
): Lead | null {
  for (const { step: at, outcomes: after } of run.toReversed()) {
    const before = other.find((one) => one.step === at)?.outcomes;
    if (at > step || !after || before?.length !== after.length) continue;
    const lead = paired([{ before, after }], turn, 'accuracy');
    // Of one task chance is not known; and where no task differs there is nothing to tell.
    if (Number.isNaN(lead.error) || (lead.gain === 0 && lead.error === 0)) return null;
    return { ...lead, step: at, beyondChance: Math.abs(lead.gain) > 2 * lead.error };
  }
  return null;
}

/** Metrics that are functions of the answers alone, whatever they earn. */
const ofAnswers = /^train\/(length|truncated|edit_distance|copy_rate|entropy)/;

export interface Parting {
  /** The first update whose answers differ; null: none so far. */
  readonly answers: number | null;
  /** The first in which anything that is measured differs. */
  readonly anything: number | null;
}

/** From which update on two runs differ, of those that both have made. */
export function partingOf(a: readonly Point[], b: readonly Point[]): Parting {
  const other = new Map(b.map(({ step, metrics }) => [step, metrics]));
  const first = (counts: (metric: string) => boolean) =>
    a.find(({ step, metrics }) => {
      const theirs = other.get(step);
      return (
        theirs &&
        Object.keys({ ...metrics, ...theirs }).some(
          (name) => counts(name) && !Object.is(metrics[name] ?? NaN, theirs[name] ?? NaN),
        )
      );
    })?.step ?? null;
  return { answers: first((name) => ofAnswers.test(name)), anything: first(() => true) };
}
