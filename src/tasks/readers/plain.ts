/**
 * The plainest problem file, and the one that the playground writes itself: records with `name`, `tests` (asserts, or a function and its call), and `code` (any
 * program, right or wrong) or, where only training is wanted, `instruction` without it; perhaps with `entry_point`, the name that the
 * tests call, and `setup`, Python that is run before them. Other fields are not read.
 */
import * as v from 'valibot';
import { isTest } from '../problemSet.ts';
import { firstName, problemText, pythonSource, readTasks, someTests, type ReadTasks } from './tasks.ts';

const filled = (message: string) => v.pipe(v.string(), v.regex(/\S/, message));

const plainRecord = v.object({
  name: filled('the name is empty'),
  instruction: v.optional(problemText),
  entry_point: v.optional(filled('the name of the function is empty')),
  code: v.optional(pythonSource),
  setup: v.optional(pythonSource, ''),
  tests: someTests(
    v.check(isTest, 'a test must assert something, such as: assert f(1) == 2; a function needs its call'),
  ),
});

/** @param source what to call the file in the tasks' `source`. The name serves as id and, where there is none, as instruction. */
export function readPlain(text: string, source: string): ReadTasks {
  return readTasks(text, source, plainRecord, (record, notice) => {
    const { name, instruction, entry_point: entryPoint, code = '', setup, tests } = record;
    if (record.code === undefined) {
      if (instruction === undefined) throw new Error('field code: it is missing');
      notice('it has no program: it can be trained on, and there is nothing to grade');
    }
    return {
      id: name,
      instruction: instruction ?? name,
      entryPoint: entryPoint ?? firstName(code, tests, setup),
      reference: code,
      setup,
      tests,
    };
  });
}
