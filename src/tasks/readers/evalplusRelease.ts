/**
 * HumanEval+ and MBPP+ as EvalPlus releases them on GitHub: `base_input` and `plus_input` without results, which its
 * own evaluator computes by running the reference solution. The tests of the original benchmark are read.
 */
import * as v from 'valibot';
import { cutCheck, cutModule } from './cut.ts';
import { entryPoint, promptedTask, taskId } from './humaneval.ts';
import { joined, programSource, pythonSource, readTasks, type ReadTasks } from './tasks.ts';

const release = v.object({
  task_id: taskId,
  prompt: programSource,
  entry_point: entryPoint,
  canonical_solution: pythonSource,
  /** HumanEval's check(candidate). */
  test: v.optional(pythonSource),
  /** MBPP's asserts. */
  assertion: v.optional(pythonSource),
});

/** Where the results are. */
const withResults =
  'they are in the datasets evalplus/humanevalplus and evalplus/mbppplus of Hugging Face and in the files ' +
  'HumanEvalPlus-OriginFmt.jsonl.gz and MbppPlus-OriginFmt.jsonl.gz of EvalPlus';

/** The task of a record is that of the original benchmark; a notice says where the other tests are. */
export function readEvalPlusRelease(text: string): ReadTasks {
  return readTasks(text, 'evalplus', release, (record, notice) => {
    const { test, assertion, entry_point: name } = record;
    const cut =
      test !== undefined ? cutCheck(test, name) : assertion !== undefined ? cutModule(assertion, name) : null;
    if (cut === null)
      throw new Error(`field test: it is missing, and the inputs have no results; ${withResults}`);
    notice(`only the tests of the original benchmark are used: plus_input has no results; ${withResults}`);
    // Some of the release's asserts use math without an import; a second one does no harm.
    const math = /\bmath\./.test(assertion ?? '') ? 'import math' : '';
    return promptedTask({ ...record, cut: { ...cut, setup: joined(math, cut.setup) } }, notice);
  });
}
