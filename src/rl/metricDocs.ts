/** docs/metrics.md, made from the metric table. */
import { metricTable, type Metric } from './metricTable.ts';
import { trlNames } from './trlNames.ts';

const arrows: Readonly<Record<Metric['better'], string>> = { up: '↑', down: '↓', none: '' };

/** The name in TRL, where it holds, and what is to be known beside that. */
function trlOf({ name }: Metric): string {
  const found = trlNames.find(({ ours }) => ours === `train/${name}`);
  if (!found) return '';
  const theirs = `\`${found.theirs.replace('@t', 't')}\``;
  const rest = [found.where, found.note].filter((words) => words !== '').join('; ');
  return rest === '' ? theirs : `${theirs} (${rest})`;
}

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
    trlOf(m),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function section(title: string, where: Metric['where']): string {
  const rows = metricTable.filter((m) => m.where === where).map(row);
  if (rows.length === 0) return '';
  const head =
    '| name | meaning | formula | unit | range | better | source | in TRL |\n|---|---|---|---|---|---|---|---|';
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
    'The last column has the name that the trainers of Hugging Face’s TRL log for the same quantity, of the sampled episodes of',
    'an update; in brackets, where it means the same. An empty cell means that TRL has no such metric, or one that means',
    'something else: its `loss` is per sequence, its `kl` per token, its `reward_std` over the batch.',
    '',
    section('In training and in evaluation (`train/…`, `eval/…`)', 'both'),
    section('In training only (`train/…`)', 'train'),
    section('In evaluation only (`eval/…`)', 'eval'),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
