import { describe, expect, it, vi } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { problemSetOf, taskOf } from '../../../src/tasks/problemSet.ts';
import { OwnProblemsState, withProblems } from '../../../src/ui/state/ownProblems.svelte.ts';
import type { OwnProblemTools } from '../../../src/worker/ownProblems.ts';

const problem = (id: string) => ({
  ...{ id, instruction: 'Write f(x): x.', entryPoint: 'f', reference: '', setup: '' },
  tests: [`assert f(1) == "${id}"`],
});
const tools = (): OwnProblemTools => ({
  name: problemSetOf,
  read: () => Promise.reject(new Error('nothing to read')),
  fit: () => Promise.reject(new Error('no model')),
  look: () => Promise.reject(new Error('no model')),
  parted: vi.fn(() => Promise.resolve({ train: [taskOf(problem('a'))], heldOut: [taskOf(problem('b'))] })),
  keep: () => Promise.resolve(),
  find: () => Promise.resolve(null),
  draft: () => Promise.resolve(''),
  keepDraft: () => Promise.resolve(),
});

describe('the problems of a run', () => {
  it('are parted as the experiment says, for a project', async () => {
    const used = tools();
    const own = new OwnProblemsState('', () => undefined, used);
    const { set } = await own.take([problem('a'), problem('b')], 'mine.jsonl');
    const e = withProblems(defaultExperiment, set);
    const { train, heldOut } = await own.parted(e);
    expect([train, heldOut].map(([task]) => task?.id)).toEqual(['a', 'b']);
    expect(used.parted).toHaveBeenCalledWith(set.text, e);
  });

  it('are asked for where they are not here', async () => {
    const own = new OwnProblemsState('', () => undefined, tools());
    const e = { ...defaultExperiment, tasks: 'own', problems: 'sha256-x' } as const;
    await expect(own.parted(e)).rejects.toThrow(/not here. Open the file/);
  });
});
