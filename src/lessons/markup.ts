/**
 * The mark-up of lessons, as little as they need: `**strong**`, `` `code` ``, `[name](place)`, which leads to a place of the page, and
 * `$formula$`, in which _ and ^ begin a subscript or a superscript (one character, or several in braces). Each paragraph is a string
 * of its own.
 */

/** A stretch of text set in one way. In a formula, `level` says how it stands. */
export interface Piece {
  readonly as: 'text' | 'strong' | 'code' | 'place' | 'formula';
  readonly text: string;
  readonly level: 'on' | 'sub' | 'sup';
  /** Of the page, where it leads there: `chart/kl`, `field/gamma`, `settings`, `episode`. */
  readonly place?: string;
}

const marks =
  /\*\*(?<strong>[^*]+)\*\*|`(?<code>[^`]+)`|\[(?<name>[^\]]+)\]\((?<place>[^)]+)\)|\$(?<formula>[^$]+)\$/g;
const levels = /([_^])(?:\{([^}]*)\}|(.))/g;

const plain = (as: Piece['as'], text: string): Piece[] => (text === '' ? [] : [{ as, text, level: 'on' }]);

function formula(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of text.matchAll(levels)) {
    pieces.push(...plain('formula', text.slice(at, found.index)));
    const level = found[1] === '_' ? 'sub' : 'sup';
    pieces.push({ as: 'formula', text: found[2] ?? found[3] ?? '', level });
    at = found.index + found[0].length;
  }
  return [...pieces, ...plain('formula', text.slice(at))];
}

/** @throws Error quoting the paragraph when a mark is opened and not closed */
export function parseMarkup(paragraph: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of paragraph.matchAll(marks)) {
    pieces.push(...plain('text', paragraph.slice(at, found.index)));
    const { strong, code, name, place, formula: maths } = found.groups ?? {};
    if (strong !== undefined) pieces.push(...plain('strong', strong));
    if (code !== undefined) pieces.push(...plain('code', code));
    if (name !== undefined && place !== undefined)
      pieces.push({ as: 'place', text: name, level: 'on', place });
    if (maths !== undefined) pieces.push(...formula(maths));
    at = found.index + found[0].length;
  }
  pieces.push(...plain('text', paragraph.slice(at)));
  const open = pieces.find(({ as, text }) => as === 'text' && /\*\*|[`$]/.test(text));
  if (open) throw new Error(`A mark is opened and not closed in: ${paragraph}`);
  return pieces;
}

/** Without its marks, for a title or a file. */
export const plainText = (paragraph: string): string =>
  parseMarkup(paragraph)
    .map(({ text }) => text)
    .join('');
