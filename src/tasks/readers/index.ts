/** Problem sets from files, whatever their format. */
import { readEvalPlusRelease } from './evalplusRelease.ts';
import { fieldsOf, formatOf, problemFormats, type ProblemFormat } from './formats.ts';
import { guessRecord, guessText } from './guess.ts';
import { readHumanEval } from './humaneval.ts';
import { readKodCode } from './kodcode.ts';
import { readMbpp } from './mbpp.ts';
import { readOdex } from './odex.ts';
import { readPlain } from './plain.ts';
import { parseRecord, recordTexts } from './records.ts';
import type { ReadTasks } from './tasks.ts';

export { maxProblemBytes, checkProblemSize, fileText } from './bytes.ts';
export { fieldsOf, problemFormats, titleOf, type ProblemFormat } from './formats.ts';
export { maxTests } from '../problemSet.ts';
export { type LineProblem, type ReadTasks } from './tasks.ts';

const readers: Readonly<Record<ProblemFormat, (text: string, file: string) => ReadTasks>> = {
  odex: readOdex,
  evalplus: readEvalPlusRelease,
  humaneval: readHumanEval,
  kodcode: readKodCode,
  mbpp: (text) => readMbpp(text),
  plain: readPlain,
};

/**
 * Recognises the format by the first record that has all fields of one; one that lacks only some is reported later.
 * @throws Error when no record fits, saying what the file seems to be and naming the accepted fields.
 */
function recognise(text: string): ProblemFormat {
  let first: Readonly<Record<string, unknown>> | null = null;
  for (const { content } of recordTexts(text)) {
    let record: Readonly<Record<string, unknown>>;
    try {
      record = parseRecord(content);
    } catch {
      continue; // reported with its line by the reader
    }
    first ??= record;
    const found = formatOf(record);
    if (found) return found;
  }
  if (first === null)
    throw new Error(
      `${guessText(text)} A problem file is JSONL: one record a line, or one JSON array of records.`,
    );
  const accepted = problemFormats.map((name) => `${name} (${fieldsOf(name)})`).join(', ');
  throw new Error(`no line has all fields of a known format: ${accepted}. ${guessRecord(first)}`);
}

/**
 * Reads a problem file in any format we know.
 * @param text the whole file.
 * @param format 'auto' recognises it.
 * @param file what to call the file in the tasks of the plain format.
 * @returns the tasks of the good records, a problem for each bad one, and the format.
 * @throws Error when the file is empty, or its format is not recognised.
 */
export function readProblems(
  text: string,
  format: ProblemFormat | 'auto' = 'auto',
  file = 'plain',
): ReadTasks & { readonly format: ProblemFormat } {
  if (text.replace(/^\uFEFF/, '').trim() === '') throw new Error('the file is empty.');
  const known = format === 'auto' ? recognise(text) : format;
  return { format: known, ...readers[known](text, file) };
}
