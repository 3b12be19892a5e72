/** The plainest task file: one JSON object a line with `name`, `code` (any program, right or wrong) and `tests` (asserts). */
import * as v from 'valibot';
import { firstCall, pythonSource, readTaskLines, testList, type ReadTasks } from './jsonl.ts';

const plainLine = v.object({
  name: v.pipe(v.string(), v.regex(/\S/, 'the name is empty')),
  code: pythonSource,
  tests: testList,
});

/** @param source what to call the file in the tasks' `source`. The name serves as id and as instruction. */
export function readPlain(text: string, source: string): ReadTasks {
  return readTaskLines(text, plainLine, ({ name, code, tests }) => ({
    id: name,
    source,
    instruction: name,
    entryPoint: firstCall(code, tests),
    reference: code,
    setup: '',
    tests,
    composition: '',
    family: '',
    level: 0,
  }));
}
