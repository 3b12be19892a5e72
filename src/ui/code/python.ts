/** Syntax colouring of Python, as plain data: the components decide how it looks. */
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { parser } from '@lezer/python';

/** '' is plain text; the others name a `--syntax-…` colour. */
export type Syntax = '' | 'keyword' | 'string' | 'number' | 'function' | 'comment';

/** A stretch of text on one line with one look. */
export interface Piece {
  readonly text: string;
  readonly syntax: Syntax;
}

const highlighter = tagHighlighter([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword],
    class: 'keyword',
  },
  { tag: [tags.moduleKeyword, tags.bool, tags.null, tags.self], class: 'keyword' },
  { tag: [tags.string, tags.special(tags.string)], class: 'string' },
  { tag: tags.number, class: 'number' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    class: 'function',
  },
  { tag: tags.function(tags.propertyName), class: 'function' },
  { tag: tags.comment, class: 'comment' },
]);

/** The look of every character of `code` (any text, legal Python or not). */
function syntaxOf(code: string): Syntax[] {
  const looks = new Array<Syntax>(code.length).fill('');
  highlightTree(parser.parse(code), highlighter, (from, to, name) => {
    looks.fill(name as Syntax, from, to); // the highlighter above only gives these names
  });
  return looks;
}

/** The programs that were coloured last; the same few are drawn again and again while an update runs. */
const coloured = new Map<string, readonly (readonly Piece[])[]>();
const remembered = 256;

/** `code` as lines of coloured pieces; joining the pieces with newlines gives `code` back. */
export function highlightPython(code: string): readonly (readonly Piece[])[] {
  const known = coloured.get(code);
  const lines = known ?? colour(code);
  coloured.delete(code); // and in again, as the newest
  coloured.set(code, lines);
  const [oldest] = coloured.keys();
  if (coloured.size > remembered && oldest !== undefined) coloured.delete(oldest);
  return lines;
}

function colour(code: string): Piece[][] {
  const looks = syntaxOf(code);
  const lines: Piece[][] = [[]];
  let start = 0;
  for (let i = 0; i <= code.length; i++) {
    const newline = code[i] === '\n';
    if (i < code.length && !newline && looks[i] === looks[start]) continue;
    if (i > start) lines.at(-1)?.push({ text: code.slice(start, i), syntax: looks[start] ?? '' });
    if (newline) lines.push([]);
    start = newline ? i + 1 : i;
  }
  return lines;
}
