/**
 * What a task family is. A family has slots (filter, map, reduce, ...); a task picks one option per slot.
 * Each option says in English what it does and holds the Python for it, as a template; some options also
 * hold what a novice tends to write instead. One text is both what the model must learn to write and, through
 * the interpreter of ../python, what tells the expected values of the tests.
 */
import type { Value } from '../python/values.ts';
import type { Stream } from '../random.ts';

/** Probability that a novice makes each kind of mistake, before `bugScale`. These rates are known to learn well. */
export const bugRates = {
  /** `>=` written `>`, and the like: the boundary value is lost. */
  comparison: 0.65,
  /** `>` written `>=`: zero or the tie slips in. */
  boundary: 0.6,
  /** `x * x` written `x * 2`. */
  square: 0.45,
  /** `abs()` forgotten. */
  absolute: 0.6,
  /** `default=` forgotten: an error on nothing. */
  default: 0.7,
  /** `set()` forgotten: repeated values count twice. */
  distinct: 0.6,
  /** `reverse=True` forgotten. */
  descending: 0.45,
  /** `[:j]` written `[:j + 1]`. */
  first: 0.6,
  /** `[-j:]` written `[j:]`. */
  last: 0.65,
  /** A product that starts at 0. */
  start: 0.5,
  /** `startswith` or `endswith` written `in`. */
  affix: 0.6,
  /** `w[-1:]` written `w[1:]`. */
  lastLetter: 0.45,
  /** `isupper` or `islower` written `isalpha`. */
  case: 0.6,
  /** `[::2]` written `[1::2]`. */
  step: 0.5,
  /** `b - a` written `a - b`. */
  difference: 0.6,
  /** `max` and `min` mixed up. */
  extreme: 0.35,
  /** A range one too short or one too long. */
  range: 0.65,
  /** The last `return` forgotten: None when nothing was found. */
  noReturn: 0.6,
  /** `while n > 0` written `while n > 9`: the last digit is lost. */
  loopEnd: 0.5,
} as const;

export type BugKind = keyof typeof bugRates;

/** Small numbers and strings that appear in a task but are not part of its composition. */
export interface Constants {
  readonly k: number;
  readonly m: number;
  readonly j: number;
  readonly d: number;
  readonly ch: string;
  readonly sp: string;
}

export interface Option {
  /** Phrasings, equally likely; `{n}` is what comes before it in the composition, `{k}` ... are constants. */
  readonly english: readonly string[];
  /** Python template. */
  readonly code: string;
  /** What a novice writes instead. */
  readonly novice?: { readonly kind: BugKind; readonly code: string };
  /** Name of the function when this option comes last in the composition. */
  readonly entryPoint?: string;
}

export type Slot = Readonly<Record<string, Option>>;

export interface Family {
  readonly name: string;
  /** Share of the tasks. */
  readonly weight: number;
  /** Parameters of the function, as written in its header. */
  readonly parameters: string;
  /** The order of the slots is the order of the composition's key. */
  readonly slots: Readonly<Record<string, Slot>>;
  /** How often each option of a slot is drawn, for slots that are not uniform. */
  readonly repeats?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Whether these options make sense together. */
  valid(choice: Choice): boolean;
  /** Number of operations composed, from 1. */
  depth(choice: Choice): number;
  entryPoint(choice: Choice): string;
  /** The noun phrase that says what the function gives. `pick` chooses among phrasings. */
  english(choice: Choice, pick: Phrase): string;
  /** The body of the function, without its indentation. `code` gives a slot's template, right or novice. */
  body(choice: Choice, code: (slot: string) => string): string;
  /** One set of arguments, edge cases included. */
  input(stream: Stream, constants: Constants): Value[];
}

/** Option name per slot. */
export type Choice = Readonly<Record<string, string>>;
export type Phrase = (phrasings: readonly string[]) => string;

/** Shorthand of the tables: `option('the sum of {n}', 'sum({c})', ...)`; phrasings are separated by `|`. */
export function option(english: string, code: string, more: Omit<Option, 'english' | 'code'> = {}): Option {
  return { english: english.split('|'), code, ...more };
}

/** Shorthand for a novice's version. */
export function novice(kind: BugKind, code: string): Required<Pick<Option, 'novice'>> {
  return { novice: { kind, code } };
}

/** Replaces `{name}` by its value; unknown names stay. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** `[element for variable in source if condition]`, or just the source where nothing changes. */
export function comprehension(element: string, variable: string, source: string, condition: string): string {
  if (element === variable && condition === '') return source;
  return `[${element} for ${variable} in ${source}${condition === '' ? '' : ` if ${condition}`}]`;
}

/** The start of a loop, up to and including the indentation of the one statement inside it. */
export function loop(variable: string, source: string, condition: string): string {
  const head = `for ${variable} in ${source}:\n    `;
  return condition === '' ? head : `${head}if ${condition}:\n        `;
}
