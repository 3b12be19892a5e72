/** A problem file in the page: reading it, grading its programs in the sandbox, and the rows to look at. */
import { gradedLine, unreadLine } from '../../worker/problems.ts';
import type { GradeLine, ProblemSet, ProblemTools, TestVerdict } from '../../worker/problems.ts';

/** 'chosen': read, and nothing of it was run. 'stopped': cancelled, or the sandbox failed; what is graded is kept. */
export type ProblemsPhase = 'empty' | 'reading' | 'chosen' | 'grading' | 'stopped' | 'finished';
export type Verdict = GradeLine['verdict'];
export type VerdictFilter = Verdict | 'all';

export const verdictKinds: readonly Verdict[] = ['pass', 'fail', 'error', 'timeout', 'infra'];

/** One record of the file, graded or unreadable. */
export interface Row {
  readonly line: GradeLine;
  /** null for a record that could not be read. */
  readonly detail: {
    readonly program: string;
    readonly tests: readonly TestVerdict[];
    readonly stdout: string;
  } | null;
}

export const pageRows = 50;
/** The page redraws at most this often while it grades, ms. */
const redrawMs = 120;

/** Read it anywhere; it is written by its own methods only. */
export class ProblemsState {
  phase = $state.raw<ProblemsPhase>('empty');
  set = $state.raw<ProblemSet | null>(null);
  /** Why the last file was refused or grading stopped, or ''. */
  failure = $state.raw('');
  /** Grading was asked for, and no verdict is there yet. */
  starting = $state.raw(false);
  /** Seconds spent on grading, without the start of Python. */
  seconds = $state.raw(0);
  /** Programs whose verdict came from the cache. */
  cached = $state.raw(0);
  filter = $state.raw<VerdictFilter>('all');
  readonly tools: ProblemTools;
  #gradedRows = $state.raw<readonly Row[]>([]);
  #unreadRows = $state.raw<readonly Row[]>([]);
  #page = $state.raw(0);
  #opened = $state.raw<Row | null>(null);
  #work: AbortController | null = null;

  constructor(tools: ProblemTools) {
    this.tools = tools;
  }

  /** Programs of the file. */
  get total(): number {
    return this.set?.tasks.length ?? 0;
  }
  /** Programs graded so far. */
  get graded(): number {
    return this.#gradedRows.length;
  }
  /** Every row there is, whatever the filter: the programs, then the lines that could not be read. */
  readonly rows: readonly Row[] = $derived([...this.#gradedRows, ...this.#unreadRows]);

  readonly counts = $derived.by(() => {
    const counts: Record<Verdict, number> = { pass: 0, fail: 0, error: 0, timeout: 0, infra: 0 };
    for (const { line } of this.rows) counts[line.verdict]++;
    return counts;
  });
  /** Tests in the weaker tier so far. */
  readonly inside = $derived.by(() =>
    this.#gradedRows.reduce((sum, { line }) => sum + (line.inside ?? 0), 0),
  );
  readonly filtered = $derived.by(() =>
    this.filter === 'all' ? this.rows : this.rows.filter(({ line }) => line.verdict === this.filter),
  );

  get pages(): number {
    return Math.max(1, Math.ceil(this.filtered.length / pageRows));
  }
  /** From 0. */
  get page(): number {
    return Math.min(this.#page, this.pages - 1);
  }
  get shown(): readonly Row[] {
    return this.filtered.slice(this.page * pageRows, (this.page + 1) * pageRows);
  }

  choose(filter: VerdictFilter): void {
    this.filter = filter;
    this.#page = 0;
    this.#opened = null;
  }
  movePage(by: number): void {
    this.#page = Math.max(0, Math.min(this.page + by, this.pages - 1));
    this.#opened = null;
  }
  isOpened(row: Row): boolean {
    return this.#opened === row;
  }
  toggle(row: Row): void {
    this.#opened = this.#opened === row ? null : row;
  }

  /** Reads a file; nothing of it is run. A file that cannot be used leaves `failure`. */
  async open(file: File): Promise<void> {
    const work = this.#begin('reading');
    this.set = null;
    this.#forgetRows();
    this.seconds = 0;
    this.cached = 0;
    this.choose('all');
    try {
      const set = await this.tools.read(file, work.signal);
      if (work !== this.#work) return;
      this.set = set;
      this.#unreadRows = set.problems.map((problem) => ({ line: unreadLine(problem), detail: null }));
      this.phase = 'chosen';
    } catch (error) {
      if (work !== this.#work) return;
      this.failure = `${file.name}: ${wordsOf(error)}`;
      this.phase = 'empty';
    }
  }

  /** More or fewer than one file was given. */
  refuse(why: string): void {
    this.failure = why;
  }

  /** Runs the programs that have no verdict yet. */
  async grade(): Promise<void> {
    const set = this.set;
    if (!set || (this.phase !== 'chosen' && this.phase !== 'stopped')) return;
    const work = this.#begin('grading');
    const tasks = set.tasks.slice(this.graded);
    const requests = tasks.map(({ reference, setup, tests }) => ({ code: reference, setup, tests }));
    const spent = this.seconds;
    const fresh: Row[] = [];
    let began = 0;
    let drawn = 0;
    let done = 0;
    let cached = 0;
    const draw = (): void => {
      drawn = performance.now();
      this.#gradedRows = [...this.#gradedRows, ...fresh.splice(0)];
      this.seconds = spent + (drawn - began) / 1000;
      this.cached += cached;
      cached = 0;
    };
    this.starting = true;
    try {
      for await (const verdict of this.tools.grade(requests, work.signal)) {
        if (work !== this.#work) return;
        const task = tasks[done++]!;
        if (began === 0) began = performance.now() - (verdict.cached ? 0 : verdict.ms);
        if (verdict.cached) cached++;
        const detail = { program: task.reference, tests: verdict.tests, stdout: verdict.stdout };
        fresh.push({ line: gradedLine(task.id, verdict), detail });
        this.starting = false;
        if (performance.now() - drawn > redrawMs) draw();
      }
      this.phase = 'finished';
    } catch (error) {
      if (work !== this.#work) return; // cancelled, which is not a failure
      this.failure = wordsOf(error);
      this.phase = 'stopped';
    }
    if (began > 0) draw();
    this.starting = false;
  }

  /** Stops reading or grading at once. Verdicts there are stay, and `grade` goes on from there. */
  cancel(): void {
    if (this.phase !== 'reading' && this.phase !== 'grading') return;
    this.#work?.abort();
    this.#work = null;
    this.starting = false;
    this.phase = this.phase === 'reading' ? 'empty' : 'stopped';
  }

  /** Back to choosing a file. */
  clear(): void {
    this.#work?.abort();
    this.#work = null;
    this.set = null;
    this.#forgetRows();
    this.failure = '';
    this.phase = 'empty';
  }

  /** The report: the same lines in the same order as `npm run grade` writes. */
  report(): string {
    return [...this.#unreadRows, ...this.#gradedRows].map(({ line }) => `${JSON.stringify(line)}\n`).join('');
  }

  #forgetRows(): void {
    this.#gradedRows = [];
    this.#unreadRows = [];
  }

  #begin(phase: ProblemsPhase): AbortController {
    this.#work?.abort();
    this.#work = new AbortController();
    this.failure = '';
    this.phase = phase;
    return this.#work;
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
