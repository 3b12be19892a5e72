/** docs/metrics.md, made from the metric table. */
import { metricTable, type Metric } from './metricTable.ts';

const arrows: Readonly<Record<Metric['better'], string>> = { up: '↑', down: '↓', none: '' };

function row(m: Metric): string {
  const [low, high] = m.range.map((bound) => bound ?? '∞');
  const range = `${low === '∞' ? '−∞' : low} … ${high}`;
  // A bar in a formula would end the table's cell.
  const cells = [
    `\`${m.name}\``,
    `**${m.label}.** ${m.explanation}`,
    m.formula,
    m.unit,
    range,
    arrows[m.better],
    m.source,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function section(title: string, where: Metric['where']): string {
  const rows = metricTable.filter((m) => m.where === where).map(row);
  if (rows.length === 0) return '';
  const head = '| name | meaning | formula | unit | range | better | source |\n|---|---|---|---|---|---|---|';
  return `## ${title}\n\n${head}\n${rows.join('\n')}\n`;
}

/** The whole text of docs/metrics.md. */
export function renderMetrics(): string {
  return [
    '# Metrics',
    '',
    '<!-- Made from src/rl/metricTable.ts. Change it there, then: npx vitest run test/unit/rl/metricTable.test.ts -u -->',
    '',
    'Charts, `metrics.jsonl` and the command line use these names. `train/…` is measured on the sampled episodes of one',
    'update, `eval/…` on greedy episodes of held-out tasks; the two are never mixed in one line of a chart.',
    'A name ending in `@layer` stands for one metric per part of the model: `@embed`, `@1.attention`, `@1.mlp`, …, `@norm`.',
    'A name ending in `@t` stands for one metric per turn: `eval/accuracy@t1`, `eval/accuracy@t2`, … "From the first to the',
    'last turn" is turn 1 → 2 in a run with two turns. What could not be measured is NaN (`null` in JSON), never 0.',
    '',
    section('In training and in evaluation (`train/…`, `eval/…`)', 'both'),
    section('In training only (`train/…`)', 'train'),
    section('In evaluation only (`eval/…`)', 'eval'),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
