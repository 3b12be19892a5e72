/** What is written onto a chart beside its lines: names at their ends, marks at an update, a value to compare with. */
import type uPlot from 'uplot';
import { clearOf, endInSight, spread, type Spot } from './series.ts';

/** Something happened after update `step`. */
export interface Mark {
  readonly step: number;
  readonly text: string;
}

/** A horizontal line. */
export interface Level {
  readonly value: number;
  readonly label: string;
}

/** The name at the end of a line. */
export interface EndLabel {
  readonly text: string;
  /** Name of a CSS custom property. */
  readonly color: string;
  /** Of the line, one per step; NaN where there is none. */
  readonly values: readonly number[];
}

export interface Annotations {
  readonly steps: readonly number[];
  readonly ends: readonly EndLabel[];
  /** The name of lines that lie behind and may end anywhere; null: there are none. */
  readonly behind: EndLabel | null;
  readonly marks: readonly Mark[];
  readonly level: Level | null;
  /** The update that is looked at; null: the latest. */
  readonly cursor: number | null;
  /** Write the marks' texts, not only their lines. */
  readonly words: boolean;
}

/** The middle of a level's label: above its line, or below where there is no room above. All in the same pixels. @param size of the letters */
export const besideLevel = (line: number, size: number, top: number): number =>
  line - 1.25 * size < top ? line + 0.75 * size : line - 0.75 * size;

/**
 * Draws onto the chart, after its lines.
 * @param css the value of a CSS custom property
 * @param size of the letters, CSS pixels
 */
export function annotate(
  u: uPlot,
  { steps, ends, behind, marks, level, cursor, words }: Annotations,
  css: (name: string) => string,
  size: number,
): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio; // by which uPlot draws
  const [left, right, top] = [bbox.left, bbox.left + bbox.width, bbox.top];
  const x = (step: number) => u.valToPos(step, 'x', true);
  const y = (value: number) => u.valToPos(value, 'y', true);
  /** A part of all updates may be shown. */
  const shown = (step: number) => x(step) >= left - 1 && x(step) <= right + 1;
  ctx.save();
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  const font = (weight: number) => (ctx.font = `${weight} ${size * ratio}px ${css('--font-text')}`);
  /** With a rim of paper, so that it can be read on top of a line. */
  const write = (text: string, atX: number, atY: number, color: string) => {
    ctx.lineWidth = 4 * ratio;
    ctx.strokeStyle = css('--surface');
    ctx.strokeText(text, atX, atY);
    ctx.fillStyle = css(color);
    ctx.fillText(text, atX, atY);
  };
  const rule = (fromX: number, fromY: number, toX: number, toY: number, color: string, dash: number[]) => {
    ctx.lineWidth = ratio;
    ctx.strokeStyle = css(color);
    ctx.setLineDash(dash.map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(fromX, fromY);
    ctx.lineTo(toX, toY);
    ctx.stroke();
    ctx.setLineDash([]);
  };

  font(500);
  marks
    .filter(({ step }) => shown(step))
    .forEach(({ step, text }, i) => {
      rule(x(step), top, x(step), top + bbox.height, '--changed', []);
      if (!words) return;
      const width = ctx.measureText(text).width;
      const toTheLeft = x(step) + 5 * ratio + width > right;
      const atX = toTheLeft ? Math.max(left, x(step) - 5 * ratio - width) : x(step) + 5 * ratio;
      write(text, atX, top + (0.7 + 1.25 * (i % 3)) * size * ratio, '--changed');
    });
  if (cursor !== null && shown(cursor)) rule(x(cursor), top, x(cursor), top + bbox.height, '--ink', []);
  if (level) {
    rule(left, y(level.value), right, y(level.value), '--ink-3', [5, 4]);
    write(
      level.label,
      right - ctx.measureText(level.label).width,
      besideLevel(y(level.value), size * ratio, top),
      '--ink-2',
    );
  }
  font(650);
  const bottom = top + bbox.height;
  const spotsOf = ({ values }: EndLabel): Spot[] =>
    steps.map((step, i): Spot => [x(step), y(values[i] ?? NaN)]).filter(([, atY]) => Number.isFinite(atY));
  const height = 1.15 * size * ratio;
  const lines = ends.map(spotsOf);
  const placed = ends.flatMap((end, i) => {
    const at = endInSight(lines[i] ?? [], left - 1, right + 1);
    return at ? [{ ...end, atX: at[0] + 7 * ratio, atY: at[1] }] : [];
  });
  const heights = spread(
    placed.map(({ atY }) => atY),
    height,
    top,
    bottom,
  );
  placed.forEach(({ text, color, atX }, i) => write(text, atX, heights[i] ?? 0, color));
  const end = behind && endInSight(spotsOf(behind), left - 1, right + 1);
  if (end) {
    const from = end[0] + 7 * ratio;
    const to = from + ctx.measureText(behind.text).width;
    /** What the lines in front take of the label's width, and their names. */
    const crossed = lines.flatMap((spots) => {
      const inside = [from, to].flatMap((edge) => {
        const at = endInSight(spots, left - 1, Math.min(edge, right));
        return at && edge <= (spots.at(-1)?.[0] ?? 0) + 1 ? [at] : [];
      });
      const over = [...inside, ...spots.filter(([atX]) => atX >= from && atX <= to)].map(([, atY]) => atY);
      return over.length > 0 ? [[Math.min(...over) - ratio, Math.max(...over) + ratio] as const] : [];
    });
    const named = placed.flatMap(({ text, atX }, i) =>
      atX < to && atX + ctx.measureText(text).width > from
        ? [[(heights[i] ?? 0) - height / 2, (heights[i] ?? 0) + height / 2] as const]
        : [],
    );
    write(behind.text, from, clearOf(end[1], height / 2, [...crossed, ...named], top, bottom), behind.color);
  }
  ctx.restore();
}
