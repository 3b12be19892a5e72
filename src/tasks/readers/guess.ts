/** What a file that is not a problem set seems to be, and what to do about it: for the refusal. */

/** Text files that people take for problem sets, by how they begin. */
const beginnings: readonly (readonly [RegExp, string])[] = [
  [
    /^version https:\/\/git-lfs/,
    'it is a pointer of Git LFS, not the file: fetch the file itself with git lfs pull.',
  ],
  [/^\s*<(!doctype|html|\?xml)/i, 'it is a web page, not the file: download the raw file.'],
  [/^(#|"""|import |from |def |class )/, 'it seems to be Python source.'],
  [
    /^\s*\{\s*\n[^]*\n\s*\}\s*\n\s*\{/,
    'its records go over several lines: write each on one line, or all in one JSON array.',
  ],
  [/^\s*\{\s*\n/, 'it is one JSON object over several lines: put the records into one JSON array.'],
  [/^[^{}[\]\n]*[,\t][^{}[\]\n]*\n/, 'it seems to be a table (CSV): no line is a JSON object.'],
];

/** Records of other kinds, by the fields they have. */
const others: readonly (readonly [readonly string[], string])[] = [
  [['task_id', 'completion'], 'they are answers of a model to HumanEval, not its problems.'],
  [['task_id', 'solution'], 'they are answers of a model, as EvalPlus takes them, not problems.'],
  [
    ['instruction', 'response', 'test_code'],
    'they come from KodCode’s pipeline: rename instruction to question, response to solution, test_code to test.',
  ],
  [
    ['input_output'],
    'they seem to be APPS or TACO, whose tests are input and output of whole programs: no functions to call.',
  ],
  [
    ['public_test_cases'],
    'they seem to be LiveCodeBench, whose tests are input and output of whole programs: no functions to call.',
  ],
  [['rows', 'features'], 'it is an answer of the Hugging Face server: keep the “row” of each of its rows.'],
  [
    ['complete_prompt', 'test'],
    'they seem to be BigCodeBench, whose tests need many packages that the sandbox does not have.',
  ],
];

/** @param text a file without a single JSON object. @returns a sentence. */
export function guessText(text: string): string {
  const known = beginnings.find(([pattern]) => pattern.test(text.slice(0, 10_000)));
  return known?.[1] ?? 'no line is a JSON object.';
}

/** @param record the first record of a file whose format is not known. @returns one or two sentences. */
export function guessRecord(record: Readonly<Record<string, unknown>>): string {
  const fields = Object.keys(record).slice(0, fieldsShown).join(', ') || '(none)';
  const known = others.find(([of]) => of.every((field) => field in record));
  return `The first record has the fields ${fields}${known ? `; ${known[1]}` : '.'}`;
}

/** Fields that are named. */
const fieldsShown = 12;
