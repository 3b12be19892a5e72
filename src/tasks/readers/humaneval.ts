/**
 * HumanEval (Chen et al. 2021, github.com/openai/human-eval): one JSON object a line. Its tests are one function
 * `check(candidate)`; here each of its asserts becomes a unit test of its own where that changes nothing.
 */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import * as v from 'valibot';
import { programSource, pythonSource, readTaskLines, type ReadTasks } from './jsonl.ts';

const humanEvalLine = v.object({
  task_id: v.pipe(v.string(), v.regex(/\S/, 'the name is empty')),
  prompt: programSource,
  entry_point: v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, 'not the name of a function')),
  canonical_solution: pythonSource,
  test: v.pipe(pythonSource, v.regex(/\bdef\s+check\s*\(/, 'it must define check(candidate)')),
});

/**
 * Reads a HumanEval file. The reference program is prompt + canonical_solution, the instruction the prompt.
 * What the prompt has before the function (imports, helpers) is given to the tests as well: they may use it.
 */
export function readHumanEval(text: string): ReadTasks {
  return readTaskLines(text, humanEvalLine, (record, notice) => {
    const reference = record.prompt + record.canonical_solution;
    const { setup, tests, weaker } = cutCheck(record.test, record.entry_point);
    if (weaker !== '') notice(weaker);
    return {
      id: record.task_id.trim(),
      source: 'humaneval',
      instruction: record.prompt.trim(),
      entryPoint: record.entry_point,
      reference,
      setup: [preamble(reference, record.entry_point), setup].filter((part) => part !== '').join('\n'),
      tests,
      composition: '',
      family: '',
      level: 0,
    };
  });
}

/** What a program has before its function `name`. @throws Error when it defines none. */
function preamble(program: string, name: string): string {
  const definitions = children(parser.parse(program).topNode).filter(
    (node) => definedName(node, program) === name,
  );
  const [first] = definitions;
  if (!first) throw new Error(`field entry_point: the program defines no ${name}`);
  return program.slice(0, first.from).trim();
}

export interface CutTests {
  /** Imports and helper code that the tests need. */
  readonly setup: string;
  readonly tests: string[];
  /** Which tests run whole next to the candidate, for people; '' when none. */
  readonly weaker: string;
}

/**
 * Cuts the source of a `check(candidate)` into unit tests. An assert that calls the candidate and uses no name that other
 * statements may bind is a test by itself; loops, assignments and what depends on them stay one function, called
 * once: the weaker tier, because it runs next to the candidate. Asserts that do not call the candidate are left
 * out: any program would pass them.
 * @throws Error when nothing calls the candidate.
 */
export function cutCheck(source: string, entryPoint: string): CutTests {
  const top = parser.parse(source).topNode;
  const statements = children(top);
  const check = statements.find((node) => definedName(node, source) === 'check');
  const body = check?.getChild('Body');
  const parameters = check?.getChild('ParamList')?.getChildren('VariableName') ?? [];
  const call = `check(${entryPoint})`;
  if (!check || !body || parameters.length !== 1 || hasNode(top, '⚠') || hasNode(check, 'NamedExpression')) {
    const weaker = `check is not of the plain form, so it is one test, ${weakerTier}`;
    return { setup: '', tests: [`${source}\n${call}`], weaker };
  }

  const candidate = textOf(parameters[0]!, source);
  const tested = [candidate, entryPoint];
  const parts = children(body).filter((node) => !isIdle(node));
  const imports = parts.filter((node) => node.name === 'ImportStatement');
  const asserts = parts.filter((node) => node.name === 'AssertStatement');
  const others = parts.filter((node) => !imports.includes(node) && !asserts.includes(node));
  const bound = new Set(others.flatMap((node) => namesThatMayBeBound(node, source)));
  const free = asserts.filter((node) => !names(node, source).some((name) => bound.has(name)));
  const own = free.filter((node) => names(node, source).some((name) => tested.includes(name)));

  const tests = own.map((node) => renamed(node, source, candidate, entryPoint));
  const rest = [...others, ...asserts.filter((node) => !free.includes(node))];
  const restTests = rest.some(
    (node) => hasNode(node, 'AssertStatement') || names(node, source).some((name) => tested.includes(name)),
  );
  if (restTests) tests.push(`${blanked(check, free, source)}\n${call}`);
  if (tests.length === 0) throw new Error(`field test: no assert of check calls ${candidate}`);

  const helpers = statements.filter((node) => node !== check && !isAnnotation(node, source));
  return {
    setup: [...helpers, ...imports].map((node) => textOf(node, source)).join('\n'),
    tests,
    weaker: restTests
      ? `what check does beside plain asserts is one of its ${tests.length} tests, ${weakerTier}`
      : '',
  };
}

const weakerTier = 'which runs next to the program (the weaker tier)';

const textOf = (node: SyntaxNode, source: string): string => source.slice(node.from, node.to).trimEnd();

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'Comment' && child.name !== ':') found.push(child);
  return found;
}

/** The node and all below it, in the order of the text. */
function* nodes(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (let child = node.firstChild; child; child = child.nextSibling) yield* nodes(child);
}

const hasNode = (node: SyntaxNode, name: string): boolean =>
  [...nodes(node)].some((inner) => inner.name === name);

/** Name of the function or class that a statement defines, decorated or not. */
function definedName(node: SyntaxNode, source: string): string | undefined {
  const definition = node.name === 'DecoratedStatement' ? (node.lastChild ?? node) : node;
  if (!['FunctionDefinition', 'ClassDefinition'].includes(definition.name)) return undefined;
  const name = definition.getChild('VariableName');
  return name ? textOf(name, source) : undefined;
}

/** The variables a node mentions. */
const names = (node: SyntaxNode, source: string): string[] =>
  [...nodes(node)].filter((inner) => inner.name === 'VariableName').map((inner) => textOf(inner, source));

/** The variables of a node, less those that are only called or looked into, as `abs` and `math` in `abs(math.pi)`. */
function namesThatMayBeBound(node: SyntaxNode, source: string): string[] {
  return [...nodes(node)]
    .filter((inner) => inner.name === 'VariableName')
    .filter(({ parent, prevSibling }) => {
      const read = parent?.name === 'CallExpression' || parent?.name === 'MemberExpression';
      return !(read && prevSibling === null);
    })
    .map((inner) => textOf(inner, source));
}

/** A docstring or `pass`. */
const isIdle = (node: SyntaxNode): boolean =>
  node.name === 'PassStatement' ||
  (node.name === 'ExpressionStatement' && /String$/.test(node.firstChild?.name ?? ''));

/** The data set's own METADATA, or a call of check: no part of the tests. */
function isAnnotation(node: SyntaxNode, source: string): boolean {
  const text = textOf(node, source);
  return node.name === 'AssignStatement' ? /^METADATA\b/.test(text) : /^check\s*\(/.test(text);
}

/** The statement with the parameter's name replaced by the function's. A keyword argument of that name stays. */
function renamed(node: SyntaxNode, source: string, from: string, to: string): string {
  let text = '';
  let at = node.from;
  for (const inner of nodes(node)) {
    if (inner.name !== 'VariableName' || textOf(inner, source) !== from) continue;
    if (inner.parent?.name === 'ArgList' && inner.nextSibling?.name === 'AssignOp') continue;
    text += source.slice(at, inner.from) + to;
    at = inner.to;
  }
  return (text + source.slice(at, node.to)).trimEnd();
}

/** The function with some of its statements replaced by `pass`. */
function blanked(check: SyntaxNode, statements: readonly SyntaxNode[], source: string): string {
  let text = '';
  let at = check.from;
  for (const { from, to } of statements) {
    text += `${source.slice(at, from)}pass`;
    at = to;
  }
  return (text + source.slice(at, check.to)).trimEnd();
}
