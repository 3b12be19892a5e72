/** Problem sets from files, whatever their format. */
import { readHumanEval } from './humaneval.ts';
import { parseObject, recordLines, type ReadTasks } from './jsonl.ts';
import { readMbpp } from './mbpp.ts';
import { readPlain } from './plain.ts';

export type { LineProblem, ReadTasks } from './jsonl.ts';

/** The formats, with the fields that tell them apart. The first one that fits is taken. */
const signatures = {
  mbpp: ['text', 'code', 'test_list'],
  humaneval: ['prompt', 'entry_point', 'canonical_solution', 'test'],
  plain: ['name', 'code', 'tests'],
} as const;

export type ProblemFormat = keyof typeof signatures;
export const problemFormats = Object.keys(signatures) as ProblemFormat[];

/** Largest problem file that is read, in bytes; several hundred times MBPP would fit. */
export const MAX_PROBLEM_BYTES = 64 * 2 ** 20;

/** @throws Error when the file is larger than that. */
export function checkProblemSize(bytes: number): void {
  if (bytes <= MAX_PROBLEM_BYTES) return;
  const mb = (n: number) => (n / 2 ** 20).toFixed(0);
  throw new Error(
    `it has ${mb(bytes)} MB; at most ${mb(MAX_PROBLEM_BYTES)} MB are read. Split it into several files.`,
  );
}

/**
 * Recognises the format by the first line that has all fields of one; a line that lacks only some is reported later.
 * @throws Error when no line fits, naming the accepted fields.
 */
function recognise(text: string): ProblemFormat {
  let records = 0;
  for (const { content } of recordLines(text)) {
    let record: object;
    try {
      record = parseObject(content);
    } catch {
      continue; // reported with its line by the reader
    }
    records++;
    const found = problemFormats.find((format) => signatures[format].every((field) => field in record));
    if (found) return found;
  }
  const accepted = problemFormats.map((format) => `${format} (${signatures[format].join(', ')})`).join(', ');
  throw new Error(
    records === 0
      ? 'no line is a JSON object. A problem file is JSONL: one record a line.'
      : `no line has all fields of a known format: ${accepted}.`,
  );
}

/**
 * Reads a problem file in any format we know.
 * @param text the whole file.
 * @param format 'auto' recognises it.
 * @param source what to call the file in the tasks of the plain format.
 * @returns the tasks of the good lines, a problem for each bad line, and the format.
 * @throws Error when the file is empty, or its format is not recognised.
 */
export function readProblems(
  text: string,
  format: ProblemFormat | 'auto' = 'auto',
  source = 'plain',
): ReadTasks & { readonly format: ProblemFormat } {
  if (recordLines(text).next().done) throw new Error('the file is empty.');
  const known = format === 'auto' ? recognise(text) : format;
  switch (known) {
    case 'mbpp':
      return { format: known, ...readMbpp(text) };
    case 'humaneval':
      return { format: known, ...readHumanEval(text) };
    case 'plain':
      return { format: known, ...readPlain(text, source) };
    default:
      return known satisfies never;
  }
}
