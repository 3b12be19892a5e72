/**
 * The plainest problem file: records with `name`, `code` (any program, right or wrong) and `tests` (asserts), perhaps
 * with `setup`, Python that is run before the tests. Other fields are not read.
 */
import * as v from 'valibot';
import { firstName, pythonSource, readTasks, testList, type ReadTasks } from './tasks.ts';

const plainRecord = v.object({
  name: v.pipe(v.string(), v.regex(/\S/, 'the name is empty')),
  code: pythonSource,
  setup: v.optional(pythonSource, ''),
  tests: testList,
});

/** @param source what to call the file in the tasks' `source`. The name serves as id and as instruction. */
export function readPlain(text: string, source: string): ReadTasks {
  return readTasks(text, source, plainRecord, ({ name, code, setup, tests }) => ({
    id: name,
    instruction: name,
    entryPoint: firstName(code, tests, setup),
    reference: code,
    setup,
    tests,
  }));
}
