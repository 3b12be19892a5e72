import fc from '../../property.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readerOf } from '../../../src/tasks/episode.ts';
import { longestPrompt } from '../../../src/tasks/longestPrompt.ts';
import { oursFormat } from '../../../src/tasks/formats/ours.ts';
import { makeTasks, type TaskOptions } from '../../../src/tasks/makeTasks.ts';
import { TaskList } from '../../../src/tasks/taskList.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const options = fc.record<TaskOptions>({
  count: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 0, max: 2 ** 40 }),
  split: fc.constantFrom('train', 'heldout'),
  level: fc.constantFrom('all', '1', '2', '3', '4'),
});

describe('a list of tasks', () => {
  it('has the tasks of makeTasks at their places, in whatever order they are asked for', () => {
    fc.assert(
      fc.property(options, fc.array(fc.nat({ max: 39 }), { maxLength: 12 }), (of, order) => {
        const [list, made] = [new TaskList(of), makeTasks(of)];
        for (const i of order.filter((index) => index < of.count)) expect(list.at(i)).toEqual(made[i]);
        expect(list.length).toBe(made.length);
        expect(list.slice()).toEqual(made);
      }),
      { numRuns: 8 },
    );
  });

  it('goes on with repeated compositions where there are no others, like makeTasks', () => {
    const of: TaskOptions = { count: 60, seed: 999, split: 'heldout', level: '1' };
    const list = new TaskList(of);
    expect(new Set(makeTasks(of).map((task) => task.composition)).size).toBeLessThan(60);
    expect(list.slice(50)).toEqual(makeTasks(of).slice(50));
  });

  it('cuts as an array does, keeps what it made, and says what it does not have', () => {
    const list = new TaskList({ count: 5, seed: 1, split: 'train', level: 'all' });
    expect(list.slice(3, 9).map(({ id }) => id)).toEqual([list.at(3).id, list.at(4).id]);
    expect(list.at(2)).toBe(list.at(2));
    expect(() => list.at(5)).toThrow('There is no task 5; there are 5.');
  });
});

it('knows how long prompts can be without the tasks: not shorter than any, and hardly longer', () => {
  for (const level of ['all', '1', '2', '3', '4'] as const) {
    for (const seed of [1, 2]) {
      const list = new TaskList({ count: 80, seed, split: 'train', level });
      const longest = Math.max(...list.slice().map((task) => format.prompt(task).length));
      const told = longestPrompt(readerOf(format, Infinity), list.specs);
      expect(told - longest, `level ${level}, seed ${seed}`).toBeGreaterThanOrEqual(0);
      expect(told - longest, `level ${level}, seed ${seed}`).toBeLessThanOrEqual(4);
    }
  }
});
