/**
 * The picture of an update as a drawing that stands for itself, for slides and papers: the same lanes, from the same explanation,
 * with a title, a legend, and every colour in it.
 */
import { drawing, element, escaped, fonts, textAt, widthOf, type Palette } from '../../../exports/svg.ts';
import type { Comparison } from '../../../rl/algorithms/algorithm.ts';
import { subscript } from '../../../rl/symbols.ts';
import { unjudgedIn } from '../../../rl/unjudged.ts';
import type { MarkedPiece } from '../../code/difference.ts';
import { markStrokes, verdictWords, type TestStatus } from '../../controls/marks.ts';
import { fixed, signed, significant } from '../../format.ts';
import { tileLines } from './lines.ts';
import {
  barsOf,
  changeOf,
  pushWord,
  scaleOf,
  statusesIn,
  whoIsIn,
  whom,
  type Scale,
  type SeenLane,
  type SeenTurn,
  type View,
} from './picture.ts';
import { decimals, say } from '../../say.svelte.ts';

export interface LanesPicture {
  readonly view: View;
  /** The task. */
  readonly title: string;
  /** Which run and update it is of. */
  readonly subtitle: string;
}

const margin = 20;
const number = 26;
const tile = { width: 262, gap: 8, pad: 9, line: 16, letter: 6.7, rows: 16 } as const;
const bars = { width: 250, row: 17, total: 20 } as const;
const push = 96;
const letters = Math.floor((tile.width - 2 * tile.pad - 2) / tile.letter);

/** A part of the drawing, from (0, 0), and how high it is. */
interface Block {
  readonly parts: readonly string[];
  readonly height: number;
}

export function lanesSvg({ view, title, subtitle }: LanesPicture, color: Palette): string {
  const { lanes, turns, learned } = view;
  const tiles = turns * (tile.width + tile.gap);
  const width = 2 * margin + number + tiles + (learned ? bars.width + push : 0);
  const scale = scaleOf(lanes.map(({ explanation }) => explanation));
  const explained = lanes.find(({ explanation }) => explanation !== null)?.explanation;
  const one = lanes
    .flatMap(({ explanation }) => explanation?.comparisons ?? [])
    .find(({ count }) => count > 0);
  const parts = [
    textAt(margin, 32, title, { 'font-size': 17, 'font-weight': 650, fill: color('--ink') }),
    textAt(margin, 51, subtitle, { 'font-size': 12, fill: color('--ink-3') }),
    ...headsOf(view, decimals(explained?.formula ?? ''), one, color),
  ];
  let y = 112;
  lanes.forEach((lane, i) => {
    const { parts: inside, height } = laneOf(lane, i, view, scale, color);
    parts.push(
      element('path', { d: `M${margin} ${y}H${width - margin}`, stroke: color('--line'), fill: 'none' }),
    );
    parts.push(element('g', { transform: `translate(${margin} ${y + 6})` }, inside.join('')));
    y += height + 12;
  });
  parts.push(...legendOf(view, y + 18, one, color));
  return drawing(width, y + 34, `${title} ${subtitle}`, color('--surface'), parts);
}

function headsOf(
  { turns, learned }: View,
  formula: string,
  one: Comparison | undefined,
  color: Palette,
): string[] {
  const first = margin + number;
  const third = first + turns * (tile.width + tile.gap);
  const span = (words: string, look: Look) =>
    element('tspan', { ...look, 'xml:space': 'preserve' }, escaped(words));
  const head = (x: number, y: number, words: string, rest: string) => {
    const bold = span(words, { fill: color('--ink'), 'font-weight': '650' });
    return element('text', { x, y, 'font-size': 12 }, bold + span(`  ${rest}`, { fill: color('--ink-2') }));
  };
  return [
    head(first, 102, say('1 Write'), say('turn {number}', { number: 1 })),
    ...(turns > 1
      ? [
          head(
            first + tile.width + tile.gap,
            102,
            say('2 Correct'),
            turns === 2 ? say('turn {number}', { number: 2 }) : say('turns 2–{turns}', { turns }),
          ),
        ]
      : []),
    ...(learned
      ? [
          head(third, 102, say('4 Compare'), one ? say(whom[one.comparedWith]) : ''),
          head(third, 84, say('3 Reward'), formula.split('\n')[0] ?? ''),
          head(third + bars.width + 18, 102, say('5 Push'), 'A'),
        ]
      : []),
  ];
}

function laneOf(lane: SeenLane, i: number, view: View, scale: Scale, color: Palette): Block {
  const tiles = lane.turns.map((turn, t) =>
    t < view.shared && i > 0
      ? tileOf({ ...turn, text: '' }, undefined, t, say('the same answer as try 1'), color, '')
      : tileOf(turn, lane.turns[t - 1], t, '', color, lane.asked ?? ''),
  );
  const compared = (lane.explanation?.comparisons ?? []).map((one) =>
    comparisonOf(one, lane.turns, scale, color),
  );
  const sum = compared.reduce((total, { height }) => total + height, 0);
  const height = Math.max(...tiles.map((one) => one.height), sum, 40);
  const parts = [
    textAt(number / 2 - 3, height / 2 + 5, String(i + 1), {
      ...{ 'font-size': 14, 'font-weight': 700, 'text-anchor': 'middle', fill: color('--ink-2') },
    }),
    ...tiles.map((_, t) => {
      const turn = lane.turns[t];
      const inside = turn
        ? frameOf(t, height, color) + tiles[t]?.parts.join('') + footOf(turn, t, height, color)
        : '';
      return element('g', { transform: `translate(${number + t * (tile.width + tile.gap)} 0)` }, inside);
    }),
  ];
  let y = (height - sum) / 2;
  for (const one of compared) {
    const x = number + view.turns * (tile.width + tile.gap);
    parts.push(element('g', { transform: `translate(${x} ${y})` }, one.parts.join('')));
    y += one.height;
  }
  return { parts, height };
}

const frameOf = (t: number, height: number, color: Palette): string =>
  element('rect', { width: tile.width, height, rx: 6, fill: color('--sunken'), stroke: color('--line') }) +
  element('rect', { width: 4, height, rx: 2, fill: color(`--turn-${t + 1}`) });

/** An answer: what became of the one before, and its program. @param instead of both, if not '' */
function tileOf(
  turn: SeenTurn,
  before: SeenTurn | undefined,
  t: number,
  instead: string,
  color: Palette,
  asked: string,
): Block {
  const parts: string[] = [];
  let y = tile.pad;
  const line = (words: string, fill: string, weight: number) => {
    parts.push(
      textAt(tile.pad + 2, y + 10, words, { 'font-size': 11, 'font-weight': weight, fill: color(fill) }),
    );
    y += tile.line;
  };
  if (instead) line(instead, '--ink-3', 400);
  const change = before ? changeOf(before, turn) : '';
  const up = change === 'repaired' || change === 'better';
  const down = change === 'broke it' || change === 'worse';
  if (change) line(`→ ${say(change)}`, up ? '--pass' : down ? '--fail' : '--ink-3', up || down ? 650 : 400);
  const { lines, removed, otherName } = tileLines(turn.text, before?.text, asked);
  if (otherName && turn.verdict)
    line(say('defines {otherName}, not {asked}', { otherName, asked }), '--fail', 650);
  if (!instead && change !== 'unchanged') {
    if (removed) line(`${say('without')} ${removed}`, '--ink-3', 400);
    const rows = lines.flatMap(wrapped);
    for (const row of rows.slice(0, tile.rows)) {
      parts.push(codeLine(row, y, t, color));
      y += tile.line;
    }
    if (rows.length > tile.rows)
      line(say('… and {n} lines more', { n: rows.length - tile.rows }), '--ink-3', 400);
  }
  return { parts, height: y + 24 };
}

/** Marks of its tests, and its reward, at the lower edge. */
function footOf({ verdict, reward }: SeenTurn, t: number, height: number, color: Palette): string {
  if (!verdict) return '';
  const marks = verdict.tests.map(({ status }, i) =>
    markOf(status, tile.pad + 1 + 13 * i, height - 18, color),
  );
  const words = `r${subscript(t + 1)} ${significant(reward, 2)}`;
  const at = { 'text-anchor': 'end', 'font-size': 12.5, 'font-weight': 650, fill: color(`--turn-${t + 1}`) };
  return marks.join('') + textAt(tile.width - 10, height - 8, words, at);
}

function markOf(status: TestStatus, x: number, y: number, color: Palette): string {
  const strokes = markStrokes[status].map(({ d, width = 2.4, dash }) =>
    element('path', { d: `M0 0${d}`, 'stroke-width': width, 'stroke-dasharray': dash }),
  );
  const look = {
    fill: 'none',
    stroke: color(`--${status}`),
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  };
  return element('g', { transform: `translate(${x} ${y}) scale(0.72)`, ...look }, strokes.join(''));
}

/** A line in rows that have room in a tile; the later ones stand in a little. */
function wrapped(pieces: readonly MarkedPiece[]): MarkedPiece[][] {
  const rows: MarkedPiece[][] = [[]];
  let column = 0;
  for (const piece of pieces) {
    let rest = piece.text;
    while (rest !== '') {
      if (column >= letters) {
        rows.push([{ text: '  ', syntax: '', changed: false }]);
        column = 2;
      }
      const part = rest.slice(0, letters - column);
      rows.at(-1)?.push({ ...piece, text: part });
      column += part.length;
      rest = rest.slice(part.length);
    }
  }
  return rows;
}

/** Each piece stands where its column is, whatever the face that draws it. */
function codeLine(pieces: readonly MarkedPiece[], y: number, t: number, color: Palette): string {
  let column = 0;
  return pieces
    .map(({ text, syntax, changed }) => {
      const from = column + text.length - text.trimStart().length;
      column += text.length;
      const words = text.trim();
      const x = tile.pad + 2 + from * tile.letter;
      const length = words.length * tile.letter;
      const back = { x: x - 1, y, width: length + 2, height: tile.line - 1, rx: 2, 'fill-opacity': '0.2' };
      const behind = changed && words ? element('rect', { ...back, fill: color(`--turn-${t + 1}`) }) : '';
      const ink = color(syntax === '' ? '--ink' : `--syntax-${syntax}`);
      const face = { 'font-family': fonts.code, 'font-size': 11, 'xml:space': 'preserve' };
      const fit = { textLength: length, lengthAdjust: 'spacingAndGlyphs' };
      return words ? behind + textAt(x, y + 11.5, words, { ...face, ...fit, fill: ink }) : '';
    })
    .join('');
}

/** From rewards to the push: bars laid end to end, the baseline, the gap, and what follows. */
function comparisonOf(one: Comparison, turns: readonly SeenTurn[], scale: Scale, color: Palette): Block {
  const all = barsOf(one);
  const height = all.length * bars.row + bars.total + 8;
  const unjudged = unjudgedIn(turns);
  const test = unjudged ? say('test {test}', { test: unjudged.test }) : say('a test');
  if (!Number.isFinite(one.compared))
    return {
      parts: [
        textAt(12, height / 2, say('not judged: {test} could not be run', { test }), small(color, '--ink-3')),
      ],
      height,
    };
  const at = (value: number) => (bars.width * scale.at(value)) / 100;
  const rule = (value: number, ink: string, look: Record<string, string | number>) =>
    element('path', {
      d: `M${Math.round(10 * at(value)) / 10} 0V${height}`,
      fill: 'none',
      stroke: color(ink),
      ...look,
    });
  const parts = [rule(0, '--line-strong', {})];
  const compares = one.count > 0;
  if (compares) parts.push(rule(one.baseline, '--ink', { 'stroke-width': 2, 'stroke-dasharray': '5 4' }));
  all.forEach(({ turn, kind, from, to }, i) => {
    const y = 3 + i * bars.row;
    const ink = kind === 'reward' ? `--turn-${turn}` : '--ink-3';
    const look = kind === 'rest' ? { fill: 'none', stroke: color(ink) } : { fill: color(ink) };
    parts.push(barAt(at(from), at(to), y, 13, look));
    const left = to < from && (from - to) / (scale.max - scale.min || 1) > 0.02;
    const words = `${signed(to - from)}${{ kl: ' KL', rest: ` ${say('rest')}`, reward: '' }[kind]}`;
    const x = left ? at(to) - 5 : at(Math.max(from, to)) + 5;
    parts.push(textAt(x, y + 11, words, { ...small(color, ink), 'text-anchor': left ? 'end' : 'start' }));
  });
  const y = 3 + all.length * bars.row;
  const gap = one.compared - one.baseline;
  if (compares)
    parts.push(
      barAt(at(one.baseline), at(one.compared), y + 5, 8, { fill: color(gap >= 0 ? '--pass' : '--fail') }),
    );
  parts.push(element('rect', { x: at(one.compared) - 1, y, width: 2, height: 17, fill: color('--ink') }));
  const x = at(one.compared) + (gap >= 0 ? 6 : -6);
  const bold = { ...small(color, '--ink'), 'font-weight': 650, 'text-anchor': gap >= 0 ? 'start' : 'end' };
  parts.push(textAt(x, y + 13, `${one.name} ${fixed(one.compared)}`, bold));
  const word = pushWord(one.advantage);
  const [ink, arrow] =
    word === 'more likely' ? ['--pass', '▲'] : word === 'less likely' ? ['--fail', '▼'] : ['--ink', '•'];
  const middle = { 'text-anchor': 'middle', fill: color(ink) };
  const center = bars.width + push / 2;
  parts.push(
    textAt(center, height / 2 + 1, signed(one.advantage), { 'font-size': 18, 'font-weight': 650, ...middle }),
  );
  parts.push(textAt(center, height / 2 + 17, `${arrow} ${say(word)}`, { 'font-size': 11, ...middle }));
  return { parts, height };
}

type Look = Readonly<Record<string, string | undefined>>;

/** With a rim of paper, so that it can be read on top of a line. */
const small = (color: Palette, ink: string) => ({
  ...{ 'font-size': 12, fill: color(ink) },
  ...{ stroke: color('--surface'), 'stroke-width': 3, 'paint-order': 'stroke', 'stroke-linejoin': 'round' },
});

const barAt = (from: number, to: number, y: number, height: number, look: Look): string =>
  element('rect', {
    x: Math.min(from, to),
    y,
    width: Math.max(1, Math.abs(to - from)),
    height,
    rx: 2,
    ...look,
  });

/** What the marks and the dashed line mean, as far as they are there. */
function legendOf(
  { lanes, learned }: View,
  y: number,
  one: Comparison | undefined,
  color: Palette,
): string[] {
  const parts: string[] = [];
  let x = margin;
  const write = (words: string) => {
    parts.push(textAt(x, y, words, { 'font-size': 11.5, fill: color('--ink-2') }));
    x += widthOf(words, 11.5) + 22;
  };
  for (const status of statusesIn(lanes)) {
    parts.push(markOf(status, x, y - 10, color));
    x += 16;
    write(say(verdictWords[status]));
  }
  if (learned && one) {
    parts.push(
      element('path', {
        d: `M${x + 3} ${y - 11}v14`,
        stroke: color('--ink'),
        'stroke-width': 2,
        'stroke-dasharray': '5 4',
      }),
    );
    x += 12;
    write(say('mean of {who}', { who: whoIsIn(one) }));
    write(say('bars: what each turn adds to the reward, and the KL penalty'));
  }
  return parts;
}
