/** A chart as a drawing that stands for itself: with its title, its unit, a legend, and every colour in it. */
import { drawing, element, textAt, widthOf, type Palette } from './svg.ts';

export interface DrawnLine {
  readonly label: string;
  /** Name of a custom property. */
  readonly color: string;
  readonly dash: readonly number[];
  /** One per step; NaN where there is none. */
  readonly values: readonly number[];
  /** Behind the others: the values of a mean, another run. */
  readonly faint?: boolean;
}

export interface ChartPicture {
  readonly title: string;
  readonly unit: string;
  readonly steps: readonly number[];
  /** Those in front; they are in the legend. */
  readonly lines: readonly DrawnLine[];
  readonly behind: readonly DrawnLine[];
  /** Said at the end of the legend, or ''. */
  readonly note: string;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly log: boolean;
  /** How a number of the vertical axis is written. */
  readonly tick: (value: number) => string;
  /** Mark each point. */
  readonly points: boolean;
  readonly marks: readonly { readonly step: number; readonly text: string }[];
  readonly level: { readonly value: number; readonly label: string } | null;
}

const width = 720;
const frame = { left: 58, right: 22, top: 66, height: 280 } as const;
const small = 12;

/** As SVG. */
export function chartSvg(chart: ChartPicture, color: Palette): string {
  const { title, unit, steps, lines, behind, note, xRange, yRange, log, tick, marks, level } = chart;
  const [right, bottom] = [width - frame.right, frame.top + frame.height];
  const scale = log ? Math.log10 : (value: number) => value;
  const [low, high] = yRange.map(scale);
  const x = (step: number) =>
    frame.left + ((right - frame.left) * (step - xRange[0])) / (xRange[1] - xRange[0]);
  const y = (value: number) => bottom - (frame.height * (scale(value) - low)) / (high - low);
  const parts: string[] = [
    textAt(frame.left, 30, title, { 'font-size': 18, 'font-weight': 650, fill: color('--ink') }),
    textAt(frame.left, 48, unit, { 'font-size': small, fill: color('--ink-3') }),
  ];
  for (const value of log ? logTicks(yRange) : ticks(yRange, 5)) {
    parts.push(
      element('path', {
        d: `M${frame.left} ${round(y(value))}H${right}`,
        stroke: color('--line'),
        fill: 'none',
      }),
    );
    parts.push(
      textAt(frame.left - 8, y(value) + 4, tick(value), {
        'font-size': small,
        'text-anchor': 'end',
        fill: color('--ink-3'),
      }),
    );
  }
  const whole = ticks(xRange, 8).filter(Number.isInteger);
  for (const step of whole)
    parts.push(
      textAt(x(step), bottom + 18, String(step), {
        'font-size': small,
        'text-anchor': 'middle',
        fill: color('--ink-3'),
      }),
    );
  parts.push(
    textAt(right, bottom + 34, 'updates', {
      'font-size': small,
      'text-anchor': 'end',
      fill: color('--ink-3'),
    }),
  );
  marks.forEach(({ step, text }, i) => {
    if (step < xRange[0] || step > xRange[1]) return;
    const end = x(step) + 5 + widthOf(text, small) > right;
    parts.push(
      element('path', {
        d: `M${round(x(step))} ${frame.top}V${bottom}`,
        stroke: color('--changed'),
        fill: 'none',
      }),
    );
    parts.push(
      textAt(x(step) + (end ? -5 : 5), frame.top + 11 + 15 * (i % 3), text, {
        'font-size': small,
        'text-anchor': end ? 'end' : 'start',
        fill: color('--changed'),
      }),
    );
  });
  if (level) {
    const d = `M${frame.left} ${round(y(level.value))}H${right}`;
    parts.push(element('path', { d, stroke: color('--ink-3'), 'stroke-dasharray': '5 4', fill: 'none' }));
    parts.push(
      textAt(right, y(level.value) - 6, level.label, {
        'font-size': small,
        'text-anchor': 'end',
        fill: color('--ink-2'),
      }),
    );
  }
  const clip = element(
    'clipPath',
    { id: 'frame' },
    element('rect', {
      x: frame.left - 4,
      y: frame.top - 4,
      width: right - frame.left + 8,
      height: frame.height + 8,
    }),
  );
  const drawn = [...behind, ...lines].map((line) => drawLine(line, steps, x, y, chart, color));
  parts.push(clip, element('g', { 'clip-path': 'url(#frame)', fill: 'none' }, drawn.join('')));
  const [legend, end] = legendOf(chart, bottom + 56, right, color);
  parts.push(...legend);
  const height = end + (note === '' ? 0 : 18) + 10;
  if (note !== '')
    parts.push(textAt(frame.left, end + 18, note, { 'font-size': small, fill: color('--ink-3') }));
  return drawing(width, height, unit === '' ? title : `${title}, ${unit}`, color('--surface'), parts);
}

function drawLine(
  { values, color: name, dash, faint = false }: DrawnLine,
  steps: readonly number[],
  x: (step: number) => number,
  y: (value: number) => number,
  { points, log }: ChartPicture,
  color: Palette,
): string {
  const known = steps.flatMap((step, i) => {
    const value = values[i] ?? NaN;
    return Number.isFinite(value) && !(log && value <= 0) ? [[round(x(step)), round(y(value))] as const] : [];
  });
  if (known.length === 0) return '';
  const stroke = color(name);
  const line = element('path', {
    d: `M${known.map((point) => point.join(' ')).join('L')}`,
    stroke,
    'stroke-width': faint ? 1 : 2,
    'stroke-opacity': faint ? '0.4' : undefined,
    'stroke-dasharray': dash.join(' '),
    'stroke-linejoin': 'round',
  });
  if (faint || !(points || known.length === 1)) return line;
  const dots = known.map(([cx, cy]) =>
    element('circle', { cx, cy, r: 2.5, stroke, fill: color('--surface') }),
  );
  return line + dots.join('');
}

/** @returns its elements, and the baseline of its last row */
function legendOf({ lines }: ChartPicture, top: number, right: number, color: Palette): [string[], number] {
  const parts: string[] = [];
  let [at, y] = [frame.left, top] as [number, number];
  for (const { label, color: name, dash } of lines) {
    const room = 34 + widthOf(label, 13) + 20;
    if (at > frame.left && at + room > right) [at, y] = [frame.left, y + 20];
    const stroke = { stroke: color(name), 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') };
    parts.push(element('path', { d: `M${round(at)} ${y - 4}h26`, fill: 'none', ...stroke }));
    parts.push(textAt(at + 34, y, label, { 'font-size': 13, fill: color('--ink') }));
    at += room;
  }
  return [parts, y];
}

/** Round numbers between two ends, about so many. */
function ticks([low, high]: readonly [number, number], about: number): number[] {
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** Powers of ten; where there are too few, their doubles and fives too. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const powers = Array.from({ length: 40 }, (_, i) => 10 ** (i - 20));
  const within = (factors: readonly number[]) =>
    powers.flatMap((power) => factors.map((n) => n * power)).filter((value) => value >= low && value <= high);
  const few = within([1]);
  return few.length > 2 ? few : within([1, 2, 5]);
}

const round = (value: number): number => Math.round(10 * value) / 10;
