/** A map of layers × updates as a drawing that stands for itself. */
import { drawing, element, textAt, type Palette } from './svg.ts';

export interface HeatPicture {
  readonly title: string;
  /** Said below the title. */
  readonly note: string;
  /** The updates of each column, both included. */
  readonly columns: readonly { readonly from: number; readonly to: number }[];
  /** From the top; one value a column, NaN where nothing is measured. */
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[];
  /** How dark a value is, 0…1. */
  readonly shade: (value: number) => number;
}

const width = 720;
const frame = { left: 116, right: 22, top: 62 } as const;
const rowHeight = 17;
const small = 12;

/** As SVG. */
export function heatSvg({ title, note, columns, rows, shade }: HeatPicture, color: Palette): string {
  const across = width - frame.left - frame.right;
  const bottom = frame.top + rowHeight * rows.length;
  const x = (column: number) => frame.left + Math.round((across * column) / columns.length);
  const ink = color('--ink');
  const label = { 'font-size': small, fill: color('--ink-3') };
  const parts = [
    textAt(frame.left, 28, title, { 'font-size': 18, 'font-weight': 650, fill: ink }),
    textAt(frame.left, 47, note, label),
    element('rect', {
      ...{ x: frame.left, y: frame.top, width: across, height: bottom - frame.top },
      fill: color('--sunken'),
    }),
  ];
  rows.forEach(({ label: name, values }, i) => {
    const y = frame.top + rowHeight * i;
    parts.push(textAt(frame.left - 8, y + 13, name, { ...label, 'text-anchor': 'end' }));
    values.forEach((value, column) => {
      if (!Number.isFinite(value)) return;
      const opacity = (0.04 + 0.96 * shade(value)).toFixed(3);
      const cell = { x: x(column), y, width: x(column + 1) - x(column), height: rowHeight };
      parts.push(element('rect', { ...cell, fill: ink, 'fill-opacity': opacity }));
    });
  });
  const [first, last] = [columns.at(0)?.from ?? 0, columns.at(-1)?.to ?? 0];
  parts.push(
    textAt(frame.left, bottom + 16, String(first), label),
    textAt(frame.left + across / 2, bottom + 16, 'update', { ...label, 'text-anchor': 'middle' }),
    textAt(frame.left + across, bottom + 16, String(last), { ...label, 'text-anchor': 'end' }),
  );
  return drawing(width, bottom + 30, title, color('--surface'), parts);
}
