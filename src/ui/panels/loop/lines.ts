/** What of a program is shown in a tile: its lines without what the task says already, and what changed since the answer before. */
import { differenceOf, type DiffLine, type MarkedPiece } from '../../code/difference.ts';
import { highlightPython } from '../../code/python.ts';

export interface TileLines {
  readonly lines: readonly MarkedPiece[][];
  /** What the answer before had and this one has not, where nothing was added; else ''. */
  readonly removed: string;
  /** The function that it defines first, where it does not define the one that was asked for and so fails every test; else ''. */
  readonly otherName: string;
}

/** The first line says what the task says; the rest is the answer. */
const signature = /^\s*def \w+\(.*\):\s*$/;
const definitions = /^(?:async )?def (\w+)\(/gm;

function otherNameIn(text: string, asked: string): string {
  const names = [...text.matchAll(definitions)].map(([, name = '']) => name);
  return asked === '' || names.includes(asked) ? '' : (names[0] ?? '');
}
const textOf = (pieces: readonly MarkedPiece[]) => pieces.map((piece) => piece.text).join('');

/**
 * @param before the answer of the turn before, if there is one
 * @param asked the function that the task asks for; '': not known
 */
export function tileLines(text: string, before: string | undefined, asked = ''): TileLines {
  const otherName = otherNameIn(text, asked);
  const difference = before === undefined ? null : differenceOf(before, text);
  const all = difference
    ? remaining(difference)
    : highlightPython(text).map((pieces) => pieces.map((piece) => ({ ...piece, changed: false })));
  const first = all[0];
  const dull = first !== undefined && signature.test(textOf(first)) && !first.some(({ changed }) => changed);
  const lines = dedented(all.length > 1 && dull && otherName === '' ? all.slice(1) : all);
  const added = lines.some((pieces) => pieces.some(({ changed }) => changed));
  return { lines, removed: added ? '' : removedIn(difference ?? []), otherName };
}

/** The lines of the new answer; one that stands against none of the old is new as a whole. */
function remaining(difference: readonly DiffLine[]): MarkedPiece[][] {
  let against = 0;
  return difference.flatMap(({ sign, pieces }) => {
    if (sign === '-') against++;
    if (sign === ' ') against = 0;
    if (sign === '-') return [];
    const isNew = sign === '+' && against === 0;
    if (sign === '+' && against > 0) against--;
    return [isNew ? pieces.map((piece) => ({ ...piece, changed: true })) : [...pieces]];
  });
}

/** Without the white space that all lines begin with: there is little room. */
function dedented(all: MarkedPiece[][]): MarkedPiece[][] {
  const depth = Math.min(
    ...all.filter((line) => textOf(line).trim() !== '').map((line) => textOf(line).search(/\S/)),
  );
  if (!Number.isFinite(depth) || depth === 0) return all;
  return all.map((line) => {
    let left = depth;
    return line.map((piece) => {
      const cut = Math.min(left, piece.text.length);
      left -= cut;
      return { ...piece, text: piece.text.slice(cut) };
    });
  });
}

/** What changed within a line, each stretch whole: it may have pieces of several colours, as " + 1" has. */
const changedStretches = (pieces: readonly MarkedPiece[]) =>
  pieces
    .map(({ text, changed }) => (changed ? text : '\n'))
    .join('')
    .split('\n');

const most = 28;

function removedIn(difference: readonly DiffLine[]): string {
  const all = difference
    .filter(({ sign }) => sign === '-')
    .flatMap(({ pieces }) => changedStretches(pieces))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  // Brackets alone tell nothing of what went, nor does the one behind the name of a call.
  const telling = all.filter((text) => /[\p{L}\p{N}]/u.test(text)).map((text) => text.replace(/\($/, ''));
  const removed = (telling.length > 0 ? telling : all).join(' … ');
  return removed.length > most ? `${removed.slice(0, most)}…` : removed;
}
