/** Draws a sweep as SVG: held-out accuracy over updates, a panel a turn; a line a setting, the mean of its seeds, in the band of all of them. */
import { escaped, inks } from '../../exports/svg.ts';
import { mean } from '../../rl/statistics.ts';
import type { Swept } from './report.ts';

const panel = { width: 380, height: 280, left: 48, right: 14, top: 34, bottom: 44 } as const;
const legendLine = 20;
/** By line: its colours, and dashes, so that colour is not the only sign. */
const looks = [
  { ...inks.blue, dashes: '' },
  { ...inks.orange, dashes: '7 3' },
  { ...inks.green, dashes: '2 3' },
  { ...inks.purple, dashes: '9 3 2 3' },
  { ...inks.grey, dashes: '4 2' },
  { ...inks.yellow, dashes: '12 3' },
] as const;

interface Point {
  readonly step: number;
  readonly values: readonly number[];
}

/** What all seeds measured at the same updates. */
function pointsOf({ logs }: Swept, metric: string): Point[] {
  const byStep = new Map<number, number[]>();
  for (const { step, metrics } of logs.flatMap((log) => log.entriesOf('evaluation'))) {
    const value = metrics[metric] ?? NaN;
    if (!Number.isNaN(value)) byStep.set(step, [...(byStep.get(step) ?? []), value]);
  }
  return [...byStep]
    .filter(([, values]) => values.length === logs.length)
    .map(([step, values]) => ({ step, values }))
    .toSorted((a, b) => a.step - b.step);
}

/** @param title what was varied */
export function sweepPlot(title: string, swept: readonly Swept[]): string {
  const runs = swept.flatMap(({ logs }) => logs);
  const turns = Math.max(...runs.map(({ manifest }) => manifest.experiment.turns));
  const steps = Math.max(1, ...runs.map(({ step }) => step));
  const width = turns * panel.width;
  const height = panel.height + legendLine * swept.length + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(`Held-out accuracy over updates: ${title}`)}</title>`,
    `<style>${styles}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...Array.from({ length: turns }, (_, t) => {
      const inside = drawPanel(
        `Turn ${t + 1}`,
        steps,
        swept.map((one) => pointsOf(one, `eval/accuracy@t${t + 1}`)),
      );
      return `<g transform="translate(${t * panel.width} 0)">${inside}</g>`;
    }),
    ...swept.map(({ name, logs }, i) => {
      const y = panel.height + legendLine * (i + 0.5);
      const seeds = logs.length === 1 ? 'one seed' : `${logs.length} seeds`;
      return (
        `<path class="line look${i % looks.length}" d="M${panel.left} ${y}h36"/>` +
        `<text class="tick" x="${panel.left + 44}" y="${y + 4}">${escaped(`${name} (${seeds})`)}</text>`
      );
    }),
    '</svg>\n',
  ].join('\n');
}

function drawPanel(title: string, steps: number, lines: readonly (readonly Point[])[]): string {
  const [right, bottom] = [panel.width - panel.right, panel.height - panel.bottom];
  const x = (step: number) => round(panel.left + ((right - panel.left) * step) / steps);
  const y = (share: number) => round(bottom - (bottom - panel.top) * share);
  const parts = [
    `<text class="title" x="${panel.left}" y="20">${title}: tasks solved</text>`,
    `<text class="tick" x="${(panel.left + right) / 2}" y="${panel.height - 10}" text-anchor="middle">updates</text>`,
  ];
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(`<path class="grid" d="M${panel.left} ${y(share)}H${right}"/>`);
    parts.push(
      `<text class="tick" x="${panel.left - 6}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>`,
    );
  }
  for (const step of [0, Math.round(steps / 2), steps])
    parts.push(`<text class="tick" x="${x(step)}" y="${bottom + 16}" text-anchor="middle">${step}</text>`);
  lines.forEach((points, i) => {
    const look = `look${i % looks.length}`;
    const path = (of: (values: readonly number[]) => number, some = points) =>
      some.map(({ step, values }) => `${x(step)} ${y(of(values))}`).join('L');
    if (points.some(({ values }) => values.length > 1)) {
      const band = `M${path((values) => Math.max(...values))}L${path((values) => Math.min(...values), points.toReversed())}Z`;
      parts.push(`<path class="band ${look}" d="${band}"/>`);
    }
    if (points.length > 0) parts.push(`<path class="line ${look}" d="M${path(mean)}"/>`);
  });
  return parts.join('\n');
}

const coloursOf = (ground: 'light' | 'dark'): string =>
  looks.map((look, i) => `.look${i} { color: ${look[ground]}; }`).join(' ');
const styles = `
text { font: 12px system-ui, sans-serif; fill: #2b333c; } .title { font-weight: 600; font-size: 13px; }
.ground { fill: #fff; } .grid { stroke: #d9dee4; fill: none; }
.line { stroke: currentColor; stroke-width: 2; fill: none; } .band { fill: currentColor; opacity: 0.12; }
${looks.map(({ dashes }, i) => `.line.look${i} { stroke-dasharray: ${dashes || 'none'}; }`).join(' ')}
${coloursOf('light')}
@media (prefers-color-scheme: dark) { text { fill: #dfe5eb; } .ground { fill: #14181d; } .grid { stroke: #333c46; } ${coloursOf('dark')} }`;

const round = (value: number): number => Math.round(10 * value) / 10;
