/** The pairs of the proof: a program with its setup and tests, made from a seed and a position. */
import type { GradeRequest } from '../../../src/sandbox/types.ts';
import { makeTest } from './forms.ts';
import { functions } from './functions.ts';
import { machineScene } from './machines.ts';
import { randomFrom, type Random } from './random.ts';
import { expectation, type Call, type Scene } from './scene.ts';
import { objects } from './objects.ts';
import { states } from './states.ts';
import { types } from './types.ts';
import { importsFor } from './values.ts';

export interface Pair extends GradeRequest {
  /** Its position in the seed's sequence, by which it can be made again. */
  readonly index: number;
  /** The program's kind, for the report. */
  readonly scene: string;
  /** The kind of each test's form, for the report. */
  readonly forms: readonly string[];
}

interface Test {
  readonly form: string;
  readonly test: string;
}

/** The pair at a position of a seed's sequence: the same on every machine. */
export function pairAt(seed: number, index: number): Pair {
  const random = randomFrom(seed, index);
  const scene = random.weighted<() => Scene>([
    [50, () => machineScene(random)],
    [15, () => random.pick(functions)],
    [10, () => random.pick(types)],
    [12, () => random.pick(states)],
    [13, () => random.pick(objects)],
  ])();
  const made = random.weighted<() => Test[]>([
    [45, () => several(random, 4, () => makeTest(random, scene.calls, true))],
    [35, () => several(random, 4, () => makeTest(random, scene.calls, false))],
    [scene.tests ? 20 : 0, () => several(random, 5, () => ownTest(random, scene))],
    [4, () => [checkFunction(random, scene)]],
    [4, () => [testFunctions(random, scene)]],
    [
      1.5,
      () => [...several(random, 2, () => makeTest(random, scene.calls, true)), missingInTest(random, scene)],
    ],
  ])();
  const tests = made.map(({ test }) => written(random, test));
  const imports = importsFor(...tests);
  const place = random.weighted([
    [80, 'setup'],
    [10, 'program'],
    [10, 'test'],
  ]);
  const setup = [...(place === 'program' ? [] : [imports]), scene.setup ?? '', ...extras(random, scene)];
  return {
    index,
    scene: scene.name,
    code: (place === 'program' ? imports : '') + decorated(random, scene.code),
    setup: setup
      .map((lines) => lines.trim())
      .filter((lines) => lines !== '')
      .join('\n'),
    tests: place === 'test' ? tests.map(importing) : tests,
    forms: made.map(({ form }) => form),
  };
}

/** The test with `__import__('collections').Counter` and the like in the place of plain names. */
function importing(test: string): string {
  const names = /(?<![\w.'"])(OrderedDict|Counter|Decimal|Fraction|deque|defaultdict|timedelta)\b/g;
  const modules: Readonly<Record<string, string>> = {
    Decimal: 'decimal',
    Fraction: 'fractions',
    timedelta: 'datetime',
  };
  return test.replace(names, (name) => `__import__('${modules[name] ?? 'collections'}').${name}`);
}

/** The same test as other people write it. */
function written(random: Random, test: string): string {
  if (!random.chance(0.05)) return test;
  const single = /^assert (.*)$/.exec(test)?.[1];
  return random.pick<(text: string) => string>([
    (text) => `${text}  # a comment`,
    (text) => `\n${text}\n\n`,
    (text) => `# a comment\n${text}`,
    (text) => text.replaceAll('\n', '\r\n'),
    (text) => (single && !single.includes(', ') ? `assert(${single});` : text),
    (text) => (single && !single.includes(', ') ? `assert (\n    ${single}\n)` : text),
    (text) => text.replace(/ == /, ' \\\n    == '),
    (text) => `"""A test."""\n${text}`,
    (text) => `if True:\n${text.replace(/^/gm, '    ')}`,
  ])(test);
}

/** Lines that a program may have besides its functions. */
function decorated(random: Random, code: string): string {
  if (!random.chance(0.08)) return code;
  return random.pick([
    `"""A program."""\n${code}`,
    `from __future__ import annotations\n${code}`,
    `${code}\n\nif __name__ == '__main__':\n    raise SystemExit('run as a script')\n`,
    `${code}\nprint('loaded')`,
    `${code}\nassert True`,
    `${code.replaceAll('\n', '\r\n')}\r\n`,
    `import os, sys, typing\n${code}`,
    `__all__ = []\n${code}`,
    `${code}\nraise RuntimeError('at the end')`,
    `${code}\ndef broken(:\n    pass`,
    `${code}\nassert 1 == 2`,
    `import no_such_package\n${code}`,
  ]);
}

/** One up to `most` of them. */
function several<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: 1 + random.below(most) }, make);
}

const ownTest = (random: Random, scene: Scene): Test =>
  random.chance(0.7)
    ? { form: 'own', test: random.pick(scene.tests ?? []) }
    : makeTest(random, scene.calls, random.chance(0.5));

/** `f(…)` calls of the scene whose function can be given to a check by its name. */
function byName(random: Random, scene: Scene): { name: string; calls: Call[] } | null {
  const named = (call: Call): string | null => /^(\w+)\(.*\)$/s.exec(call.source)?.[1] ?? null;
  const plain = scene.calls.filter(
    ({ nature = 'data', source }) => nature === 'data' && /^\w+\([^()]*\)$/.test(source),
  );
  if (plain.length === 0) return null;
  const name = named(random.pick(plain)) ?? '';
  return { name, calls: plain.filter((call) => named(call) === name) };
}

/** HumanEval: a check of the function that is given to it. */
function checkFunction(random: Random, scene: Scene): Test {
  const found = byName(random, scene);
  if (!found) return makeTest(random, scene.calls, true);
  const { name, calls } = found;
  const inside = (call: Call): string => call.source.replace(/^\w+/, 'candidate');
  const lines = several(random, 3, () => {
    const call = random.pick(calls);
    const [C, E] = [inside(call), expectation(random, call)];
    return random.pick([
      `assert ${C} == ${E}`,
      `assert ${C} == ${E}`,
      `assert ${C} == ${E}, "This prints if this assert fails 1"`,
      `assert abs(${C} - (${E})) < 1e-6`,
      `for given, right in [(${C}, ${E})]:\n        assert given == right`,
      `try:\n        ${C}\n    except Exception:\n        pass`,
      `inputs = [${C}]\n    for x in inputs:\n        assert x == ${E} or x is None`,
      `assert type(${C}) == type(${E})`,
      `assert tuple(${C}) == tuple(${E})`,
      `assert True, "This prints if this assert fails 2"`,
      `same = lambda a, b: a == b or repr(a) == repr(b)\n    assert same(${C}, ${E})`,
    ]);
  });
  const head = random.chance(0.3) ? "METADATA = {'author': 'x'}\n\n" : '';
  return {
    form: 'check',
    test: `${head}def check(candidate):\n    ${lines.join('\n    ')}\n\ncheck(${name})`,
  };
}

/** KodCode: functions as pytest runs them, which import the solution. */
function testFunctions(random: Random, scene: Scene): Test {
  const found = byName(random, scene);
  if (!found) return makeTest(random, scene.calls, true);
  const { name, calls } = found;
  const bodies = several(random, 3, () => {
    const call = random.pick(calls);
    const [C, E] = [call.source, expectation(random, call)];
    return random.pick([
      `assert ${C} == ${E}`,
      `result = ${C}\n    assert result == ${E}`,
      `assert ${C} == ${E}, f"expected {${E}!r}"`,
      `expected = ${E}\n    assert ${C} == expected\n    assert ${C} is not NotImplemented`,
      `try:\n        ${C}\n        assert True\n    except ValueError as e:\n        assert str(e) != ""`,
    ]);
  });
  const whole = random.chance(0.25);
  const head = whole
    ? 'import solution'
    : random.pick([`from solution import ${name}`, 'from solution import *']);
  const prefix = (body: string): string => (whole ? body.replaceAll(`${name}(`, `solution.${name}(`) : body);
  const tests = bodies.map((body, i) => `def test_${i}():\n    ${prefix(body)}\n`);
  return {
    form: 'pytest',
    test: `${head}\n\n${tests.join('\n')}\n${bodies.map((_, i) => `test_${i}()`).join('\n')}`,
  };
}

/** A test that imports what nobody has. */
function missingInTest(random: Random, scene: Scene): Test {
  const { test } = makeTest(random, scene.calls, true);
  const form = random.pick([
    'import numpy as np\nTEST',
    'import pytest\ndef test_it():\n    with pytest.raises(ValueError):\n        raise ValueError\ntest_it()',
    'try:\n    import numpy as np\nexcept ImportError:\n    np = None\nTEST',
    'from pandas import DataFrame\nassert DataFrame is not None',
  ]);
  return { form: 'missing package', test: form.replace('TEST', () => test) };
}

/** Lines of a setup that have nothing to do with the program, or ask it too early. */
function extras(random: Random, scene: Scene): string[] {
  const lines: string[] = [];
  const add = (probability: number, line: () => string): void => {
    if (random.chance(probability)) lines.push(line());
  };
  add(0.06, () =>
    random.pick([
      'import math as m',
      'from math import *',
      'import os, sys',
      'from itertools import *',
      'import re',
    ]),
  );
  add(0.05, () =>
    random.pick([
      'EPS = 1e-6',
      "GREETING = 'hi'",
      'def helper(x):\n    return x',
      'A, *B = 1, 2, 3',
      'i = 0',
    ]),
  );
  add(0.03, () => `before = ${random.pick(scene.calls).source}`);
  add(0.015, () =>
    random.pick(['import no_such_package', 'import numpy as np', 'from pandas import DataFrame']),
  );
  add(0.007, () => random.pick(['broken = 1 / 0', "broken = {}['k']", "broken = int('x')", 'assert 1 == 2']));
  add(0.01, () => `def ${/^def (\w+)/m.exec(scene.code)?.[1] ?? 'f'}(*args):\n    return 'of the setup'`);
  add(0.01, () =>
    random.pick([
      'from operator import add',
      'from math import floor as f',
      'from math import pow, sqrt',
      'total = 0',
    ]),
  );
  const own = [...scene.code.matchAll(/^(\w+) = /gm)].map((match) => match[1] ?? '');
  if (own.length > 0) add(0.03, () => `${random.pick(own)} = 7`);
  return lines;
}
