/**
 * A stranger's Jinja template: rendered as `Template` of @huggingface/jinja does it, but what it may do is counted, so that it neither
 * runs for long nor takes much memory, whatever it loops over, calls or doubles.
 */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';

/** Counted is each expression and statement, each item of its value, and so many of its characters. A conversation takes some thousands. */
const mostWork = 2e5;
const charactersAtOnce = 64;
/** Statements and expressions within one another. */
const mostDepth = 1000;
/** Items of a `range`, which are made at once. */
const mostItems = 1000;
/** Blanks in a row: the library looks at each of them once for every other. */
const tooManyBlanks = /\s{1000}/;

type Evaluate = Interpreter['evaluate'];

/** What a template does is more than any conversation needs. */
export class TooMuchError extends Error {
  override readonly name = 'TooMuchError';
}

class Counted extends Interpreter {
  #work = 0;
  #depth = 0;

  override evaluate(...args: Parameters<Evaluate>): ReturnType<Evaluate> {
    this.#depth++;
    if (this.#depth > mostDepth) throw new TooMuchError('it calls itself too often');
    try {
      const found = super.evaluate(...args);
      this.#count(found);
      return found;
    } finally {
      this.#depth--;
    }
  }

  /** All that a value holds, as often as it is reached: what doubles itself again and again is written out as often. */
  #count(found: ReturnType<Evaluate>): void {
    const rest: unknown[] = [found];
    while (rest.length > 0) {
      this.#work++;
      const one = rest.pop();
      const value = typeof one === 'object' && one !== null && 'value' in one ? one.value : undefined;
      if (typeof value === 'string') this.#work += value.length / charactersAtOnce;
      else if (Array.isArray(value)) for (const item of value) rest.push(item);
      else if (value instanceof Map) for (const item of value.values()) rest.push(item);
      if (this.#work + rest.length > mostWork)
        throw new TooMuchError('it does more than any conversation needs');
    }
  }
}

/** As Python's. */
function range(first: number, end?: number, step = 1): number[] {
  const [start, stop] = end === undefined ? [0, first] : [first, end];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (count <= mostItems) return Array.from({ length: count }, (_, i) => start + i * step);
  throw new TooMuchError(
    `range(${first}${end === undefined ? '' : `, ${end}`}) is longer than any conversation`,
  );
}

/** What every template finds; the day is not among it, for no prompt is to depend on when it is written. */
const globals = {
  ...{ true: true, false: false, none: null, True: true, False: false, None: null },
  range,
  raise_exception(message: unknown): never {
    throw new Error(String(message));
  },
};

export class BoundedTemplate {
  readonly #parsed: ReturnType<typeof parse>;

  /** @throws Error when it is no template */
  constructor(source: string) {
    if (tooManyBlanks.test(source)) throw new TooMuchError('it has more than 1000 blanks in a row');
    this.#parsed = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  }

  /** @throws TooMuchError, and Error with what the template says against the values */
  render(values: Readonly<Record<string, unknown>>): string {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...values })) environment.set(name, value);
    return new Counted(environment).run(this.#parsed).toString();
  }
}
