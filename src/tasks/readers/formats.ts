/** The formats of problem files, for readers and for people. */

interface Format {
  /** What people call it. */
  readonly title: string;
  /** The fields that tell it apart; `a|b`: either. */
  readonly fields: readonly string[];
}

/** The first one whose fields a record has is taken. */
const formats = {
  mbpp: { title: 'MBPP, MBPP+', fields: ['text|prompt', 'code', 'test_list'] },
  odex: { title: 'ODEX', fields: ['prompt', 'canonical_solution', 'test_start', 'test', 'entry_point'] },
  evalplus: {
    title: 'EvalPlus as released on GitHub',
    fields: ['prompt', 'entry_point', 'canonical_solution', 'base_input'],
  },
  humaneval: {
    title: 'HumanEval, HumanEval+',
    fields: ['prompt', 'entry_point', 'canonical_solution', 'test'],
  },
  kodcode: { title: 'KodCode', fields: ['question', 'solution', 'test|test_code'] },
  plain: { title: 'plain', fields: ['name', 'code|instruction', 'tests'] },
} as const satisfies Record<string, Format>;

export type ProblemFormat = keyof typeof formats;

const isFormat = (name: string): name is ProblemFormat => Object.hasOwn(formats, name);
export const problemFormats: readonly ProblemFormat[] = Object.keys(formats).filter(isFormat);

/** What people call a format. */
export const titleOf = (format: ProblemFormat): string => formats[format].title;

/** The fields that a format is known by, for people. */
export const fieldsOf = (format: ProblemFormat): string =>
  formats[format].fields.map((field) => field.replace('|', ' or ')).join(', ');

/** The format of a record; undefined when it has all fields of none. */
export function formatOf(record: Readonly<Record<string, unknown>>): ProblemFormat | undefined {
  const has = (field: string): boolean => field.split('|').some((name) => name in record);
  return problemFormats.find((format) => formats[format].fields.every(has));
}
