/**
 * EvalPlus (Liu et al. 2023, github.com/evalplus/evalplus): many more inputs for HumanEval and MBPP. Its test text loops
 * over lists of inputs and results and compares with numpy; here each input becomes a unit test that needs no numpy.
 */
import type { SyntaxNode } from '@lezer/common';
import { sourceOf, withoutUnusedImports } from './packages.ts';
import {
  boundNames,
  children,
  definedName,
  edited,
  isIdle,
  names,
  nodes,
  textOf,
  variables,
  type Edit,
} from './python.ts';
import { joined, type CutTests } from './tasks.ts';

/** Relative tolerance, and the absolute one that floats get when the record gives none: |out - exp| <= atol + rtol·|exp|. */
const rtol = 1e-7;
const floatAtol = 1e-6;

/**
 * The same comparison in plain Python, for results that are not a single number. Two things are stricter than the
 * published text, as in EvalPlus's own evaluator: lengths must be equal (numpy would stretch [1] to match []), and
 * nothing but equality makes infinities and other things than numbers equal.
 */
const closeFunction = `def _close(out, exp, atol):
    if out == exp:
        return True
    floats = exp if isinstance(exp, (list, tuple)) else [exp]
    if atol == 0 and len(floats) > 0 and all(isinstance(x, float) for x in floats):
        atol = ${floatAtol}
    if atol == 0:
        return False
    if isinstance(exp, (list, tuple)):
        return (
            isinstance(out, (list, tuple))
            and len(out) == len(exp)
            and all(_close(a, b, atol) for a, b in zip(out, exp))
        )
    if not all(isinstance(x, (int, float, complex)) for x in (out, exp)):
        return False
    return abs(exp) < float('inf') and abs(out - exp) <= atol + ${rtol} * abs(exp)`;

/**
 * How the published helper `assertion(out, exp, atol)` compares; 'truth': only whether something came back. (The
 * published text of those three records compares and asserts nothing; EvalPlus's own evaluator does.)
 */
type Oracle = 'close' | 'set' | 'truth';

/** The lines of the published helper, spaces and messages aside. A helper with any other line is not taken for it. */
const compared = [
  'if atol == 0 and is_floats(exp):',
  'atol = 1e-6',
  'exact_match = out == exp',
  'if not exact_match and atol != 0:',
  'if out != exp and atol != 0:',
  'assert type(out) == type(exp)',
  'if isinstance(exp, (list, tuple)):',
  'assert len(out) == len(exp)',
  'assert np.allclose(out, exp, rtol=1e-07, atol=atol)',
  'np.testing.assert_allclose(out, exp, atol=atol)',
  'np.testing.assert_allclose(out, exp, atol=atol, rtol=1e-07)',
  'else:',
  'assert exact_match',
  'assert out == exp',
];
const asSets = ['out = set(out)', 'exp = set(exp)'];
const somethingOrNothing = [
  'if isinstance(out, bool):',
  'exact_match = out == exp',
  'else:',
  'exact_match = exp == (out is not None)',
  'assert exact_match',
];

function oracleOf(assertion: SyntaxNode, source: string): Oracle | null {
  const parameters = assertion.getChild('ParamList')?.getChildren('VariableName') ?? [];
  if (parameters.map((node) => textOf(node, source)).join() !== 'out,exp,atol') return null;
  const lines = textOf(assertion, source)
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .replace(/#.*/, '')
        .replace(/^(\s*assert [^"']*), f?["'].*/, '$1')
        .trim(),
    )
    .filter((line) => line !== '');
  const allOf = (known: readonly string[]): boolean => lines.every((line) => known.includes(line));
  if (allOf(somethingOrNothing)) return 'truth';
  if (!lines.some((line) => line.includes('allclose'))) return null;
  if (allOf(compared)) return 'close';
  return asSets.every((line) => lines.includes(line)) && allOf([...compared, ...asSets]) ? 'set' : null;
}

interface Cutting {
  /** Statements beside the loop: imports, functions. */
  readonly helpers: readonly SyntaxNode[];
  /** Where `inputs`, `results` and the loop are. */
  readonly body: readonly SyntaxNode[];
  readonly source: string;
  /** What the loop calls, and what to write for it. */
  readonly candidate: string;
  readonly entryPoint: string;
}

/**
 * Cuts the published form: `inputs = [...]`, `results = [...]` and one loop over both (or over the inputs alone), whose
 * only statement is an assert, or a call of the published `assertion`.
 * @returns null when the text is of any other form.
 */
export function cutEvalPlus({ helpers, body, source, candidate, entryPoint }: Cutting): CutTests | null {
  const parts = body.filter((node) => !isIdle(node));
  const loop = parts.at(-1);
  const header = loop ? loopHeader(loop, source) : null;
  const statements = loop ? loop.getChildren('Body').flatMap(children) : [];
  const lists = new Map(parts.slice(0, -1).map((node) => [boundNames(node, source).join(), elements(node)]));
  if (!header || statements.length !== 1 || lists.size !== header.lists.length) return null;
  if (parts.slice(0, -1).some((node) => names(node, source).includes(candidate))) return null;
  const helper = helpers.find((node) => definedName(node, source) === 'assertion');
  const oracle = helper ? oracleOf(helper, source) : null;
  if (nodes(statements[0]!).some(({ name }) => /Lambda|Comprehension|^NamedExpression/.test(name)))
    return null;
  const made = template(statements[0]!, source, oracle);
  if (made === null) return null;

  const columns = header.lists.map((name) => lists.get(name) ?? []);
  const tests = Array.from({ length: Math.min(...columns.map(({ length }) => length)) }, (_, row) => {
    const values = new Map(header.variables.map((name, i) => [name, columns[i]![row]!]));
    const fill = (node: SyntaxNode): string => {
      const filled = (name: string): string | undefined =>
        name === candidate ? entryPoint : name === header.counter ? String(row) : undefined;
      return edited(node, source, substitution(node, source, values, filled));
    };
    return made.test(fill, (made.exp && values.get(textOf(made.exp, source))) ?? null);
  });
  if (tests.length === 0) return null;
  const replaced = oracle === null ? [] : ['is_floats', 'assertion'];
  const own = helpers.filter((node) => !replaced.includes(definedName(node, source) ?? ''));
  const kept = sourceOf(withoutUnusedImports(own, source, tests), source);
  const close = oracle !== null && tests.some((test) => test.includes('_close(')) ? closeFunction : '';
  return { setup: joined(kept, close), tests, weaker: '' };
}

/** The elements of `name = [...]`, none for any other statement. */
function elements(statement: SyntaxNode): SyntaxNode[] {
  const list = statement.name === 'AssignStatement' ? statement.lastChild : null;
  if (list?.name !== 'ArrayExpression') return [];
  return children(list).filter((node) => !['[', ']', ','].includes(node.name));
}

interface LoopHeader {
  readonly lists: readonly string[];
  /** What an element of each list is called. */
  readonly variables: readonly string[];
  /** What the number of the round is called. */
  readonly counter: string | undefined;
}

/** What a loop goes through; null when it is not such a loop. */
function loopHeader(loop: SyntaxNode, source: string): LoopHeader | null {
  if (loop.name !== 'ForStatement') return null;
  const text = source.slice(loop.from, loop.getChild('Body')?.from ?? loop.to).trim();
  const both =
    /^for (\w+), \((\w+), (\w+)\) in enumerate\(zip\((\w+), (\w+)\)\)$/.exec(text) ??
    /^for()? (\w+), (\w+) in zip\((\w+), (\w+)\)$/.exec(text);
  if (both) return { counter: both[1], variables: [both[2]!, both[3]!], lists: [both[4]!, both[5]!] };
  const one = /^for (\w+), (\w+) in enumerate\((\w+)\)$/.exec(text) ?? /^for()? (\w+) in (\w+)$/.exec(text);
  return one && { counter: one[1], variables: [one[2]!], lists: [one[3]!] };
}

/** How the loop's statement becomes a test. */
interface Template {
  /** The expression of the expected value, if there is one. */
  readonly exp: SyntaxNode | null;
  /** @param fill writes an expression for one input. @param expected the literal result, null when it is computed. */
  readonly test: (fill: (node: SyntaxNode) => string, expected: SyntaxNode | null) => string;
}

function template(statement: SyntaxNode, source: string, oracle: Oracle | null): Template | null {
  if (statement.name === 'AssertStatement') return { exp: null, test: (fill) => fill(statement) };
  const call = statement.name === 'ExpressionStatement' ? statement.firstChild : null;
  if (oracle === null || call?.name !== 'CallExpression' || textOf(call.firstChild!, source) !== 'assertion')
    return null;
  const given = children(call.getChild('ArgList')!).filter((node) => !['(', ')', ','].includes(node.name));
  const [out, exp, tolerance] = given;
  if (!out || !exp || tolerance?.name !== 'Number' || given.length !== 3) return null;
  const atol = Number(textOf(tolerance, source));
  const close: Template['test'] = (fill, expected) => {
    const kind = expected === null ? 'unknown' : kindOf(expected, source);
    const tolerated = atol !== 0 || kind === 'float' || kind === 'unknown';
    if (!tolerated) return `assert ${fill(out)} == ${fill(exp)}`;
    const value = Number(fill(exp));
    if ((kind === 'float' || kind === 'integer') && Number.isFinite(value))
      return `assert abs(${fill(out)} - ${fill(exp)}) <= ${(atol || floatAtol) + rtol * Math.abs(value)}`;
    return `assert _close(${fill(out)}, ${fill(exp)}, ${atol})`;
  };
  const tests: Record<Oracle, Template['test']> = {
    close,
    set: (fill) => `assert set(${fill(out)}) == set(${fill(exp)})`,
    truth: (fill) => {
      const sign = new Map([
        ['True', ''],
        ['False', 'not '],
      ]).get(fill(exp));
      return sign === undefined ? `assert bool(${fill(out)}) == ${fill(exp)}` : `assert ${sign}${fill(out)}`;
    },
  };
  return { exp, test: tests[oracle] };
}

type Kind = 'float' | 'integer' | 'unknown' | 'other';

/** What a literal is to the tolerance, which concerns floats and lists of floats; 'unknown': Python must look. */
function kindOf(literal: SyntaxNode, source: string): Kind {
  const plain = literal.name === 'UnaryExpression' ? (literal.lastChild ?? literal) : literal;
  if (plain.name === 'Number')
    return /^[\d_]*\.|^\d[\d_]*e/i.test(textOf(plain, source)) ? 'float' : 'integer';
  if (isList(plain)) {
    const kinds = children(plain)
      .filter((node) => !['[', ']', '(', ')', ','].includes(node.name))
      .map((node) => (isList(node) ? 'other' : kindOf(node, source)));
    return kinds.length > 0 && kinds.every((kind) => kind === 'float' || kind === 'unknown')
      ? 'unknown'
      : 'other';
  }
  const exact = ['String', 'ContinuedString', 'Boolean', 'None', 'DictionaryExpression', 'SetExpression'];
  return exact.includes(plain.name) ? 'other' : 'unknown';
}

const isList = (node: SyntaxNode): boolean => ['ArrayExpression', 'TupleExpression'].includes(node.name);

/**
 * The edits that put one input, `*input` and its result in the place of the loop's variables.
 * @param other what to write for any other name; undefined leaves it.
 */
function substitution(
  node: SyntaxNode,
  source: string,
  values: ReadonlyMap<string, SyntaxNode>,
  other: (name: string) => string | undefined,
): Edit[] {
  const edits: Edit[] = [];
  for (const inner of variables(node)) {
    const name = textOf(inner, source);
    const value = values.get(name);
    if (value) {
      const star =
        inner.prevSibling?.name === '*' && inner.parent?.name === 'ArgList' ? inner.prevSibling : null;
      const text = textOf(value, source);
      if (star && isList(value))
        edits.push({ from: star.from, to: inner.to, text: text.slice(1, -1).replace(/,\s*$/, '') });
      else edits.push({ from: inner.from, to: inner.to, text });
    } else {
      const text = other(name);
      if (text !== undefined) edits.push({ from: inner.from, to: inner.to, text });
    }
  }
  return edits;
}
