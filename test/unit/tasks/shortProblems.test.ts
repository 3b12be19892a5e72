/** The short problems for models of others, and the file of them that is shipped. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decisionSettings, shortProblemsName } from '../../../src/config/presets.ts';
import { problemLine, problemSetOf, readProblemSet } from '../../../src/tasks/problemSet.ts';
import { readProblems } from '../../../src/tasks/readers/index.ts';
import { decisionProblems, shortProblems } from '../../../src/tasks/shortProblems.ts';
import { formatExample, supervisedExample } from '../../../src/tasks/supervised.ts';

const file = readFileSync('public/problems/short.jsonl', 'utf8');
const made = (count: number) => {
  const found = [];
  for (const problem of shortProblems()) {
    if (found.length === count) break;
    found.push(problem);
  }
  return found;
};

describe('short problems', () => {
  it('are those of public/problems/short.jsonl (npm run problems writes it)', async () => {
    const lines = file.split('\n');
    expect(made(24).map(problemLine)).toEqual(lines.slice(0, 24));
    const { name, problems } = await readProblemSet(file);
    expect(shortProblemsName).toBe(name);
    const read = readProblems(file).tasks;
    expect((await problemSetOf(read)).name).toBe(name); // as the page takes them
    expect(problems.length).toBeGreaterThanOrEqual(320);
    expect(new Set(problems.map(({ reference }) => reference)).size).toBe(problems.length);
    expect(problems.every(({ tests }) => tests.length === 6)).toBe(true);
  });

  it('say in a sentence what the function is called, takes and returns', () => {
    for (const { instruction, entryPoint } of made(24)) {
      expect(instruction).toMatch(
        new RegExp(`^Write a Python function ${entryPoint}\\([a-z, ]+\\) that returns .+\\.$`),
      );
    }
  });
});

describe('problems of one kind', () => {
  it('are those of public/problems/decisions.jsonl, as many to train on as are held out', async () => {
    const text = readFileSync('public/problems/decisions.jsonl', 'utf8');
    const first = [];
    for (const problem of decisionProblems()) if (first.push(problem) === 24) break;
    expect(first.map(problemLine)).toEqual(text.split('\n').slice(0, 24));
    const { problems } = await readProblemSet(text);
    const { trainTasks, evalTasks } = decisionSettings;
    expect(problems).toHaveLength(trainTasks + evalTasks);
    expect(new Set(problems.map(({ reference }) => reference)).size).toBe(problems.length);
  });
});

describe('a corpus of answers and corrections', () => {
  const fits = (program: string) => program.length < 120;
  const examples = Array.from({ length: 24 }, (_, i) => formatExample(3, i, fits));

  it('is half right answers that stay, half wrong ones, only shown, that are put right; half are told of a test', () => {
    for (const [i, { answers, shown, feedback }] of examples.entries()) {
      expect(answers).toHaveLength(2);
      expect([shown, answers[0] === answers[1]]).toEqual(i % 2 === 0 ? [0, true] : [1, false]);
      expect(feedback[0] === '').toBe(i % 4 < 2);
      if (i % 4 === 2) expect(feedback).toEqual(['ok']);
      if (i % 4 === 3) expect(feedback[0]).toMatch(/ got /);
      expect(answers.every(fits)).toBe(true);
      expect(answers[0]?.split('\n')[0]).toBe(answers[1]?.split('\n')[0]);
    }
    expect(formatExample(3, 5, fits)).toEqual(examples[5]);
    expect(formatExample(4, 5, fits)).not.toEqual(examples[5]);
  });

  it('has none of the problems in it', () => {
    const programs = new Set(made(24).map(({ reference }) => reference));
    expect(examples.some(({ answers }) => programs.has(answers[1] ?? ''))).toBe(false);
    const novice = supervisedExample(3, 5, { bugScale: 1, repair: 0, break: 0 });
    expect(novice.shown).toBeUndefined();
  });
});
