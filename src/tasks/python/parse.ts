/**
 * Parser for the small part of Python that the task families write: one `def`, assignments, `if`, `for`,
 * `while`, `return`, comprehensions, slices, calls. What it does not know is a SyntaxError that names the line.
 */

export type Expr =
  | { readonly kind: 'constant'; readonly value: number | string | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'negate' | 'not'; readonly value: Expr }
  | { readonly kind: 'compare'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'conditional'; readonly test: Expr; readonly then: Expr; readonly otherwise: Expr }
  | {
      readonly kind: 'comprehension';
      readonly element: Expr;
      readonly variable: string;
      readonly source: Expr;
      readonly condition: Expr | null;
    }
  | { readonly kind: 'index'; readonly value: Expr; readonly at: Expr }
  | {
      readonly kind: 'slice';
      readonly value: Expr;
      readonly from: Expr | null;
      readonly to: Expr | null;
      readonly step: Expr | null;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly self: Expr | null;
      readonly args: readonly Expr[];
      readonly keywords: ReadonlyMap<string, Expr>;
    };

export type Statement =
  | { readonly kind: 'assign'; readonly name: string; readonly op: string; readonly value: Expr }
  | { readonly kind: 'return'; readonly value: Expr | null }
  | { readonly kind: 'expression'; readonly value: Expr }
  | { readonly kind: 'if'; readonly test: Expr; readonly then: Block; readonly otherwise: Block }
  | { readonly kind: 'for'; readonly variable: string; readonly source: Expr; readonly body: Block }
  | { readonly kind: 'while'; readonly test: Expr; readonly body: Block };

export type Block = readonly Statement[];

export interface FunctionDef {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Block;
}

const tokenPattern =
  /\s*(?:([A-Za-z_]\w*)|(\d+)|("[^"\\\n]*"|'[^'\\\n]*')|(\/\/=|[-+*/%=!<>]=|\/\/|[-+*/%<>=()[\],.:]))/y;
const reservedWords = new Set(['if', 'else', 'for', 'in', 'not', 'and', 'or', 'return', 'while', 'def']);
const namedConstants = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const comparisonOperators = new Set(['<', '>', '<=', '>=', '==', '!=', 'in']);
const assignmentOperators = new Set(['=', '+=', '-=', '*=', '//=', '%=']);

/**
 * @param source a program with exactly one function.
 * @throws SyntaxError naming the line, for anything outside the subset.
 */
export function parseFunction(source: string): FunctionDef {
  const lines = source.split('\n').map((text, i) => new Line(text, i + 1));
  const head = lines[0]!;
  head.expect('def');
  const name = head.identifier();
  head.expect('(');
  const parameters: string[] = [];
  while (!head.accept(')')) {
    if (parameters.length > 0) head.expect(',');
    parameters.push(head.identifier());
  }
  head.endOfHeader();
  const [body, next] = parseBlock(lines, 1, head);
  if (next < lines.length) lines[next]!.fail('code after the function');
  return { name, parameters, body };
}

/** Parses the indented lines after a header; returns them and the index of the first line not in them. */
function parseBlock(lines: readonly Line[], start: number, header: Line): [Block, number] {
  const first = lines[start];
  if (first === undefined || first.indent <= header.indent) return header.fail('no indented block follows');
  const body: Statement[] = [];
  let i = start;
  while (i < lines.length && lines[i]!.indent >= first.indent) {
    const line = lines[i]!;
    if (line.indent !== first.indent) line.fail('unexpected indent');
    let statement: Statement;
    [statement, i] = parseStatement(lines, i);
    body.push(statement);
  }
  return [body, i];
}

function parseStatement(lines: readonly Line[], at: number): [Statement, number] {
  const line = lines[at]!;
  if (line.accept('return')) {
    const value = line.atEnd() ? null : line.expression();
    line.end();
    return [{ kind: 'return', value }, at + 1];
  }
  if (line.accept('for')) {
    const variable = line.identifier();
    line.expect('in');
    const source = line.expression();
    line.endOfHeader();
    const [body, next] = parseBlock(lines, at + 1, line);
    return [{ kind: 'for', variable, source, body }, next];
  }
  if (line.accept('while')) {
    const test = line.expression();
    line.endOfHeader();
    const [body, next] = parseBlock(lines, at + 1, line);
    return [{ kind: 'while', test, body }, next];
  }
  if (line.accept('if')) {
    const test = line.expression();
    line.endOfHeader();
    const [then, next] = parseBlock(lines, at + 1, line);
    const other = lines[next];
    if (other === undefined || other.indent !== line.indent || !other.accept('else')) {
      return [{ kind: 'if', test, then, otherwise: [] }, next];
    }
    other.endOfHeader();
    const [otherwise, after] = parseBlock(lines, next + 1, other);
    return [{ kind: 'if', test, then, otherwise }, after];
  }
  const target = line.expression();
  const op = line.peek();
  if (!assignmentOperators.has(op)) {
    line.end();
    return [{ kind: 'expression', value: target }, at + 1];
  }
  if (target.kind !== 'name') return line.fail('only a name can be assigned to');
  line.expect(op);
  const value = line.expression();
  line.end();
  return [{ kind: 'assign', name: target.name, op, value }, at + 1];
}

/** The tokens of one source line, read from left to right; one method per level of precedence. */
class Line {
  readonly indent: number;
  readonly #number: number;
  readonly #tokens: string[] = [];
  #next = 0;

  constructor(text: string, number: number) {
    this.#number = number;
    this.indent = text.length - text.trimStart().length;
    tokenPattern.lastIndex = 0;
    const code = text.trimEnd();
    while (tokenPattern.lastIndex < code.length) {
      const match = tokenPattern.exec(code);
      if (match === null) return this.fail('unknown character');
      this.#tokens.push(match[0].trimStart());
    }
  }

  fail(message: string): never {
    throw new SyntaxError(`line ${this.#number}: ${message} (near '${this.peek()}')`);
  }

  /** The next token, '' at the end. */
  peek(): string {
    return this.#tokens[this.#next] ?? '';
  }

  atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#next++;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) this.fail(`expected '${token}'`);
  }

  end(): void {
    if (!this.atEnd()) this.fail('expected the end of the line');
  }

  endOfHeader(): void {
    this.expect(':');
    this.end();
  }

  identifier(): string {
    const token = this.peek();
    if (!/^[A-Za-z_]/.test(token) || reservedWords.has(token)) this.fail('expected a name');
    this.#next++;
    return token;
  }

  expression(): Expr {
    const then = this.#boolean('or');
    if (!this.accept('if')) return then;
    const test = this.#boolean('or');
    this.expect('else');
    return { kind: 'conditional', test, then, otherwise: this.expression() };
  }

  #boolean(op: 'or' | 'and'): Expr {
    const operand = (): Expr => (op === 'or' ? this.#boolean('and') : this.#not());
    let left = operand();
    while (this.accept(op)) left = { kind: 'binary', op, left, right: operand() };
    return left;
  }

  #not(): Expr {
    return this.accept('not') ? { kind: 'not', value: this.#not() } : this.#comparison();
  }

  #comparison(): Expr {
    const left = this.#arithmetic(0);
    const op = this.peek();
    if (comparisonOperators.has(op)) {
      this.#next++;
      return { kind: 'compare', op, left, right: this.#arithmetic(0) };
    }
    if (!this.accept('not')) return left;
    this.expect('in');
    return { kind: 'not', value: { kind: 'compare', op: 'in', left, right: this.#arithmetic(0) } };
  }

  /** Level 0: + and -; level 1: *, // and %. */
  #arithmetic(level: 0 | 1): Expr {
    const operators = level === 0 ? ['+', '-'] : ['*', '//', '%'];
    const operand = (): Expr => (level === 0 ? this.#arithmetic(1) : this.#unary());
    let left = operand();
    while (operators.includes(this.peek())) {
      const op = this.peek();
      this.#next++;
      left = { kind: 'binary', op, left, right: operand() };
    }
    return left;
  }

  #unary(): Expr {
    return this.accept('-') ? { kind: 'negate', value: this.#unary() } : this.#postfix();
  }

  #postfix(): Expr {
    let value = this.#atom();
    for (;;) {
      if (this.accept('.')) {
        const name = this.identifier();
        this.expect('(');
        value = this.#call(name, value);
      } else if (this.accept('[')) value = this.#subscript(value);
      else return value;
    }
  }

  #subscript(value: Expr): Expr {
    const part = (): Expr | null => ([':', ']'].includes(this.peek()) ? null : this.expression());
    const from = part();
    if (from !== null && this.accept(']')) return { kind: 'index', value, at: from };
    this.expect(':');
    const to = part();
    const step = this.accept(':') ? part() : null;
    this.expect(']');
    return { kind: 'slice', value, from, to, step };
  }

  #call(name: string, self: Expr | null): Expr {
    const args: Expr[] = [];
    const keywords = new Map<string, Expr>();
    let first = true;
    while (!this.accept(')')) {
      if (!first) this.expect(',');
      first = false;
      const value = this.expression();
      if (this.accept('=')) {
        if (value.kind !== 'name') return this.fail('a keyword argument needs a name');
        keywords.set(value.name, this.expression());
      } else args.push(value);
    }
    return { kind: 'call', name, self, args, keywords };
  }

  #atom(): Expr {
    const token = this.peek();
    if (this.accept('(')) {
      const value = this.expression();
      this.expect(')');
      return value;
    }
    if (this.accept('[')) return this.#listOrComprehension();
    if (/^\d/.test(token)) {
      this.#next++;
      return { kind: 'constant', value: Number(token) };
    }
    if (token.startsWith('"') || token.startsWith("'")) {
      this.#next++;
      return { kind: 'constant', value: token.slice(1, -1) };
    }
    const name = this.identifier();
    const constant = namedConstants.get(name);
    if (constant !== undefined) return { kind: 'constant', value: constant };
    return this.accept('(') ? this.#call(name, null) : { kind: 'name', name };
  }

  #listOrComprehension(): Expr {
    if (this.accept(']')) return { kind: 'list', items: [] };
    const first = this.expression();
    if (this.accept('for')) {
      const variable = this.identifier();
      this.expect('in');
      const source = this.#boolean('or');
      const condition = this.accept('if') ? this.#boolean('or') : null;
      this.expect(']');
      return { kind: 'comprehension', element: first, variable, source, condition };
    }
    const items = [first];
    while (this.accept(',')) items.push(this.expression());
    this.expect(']');
    return { kind: 'list', items };
  }
}
