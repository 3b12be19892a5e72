/** The difference between two answers, line by line and, within a changed line, by words and operators. */
import { diffArrays, diffLines } from 'diff';
import { highlightPython, type Piece } from './python.ts';

export interface MarkedPiece extends Piece {
  /** This stretch is what changed within its line. */
  readonly changed: boolean;
}

export interface DiffLine {
  readonly sign: '+' | '-' | ' ';
  readonly pieces: readonly MarkedPiece[];
}

/** Number of lines in a part of a line diff. */
function countLines(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}

/** Cuts `pieces` at the borders of `ranges` (character offsets in the line) and marks what lies inside. */
function mark(pieces: readonly Piece[], ranges: readonly (readonly [number, number])[]): MarkedPiece[] {
  const out: MarkedPiece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const end = at + piece.text.length;
    const cuts = [at, ...ranges.flat().filter((cut) => cut > at && cut < end), end];
    for (let i = 0; i + 1 < cuts.length; i++) {
      const from = cuts[i] ?? at;
      const to = cuts[i + 1] ?? end;
      const changed = ranges.some(([a, b]) => a <= from && to <= b);
      out.push({ text: piece.text.slice(from - at, to - at), syntax: piece.syntax, changed });
    }
    at = end;
  }
  return out;
}

/** Words, white space, operators whole (else `>` after `>=` would be something left out and nothing put in), other characters. */
const token = /[\p{L}\p{N}_]+|\s+|(?:\*\*|\/\/|<<|>>|[-+*/%&|^<>=!:@])=|\*\*|\/\/|<<|>>|->|[^]/gu;
const tokens = (line: string): string[] => line.match(token) ?? [];

/** Character ranges that differ between two lines: in the old one and in the new one. */
function changedRanges(before: string, after: string): { old: [number, number][]; new: [number, number][] } {
  const ranges: { old: [number, number][]; new: [number, number][] } = { old: [], new: [] };
  let o = 0;
  let n = 0;
  for (const part of diffArrays(tokens(before), tokens(after))) {
    const { length } = part.value.join('');
    if (part.removed) ranges.old.push([o, o + length]);
    if (part.added) ranges.new.push([n, n + length]);
    if (!part.added) o += length;
    if (!part.removed) n += length;
  }
  return ranges;
}

const textOf = (pieces: readonly Piece[]) => pieces.map((piece) => piece.text).join('');

/**
 * Unified difference of two programs. Lines with '-' come from `before`, with '+' from `after`, with ' ' from both;
 * a removed line that stands against an added one has only its differing words marked as changed.
 */
export function differenceOf(before: string, after: string): DiffLine[] {
  const oldLines = highlightPython(before);
  const newLines = highlightPython(after);
  const out: DiffLine[] = [];
  let o = 0;
  let n = 0;
  const parts = diffLines(`${before}\n`, `${after}\n`);
  for (let p = 0; p < parts.length; p++) {
    const part = parts[p];
    if (!part) continue;
    const lines = countLines(part.value);
    if (!part.removed && !part.added) {
      for (let i = 0; i < lines; i++) out.push({ sign: ' ', pieces: mark(newLines[n + i] ?? [], []) });
      o += lines;
      n += lines;
      continue;
    }
    const next = parts[p + 1];
    const paired = part.removed && next?.added ? next : undefined;
    const removed = part.removed ? lines : 0;
    const added = part.added ? lines : paired ? countLines(paired.value) : 0;
    const ranges = Array.from({ length: Math.min(removed, added) }, (_, i) =>
      changedRanges(textOf(oldLines[o + i] ?? []), textOf(newLines[n + i] ?? [])),
    );
    for (let i = 0; i < removed; i++)
      out.push({ sign: '-', pieces: mark(oldLines[o + i] ?? [], ranges[i]?.old ?? []) });
    for (let i = 0; i < added; i++)
      out.push({ sign: '+', pieces: mark(newLines[n + i] ?? [], ranges[i]?.new ?? []) });
    o += removed;
    n += added;
    if (paired) p++;
  }
  return out;
}
