/** Programs whose functions give one value, in all the ways in which a program can hold and hand out a value. */
import type { Random } from './random.ts';
import type { Call, Scene } from './scene.ts';
import { argument, family, importsFor } from './values.ts';

interface Machine {
  readonly code: string;
  readonly sources: readonly string[];
}

/** Ways to hand out a value; `x` is what the calls get. */
// prettier-ignore
const machines: readonly (readonly [number, (value: string, x: string) => Machine])[] = [
  [4, (value, x) => ({ code: `def f(x):\n    return ${value}`, sources: [`f(${x})`] })],
  [3, (value) => ({ code: `def f(*args, **options):\n    return ${value}`, sources: ['f()', 'f(1)', 'f(*[1, 2])', 'f(x=1)'] })],
  [2, (value) => ({ code: `SHARED = ${value}\ndef f():\n    return SHARED`, sources: ['f()', 'SHARED'] })],
  [2, (value) => ({ code: `TABLE = {1: ${value}, 'a': ${value}}\ndef f(key):\n    return TABLE[key]`, sources: ['f(1)', "f('a')", 'f(2)'] })],
  [2, (value) => ({ code: 'def same(x):\n    return x', sources: [`same(${value})`, `same(same(${value}))`] })],
  [1, (value, x) => ({ code: `f = lambda x=0, *rest: ${value}`, sources: [`f(${x})`, 'f()'] })],
  [1, (value) => ({ code: `def make(n=0):\n    kept = ${value}\n    def get():\n        nonlocal n\n        n += 1\n        return kept if n < 4 else n\n    return get\nget = make()`, sources: ['make()()', 'get()', 'make(9)()'] })],
  [1, (value) => ({ code: `class Solution:\n    def __init__(self):\n        self.found = None\n    def get(self):\n        self.found = ${value}\n        return self.found\n    @property\n    def now(self):\n        return ${value}\n    @staticmethod\n    def fixed():\n        return ${value}`, sources: ['Solution().get()', 'Solution().now', 'Solution.fixed()', 'Solution().fixed()'] })],
  [1, (value, x) => ({ code: `import functools\n@functools.lru_cache(maxsize=None)\ndef f(x):\n    return ${value}`, sources: [`f(${x})`, 'f(1)'] })],
  [1, (value) => ({ code: `def f(x, kept=[${value}]):\n    kept.append(x)\n    return kept[0] if len(kept) < 5 else kept`, sources: ['f(1)', 'f(2)'] })],
  [1, (value) => ({ code: `def f(x):\n    if x < 0:\n        raise ValueError('negative')\n    if x == 0:\n        return None\n    return ${value}`, sources: ['f(1)', 'f(2)', 'f(0)', 'f(-1)'] })],
  [0.7, (value, x) => ({ code: `def f(x):\n    yield ${value}`, sources: [`list(f(${x}))[0]`, `next(f(${x}))`, `[*f(${x})][0]`] })],
  [0.7, (value, x) => ({ code: `def f(x):\n    print('called')\n    return [${value}, x]`, sources: [`f(${x})[0]`, `f(${x}).pop(0)`] })],
  [0.7, (value, x) => ({ code: `async def f(x):\n    await asyncio.sleep(0)\n    return ${value}\ndef g(x):\n    return asyncio.run(f(x))`, sources: [`asyncio.run(f(${x}))`, `g(${x})`] })],
  [0.7, (value) => ({ code: `import itertools\nCALLS = itertools.count()\ndef f():\n    return ${value} if next(CALLS) % 3 else None`, sources: ['f()'] })],
  [0.7, (value) => ({ code: `def f(x):\n    if x <= 0:\n        return ${value}\n    return f(x - 1)`, sources: ['f(0)', 'f(5)', 'f(200)'] })],
  [0.5, (value) => ({ code: `import functools\ndef pick(which, *items):\n    return items[which]\nf = functools.partial(pick, 1, None)`, sources: [`f(${value})`, `pick(-1, 1, ${value})`] })],
  [0.5, (value, x) => ({ code: `class F:\n    def __call__(self, x):\n        return ${value}\nf = F()`, sources: [`f(${x})`, `F()(${x})`] })],
  [0.5, (value, x) => ({ code: `def f(x):\n    return (y for y in [${value}, x])`, sources: [`next(f(${x}))`, `tuple(f(${x}))[0]`] })],
];

/** Programs that are nearly right: the result is changed on its way out. */
const alterations: readonly ((call: string) => string)[] = [
  (call) => `[${call}]`,
  (call) => `str(${call})`,
  (call) => `(${call}, None)`,
  (call) => `{'result': ${call}}`,
  (call) => `float(${call})`,
  (call) => `list(${call})`,
  (call) => `iter([${call}])`,
  (call) => `${call} or None`,
  (call) => `not ${call}`,
];

export function machineScene(random: Random): Scene {
  const { given, expected } = family(random);
  const { code, sources } = random.weighted(machines)(given, argument(random));
  const alter = random.chance(0.08) ? random.pick(alterations) : null;
  const whole = alter ? alteredSources(sources, alter) : { code: '', sources };
  const made: Call[] = whole.sources.map((source) => ({ source, expected }));
  return { name: 'machine', code: importsFor(code, given) + code + whole.code, calls: made };
}

/** Each call behind a function of the program that changes its result. */
function alteredSources(sources: readonly string[], alter: (call: string) => string) {
  const code = sources.map((source, i) => `\ndef altered_${i}():\n    return ${alter(source)}`).join('');
  return { code, sources: sources.map((_, i) => `altered_${i}()`) };
}
