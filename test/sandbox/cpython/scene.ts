/** A program and the ways to call it: what the tests of a pair are made from. */
import type { Random } from './random.ts';

/** An expression that runs the program. */
export interface Call {
  readonly source: string;
  /** Python for what it may give: the right value first, then likely wrong ones. */
  readonly expected: readonly string[];
  /**
   * What may be asked of it. 'data' (unless given): anything. 'endless': an iterator that must not be used up. 'object': an
   * instance of the program's own class, never compared with a literal. 'own': only compared as in `expected`, because the
   * program has taken the name of a builtin, or because a method of an object that a function gave must not be the verdict itself.
   */
  readonly nature?: 'data' | 'endless' | 'object' | 'own';
  /** Of an object: whether its class has a repr of its own. */
  readonly shown?: boolean;
}

export interface Scene {
  /** For the report. */
  readonly name: string;
  readonly code: string;
  readonly setup?: string;
  readonly calls: readonly Call[];
  /** Whole tests that only make sense here. */
  readonly tests?: readonly string[];
}

/** `f(1) -> 2 | 3`, one a line: the calls of a scene, each with what it may give. With `!` in front an object, `~` endless, `=` own. */
function calls(text: string): Call[] {
  const natures = { '!': 'object', '~': 'endless', '=': 'own' } as const;
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const mark = line.trim().charAt(0);
      const nature = mark === '!' || mark === '~' || mark === '=' ? natures[mark] : 'data';
      const [source = '', expected = ''] = (nature === 'data' ? line : line.trim().slice(1)).split(' -> ');
      return { source: source.trim(), expected: expected.split(' | ').map((value) => value.trim()), nature };
    });
}

/** A scene from its program and the text of its calls. */
export const scene = (name: string, code: string, text: string, more: Partial<Scene> = {}): Scene => ({
  name,
  code: code.trim(),
  calls: calls(text).map((call) => ({ ...call, shown: /__repr__|@dataclass/.test(code) })),
  ...more,
});

/** The right value more often than a wrong one. */
export const expectation = (random: Random, call: Call): string =>
  random.chance(0.6) ? (call.expected[0] ?? 'None') : random.pick(call.expected);
