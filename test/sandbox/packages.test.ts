/** The readers name packages that the sandbox lacks from a list of what it has: the list and the sandbox must agree. */
import { afterAll, expect, it } from 'vitest';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import { standardLibrary } from '../../src/tasks/readers/packages.ts';

const sandbox = createNodeSandbox({ workers: 1, perTestMs: 30_000, perProgramMs: 60_000 });
afterAll(() => sandbox.dispose());

/** Modules that Python's own list has, and of which nobody's tests need to hear that they are missing. */
const unlisted = ['antigravity', 'idlelib', 'this'];

it('has the modules that the readers take it to have, and no other', { timeout: 300_000 }, async () => {
  const code = [
    'import sys, importlib.util',
    'def has(name):',
    '    try:',
    '        return importlib.util.find_spec(name) is not None',
    '    except (ImportError, ValueError):',
    '        return False',
    "names = ' '.join(n for n in sorted(sys.stdlib_module_names) if has(n))",
  ].join('\n');
  const [verdict] = await sandbox.grade([
    { code: `${code}\nprint(names)`, setup: '', tests: ['assert True'] },
  ]);
  const found = (verdict?.stdout ?? '')
    .trim()
    .split(' ')
    .filter((name) => (!name.startsWith('_') || standardLibrary.has(name)) && !unlisted.includes(name));
  expect([...standardLibrary].sort()).toEqual(found.sort());
});
