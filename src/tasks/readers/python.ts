/** Python source as a syntax tree: what the readers ask of it. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';

/** The tree of a module. The parser knows `1.0` and not `1.`, so it is shown digits where a number has its point. */
export const parsePython = (source: string): SyntaxNode =>
  parser.parse(source.replace(/(?<![\w.])(\d[\d_]*)\./g, (_, digits: string) => `${digits}0`)).topNode;

export const textOf = (node: SyntaxNode, source: string): string =>
  source.slice(node.from, node.to).trimEnd();

/** The parts of a node, without comments and the colon of a body. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'Comment' && child.name !== ':') found.push(child);
  return found;
}

/** The node and all below it, in the order of the text. */
export function nodes(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((inner) => {
    found.push(inner.node);
  });
  return found;
}

export function hasNode(node: SyntaxNode, name: string): boolean {
  let found = false;
  node.cursor().iterate((inner) => {
    if (inner.name === name) found = true;
    return !found;
  });
  return found;
}

/** A docstring or another literal, or `pass`: a statement that does nothing. */
export const isIdle = (node: SyntaxNode): boolean =>
  node.name === 'PassStatement' ||
  (node.name === 'ExpressionStatement' && /String$|^ArrayExpression$/.test(node.firstChild?.name ?? ''));

/** Whether the parser understood all of it. */
export const isPython = (node: SyntaxNode): boolean => !hasNode(node, '⚠');

/** What the parser takes for a mistake and Python does not: text that has one of these is left to Python itself. */
const beyondParser = /\bwith\s*\(|\blambda\b[^:]*\/|[\w)\]]\s*\[[^\]]*\*|\byield\b/;

/** Whether a text is surely no Python; not every mistake is seen. */
export const isBroken = (source: string): boolean =>
  !isPython(parsePython(source)) && !beyondParser.test(source);

/** The first test, from 0, that is surely no Python; -1 for none. Together they cost one look where all are right. */
export const brokenTest = (tests: readonly string[]): number =>
  isPython(parsePython(tests.join('\n'))) ? -1 : tests.findIndex(isBroken);

/** The words that Python keeps for itself: none of them can be a name. */
const reserved = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from ' +
    'global if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);
export const isReserved = (text: string): boolean => reserved.has(text.normalize('NFKC'));

/** A name as Python compares names: in the form NFKC. */
const nameOf = (node: SyntaxNode, source: string): string => textOf(node, source).normalize('NFKC');

/** Whether Python takes the text for a name; a keyword passes too. */
export const isName = (text: string): boolean => /^[\p{XIDS}_]\p{XIDC}*$/u.test(text.normalize('NFKC'));

/** `name=` of a call, which names a parameter and no variable. */
const isKeyword = (node: SyntaxNode): boolean =>
  node.parent?.name === 'ArgList' && node.nextSibling?.name === 'AssignOp';

/** The variables that a node mentions, as nodes. */
export const variables = (node: SyntaxNode): SyntaxNode[] =>
  nodes(node).filter((inner) => inner.name === 'VariableName' && !isKeyword(inner));

/** The variables that a node mentions, in the order of the text. */
export const names = (node: SyntaxNode, source: string): string[] =>
  variables(node).map((inner) => nameOf(inner, source));

/** The names that a node calls, in the order of the text. */
export const calledNames = (node: SyntaxNode, source: string): string[] =>
  variables(node)
    .filter((inner) => inner.parent?.name === 'CallExpression' && inner.prevSibling === null)
    .map((inner) => nameOf(inner, source));

/** The variables of a node, less those that are only called or looked into, as `abs` and `math` in `abs(math.pi)`. */
export const namesThatMayBeBound = (node: SyntaxNode, source: string): string[] =>
  variables(node)
    .filter(({ parent, prevSibling }) => {
      const read = parent?.name === 'CallExpression' || parent?.name === 'MemberExpression';
      return !(read && prevSibling === null);
    })
    .map((inner) => nameOf(inner, source));

/** Name of the function or class that a statement defines, decorated or not. */
export function definedName(node: SyntaxNode, source: string): string | undefined {
  const definition = undecorated(node);
  if (!['FunctionDefinition', 'ClassDefinition'].includes(definition.name)) return undefined;
  const name = definition.getChild('VariableName');
  return name ? nameOf(name, source) : undefined;
}

export const undecorated = (node: SyntaxNode): SyntaxNode =>
  node.name === 'DecoratedStatement' ? (node.lastChild ?? node) : node;

/**
 * The names that a statement binds in its own scope: by def, class, import, assignment, `for`, `with`, also inside
 * `if` and `try`. A name that is only mentioned on the left (`a` of `a[0] = 1`) is not among them.
 */
export function boundNames(statement: SyntaxNode, source: string): string[] {
  const own = definedName(statement, source);
  if (own !== undefined) return [own];
  if (statement.name === 'ImportStatement') return importsOf(statement, source).map(({ name }) => name);
  if (statement.name === 'AssignStatement') return assignedNames(statement, source);
  const bound = statement.getChildren('VariableName').filter(followsBinder);
  const targets = statement
    .getChildren('TupleExpression')
    .flatMap((node) => node.getChildren('VariableName'));
  const inner = statement.getChildren('Body').flatMap((body) => children(body));
  return [
    ...[...bound, ...targets].map((node) => nameOf(node, source)),
    ...inner.flatMap((node) => boundNames(node, source)),
  ];
}

const followsBinder = ({ prevSibling }: SyntaxNode): boolean =>
  prevSibling !== null && ['for', 'as', ','].includes(prevSibling.name);

function assignedNames(statement: SyntaxNode, source: string): string[] {
  const found: SyntaxNode[] = [];
  const parts = children(statement);
  const last = parts.findLastIndex((part) => part.name === 'AssignOp');
  for (const part of parts.slice(0, last)) {
    if (part.name === 'VariableName') found.push(part);
    if (['TupleExpression', 'ArrayExpression', 'ParenthesizedExpression'].includes(part.name))
      found.push(...variables(part));
  }
  return found.map((node) => nameOf(node, source));
}

/** One thing that an import statement imports. */
export interface Import {
  /** The module as written: `os.path`, or `.x` for a relative one. */
  readonly module: string;
  /** What is taken from the module; '' for the module itself, '*' for all. */
  readonly member: string;
  /** The name it gets: `np` of `import numpy as np`, `os` of `import os.path`. */
  readonly name: string;
}

/** What an import statement imports, one entry a name. */
export function importsOf(statement: SyntaxNode, source: string): Import[] {
  const text = textOf(statement, source)
    .replace(/#.*|\\\n/g, ' ')
    .replace(/[()\s]+/g, ' ')
    .trim();
  const from = /^from ?(\S+) ?import ?(.*)$/.exec(text);
  const list = from ? from[2]! : text.replace(/^import /, '');
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [what = '', as] = part.split(' as ').map((word) => word.trim().normalize('NFKC'));
      if (from) return { module: from[1]!, member: what, name: as ?? what };
      return { module: what, member: '', name: as ?? what.split('.')[0]! };
    });
}

/** One replacement in a text. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The source of a node with some of it replaced. @param edits in the order of the text, inside the node. */
export function edited(node: SyntaxNode, source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = node.from;
  for (const edit of edits) {
    text += source.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return (text + source.slice(at, node.to)).trimEnd();
}

/** The edits that rename variables. A keyword argument of the same name stays. */
export const renaming = (node: SyntaxNode, source: string, to: ReadonlyMap<string, string>): Edit[] =>
  variables(node).flatMap((inner) => {
    const text = to.get(nameOf(inner, source));
    return text === undefined ? [] : [{ from: inner.from, to: inner.to, text }];
  });

/** The source of a node with some statements inside it replaced by `pass`. */
export const blanked = (node: SyntaxNode, source: string, statements: readonly SyntaxNode[]): string =>
  edited(
    node,
    source,
    statements.map(({ from, to }) => ({ from, to, text: 'pass' })),
  );
