/** What the runs of a sweep say together: a table with intervals. */
import { grid } from '../../bench/table.ts';
import { sameEvaluation, type Evaluated } from '../../config/experiment.ts';
import { findMetric } from '../../rl/metricTable.ts';
import { intervalOf } from '../../rl/statistics.ts';
import type { RunLog } from '../../train/log.ts';

/** The complete runs of a setting, one a seed. */
export interface Swept {
  readonly name: string;
  readonly logs: readonly RunLog[];
  /** On what they were evaluated: the same, whatever their seed. */
  readonly evaluated: Evaluated;
}

/** Columns of the table, shares as of the last evaluation. */
const measures = (turns: number): readonly string[] => [
  ...Array.from({ length: turns }, (_, t) => `eval/accuracy@t${t + 1}`),
  ...(turns > 1 ? ['eval/delta_i_to_c', 'eval/delta_c_to_i', 'eval/copy_rate'] : []),
];

const lastOf = (log: RunLog, metric: string): number =>
  log.entriesOf('evaluation').at(-1)?.metrics[metric] ?? NaN;

/** "54.2 ± 3.1 %": mean over seeds and half of its 95 % interval; without one where there is one seed. */
function cell(values: readonly number[]): string {
  const { mean, half } = intervalOf(values);
  if (Number.isNaN(mean)) return '–';
  const percent = (x: number) => (100 * x).toFixed(1);
  return Number.isNaN(half) ? `${percent(mean)} %` : `${percent(mean)} ± ${percent(half)} %`;
}

/** Which settings were measured on other tasks, tests or turns than the rest: a sentence; '' where all were measured alike. */
function measuredApart(swept: readonly Swept[]): string {
  const groups: Swept[][] = [];
  for (const one of swept) {
    const alike = groups.find(([first]) => first && sameEvaluation(first.evaluated, one.evaluated));
    if (alike) alike.push(one);
    else groups.push([one]);
  }
  if (groups.length < 2) return '';
  const named = groups.map((group) => group.map(({ name }) => name).join(', ')).join(' | ');
  return `Held-out tasks, tests or turns differ between: ${named}. What stands on different sides of a bar was not measured on the same.`;
}

/** As Markdown. */
export function sweepTable(swept: readonly Swept[]): string {
  const turns = Math.max(
    ...swept.flatMap(({ logs }) => logs.map(({ manifest }) => manifest.experiment.turns)),
  );
  const metrics = measures(turns);
  const heads = ['', 'seeds', 'updates', ...metrics.map((name) => name.replace('eval/', ''))];
  const rows = swept.map(({ name, logs }) => [
    name,
    String(logs.length),
    [...new Set(logs.map((log) => log.step))].join(', ') || '–',
    ...metrics.map((metric) => cell(logs.map((log) => lastOf(log, metric)))),
  ]);
  const meanings = new Map(
    metrics.flatMap((name) => {
      const metric = findMetric(name)?.metric;
      return metric ? [[metric.name.replace('@t', '@t…'), metric.explanation] as const] : [];
    }),
  );
  const meaning = [...meanings].map(([name, explanation]) => `- ${name}: ${explanation}`);
  const apart = measuredApart(swept);
  return [
    'Held-out tasks, greedy, at the end of each run. Mean over seeds ± half of its 95 % interval (Student’s t).',
    grid(heads, rows),
    ...(apart === '' ? [] : [apart]),
    `${meaning.join('\n')}\n`,
  ].join('\n\n');
}
