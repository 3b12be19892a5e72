/**
 * Pyodide's Emscripten module gives a JavaScript name to each of 4,900 functions of its WebAssembly, and has whatever a program with
 * windows, sound and sockets may call, all for compiled modules that Python packages bring along. The sandbox has no such package. So
 * what nothing else mentions is left out when the page is built: more than half of the module.
 */
import { parseAst } from 'vite';

type Statement = ReturnType<typeof parseAst>['body'][number];
type Expression = Extract<Statement, { type: 'ExpressionStatement' }>['expression'];
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A piece of the source. */
interface Piece extends Span {
  /** What stands there instead, if it is not to stay as it is. */
  readonly instead?: string;
  /** It goes unless what stays mentions one of these; null: it stays. */
  readonly names: readonly string[] | null;
}

/** Pieces that are written together. */
interface Group extends Span {
  readonly pieces: readonly Piece[];
  /** Its source with the pieces that stay. */
  write(pieces: readonly string[]): string;
}

/** Whether it does nothing when it is evaluated, so that nobody misses it. */
function idle(expression: Expression | null): boolean {
  switch (expression?.type) {
    case undefined:
    case 'Literal':
    case 'Identifier':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return true;
    case 'UnaryExpression':
      return idle(expression.argument);
    case 'ArrayExpression':
      return expression.elements.every((one) => one === null || (one.type !== 'SpreadElement' && idle(one)));
    case 'ObjectExpression':
      return expression.properties.every(
        (one) => one.type === 'Property' && !one.computed && idle(one.value),
      );
    default:
      return false;
  }
}

/** What `f`, `f.sig` and `Module["_f"]` name when something is assigned to them; null: something else. */
function assigned(to: Expression): string | null {
  if (to.type === 'Identifier') return to.name;
  if (to.type !== 'MemberExpression' || to.object.type !== 'Identifier') return null;
  const { object, property } = to;
  if (object.name === 'Module')
    return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null;
  return property.type === 'Identifier' && property.name === 'sig' ? object.name : null;
}

/** The names that `a = Module["_f"] = …` assigns to; null: it does more than that. */
function assignedNames(expression: Expression): readonly string[] | null {
  if (expression.type !== 'AssignmentExpression' || expression.operator !== '=') return null;
  const { left, right } = expression;
  if (left.type !== 'Identifier' && left.type !== 'MemberExpression') return null;
  const name = assigned(left);
  if (name === null) return null;
  if (right.type === 'AssignmentExpression') {
    const others = assignedNames(right);
    return others && [name, ...others];
  }
  // `wasmExports["f"]` is read and nothing more.
  return idle(right) || right.type === 'MemberExpression' ? [name] : null;
}

/** Draws, and the WebAssembly itself refers to it: it must be there, but in a worker without a canvas nothing can come of it. */
const draws = (name: string): boolean =>
  /^_(emscripten_)?(gl|egl|webgl_)[A-Z]|^_(emscripten_webgl_|SDL_)/.test(name);

/** A statement as pieces, each of which can go for itself. */
function groupsOf(statement: Statement): readonly Group[] {
  const alone = (names: Piece['names']): Group[] => [
    { ...spanOf(statement), pieces: [{ ...spanOf(statement), names }], write: ([piece = '']) => piece },
  ];
  switch (statement.type) {
    case 'FunctionDeclaration': {
      // What takes the exports of the WebAssembly is a list of assignments.
      if (statement.id?.name === 'assignWasmExports') return statement.body?.body.flatMap(groupsOf) ?? [];
      if (!statement.id) return alone(null);
      const { name } = statement.id;
      if (!draws(name)) return alone([name]);
      const piece: Piece = { ...spanOf(statement), names: [name], instead: `function ${name}(){}` };
      return [{ ...spanOf(statement), pieces: [piece], write: ([text = '']) => text }];
    }
    case 'ExpressionStatement':
      return alone(assignedNames(statement.expression));
    case 'VariableDeclaration': {
      const pieces = statement.declarations.map((one): Piece => {
        const names = one.id.type === 'Identifier' && idle(one.init) ? [one.id.name] : null;
        return { ...spanOf(one), names };
      });
      const write = (kept: readonly string[]): string =>
        kept.length > 0 ? `${statement.kind} ${kept.join(',')};` : '';
      return [{ ...spanOf(statement), pieces, write }];
    }
    default:
      return alone(null);
  }
}

const spanOf = ({ start, end }: Span): Span => ({ start, end });
/** Every word of a text; what is a name somewhere is a word. */
export const wordsOf = (text: string): readonly string[] => text.match(/[\w$]+/g) ?? [];

/** The object of all functions that compiled modules can call, as pieces: a property each. */
function importsGroup(statements: readonly Statement[]): Group {
  for (const statement of statements) {
    if (statement.type !== 'VariableDeclaration' || statement.declarations.length !== 1) continue;
    for (const { id, init } of statement.declarations) {
      if (id.type !== 'Identifier' || id.name !== 'wasmImports' || init?.type !== 'ObjectExpression')
        continue;
      const pieces = init.properties.map((one): Piece => {
        const key = one.type === 'Property' ? one.key : null;
        return { ...spanOf(one), names: key?.type === 'Identifier' ? [key.name] : null };
      });
      return { ...spanOf(init), pieces, write: (kept) => `{${kept.join(',')}}` };
    }
  }
  throw new Error("Pyodide's module has no list of what its WebAssembly calls: is it of another version?");
}

/**
 * @param source pyodide.asm.mjs
 * @param mentioned names that others need of it: the imports of its WebAssembly, and whatever is read from it elsewhere
 * @throws Error when the module is not made as expected
 */
export function leanPyodide(source: string, mentioned: Iterable<string>): string {
  const [module] = parseAst(source).body;
  if (module?.type !== 'FunctionDeclaration' || !module.body)
    throw new Error("Pyodide's module is no function: is it of another version?");
  const imports = importsGroup(module.body.body);
  const around = (group: Group): boolean => group.start <= imports.start && imports.end <= group.end;
  const groups = [...module.body.body.flatMap(groupsOf).filter((group) => !around(group)), imports];

  const pieces = groups.flatMap((group) => group.pieces);
  const byName = new Map<string, Piece[]>();
  for (const piece of pieces)
    for (const name of piece.names ?? []) byName.set(name, [...(byName.get(name) ?? []), piece]);
  const alive = new Set(mentioned);
  const stays = new Set<Piece>();
  const textOf = ({ start, end, instead }: Piece): string => instead ?? source.slice(start, end);
  const keep = (piece: Piece): void => {
    if (stays.has(piece)) return;
    stays.add(piece);
    for (const word of wordsOf(textOf(piece))) alive.add(word);
  };
  for (const piece of pieces) if (piece.names === null) keep(piece);
  // While a set is walked, what is added to it is walked, too.
  for (const word of alive) for (const piece of byName.get(word) ?? []) keep(piece);

  let [lean, from] = ['', 0];
  for (const { start, end, pieces: all, write } of groups.toSorted((a, b) => a.start - b.start)) {
    const kept = all.filter((piece) => stays.has(piece)).map(textOf);
    lean += source.slice(from, start) + write(kept);
    from = end;
  }
  return lean + source.slice(from);
}
