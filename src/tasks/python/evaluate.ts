/**
 * Interpreter of the Python subset: a program's text becomes TypeScript closures, so the generator knows
 * what right and buggy programs return without running Python. Semantics are Python's (floor division and
 * modulo, slices, exceptions such as max() of nothing); a test compares it with a real Python.
 */
import { callBuiltin, callMethod } from './builtins.ts';
import { binary, compare, index, iterate, slice, truthy } from './operators.ts';
import { parseFunction, type Block, type Expr, type Statement } from './parse.ts';
import { PyError, type Value } from './values.ts';

/** Loop turns after which a program counts as hanging. */
const maxLoopPasses = 10_000;

export type PyFunction = (...args: Value[]) => Value;

type Scope = Map<string, Value>;
type Evaluate = (scope: Scope) => Value;
/** Runs a statement; gives the returned value, or undefined to go on. */
type Execute = (scope: Scope) => Value | undefined;

/**
 * @param source a program with one function, in the subset of `parseFunction`.
 * @returns the function. Calling it throws PyError where Python would raise (type 'Timeout' for a hang).
 * @throws SyntaxError when the source is outside the subset.
 */
export function compilePython(source: string): PyFunction {
  const { name, parameters, body } = parseFunction(source);
  const run = compileBlock(body);
  return (...args) => {
    if (args.length !== parameters.length) {
      throw new PyError('TypeError', `${name}() takes ${parameters.length} arguments, ${args.length} given`);
    }
    return run(new Map(parameters.map((parameter, i) => [parameter, args[i]!]))) ?? null;
  };
}

function compileBlock(block: Block): Execute {
  const steps = block.map(compileStatement);
  return (scope) => {
    for (const step of steps) {
      const result = step(scope);
      if (result !== undefined) return result;
    }
    return undefined;
  };
}

function compileStatement(statement: Statement): Execute {
  switch (statement.kind) {
    case 'return': {
      const value = statement.value === null ? () => null : compileExpr(statement.value);
      return value;
    }
    case 'expression': {
      const value = compileExpr(statement.value);
      return (scope) => {
        value(scope);
        return undefined;
      };
    }
    case 'assign': {
      const { name, op } = statement;
      const value = compileExpr(statement.value);
      return (scope) => {
        const next = value(scope);
        scope.set(name, op === '=' ? next : binary(op.slice(0, -1), read(scope, name), next));
        return undefined;
      };
    }
    case 'if': {
      const test = compileExpr(statement.test);
      const then = compileBlock(statement.then);
      const otherwise = compileBlock(statement.otherwise);
      return (scope) => (truthy(test(scope)) ? then(scope) : otherwise(scope));
    }
    case 'for': {
      const { variable } = statement;
      const source = compileExpr(statement.source);
      const body = compileBlock(statement.body);
      return (scope) => {
        for (const item of iterate(source(scope))) {
          scope.set(variable, item);
          const result = body(scope);
          if (result !== undefined) return result;
        }
        return undefined;
      };
    }
    case 'while': {
      const test = compileExpr(statement.test);
      const body = compileBlock(statement.body);
      return (scope) => {
        for (let turns = 0; truthy(test(scope)); turns++) {
          if (turns >= maxLoopPasses) throw new PyError('Timeout', 'the loop does not end');
          const result = body(scope);
          if (result !== undefined) return result;
        }
        return undefined;
      };
    }
    default:
      return statement satisfies never;
  }
}

function compileExpr(expr: Expr): Evaluate {
  switch (expr.kind) {
    case 'constant': {
      const { value } = expr;
      return () => value;
    }
    case 'name': {
      const { name } = expr;
      return (scope) => read(scope, name);
    }
    case 'list': {
      const items = expr.items.map(compileExpr);
      return (scope) => items.map((item) => item(scope));
    }
    case 'negate': {
      const value = compileExpr(expr.value);
      return (scope) => binary('-', 0, value(scope));
    }
    case 'not': {
      const value = compileExpr(expr.value);
      return (scope) => !truthy(value(scope));
    }
    case 'binary': {
      const { op } = expr;
      const left = compileExpr(expr.left);
      const right = compileExpr(expr.right);
      if (op === 'and') return (scope) => shortCircuit(left(scope), false, () => right(scope));
      if (op === 'or') return (scope) => shortCircuit(left(scope), true, () => right(scope));
      return (scope) => binary(op, left(scope), right(scope));
    }
    case 'compare': {
      const { op } = expr;
      const left = compileExpr(expr.left);
      const right = compileExpr(expr.right);
      return (scope) => compare(op, left(scope), right(scope));
    }
    case 'conditional': {
      const test = compileExpr(expr.test);
      const then = compileExpr(expr.then);
      const otherwise = compileExpr(expr.otherwise);
      return (scope) => (truthy(test(scope)) ? then(scope) : otherwise(scope));
    }
    case 'comprehension': {
      const { variable } = expr;
      const element = compileExpr(expr.element);
      const source = compileExpr(expr.source);
      const condition = expr.condition === null ? null : compileExpr(expr.condition);
      return (scope) => {
        const inner: Scope = new Map(scope); // the variable does not leak out
        const out: Value[] = [];
        for (const item of iterate(source(scope))) {
          inner.set(variable, item);
          if (condition === null || truthy(condition(inner))) out.push(element(inner));
        }
        return out;
      };
    }
    case 'index': {
      const value = compileExpr(expr.value);
      const at = compileExpr(expr.at);
      return (scope) => index(value(scope), at(scope));
    }
    case 'slice': {
      const value = compileExpr(expr.value);
      const [from, to, step] = [expr.from, expr.to, expr.step].map((e) => (e ? compileExpr(e) : () => null));
      return (scope) => slice(value(scope), from!(scope), to!(scope), step!(scope));
    }
    case 'call': {
      const { name } = expr;
      const self = expr.self === null ? null : compileExpr(expr.self);
      const args = expr.args.map(compileExpr);
      const keywords = [...expr.keywords].map(([key, value]) => [key, compileExpr(value)] as const);
      return (scope) => {
        const values = args.map((arg) => arg(scope));
        if (self !== null) return callMethod(self(scope), name, values);
        return callBuiltin(name, values, new Map(keywords.map(([key, value]) => [key, value(scope)])));
      };
    }
    default:
      return expr satisfies never;
  }
}

function read(scope: Scope, name: string): Value {
  const value = scope.get(name);
  if (value === undefined) throw new PyError('NameError', `name '${name}' is not defined`);
  return value;
}

function shortCircuit(left: Value, stopWhen: boolean, right: () => Value): Value {
  return truthy(left) === stopWhen ? left : right();
}
