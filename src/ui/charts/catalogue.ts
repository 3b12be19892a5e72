/** Which charts the Learning panel has, in order. Names, units and explanations come from the metric table. */
import type { Experiment, FieldName } from '../../config/experiment.ts';
import { field } from '../../config/fields.ts';
import { algorithmOf } from '../../rl/algorithms/index.ts';
import { couplingThreshold } from '../../rl/metrics.ts';
import { findMetric, type Metric } from '../../rl/metricTable.ts';
import type { ChangeRecord } from '../../rl/records.ts';
import { fixed, percent, significant, whole } from '../format.ts';
import { glossary } from '../glossary.ts';
import type { Level, Mark } from './annotate.ts';
import { couplingWords } from './coupling.ts';
import { turnLook, type ChartData, type LineLook, type Point, type Series } from './series.ts';
import { say, told } from '../say.svelte.ts';

export interface Chart {
  readonly id: string;
  /** 'eval': greedy, held-out. 'train': sampled. */
  readonly where: 'train' | 'eval';
  /** Names of the metric table; `@t` stands for one line per turn. */
  readonly metrics: readonly string[];
  /** For a chart of several metrics; a single one gives its own label. */
  readonly title?: string;
  /** Whether it says something in this experiment; by default in any. */
  readonly applies?: (e: Experiment) => boolean;
  /** The one the page is about: drawn large, above the others. */
  readonly main?: boolean;
  /** Shown on request. */
  readonly more?: boolean;
  /** A value to compare the line with, or null where there is none. */
  readonly level?: (e: Experiment) => Level | null;
  /** What the curve says by now, in a sentence; '' where nothing can be said. */
  readonly reading?: (points: readonly Point[], e: Experiment) => string;
  /** Differs from one sampled batch to the next so much that a mean over updates is drawn on top. */
  readonly noisy?: boolean;
}

const corrects = (e: Experiment): boolean => e.turns > 1;
const hidesTests = (e: Experiment): boolean => e.trainTests !== 'all';

/**
 * The coupling at which a better first answer neither gains nor loses: −w_1/w_2. Only two turns with answers of their own, whose
 * rewards are added up to one number, have it.
 */
function couplingLevel(e: Experiment): Level | null {
  const weights = algorithmOf(e).weights(e);
  if (e.turns !== 2 || weights === null || algorithmOf(e).sharedTurns > 0) return null;
  const value = couplingThreshold(weights);
  const name = e.accumulate === 'cocos' ? '1 − γ' : '−w₁/w₂';
  return Number.isFinite(value) ? { value, label: `${name} = ${significant(value)}` } : null;
}

export const charts: readonly Chart[] = [
  { id: 'accuracy', where: 'eval', metrics: ['accuracy@t'], title: 'Held-out accuracy', main: true },
  { id: 'reward', where: 'train', metrics: ['reward@t'], noisy: true },
  { id: 'paid-tests', where: 'train', metrics: ['trained_tests_passed@t'], noisy: true, applies: hidesTests },
  {
    id: 'hidden-tests',
    where: 'train',
    metrics: ['tests_passed@t'],
    title: 'Hidden tests, passed', // those trained on are not among them
    noisy: true,
    applies: hidesTests,
  },
  {
    id: 'delta',
    where: 'eval',
    metrics: ['delta_i_to_c', 'delta_c_to_i'],
    title: 'Repaired and broken',
    applies: corrects,
  },
  {
    id: 'weight',
    where: 'train',
    metrics: ['weight@t'],
    applies: (e) => algorithmOf(e).weights(e) !== null,
  },
  { id: 'gradient', where: 'train', metrics: ['grad_norm@t'], noisy: true },
  { id: 'kl', where: 'train', metrics: ['kl@t'], noisy: true },
  { id: 'entropy', where: 'train', metrics: ['entropy@t'], noisy: true },
  {
    id: 'edit',
    where: 'train',
    metrics: ['edit_distance', 'copy_rate'],
    title: 'Edit distance and copies',
    noisy: true,
    applies: corrects,
  },
  {
    id: 'coupling',
    where: 'train',
    metrics: ['coupling'],
    noisy: true,
    // A first answer that all samples share does not vary.
    applies: (e) => corrects(e) && algorithmOf(e).sharedTurns === 0,
    level: couplingLevel,
    reading: (points, e) => (couplingLevel(e) ? couplingWords(points) : ''),
  },
  { id: 'return', where: 'train', metrics: ['return'], noisy: true, more: true },
  { id: 'zero-std', where: 'train', metrics: ['zero_std'], noisy: true, more: true },
  { id: 'loss', where: 'train', metrics: ['loss'], noisy: true, more: true },
  { id: 'norm', where: 'train', metrics: ['grad_norm'], noisy: true, more: true },
  { id: 'length', where: 'train', metrics: ['length@t'], noisy: true, more: true },
  { id: 'truncated', where: 'train', metrics: ['truncated@t'], noisy: true, more: true },
];

export const whereWords = {
  train: 'sampled, training batch',
  eval: 'held-out, greedy',
} as const satisfies Readonly<Record<Chart['where'], string>>;

/** No problem of the user's own is held out: what is measured is what is trained on. */
export const trainsOnAll = ({ tasks, heldOut }: Pick<Experiment, 'tasks' | 'heldOut'>): boolean =>
  tasks === 'own' && heldOut === 0;

/** The name of a chart of several metrics, and where it is measured, as they are in this experiment. */
export const titleIn = (title: string, e: Experiment): string =>
  told(trainsOnAll(e) ? title.replace('Held-out accuracy', 'Accuracy on the training problems') : title);
export const whereIn = (where: Chart['where'], e: Experiment): string =>
  say(trainsOnAll(e) && where === 'eval' ? 'training problems, greedy' : whereWords[where]);

/** The same for a newcomer. */
export const whereHelp = (where: Chart['where']): string =>
  where === 'train'
    ? say('Measured on the answers sampled for each update.')
    : say('Measured on held-out tasks ({heldOut}), with greedy answers ({greedy}).', {
        heldOut: say(glossary['held-out']),
        greedy: say(glossary.greedy),
      });

/** Looks of metrics that are not per turn. */
const looks: Readonly<Record<string, LineLook>> = {
  delta_i_to_c: { color: '--pass', dash: [] },
  delta_c_to_i: { color: '--fail', dash: [4, 3] },
  edit_distance: { color: '--ink', dash: [] },
  copy_rate: { color: '--ink-3', dash: [4, 3] },
};
const plain: LineLook = { color: '--ink', dash: [] };

/**
 * The metric-table row of a chart's metric.
 * @throws Error when the chart names a metric that the table does not have.
 */
export function metricOf(chart: Chart, name: string): Metric {
  const found = findMetric(`${chart.where}/${name.replace(/@t$/, '@t1')}`);
  if (!found) throw new Error(`The chart "${chart.id}" names an unknown metric: ${chart.where}/${name}`);
  return found.metric;
}

/** How values of a metric read. */
export function formatOf(metric: Metric): (value: number) => string {
  switch (metric.unit) {
    case 'share':
      return (value) => percent(value);
    case 'reward':
    case 'nats':
    case 'nats/token':
      return (value) => fixed(value);
    default:
      return (value) => significant(value);
  }
}

/** The lines of a chart, from the points recorded so far. */
export function chartData(chart: Chart, points: readonly Point[], turns: number): ChartData {
  const line = (key: string, name: string, label: string, look: LineLook): Series => ({
    name,
    label,
    look,
    values: points.map((point) => point.metrics[`${chart.where}/${key}`] ?? NaN),
  });
  return {
    steps: points.map((point) => point.step),
    series: chart.metrics.flatMap((name) => {
      if (name.endsWith('@t'))
        return Array.from({ length: turns }, (_, t) =>
          line(`${name}${t + 1}`, `turn ${t + 1}`, say('turn {number}', { number: t + 1 }), turnLook(t + 1)),
        );
      const { label } = metricOf(chart, name);
      return [line(name, label, told(label), looks[name] ?? plain)];
    }),
  };
}

/** The sign a field is known by ("γ" of "Discount γ"), or its label. */
const short = (label: string): string => /\s(\p{L}[₀-₉]?)$/u.exec(label)?.[1] ?? label;

/** A field's new value as people say it: "γ 0.75 → 0.5", or "γ 0.5" where it does not matter what it was. */
export function change({
  field: name,
  from,
  to,
}: {
  readonly field: FieldName;
  readonly from?: FieldValue;
  readonly to: FieldValue;
}): string {
  if (field(name).kind === 'text') return say('{name} changed', { name: shortName(name) }); // there is no room for two texts
  const words =
    from === undefined ? valueWords(name, to) : `${valueWords(name, from)} → ${valueWords(name, to)}`;
  return `${shortName(name)} ${words}`;
}

type FieldValue = string | number | boolean;

/** The sign a field is known by, or its label. */
export const shortName = (name: FieldName): string => short(told(field(name).label));

/** A value of a field as the form says it, without explanations. */
export function valueWords(name: FieldName, value: FieldValue): string {
  const row = field(name);
  if (name === 'problems') return String(value).slice(0, 19); // a name nobody reads to its end
  if (typeof value === 'boolean') return say(value ? 'on' : 'off');
  const label = row.kind === 'choice' ? row.choices.find((one) => one.value === value)?.label : undefined;
  const unit = row.kind === 'int' && row.unit === '%' ? '\u00a0%' : '';
  return (
    (label &&
      told(label)
        .replace(/[:(,].*$/, '')
        .trim()) ??
    `${typeof value === 'number' ? whole(value) : value}${unit}`
  );
}

/** Where the run was changed under way, for its curves: "γ 0.75 → 0.5". How long it runs and how it is measured bends no curve. */
export const marksOf = (changes: readonly ChangeRecord[]): Mark[] =>
  changes.flatMap(({ step, changes: all }) => {
    const telling = all.filter((change) => field(change.field).group !== 'run');
    return telling.length === 0 ? [] : [{ step, text: telling.map(change).join(', ') }];
  });
