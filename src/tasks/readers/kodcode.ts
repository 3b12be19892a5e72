/**
 * KodCode (Xu et al. 2025, huggingface.co/datasets/KodCode/KodCode-V1): questions with a solution and a test file for
 * pytest. Every `test_` function becomes one unit test, or one for each of its asserts where that changes nothing.
 */
import type { SyntaxNode } from '@lezer/common';
import * as v from 'valibot';
import { cutBody, weakerTier } from './cut.ts';
import { solutionModule, sourceOf, withoutUnusedImports } from './packages.ts';
import {
  boundNames,
  children,
  definedName,
  hasNode,
  importsOf,
  isIdle,
  isPython,
  names,
  parsePython,
  textOf,
  undecorated,
} from './python.ts';
import { firstName, problemText, programSource, readTasks, type CutTests, type ReadTasks } from './tasks.ts';

const kodCodeRecord = v.object({
  question_id: v.optional(v.string()),
  conversation_id: v.optional(v.string()),
  question: problemText,
  solution: programSource,
  test: v.optional(programSource),
  /** What earlier versions call it. */
  test_code: v.optional(programSource),
});

/** Reads a KodCode file. Where the question does not name what the tests call, the instruction does. */
export function readKodCode(text: string): ReadTasks {
  return readTasks(text, 'kodcode', kodCodeRecord, (record, notice) => {
    const test = record.test ?? record.test_code;
    if (test === undefined) throw new Error('field test: it is missing');
    const { setup, tests, weaker } = cutPytest(test);
    if (weaker !== '') notice(weaker);
    const entryPoint = firstName(record.solution, tests, setup);
    const question = record.question.trim();
    return {
      id: record.question_id ?? record.conversation_id,
      instruction: question.includes(entryPoint) ? question : `${question} Call it ${entryPoint}.`,
      entryPoint,
      reference: record.solution,
      setup,
      tests,
    };
  });
}

/**
 * Cuts a test file for pytest into unit tests.
 * @throws Error when it has no test, or a test that needs pytest itself to be called.
 */
export function cutPytest(source: string): CutTests {
  const top = parsePython(source);
  if (!isPython(top))
    throw new Error('field test: it could not be taken apart, because the parser does not understand it');
  const statements = children(top).filter((node) => !isIdle(node) && !isStart(node, source));
  const isTest = (node: SyntaxNode): boolean =>
    isTestFunction(node, source) || testMethods(node, source).length > 0;
  const asserts = statements.filter((node) => node.name === 'AssertStatement');
  const helpers = statements.filter(
    (node) => !isTest(node) && !asserts.includes(node) && !isImportOfProgram(node, source),
  );
  const objects = helpers.filter(
    (node) => node.name === 'AssignStatement' && hasNode(node, 'CallExpression'),
  );
  const shared = new Set(objects.flatMap((node) => boundNames(node, source)));
  const parts = statements.filter(isTest).map((node) => cutTest(node, source, shared));
  const tests = [...asserts.map((node) => textOf(node, source)), ...parts.flatMap((part) => part.tests)];
  if (tests.length === 0) throw new Error('field test: it has no function test_…');
  const inner = [...new Set(parts.flatMap((part) => part.imports))];
  const kept = sourceOf(withoutUnusedImports(helpers, source, [...tests, ...inner]), source);
  const whole = parts.reduce((sum, part) => sum + part.whole, 0);
  return {
    setup: [kept, ...inner].filter((part) => part !== '').join('\n'),
    tests,
    weaker: whole > 0 ? `${whole} of its ${tests.length} tests are whole functions, ${weakerTier}` : '',
  };
}

/** `from solution import f`: the program's names are known to the tests anyway. */
const isImportOfProgram = (node: SyntaxNode, source: string): boolean =>
  node.name === 'ImportStatement' &&
  importsOf(node, source).every(
    ({ module, member, name }) =>
      module === solutionModule && (member === name || member === '*') && member !== '',
  );

/** What starts the tests when the file is run: `if __name__ == "__main__":`, `test_f()`, `pytest.main()`. */
function isStart(node: SyntaxNode, source: string): boolean {
  const first = names(node, source)[0] ?? '';
  if (node.name === 'IfStatement') return first === '__name__';
  return (
    node.name === 'ExpressionStatement' &&
    (first.startsWith('test') || /\bpytest\.main\b/.test(textOf(node, source)))
  );
}

const isTestFunction = (node: SyntaxNode, source: string): boolean =>
  undecorated(node).name === 'FunctionDefinition' && (definedName(node, source) ?? '').startsWith('test');

/** The tests of a class as pytest collects them: of one named Test…, or of a TestCase. None for anything else. */
function testMethods(node: SyntaxNode, source: string): SyntaxNode[] {
  const definition = undecorated(node);
  if (definition.name !== 'ClassDefinition') return [];
  if (!definedName(node, source)!.startsWith('Test') && !isTestCase(node, source)) return [];
  return children(definition.getChild('Body')!).filter((part) => isTestFunction(part, source));
}

function isTestCase(node: SyntaxNode, source: string): boolean {
  const bases = undecorated(node).getChild('ArgList');
  return bases !== null && /\bTestCase\b/.test(textOf(bases, source));
}

interface CutTest {
  readonly tests: string[];
  readonly imports: string[];
  /** How many of the tests are whole functions. */
  readonly whole: number;
}

/** @param shared objects of the module, which an assert may change for the next one. */
function cutTest(node: SyntaxNode, source: string, shared: ReadonlySet<string>): CutTest {
  const name = definedName(node, source)!;
  if (!isTestFunction(node, source)) return cutTestClass(node, name, source);
  callable(node, name, source);
  const { imports, free, rest } = cutBody(children(undecorated(node).getChild('Body')!), source);
  const together =
    rest.length > 0 ||
    hasNode(node, 'NamedExpression') ||
    names(node, source).some((used) => shared.has(used)) ||
    node.name === 'DecoratedStatement'; // it may do anything, such as skip the test
  if (together) return { tests: [`${textOf(node, source)}\n${name}()`], imports: [], whole: 1 };
  const needed = imports.filter((statement) => !isImportOfProgram(statement, source));
  return {
    tests: free.map((statement) => textOf(statement, source)),
    imports: needed.map((statement) => textOf(statement, source)),
    whole: 0,
  };
}

/** Each method is a test, with an object of its own. */
function cutTestClass(node: SyntaxNode, name: string, source: string): CutTest {
  const methods = children(undecorated(node).getChild('Body')!).map((part) => definedName(part, source));
  const before = methods.includes('setup_method') ? 't.setup_method()\n' : '';
  const tests = testMethods(node, source).map((method) => {
    const test = definedName(method, source)!;
    callable(method, `${name}.${test}`, source);
    const run = isTestCase(node, source)
      ? `${name}("${test}").debug()`
      : `t = ${name}()\n${before}t.${test}()`;
    return `${textOf(node, source)}\n${run}`;
  });
  return { tests, imports: [], whole: tests.length };
}

/** @throws Error when a test cannot be called without pytest. */
function callable(node: SyntaxNode, name: string, source: string): void {
  const definition = undecorated(node);
  const wanted = (definition.getChild('ParamList')?.getChildren('VariableName') ?? [])
    .filter((parameter) => !hasDefault(parameter) && parameter.prevSibling?.name !== 'AssignOp')
    .map((parameter) => textOf(parameter, source))
    .filter((parameter) => parameter !== 'self');
  if (wanted.length > 0)
    throw new Error(
      `field test: ${name} gets ${wanted.join(', ')} from pytest, which the sandbox does not have`,
    );
  if (definition.firstChild?.name === 'async')
    throw new Error(`field test: ${name} is async, and pytest, which could run it, is not in the sandbox`);
}

function hasDefault({ nextSibling: next }: SyntaxNode): boolean {
  return (next?.name === 'TypeDef' ? next.nextSibling : next)?.name === 'AssignOp';
}
