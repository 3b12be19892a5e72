/**
 * HumanEval (Chen et al. 2021, github.com/openai/human-eval), and HumanEval+ in the same form (evalplus/humanevalplus).
 * Its tests are one function `check(candidate)`; here each of its asserts becomes a unit test of its own where that
 * changes nothing.
 */
import * as v from 'valibot';
import { cutCheck } from './cut.ts';
import { boundNames, children, isName, names, parsePython } from './python.ts';
import {
  joined,
  programSource,
  pythonSource,
  readTasks,
  type CutTests,
  type ReadTask,
  type ReadTasks,
} from './tasks.ts';

export { cutCheck };

/** A name, or what leads to a method of the program's class: `Solution().add`. */
const isEntryPoint = (text: string): boolean => text.split(/\(\)\.|\./).every(isName);

export const taskId = v.pipe(v.string(), v.regex(/\S/, 'the name is empty'));
export const entryPoint = v.pipe(v.string(), v.check(isEntryPoint, 'not the name of a function'));
/** The body of the function; none where the prompt is the whole program. */
const solution = v.optional(pythonSource, '');

const humanEvalRecord = v.object({
  task_id: taskId,
  prompt: programSource,
  entry_point: entryPoint,
  canonical_solution: solution,
  test: v.pipe(pythonSource, v.regex(/\bdef\s+check\s*\(/, 'it must define check(candidate)')),
});
export type HumanEvalRecord = v.InferOutput<typeof humanEvalRecord>;

/**
 * Reads a HumanEval file. The reference program is prompt + canonical_solution, the instruction the prompt.
 * What the prompt has before the function (imports, helpers) is given to the tests as well: they may use it.
 */
export function readHumanEval(text: string): ReadTasks {
  return readTasks(text, 'humaneval', humanEvalRecord, humanEvalTask);
}

/** Also for HumanEval+, whose records may hold the same fields. */
export function humanEvalTask(record: HumanEvalRecord, notice: (message: string) => void): ReadTask {
  const test = record.test.replace(misprint.published, misprint.corrected);
  if (test !== record.test)
    notice('the published test passes its arguments to the wrong function; here it is corrected');
  return promptedTask({ ...record, cut: cutCheck(test, record.entry_point) }, notice);
}

/**
 * HumanEval/32 as HumanEval+ publishes it can be passed by no program: `find_zero` returns a number, which cannot be
 * unpacked. EvalPlus's own evaluator looks at |p(x)|.
 */
const misprint = {
  published: 'assert _poly(*candidate(*inp), inp) <= 0.0001',
  corrected: 'assert abs(_poly(*inp, candidate(*inp))) <= 0.0001',
};

interface Prompted {
  readonly task_id: string;
  readonly prompt: string;
  readonly canonical_solution: string;
  readonly entry_point: string;
  readonly cut: CutTests;
}

/** A task whose prompt is the beginning of its program. */
export function promptedTask(record: Prompted, notice: (message: string) => void): ReadTask {
  const { setup, tests, weaker } = record.cut;
  if (weaker !== '') notice(weaker);
  const reference = record.prompt + record.canonical_solution;
  return {
    id: record.task_id.trim(),
    instruction: record.prompt.trim(),
    entryPoint: record.entry_point,
    reference,
    setup: joined(preamble(reference, record.entry_point), setup),
    tests,
  };
}

/** What a program has before it binds the entry point. @throws Error when it never does. */
function preamble(program: string, entryPoint: string): string {
  const [name] = names(parsePython(entryPoint), entryPoint);
  const first = children(parsePython(program)).find((node) =>
    boundNames(node, program).some((bound) => bound === name),
  );
  if (!first) throw new Error(`field entry_point: the program defines no ${entryPoint}`);
  return program.slice(0, first.from).trim();
}
