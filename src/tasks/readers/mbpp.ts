/**
 * MBPP (Austin et al. 2021, github.com/google-research/google-research/tree/master/mbpp) in its published forms: the
 * whole set (`text`), the sanitized one (`prompt`, `test_imports`), what CoCoS asks for (`text, code, test_list` alone),
 * and MBPP+ of EvalPlus (evalplus/mbppplus), which adds `test`.
 */
import * as v from 'valibot';
import { cutModule } from './cut.ts';
import {
  findEntryPoint,
  joined,
  problemText,
  programSource,
  pythonSource,
  readTasks,
  sourceLines,
  testList,
  type ReadTasks,
} from './tasks.ts';

const mbppRecord = v.object({
  task_id: v.optional(
    v.union([v.pipe(v.number(), v.integer()), v.pipe(v.string(), v.regex(/\S/, 'it is empty'))]),
  ),
  text: v.optional(problemText),
  prompt: v.optional(problemText),
  code: programSource,
  test_setup_code: v.optional(pythonSource, ''),
  test_imports: sourceLines,
  test_list: testList,
  challenge_test_list: sourceLines,
  test: v.optional(pythonSource),
});

export interface MbppOptions {
  /** Also use the harder tests of `challenge_test_list`. Default false, as in the benchmark. */
  readonly challengeTests?: boolean;
}

/**
 * Reads an MBPP file. The instruction is the problem with its first test, as in the benchmark's own prompt:
 * the text alone does not name the function. The tests are those of MBPP+, if the record has them.
 */
export function readMbpp(text: string, { challengeTests = false }: MbppOptions = {}): ReadTasks {
  return readTasks(text, 'mbpp', mbppRecord, (record, notice) => {
    const problem = record.text ?? record.prompt;
    if (problem === undefined) throw new Error('field text: it is missing, and so is prompt');
    const { task_id: id, code, test_list: listed } = record;
    const given = joined(...record.test_imports, record.test_setup_code);
    const entryPoint = findEntryPoint(code, listed, given);
    if (entryPoint === undefined)
      throw new Error(
        `field test_list: it uses no name that the program defines: ${listed[0]!.slice(0, 80)}`,
      );
    const listedTests = challengeTests ? [...listed, ...record.challenge_test_list] : listed;
    const plus = record.test === undefined ? null : cutModule(record.test, entryPoint);
    if (plus && plus.weaker !== '') notice(plus.weaker);
    return {
      id: typeof id === 'string' ? id.trim() : id === undefined ? id : `mbpp-${id}`,
      instruction: `${problem.trim()} Your code should pass: ${listed[0]!}`,
      entryPoint,
      reference: code,
      setup: joined(given, plus?.setup ?? ''),
      tests: plus?.tests ?? listedTests,
    };
  });
}
