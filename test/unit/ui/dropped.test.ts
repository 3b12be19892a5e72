import { describe, expect, it } from 'vitest';
import { areProblems } from '../../../src/ui/dropped.ts';

describe('files that are dropped on the page', () => {
  it.each([
    ['set.jsonl', '{"name": "a"}\n', true],
    ['HumanEval.JSONL.gz', '', true],
    ['set.json', '\n[{"name": "a"}]', true],
    ['set.txt', '{"name": "a"}\n', true],
    ['experiment.json', '{"format": 8}', false],
    ['run.cocos', '', false],
    ['notes.txt', 'words', false],
  ])('%s', async (name, text, expected) => {
    expect(await areProblems([new File([text], name)])).toBe(expected);
  });

  it('are problems only when all of them are', async () => {
    const problems = new File(['[]'], 'a.json');
    expect(await areProblems([problems, problems])).toBe(true);
    expect(await areProblems([problems, new File(['{}'], 'b.json')])).toBe(false);
    expect(await areProblems([])).toBe(false);
  });
});
