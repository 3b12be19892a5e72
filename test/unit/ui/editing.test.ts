import { describe, expect, it } from 'vitest';
import { ended, errorsOf, problemOf, testsOf, textOfTests, type Draft } from '../../../src/ui/drafts.ts';
import { EditingState, maxDrafts } from '../../../src/ui/state/editing.svelte.ts';

const draft = (changes: Partial<Draft> = {}): Draft => ({
  ...{ key: 1, name: 'one', instruction: 'Write f(x): x.', entryPoint: 'f' },
  ...{ tests: 'assert f(1) == 1', reference: '', setup: '', ...changes },
});

describe('tests in a field', () => {
  it('are statements from margin to margin, without comments', () => {
    const text = 'assert f([\n    1,\n]) == 2\r\n\n# a remark\nassert f(1) == 3\n';
    expect(testsOf(text)).toEqual(['assert f([\n    1,\n]) == 2', 'assert f(1) == 3']);
  });

  it('are also a function and its call, which stay together', () => {
    const check = 'def check(candidate):\n    for n in range(3):\n        assert candidate(n) == n\ncheck(f)';
    for (const tests of [[check], ['assert f(1) == 1', check, check, 'assert f(2) == 2'], [check, 'f(0)']])
      expect(testsOf(textOfTests(tests))).toEqual(tests);
  });
});

describe('what is wrong with a draft', () => {
  it.each([
    [{}, {}],
    [{ name: ' ' }, { name: /^is empty/ }],
    [{ name: 'two' }, { name: /another problem/ }],
    [{ instruction: '' }, { instruction: /^is empty/ }],
    [{ entryPoint: '2f' }, { entryPoint: /no name that Python allows/ }],
    [{ tests: '' }, { tests: /^are missing/ }],
    [{ tests: 'f(1) == 1' }, { tests: /number 1 does not: “f\(1\)/ }],
    [{ tests: 'def check(c):\n    assert c(1) == 1\n' }, { tests: /number 1 does not: “def check/ }],
    [{ tests: 'def check(c):\n    assert c(1) == 1\ncheck(f)' }, {}],
    [{ tests: '\u200b' }, { tests: /number 1 does not: it has only signs/ }],
    [
      { tests: 'assert f(1) == 1\nassert f([2) == [5]' },
      { tests: /must be Python, and number 2 is not: “assert f\(\[2/ },
    ],
    [{ setup: 'import' }, { setup: /not valid Python/ }],
    [
      { entryPoint: 'class', tests: 'assert class(1)' },
      { entryPoint: /keeps for itself/, tests: /must be Python/ },
    ],
    [{ tests: 'assert g(1) == 1' }, { tests: /do not call f/ }],
    [{ tests: 'assert x.f(1) == 1' }, { tests: /do not call f/ }],
  ] as const)('%j', (changes, expected) => {
    const errors = errorsOf(draft(changes), ['two']);
    expect(Object.keys(errors)).toEqual(Object.keys(expected));
    for (const [field, words] of Object.entries(expected))
      expect(Object.entries(errors)).toContainEqual([field, expect.stringMatching(words)]);
  });
});

describe('what is wrong', () => {
  it('ends once', () => {
    expect(['is empty', 'is empty: which?', 'is “f”.'].map(ended)).toEqual([
      'is empty.',
      'is empty: which?',
      'is “f”.',
    ]);
  });
});

describe('problems that are written', () => {
  it('begin with an example that is right', () => {
    const editing = new EditingState();
    expect(editing.problems).toHaveLength(1);
    expect(problemOf(editing.open)).toMatchObject({
      id: 'span',
      entryPoint: 'total',
      reference: 'def total(xs):\n    return max(xs) - min(xs)',
    });
  });

  it('are added, duplicated under a free name, deleted, and had back', () => {
    const editing = new EditingState();
    editing.duplicate();
    editing.duplicate();
    expect(editing.drafts.map(({ name }) => name)).toEqual(['span', 'span 2', 'span 3']);
    editing.add();
    expect(editing.problems, 'an empty one is not complete').toBeNull();
    const before = editing.drafts;
    editing.delete();
    expect(editing.problems).toHaveLength(3);
    expect(editing.deleted).toBe('problem');
    editing.undo();
    expect(editing.drafts).toEqual(before);
    expect(editing.open.name).toBe('problem');
  });

  it('of the experiment come instead of those there are, which can be had back', () => {
    const editing = new EditingState();
    const before = editing.drafts;
    const other = { ...problemOf(editing.open), id: 'other' };
    editing.take([other], true);
    expect(editing.problems).toEqual([other]);
    expect(editing.deleted).toBe('What was written here');
    editing.undo();
    expect(editing.drafts).toEqual(before);
  });

  it('are never none', () => {
    const editing = new EditingState();
    editing.delete();
    expect(editing.drafts).toHaveLength(1);
    expect(editing.open.instruction).toBe('');
  });

  it('come from a file behind those there are, and too many are refused', () => {
    const editing = new EditingState();
    const problem = problemOf(editing.open);
    editing.take([problem, { ...problem, id: 'other', setup: 'import math' }], false);
    expect(editing.drafts.map(({ name }) => name)).toEqual(['span', 'span 2', 'other']);
    expect(editing.problems?.at(2)?.setup).toBe('import math');
    const many = Array.from({ length: maxDrafts }, (_, i) => ({ ...problem, id: `p${i}` }));
    expect(() => editing.take(many, false)).toThrow(/too many to edit here/);
  });

  it('are kept as they stand, and what cannot be read is left alone', () => {
    const editing = new EditingState();
    editing.set('tests', 'asse');
    const other = new EditingState();
    other.read(editing.written());
    expect(other.open).toMatchObject({ name: 'span', tests: 'asse' });
    for (const text of ['', '{', '[]', '[1]', '{"a":1}', '[{"name": 1, "tests": 2}]']) other.read(text);
    expect(other.open.tests).toBe('asse');
  });
});
