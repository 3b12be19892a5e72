/** Cuts the test text of a problem file (a `check(candidate)`, a module, a function of pytest) into unit tests. */
import type { SyntaxNode } from '@lezer/common';
import { cutEvalPlus } from './evalplus.ts';
import { sourceOf, withoutUnusedImports } from './packages.ts';
import {
  blanked,
  children,
  definedName,
  edited,
  hasNode,
  isIdle,
  isPython,
  names,
  namesThatMayBeBound,
  nodes,
  parsePython,
  renaming,
  textOf,
} from './python.ts';
import type { CutTests } from './tasks.ts';

/** Of tests, for people. */
export const weakerTier = 'run next to the program (the weaker tier)';

/** What came of cutting a body. */
export interface CutBody {
  readonly imports: readonly SyntaxNode[];
  /** The asserts that stand alone. */
  readonly free: readonly SyntaxNode[];
  /** What is left: statements that share names, loops, calls. */
  readonly rest: readonly SyntaxNode[];
}

/**
 * Cuts the statements of a body. An assert that uses no name that other statements may bind is a test by itself;
 * loops, assignments and what depends on them must stay together, and what comes after a statement that may change
 * anything (`seed(1)`, `config.size = 3`, a file that is written) stays after it.
 * @param tested names of the candidate: to call it changes nothing.
 */
export function cutBody(
  statements: readonly SyntaxNode[],
  source: string,
  tested: ReadonlySet<string> = new Set(),
): CutBody {
  const parts = statements.filter((node) => !isIdle(node));
  const imports = parts.filter((node) => node.name === 'ImportStatement');
  const asserts = parts.filter((node) => node.name === 'AssertStatement');
  const others = parts.filter((node) => !imports.includes(node) && !asserts.includes(node));
  const bound = new Set(others.flatMap((node) => namesThatMayBeBound(node, source)));
  const change = others.find((node) => mayChangeAnything(node, source, tested));
  const free = asserts.filter(
    (node) =>
      (change === undefined || node.from < change.from) &&
      !names(node, source).some((name) => bound.has(name)),
  );
  return { imports, free, rest: [...others, ...asserts.filter((node) => !free.includes(node))] };
}

/** Functions of Python that change nothing. */
const harmless = new Set(
  `abs all any bool chr complex dict divmod enumerate float frozenset int isinstance len list map max min ord pow print
  range repr reversed round set sorted str sum tuple type zip`.split(/\s+/),
);

/** Whether a statement calls what is not known to be harmless, sets a part of something, or deletes. */
function mayChangeAnything(statement: SyntaxNode, source: string, tested: ReadonlySet<string>): boolean {
  if (definedName(statement, source) !== undefined) return false;
  return nodes(statement).some((node) => {
    if (node.name === 'DeleteStatement') return true;
    if (node.name === 'AssignStatement' || node.name === 'UpdateStatement')
      return node.firstChild?.name === 'MemberExpression';
    const called = node.name === 'CallExpression' ? node.firstChild : null;
    if (called === null) return false;
    const name = textOf(called, source).normalize('NFKC');
    return !harmless.has(name) && !tested.has(name);
  });
}

/**
 * Cuts the source of a `check(candidate)` into unit tests. What `cutBody` cannot take apart stays one function,
 * called once: the weaker tier, because it runs next to the candidate. Asserts that do not call the candidate are left
 * out: any program would pass them.
 * @param entryPoint what to write for the candidate.
 * @throws Error when nothing calls the candidate.
 */
export function cutCheck(source: string, entryPoint: string): CutTests {
  const top = parsePython(source);
  const parts = children(top);
  const check = parts.find((node) => definedName(node, source) === 'check');
  const body = check?.getChild('Body');
  const parameters = check?.getChild('ParamList')?.getChildren('VariableName') ?? [];
  const call = `check(${entryPoint})`;
  if (!check || !body || parameters.length !== 1 || !isPython(top) || hasNode(check, 'NamedExpression')) {
    const weaker = `check is not of the plain form, so it is one test, ${weakerTier}`;
    return { setup: '', tests: [`${source}\n${call}`], weaker };
  }
  const candidate = textOf(parameters[0]!, source).normalize('NFKC');
  const helpers = parts.filter((node) => node !== check && !isAnnotation(node, source));
  const statements = children(body); // once: a tree may give a new object for the same node
  const evalPlus = cutEvalPlus({ helpers, body: statements, source, candidate, entryPoint });
  if (evalPlus) return evalPlus;

  const tested = new Set([candidate, ...names(parsePython(entryPoint), entryPoint)]);
  const about = (node: SyntaxNode): boolean => names(node, source).some((name) => tested.has(name));
  const { imports, free, rest } = cutBody(statements, source, tested);
  const as = new Map([[candidate, entryPoint]]);
  const tests = free.filter(about).map((node) => edited(node, source, renaming(node, source, as)));
  const whole = rest.some((node) => hasNode(node, 'AssertStatement') || about(node));
  const setup = [...helpers, ...imports];
  const kept = withoutUnusedImports(setup, source, whole ? [sourceOf(rest, source), ...tests] : tests);
  const cutOff = statements.filter(
    (node) => free.includes(node) || (setup.includes(node) && !kept.includes(node)),
  );
  if (whole) tests.push(`${blanked(check, source, cutOff)}\n${call}`);
  if (tests.length === 0) throw new Error(`field test: no assert of check calls ${candidate}`);
  return {
    setup: sourceOf(kept, source),
    tests,
    weaker: whole
      ? `what check does beside plain asserts is one of its ${tests.length} tests, ${weakerTier}`
      : '',
  };
}

/** The data set's own METADATA, or a call of check: no part of the tests. */
function isAnnotation(node: SyntaxNode, source: string): boolean {
  const text = textOf(node, source);
  return node.name === 'AssignStatement' ? /^METADATA\b/.test(text) : /^check\s*\(/.test(text);
}

/**
 * Cuts test text that runs at the top of a module, as MBPP+ has it, into unit tests; what cannot be taken apart is
 * one test in the weaker tier.
 * @param entryPoint what the tests call.
 * @throws Error when it tests nothing.
 */
export function cutModule(source: string, entryPoint: string): CutTests {
  const top = parsePython(source);
  const statements = children(top);
  const whole = { setup: '', tests: [source], weaker: `its tests are one, ${weakerTier}` };
  if (!isPython(top) || hasNode(top, 'NamedExpression')) return whole;
  const isHelper = (node: SyntaxNode): boolean =>
    node.name === 'ImportStatement' || definedName(node, source) !== undefined;
  const helpers = statements.filter(isHelper);
  const body = statements.filter((node) => !isHelper(node));
  const evalPlus = cutEvalPlus({ helpers, body, source, candidate: entryPoint, entryPoint });
  if (evalPlus) return evalPlus;
  const { free, rest } = cutBody(body, source, new Set([entryPoint]));
  if (rest.length > 0) return whole;
  if (free.length === 0) throw new Error('field test: it has no assert');
  const tests = free.map((node) => textOf(node, source));
  return { setup: sourceOf(withoutUnusedImports(helpers, source, tests), source), tests, weaker: '' };
}
