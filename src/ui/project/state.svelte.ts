/** The page of a project: its files with what was edited, its container, and what a run measured. */
import { decodeLink } from '../../config/link.ts';
import type { Experiment } from '../../config/fields.ts';
import { readLink, type Shared } from '../../receipts/shared.ts';
import type { Point } from '../charts/series.ts';
import { editableOf, loadProject, withTexts, type Files } from '../nodeProject.ts';
import { ProjectContainer, type Boot, type Phase } from './container.ts';
import { barrier, type Failure } from './failure.ts';
import { MetricLines } from './metricLines.ts';

export interface ProjectOptions {
  readonly boot: Boot;
  /** Reads the window: whether a container can boot in it. */
  readonly barrier?: () => Failure | null;
  readonly load?: typeof loadProject;
}

/** What the browser says of this window. */
const barrierHere = (): Failure | null =>
  barrier({
    isolated: crossOriginIsolated,
    secure: isSecureContext,
    online: navigator.onLine,
    cookies: navigator.cookieEnabled,
    framed: window.top !== window,
    userAgent: navigator.userAgent,
  });

/** Characters of output that are kept. */
const outputCap = 400_000;

export interface Measured {
  readonly evals: readonly Point[];
  readonly train: readonly Point[];
}

export class ProjectState {
  readonly experiment: Experiment;
  /** What was wrong with the link, or ''. */
  readonly problem: string;
  /** As it was put together; null while it is fetched. */
  files = $state.raw<Files | null>(null);
  /** Why it could not be. */
  refused = $state.raw('');
  /** Texts of the files that can be edited. */
  texts = $state.raw<Readonly<Record<string, string>>>({});
  phase = $state.raw<Phase>('off');
  failure = $state.raw<Failure | null>(null);
  /** Runs so far. */
  runs = $state.raw(0);
  /** The exit code of the last one; null while it runs, or there is none. */
  ended = $state.raw<number | null>(null);
  measured = $state.raw<Measured>({ evals: [], train: [] });
  /** Of the run before. */
  before = $state.raw<Measured | null>(null);
  output = $state.raw('');
  /** Is given what a process prints, without metrics. */
  onoutput: (text: string) => void = () => undefined;

  /** Names of the files that can be edited. */
  readonly editable = $derived(this.files ? editableOf(this.files) : []);
  readonly edited = $derived(this.editable.filter((name) => this.texts[name] !== this.#original(name)));
  readonly installed = $derived(this.phase === 'ready' || this.phase === 'run');

  readonly #options: ProjectOptions;
  readonly #key: string;
  /** The problems that came with the link. */
  readonly #problems: string | null;
  readonly #container: ProjectContainer;
  #lines = new MetricLines();

  constructor(fragment: string, options: ProjectOptions) {
    let shared: Pick<Shared, 'link' | 'problems'> = { link: decodeLink(''), problems: null };
    let problem = '';
    try {
      if (fragment.replace('#', '') !== '') shared = readLink(fragment.replace('#', ''));
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    this.experiment = shared.link.experiment;
    this.#problems = shared.problems;
    this.problem = problem;
    this.#options = options;
    this.#key = `cocos-project ${fragment}`;
    this.#container = new ProjectContainer({
      boot: options.boot,
      onPhase: (phase) => (this.phase = phase),
      onOutput: (text) => this.#read(text),
      onFailure: (failure) => (this.failure = failure),
    });
    void this.load();
  }

  /** Puts the project together; what was edited in this tab before is there again. */
  async load(): Promise<void> {
    this.refused = '';
    try {
      const files = await (this.#options.load ?? loadProject)(this.experiment, this.#problems);
      const kept = this.#kept();
      this.files = files;
      this.texts = Object.fromEntries(
        this.editable.map((name) => [name, kept[name] ?? this.#original(name)]),
      );
    } catch (error) {
      this.refused = error instanceof Error ? error.message : String(error);
    }
  }

  edit(name: string, text: string): void {
    if (this.texts[name] === text) return;
    this.texts = { ...this.texts, [name]: text };
    const edits = Object.fromEntries(this.edited.map((file) => [file, this.texts[file]]));
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(edits));
    } catch {
      // Without storage a reload begins with the files as they were; the zip has the edits.
    }
  }

  /** The file as the experiment made it. */
  reset(name: string): void {
    this.edit(name, this.#original(name));
  }

  /** All files, with what was edited. */
  current(): Map<string, Uint8Array> {
    return withTexts(this.files, this.texts);
  }

  /** Contacts StackBlitz's servers: boots a container, installs the project there and runs it. */
  async start(): Promise<void> {
    if (!this.files || this.phase !== 'off') return;
    this.failure = (this.#options.barrier ?? barrierHere)();
    if (this.failure) return;
    await this.#container.start(this.current());
    if (this.installed) await this.run();
  }

  async run(): Promise<void> {
    if (this.phase !== 'ready') return;
    if (this.measured.evals.length > 0) this.before = this.measured;
    this.measured = { evals: [], train: [] };
    this.ended = null;
    this.failure = null;
    this.#lines = new MetricLines();
    this.runs++;
    this.ended = await this.#container.run(withTexts(null, this.texts));
  }

  stop(): void {
    this.#container.stop();
  }

  teardown(): void {
    this.#container.teardown();
  }

  #read(piece: string): void {
    const { text, points } = this.#lines.read(piece);
    if (text !== '') {
      this.output = (this.output + text).slice(-outputCap);
      this.onoutput(text);
    }
    if (points.length === 0) return;
    const has =
      (prefix: string) =>
      ({ metrics }: Point) =>
        Object.keys(metrics).some((name) => name.startsWith(prefix));
    this.measured = {
      evals: [...this.measured.evals, ...points.filter(has('eval/'))],
      train: [...this.measured.train, ...points.filter(has('train/'))],
    };
  }

  #original(name: string): string {
    return new TextDecoder().decode(this.files?.get(name));
  }

  /** What was edited in this tab. Anyone's text may be edited text, so nothing in it is checked. */
  #kept(): Readonly<Record<string, string | undefined>> {
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(this.#key) ?? '{}');
      const entries = kept !== null && typeof kept === 'object' ? Object.entries(kept) : [];
      return Object.fromEntries(
        entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
    } catch {
      return {};
    }
  }
}

/** Output as plain text: no colours, and of a line that was written over only what came last. */
export const plainOutput = (output: string): string =>
  output
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/\r+\n/g, '\n')
    .replace(/[^\n]*\r/g, '');
