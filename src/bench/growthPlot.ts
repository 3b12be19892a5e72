/** Draws the growth report: small multiples, both axes logarithmic, so that a power law is a straight line. */
import { escaped, inks } from '../exports/svg.ts';
import type { GrowthPanel, GrowthReport } from './growth.ts';

const panelWidth = 340;
const panelHeight = 260;
/** Space around the plotted area of a panel, for title and axes. */
const inner = { left: 56, right: 16, top: 34, bottom: 44 } as const;
const legendHeight = 22;

/** By line, in the legend's order: its colours and its marker. */
const looks = [
  { ...inks.blue, marker: 'circle' },
  { ...inks.orange, marker: 'square' },
  { ...inks.green, marker: 'triangle' },
  { ...inks.blue, marker: 'circle' },
  { ...inks.purple, marker: 'diamond' },
  { ...inks.grey, marker: 'square' },
] as const;

/** @returns an SVG document, readable on light and dark ground; widths and heights are in pixels */
export function growthPlot(report: GrowthReport): string {
  const lines = Object.keys(report.titles);
  const columns = 2;
  const rows = Math.ceil(report.panels.length / columns);
  const panels = report.panels.map((panel, i) => {
    const x = (i % columns) * panelWidth;
    const y = Math.floor(i / columns) * (panelHeight + 2 * legendHeight);
    return `<g transform="translate(${x} ${y})">${drawPanel(panel, lines, report.titles)}</g>`;
  });
  const width = columns * panelWidth;
  const height = rows * (panelHeight + 2 * legendHeight);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(`How time grows, ${report.backend} on ${report.machine}`)}</title>`,
    `<style>${styles()}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function drawPanel(panel: GrowthPanel, lines: readonly string[], titles: GrowthReport['titles']): string {
  const drawn = lines.filter((line) => panel.points.some(({ ms }) => line in ms));
  const values = panel.points.flatMap(({ ms }) => Object.values(ms));
  const right = panelWidth - inner.right;
  const bottom = panelHeight - inner.bottom;
  const xs = panel.points.map(({ x }) => x);
  const x = logScale(xs, inner.left + 8, right - 8);
  const y = logScale(values, bottom - 8, inner.top + 4);
  const parts = [
    `<text class="title" x="${inner.left}" y="20">${escaped(panel.title)}</text>`,
    `<text class="label" x="${(inner.left + right) / 2}" y="${panelHeight - 8}" text-anchor="middle">${escaped(panel.axis)}</text>`,
    `<text class="label" transform="translate(13 ${(inner.top + bottom) / 2}) rotate(-90)" text-anchor="middle">milliseconds</text>`,
  ];
  for (const tick of ticks(Math.min(...values), Math.max(...values))) {
    const at = round(y(tick));
    parts.push(`<path class="grid" d="M${inner.left} ${at}H${right}"/>`);
    parts.push(
      `<text class="tick" x="${inner.left - 6}" y="${at + 3.5}" text-anchor="end">${short(tick)}</text>`,
    );
  }
  for (const tick of xs) {
    const at = round(x(tick));
    parts.push(`<path class="grid" d="M${at} ${inner.top}V${bottom}"/>`);
    parts.push(`<text class="tick" x="${at}" y="${bottom + 15}" text-anchor="middle">${short(tick)}</text>`);
  }
  for (const line of drawn) {
    const places = panel.points
      .filter(({ ms }) => line in ms)
      .map((point) => [round(x(point.x)), round(y(point.ms[line]))] as const);
    const look = lines.indexOf(line) % looks.length;
    parts.push(`<path class="line c${look}" d="M${places.map((place) => place.join(' ')).join('L')}"/>`);
    parts.push(...places.map(([px, py]) => mark(look, px, py)));
  }
  for (const [i, line] of drawn.entries()) {
    const look = lines.indexOf(line) % looks.length;
    const row = panelHeight + 8 + Math.floor(i / 2) * 16;
    const legendX = inner.left + (i % 2) * 140;
    parts.push(mark(look, legendX, row - 4));
    parts.push(`<text class="tick" x="${legendX + 9}" y="${row}">${escaped(titles[line] ?? line)}</text>`);
  }
  return parts.join('\n');
}

function mark(look: number, x: number, y: number): string {
  const shape = {
    circle: `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`,
    square: `M${x - 3.5} ${y - 3.5}h7v7h-7z`,
    triangle: `M${x} ${y - 4.5}l4.5 8h-9z`,
    diamond: `M${x} ${y - 5}l5 5l-5 5l-5 -5z`,
  }[looks[look].marker];
  return `<path class="mark c${look}" d="${shape}"/>`;
}

function styles(): string {
  const colours = (theme: 'light' | 'dark') =>
    looks.map((look, i) => `.line.c${i}{stroke:${look[theme]}}.mark.c${i}{fill:${look[theme]}}`).join('');
  const ground = (page: string, ink: string, soft: string, rule: string) =>
    `.ground{fill:${page}}text{fill:${ink}}.tick,.label{fill:${soft}}.grid{stroke:${rule}}`;
  return (
    `text{font-family:ui-sans-serif,system-ui,sans-serif}.title{font-size:13px;font-weight:600}.label{font-size:12px}` +
    `.tick{font-size:11px}.line{fill:none;stroke-width:1.75}.grid{fill:none;stroke-width:1}` +
    `${ground('#ffffff', '#182029', '#46515e', '#e3e7eb')}${colours('light')}` +
    `@media (prefers-color-scheme:dark){${ground('#14181d', '#e8ecf0', '#b4bec9', '#2b323a')}${colours('dark')}}`
  );
}

/** From values to pixels, evenly in the logarithm. */
function logScale(values: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.log(Math.min(...values));
  const span = Math.log(Math.max(...values)) - low || 1;
  return (value) => from + ((Math.log(value) - low) / span) * (to - from);
}

/** 1, 2 and 5 times powers of ten between two values; only powers of ten where those are enough. */
export function ticks(low: number, high: number): number[] {
  const decades = Array.from({ length: 13 }, (_, i) => 10 ** (i - 3));
  const inside = (all: number[]) => all.filter((tick) => tick >= low && tick <= high);
  const powers = inside(decades);
  return powers.length >= 3 ? powers : inside(decades.flatMap((ten) => [ten, 2 * ten, 5 * ten]));
}

const short = (value: number): string =>
  value >= 1e6
    ? `${+(value / 1e6).toPrecision(2)} M`
    : value >= 1e4
      ? `${+(value / 1e3).toPrecision(2)} k`
      : String(+value.toPrecision(3));
const round = (pixels: number): number => Math.round(pixels * 10) / 10;
