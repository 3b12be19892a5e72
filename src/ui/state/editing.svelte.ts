/** Problems that are being written: a list of drafts, one of them open, and what is still wrong with each. */
import type { Problem } from '../../worker/ownProblems.ts';
import {
  errorsByKey,
  freeName,
  namedApart,
  namesOf,
  problemOf,
  textOfTests,
  type Draft,
  type DraftErrors,
  type DraftField,
} from '../drafts.ts';

/** More are better edited in a file. */
export const maxDrafts = 200;

/** In words that the starting models have read. */
const example = {
  instruction: 'Write total(xs): the largest of the numbers in xs minus the smallest.',
  entryPoint: 'total',
  tests: 'assert total([1, 5, 2]) == 4\nassert total([3]) == 0\nassert total([-2, 2]) == 4\n',
  reference: 'def total(xs):\n    return max(xs) - min(xs)\n',
  setup: '',
} as const satisfies Partial<Draft>;
const empty = { instruction: '', entryPoint: '', tests: '', reference: '', setup: '' };

/** Read it anywhere; it is written by its own methods only. */
export class EditingState {
  drafts = $state.raw<readonly Draft[]>([]);
  #open = $state.raw(0);
  /** Before something was deleted, while it can be had back. */
  #before = $state.raw<{
    readonly drafts: readonly Draft[];
    readonly open: number;
    readonly name: string;
  } | null>(null);
  #keys = 0;

  constructor() {
    this.drafts = [this.#new('span', example)];
    this.#open = this.drafts[0]?.key ?? 0;
  }

  /** The one in the fields. */
  get open(): Draft {
    const draft = this.drafts.find(({ key }) => key === this.#open) ?? this.drafts[0];
    if (!draft) throw new Error('There is no problem to edit.');
    return draft;
  }
  readonly errors: ReadonlyMap<number, DraftErrors> = $derived(errorsByKey(this.drafts));
  errorsAt({ key }: Draft): DraftErrors {
    return this.errors.get(key) ?? {};
  }
  wrong(draft: Draft): boolean {
    return Object.keys(this.errorsAt(draft)).length > 0;
  }
  /** All of them; null while something is wrong with one. */
  readonly problems: readonly Problem[] | null = $derived(
    this.drafts.some((draft) => this.wrong(draft)) ? null : this.drafts.map(problemOf),
  );
  /** The name of what was deleted and can be had back; ''. */
  get deleted(): string {
    return this.#before?.name ?? '';
  }

  choose(draft: Draft): void {
    this.#open = draft.key;
  }

  set(field: DraftField, value: string): void {
    const { key } = this.open;
    this.drafts = this.drafts.map((draft) => (draft.key === key ? { ...draft, [field]: value } : draft));
  }

  add(): void {
    this.#insert(this.#new(this.#free('problem'), empty));
  }

  duplicate(): void {
    const { key: _, name, ...rest } = this.open;
    this.#insert(this.#new(this.#free(name.trim() || 'problem'), rest));
  }

  /** The last one leaves an empty one behind. */
  delete(): void {
    const { open, drafts } = this;
    this.#before = { drafts, open: open.key, name: open.name.trim() || 'the problem' };
    const at = drafts.indexOf(open);
    const left = drafts.filter((draft) => draft !== open);
    this.drafts = left.length > 0 ? left : [this.#new(this.#free('problem'), empty)];
    this.#open = (this.drafts[at] ?? this.drafts.at(-1))?.key ?? 0;
  }

  undo(): void {
    if (!this.#before) return;
    ({ drafts: this.drafts, open: this.#open } = this.#before);
    this.#before = null;
  }

  /**
   * Takes in problems; the first is opened.
   * @param instead of those there are, which can be had back; else behind them
   * @throws Error when they would be too many
   */
  take(problems: readonly Problem[], instead: boolean): void {
    const kept = instead ? [] : this.drafts;
    if (kept.length + problems.length > maxDrafts)
      throw new Error(
        `${problems.length} problems are too many to edit here: at most ${maxDrafts}. Edit the file.`,
      );
    const taken = namedApart(problems, namesOf(kept)).map(({ id: name, tests, ...problem }) => {
      const { instruction, entryPoint, reference, setup } = problem;
      return this.#new(name, { instruction, entryPoint, tests: textOfTests(tests), reference, setup });
    });
    if (taken.length === 0) return;
    const { drafts, open } = this;
    this.#before = instead ? { drafts, open: open.key, name: 'What was written here' } : null;
    this.drafts = [...kept, ...taken];
    this.#open = taken[0]?.key ?? this.#open;
  }

  /** As it is kept: also what is wrong. */
  written(): string {
    return JSON.stringify(this.drafts.map(({ key: _, ...draft }) => draft));
  }

  /** Goes on with what was kept; what cannot be read is left. */
  read(text: string): void {
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      return;
    }
    if (!Array.isArray(data)) return;
    const drafts = data.slice(0, maxDrafts).flatMap((one: unknown) => {
      if (typeof one !== 'object' || one === null) return [];
      const fields: Readonly<Record<string, unknown>> = { ...one };
      const text = (name: DraftField): string => (typeof fields[name] === 'string' ? fields[name] : '');
      const rest = Object.keys(empty).map((name) => [name, fields[name] ?? '']);
      return rest.every(([, value]) => typeof value === 'string')
        ? [
            this.#new(text('name'), {
              instruction: text('instruction'),
              entryPoint: text('entryPoint'),
              tests: text('tests'),
              reference: text('reference'),
              setup: text('setup'),
            }),
          ]
        : [];
    });
    if (drafts.length === 0) return;
    this.drafts = drafts;
    this.#open = drafts[0]?.key ?? 0;
  }

  #insert(draft: Draft): void {
    if (this.drafts.length >= maxDrafts) return;
    const at = this.drafts.indexOf(this.open) + 1;
    this.drafts = this.drafts.toSpliced(at, 0, draft);
    this.#open = draft.key;
  }

  #new(name: string, rest: Omit<Draft, 'key' | 'name'>): Draft {
    return { key: ++this.#keys, name, ...rest };
  }

  #free = (name: string): string => freeName(name, namesOf(this.drafts));
}
