/**
 * The language of an accumulated reward of one's own: numbers, r[1] … r[T], gamma and alpha (or γ and α), + - * / **, parentheses,
 * min, max, abs, and `a < b ? c : d`. jsep reads the text; whatever is not on this list is refused, with its column. Nothing is
 * ever run as JavaScript.
 */
import jsep from 'jsep';

export type Operator = '+' | '-' | '*' | '/' | '**';
export type Comparator = '<' | '<=' | '>' | '>=' | '==' | '!=';
export type FunctionName = 'min' | 'max' | 'abs';

export type Formula =
  | { readonly kind: 'number'; readonly value: number }
  /** r_t, `turn` from 1. */
  | { readonly kind: 'reward'; readonly turn: number }
  | { readonly kind: 'symbol'; readonly name: 'gamma' | 'alpha' }
  | { readonly kind: 'negative'; readonly of: Formula }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Formula;
      readonly right: Formula;
    }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly of: readonly Formula[] }
  | {
      readonly kind: 'choice';
      readonly test: { readonly comparator: Comparator; readonly left: Formula; readonly right: Formula };
      readonly yes: Formula;
      readonly no: Formula;
    };

/** What a formula may be made of, for messages and help. */
export const language =
  'numbers, r[1] … r[T], gamma, alpha, + - * / **, parentheses, min, max, abs, and a < b ? c : d';

/** A formula that cannot be read; the message begins with the column, from 1. */
export class FormulaError extends Error {
  override name = 'FormulaError';
  constructor(column: number, what: string) {
    super(`column ${column}: ${what}`);
  }
}

const operators: readonly Operator[] = ['+', '-', '*', '/', '**'];
const comparators: readonly Comparator[] = ['<', '<=', '>', '>=', '==', '!='];
const functions: readonly FunctionName[] = ['min', 'max', 'abs'];
const symbols: ReadonlyMap<string, 'gamma' | 'alpha'> = new Map([
  ['gamma', 'gamma'],
  ['γ', 'gamma'],
  ['alpha', 'alpha'],
  ['α', 'alpha'],
]);

const oneOf = <T extends string>(list: readonly T[], name: string): T | undefined =>
  list.find((item) => item === name);

// What jsep reads beyond the language is switched off, so that it complains itself, where it stands.
jsep.removeAllBinaryOps();
for (const [precedence, some] of [
  [6, ['==', '!=']],
  [7, ['<', '<=', '>', '>=']],
  [9, ['+', '-']],
  [10, ['*', '/']],
] as const) {
  for (const operator of some) jsep.addBinaryOp(operator, precedence);
}
jsep.addBinaryOp('**', 11, true);
jsep.removeAllUnaryOps();
jsep.addUnaryOp('-');
jsep.addUnaryOp('+');
jsep.removeAllLiterals();

/** Where each node begins, from 1: jsep does not say. */
const columns = new WeakMap<jsep.Expression, number>();
/** Nodes that stand in parentheses of their own. */
const grouped = new WeakSet<jsep.Expression>();
let gobbling = false;
jsep.hooks.add('gobble-token', function (env) {
  if (gobbling) {
    gobbling = false; // this call is the one below: jsep goes on by itself
    return;
  }
  const start = this.index;
  gobbling = true;
  const node = this.gobbleToken();
  if (!node) {
    if (this.index > start) this.throwError('Expected something in the parentheses');
    return;
  }
  if (!columns.has(node)) columns.set(node, start + 1);
  if (this.expr.charAt(start) === '(') grouped.add(node);
  env.node = node;
});

type Core = jsep.CoreExpression;
const is = <T extends Core['type']>(node: jsep.Expression, type: T): node is Extract<Core, { type: T }> =>
  node.type === type;

function columnOf(node: jsep.Expression): number {
  const own = columns.get(node);
  if (own !== undefined) return own;
  if (is(node, 'BinaryExpression')) return columnOf(node.left);
  if (is(node, 'ConditionalExpression')) return columnOf(node.test);
  if (is(node, 'Compound') && node.body[0]) return columnOf(node.body[0]);
  return 1;
}

/** What people paste, in characters of the keyboard; as many of them, so that columns stay what they are. */
const typed = (text: string) => text.replace(/[−–]/g, '-').replace(/[·×]/g, '*');

/**
 * Reads a formula.
 * @param turns T
 * @throws FormulaError naming the column
 */
export function parseFormula(text: string, turns: number): Formula {
  const source = typed(text);
  if (source.trim() === '') throw new FormulaError(1, `nothing is there; a formula is made of ${language}`);
  const strange = /[^\w\s.γα+\-*/()[\],<>=!?:]/u.exec(source);
  if (strange) {
    const hint = strange[0] === '^' ? '; a power is written **' : `; a formula is made of ${language}`;
    throw new FormulaError(strange.index + 1, `unexpected "${strange[0]}"${hint}`);
  }
  return numberOf(read(source), turns);
}

function read(source: string): jsep.Expression {
  try {
    return jsep(source);
  } catch (error) {
    gobbling = false;
    if (!(error instanceof Error)) throw error;
    const index = 'index' in error && typeof error.index === 'number' ? error.index : 0;
    const words = error.message.replace(/ at character \d+$/, '');
    throw new FormulaError(index + 1, words.charAt(0).toLowerCase() + words.slice(1));
  }
}

function numberOf(node: jsep.Expression, turns: number): Formula {
  const refuse = (what: string, at = node): never => {
    throw new FormulaError(columnOf(at), what);
  };
  const inner = (child: jsep.Expression) => numberOf(child, turns);
  if (is(node, 'Literal')) {
    const { value, raw } = node;
    if (typeof value !== 'number') return refuse('texts have no place in a formula');
    return Number.isFinite(value) ? { kind: 'number', value } : refuse(`${raw} is too large a number`);
  }
  if (is(node, 'Identifier')) {
    const name = symbols.get(node.name);
    if (name) return { kind: 'symbol', name };
    const turn = /^r(\d*)$/.exec(node.name);
    if (turn) return refuse(`a reward is written with its turn in brackets, as in r[${turn[1] || 1}]`);
    return refuse(`unknown name "${node.name}"; a formula is made of ${language}`);
  }
  if (is(node, 'MemberExpression')) {
    const { object, property, computed } = node;
    if (!computed || !is(object, 'Identifier') || object.name !== 'r') return refuse('only r has brackets');
    const turn = is(property, 'Literal') ? property.value : undefined;
    if (typeof turn !== 'number' || !Number.isInteger(turn) || turn < 1 || turn > turns)
      return refuse(`a turn is a whole number from 1 to ${turns}`, property);
    return { kind: 'reward', turn };
  }
  if (is(node, 'UnaryExpression'))
    return node.operator === '-' ? { kind: 'negative', of: inner(node.argument) } : inner(node.argument);
  if (is(node, 'BinaryExpression')) {
    const operator = oneOf(operators, node.operator);
    if (!operator) return refuse('a comparison stands only before a ?, as in r[2] > r[1] ? 1 : 0');
    if (operator === '**' && is(node.left, 'UnaryExpression') && !grouped.has(node.left))
      return refuse('with ** after it, a sign needs parentheses: -(a ** b) or (-a) ** b', node.left);
    return { kind: 'binary', operator, left: inner(node.left), right: inner(node.right) };
  }
  if (is(node, 'CallExpression')) {
    const name = is(node.callee, 'Identifier') ? oneOf(functions, node.callee.name) : undefined;
    if (!name) return refuse(`the functions are ${functions.join(', ')}`);
    const count = node.arguments.length;
    if (name === 'abs' ? count !== 1 : count < 1)
      return refuse(`${name} takes ${name === 'abs' ? 'one number' : 'one number or more'}, not ${count}`);
    return { kind: 'call', name, of: node.arguments.map(inner) };
  }
  if (is(node, 'ConditionalExpression')) {
    const { test } = node;
    const comparator = is(test, 'BinaryExpression') ? oneOf(comparators, test.operator) : undefined;
    if (!comparator || !is(test, 'BinaryExpression'))
      return refuse('before a ? stands a comparison, as in r[2] > r[1] ? 1 : 0', test);
    return {
      kind: 'choice',
      test: { comparator, left: inner(test.left), right: inner(test.right) },
      yes: inner(node.consequent),
      no: inner(node.alternate),
    };
  }
  if (is(node, 'Compound') || is(node, 'SequenceExpression')) {
    const [, second] = is(node, 'Compound') ? node.body : node.expressions;
    return refuse('an operator is missing before this', second ?? node);
  }
  return refuse(`a formula is made of ${language}`);
}
