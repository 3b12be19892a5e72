/** MBPP (Austin et al. 2021, github.com/google-research/google-research/tree/master/mbpp): one JSON object a line. */
import * as v from 'valibot';
import {
  findEntryPoint,
  programSource,
  pythonSource,
  readTaskLines,
  testList,
  type ReadTasks,
} from './jsonl.ts';

const mbppLine = v.object({
  task_id: v.pipe(v.number(), v.integer()),
  text: v.pipe(v.string(), v.regex(/\S/, 'the problem text is empty')),
  code: programSource,
  test_setup_code: v.optional(pythonSource, ''),
  test_list: testList,
  challenge_test_list: v.optional(v.array(pythonSource), []),
});

export interface MbppOptions {
  /** Also use the harder tests of `challenge_test_list`. Default false, as in the benchmark. */
  readonly challengeTests?: boolean;
}

/**
 * Reads an MBPP file. The instruction is the problem with its first test, as in the benchmark's own prompt:
 * the text alone does not name the function.
 */
export function readMbpp(text: string, { challengeTests = false }: MbppOptions = {}): ReadTasks {
  return readTaskLines(text, mbppLine, (record) => ({
    id: `mbpp-${record.task_id}`,
    source: 'mbpp',
    instruction: `${record.text.trim()} Your code should pass: ${record.test_list[0]!}`,
    entryPoint: findEntryPoint(record.code, record.test_list),
    reference: record.code,
    setup: record.test_setup_code,
    tests: challengeTests ? [...record.test_list, ...record.challenge_test_list] : record.test_list,
    composition: '',
    family: '',
    level: 0,
  }));
}
