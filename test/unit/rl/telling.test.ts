import { describe, expect, it } from 'vitest';
import { signatures } from '../../../src/rl/signatures.ts';
import { exampleOf, type Recorded } from '../../../src/rl/telling.ts';
import { group, trajectory } from './fixtures.ts';

const tellingOf = (id: string) => {
  const found = signatures.find((one) => one.id === id);
  if (!found) throw new Error(`There is no signature ${id}.`);
  return found.telling;
};
/** One held-out task, its answers as letters per test; see `turn`. */
const task = (id: string, ...turns: string[]) => {
  const one = group([trajectory(turns)]);
  return { ...one, task: { ...one.task, id } };
};
const recorded = (parts: Partial<Recorded>): Recorded => ({ evals: [], updates: [], ...parts });

describe('exampleOf', () => {
  const evals = [
    { step: 0, examples: [task('a', 'ppff', 'ppff'), task('b', 'pppp', 'pppp'), task('c', 'pppf', 'pppp')] },
    { step: 10, examples: [task('a', 'ppff', 'pppp'), task('b', 'pppf', 'pppp'), task('c', 'ffff', 'pppp')] },
  ];

  it('finds the first answer that was given up most, on a task that is still repaired', () => {
    const found = exampleOf(tellingOf('paid-to-fail'), recorded({ evals }));
    expect(found?.of).toBe('task');
    if (found?.of !== 'task') return;
    expect(found.task.id).toBe('c');
    expect([found.before.step, found.now.step]).toEqual([0, 10]);
    expect([found.before, found.now].map(({ turns }) => turns.map(({ text }) => text))).toEqual([
      ['pppf', 'pppp'],
      ['ffff', 'pppp'],
    ]);
  });

  it('finds nothing where nothing shows it, before there is a second evaluation, and on what was not judged', () => {
    const paid = tellingOf('paid-to-fail');
    expect(exampleOf(paid, recorded({ evals: evals.slice(0, 1) }))).toBeNull();
    expect(exampleOf(paid, recorded({}))).toBeNull();
    const better = [evals[0], { step: 10, examples: [task('a', 'pppf', 'pppp')] }] as const;
    expect(exampleOf(paid, recorded({ evals: better }))).toBeNull();
    const unjudged = [evals[0], { step: 10, examples: [task('a', 'pppi', 'pppp')] }] as const;
    expect(exampleOf(paid, recorded({ evals: unjudged }))).toBeNull();
    const others = [evals[0], { step: 10, examples: [task('z', 'ffff', 'pppp')] }] as const;
    expect(exampleOf(paid, recorded({ evals: others }))).toBeNull();
  });

  it('shows tries that earn the same beside tries that do not', () => {
    const updates = [
      { step: 1, groups: [group([trajectory(['ppff', 'ppff']), trajectory(['ppff', 'pppp'])])] },
      {
        step: 9,
        groups: [
          group([trajectory(['ppff', 'ppff']), trajectory(['ppff', 'pppf'])]),
          group([trajectory(['ppff', 'ppff']), trajectory(['ffff', 'ppff'])]),
        ],
      },
    ];
    const found = exampleOf(tellingOf('no-signal'), recorded({ updates }));
    if (found?.of !== 'tries') throw new Error('No tries were found.');
    expect([found.before.step, found.now.step]).toEqual([1, 9]);
    expect(found.now.group).toBe(updates[1]?.groups[1]);
  });

  it.each(signatures.map(({ id }) => id))('can be asked of every alarm: %s', (id) => {
    const updates = [
      { step: 1, groups: [group([trajectory(['ppff', 'ppff']), trajectory(['ppff', 'ppff'])])] },
    ];
    expect(() => exampleOf(tellingOf(id), recorded({ evals, updates }))).not.toThrow();
  });
});
