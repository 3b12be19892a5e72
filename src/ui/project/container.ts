/**
 * The life of a project in a WebContainer: boot, mount, install, run, stop, tear down, and what can go wrong in each. Knows the
 * package by its types only; the page gives what boots, and tests give a fake.
 */
import type { FileSystemTree, WebContainer, WebContainerProcess } from '@webcontainer/api';
import type { Files } from '../../exports/nodeProject.ts';
import { failureIn, type Failure, type Stage } from './failure.ts';

/** What of a WebContainer is used. */
export type Machine = Pick<WebContainer, 'mount' | 'spawn' | 'on' | 'teardown'> & {
  readonly fs: Pick<WebContainer['fs'], 'writeFile'>;
};
export type Boot = () => Promise<Machine>;

export type Phase = 'off' | Stage | 'ready';

export interface ContainerOptions {
  readonly boot: Boot;
  readonly onPhase: (phase: Phase) => void;
  /** What a process prints. */
  readonly onOutput: (text: string) => void;
  readonly onFailure: (failure: Failure) => void;
  /** How long it may take to boot, and to take the files, ms. The package itself waits for ever. */
  readonly patience?: number;
}

/** The command line of a run: metrics between its words, and one thread, for which the container need not share memory. */
export const runCommand = ['npm', 'start', '--', '--metrics', '--threads', '1'] as const;

export class ProjectContainer {
  readonly #options: ContainerOptions;
  #machine: Machine | null = null;
  #process: WebContainerProcess | null = null;
  /** Of the container that is there; another one after it was torn down. */
  #life: AbortController | null = null;
  /** The container that runs the project just now. */
  #running: AbortController | null = null;

  constructor(options: ContainerOptions) {
    this.#options = options;
  }

  /** Boots, mounts and installs; resolves when it is ready or has failed. */
  async start(files: Files): Promise<void> {
    if (this.#life) return;
    const life = (this.#life = new AbortController());
    const { boot, onPhase, patience = 60_000 } = this.#options;
    await this.#inStage('boot', life, async () => {
      const booting = boot();
      const machine = await soon(booting, patience).catch((error: unknown) => {
        booting.then((late) => late.teardown()).catch(() => undefined); // it is not wanted any more
        throw error;
      });
      if (life.signal.aborted) return machine.teardown();
      this.#machine = machine;
      machine.on('error', ({ message }) => this.#fail(life, failureIn('died', { message })));
    });
    await this.#inStage('mount', life, async () => soon(this.#machine?.mount(treeOf(files)), patience));
    await this.#inStage('install', life, async () => {
      const code = await this.#spawn('npm', ['ci']);
      if (code !== 0 && !life.signal.aborted) this.#fail(life, failureIn('install', { code }));
    });
    if (!life.signal.aborted) onPhase('ready');
  }

  /** Writes files and runs the project; resolves when it has ended, with its exit code, or null where there is none. */
  async run(files: Files): Promise<number | null> {
    const life = this.#life;
    if (!life || !this.#machine || this.#running === life) return null;
    this.#running = life;
    let code: number | null = null;
    await this.#inStage('run', life, async () => {
      for (const [name, bytes] of files) await this.#machine?.fs.writeFile(name, bytes);
      const [command, ...args] = runCommand;
      code = await this.#spawn(command, args);
    });
    if (this.#running === life) this.#running = null;
    if (life.signal.aborted) return null;
    this.#options.onPhase('ready');
    return code;
  }

  /** Ends the process under way. */
  stop(): void {
    this.#process?.kill();
  }

  /** Ends everything; what the container held is gone. */
  teardown(): void {
    this.#end();
    this.#options.onPhase('off');
  }

  #end(): void {
    this.#life?.abort();
    this.#life = this.#process = null;
    const machine = this.#machine;
    this.#machine = null;
    machine?.teardown();
  }

  /** Does a part of the work; what goes wrong in it ends the container, once. */
  async #inStage(stage: Stage, life: AbortController, work: () => Promise<void>): Promise<void> {
    if (life.signal.aborted) return;
    this.#options.onPhase(stage);
    try {
      await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#fail(life, failureIn(stage, { message, silent: error instanceof SilenceError }));
    }
  }

  #fail(life: AbortController, failure: Failure): void {
    if (life.signal.aborted) return;
    this.#end();
    this.#options.onFailure(failure);
    this.#options.onPhase('off');
  }

  /** Runs a command to its end. */
  async #spawn(command: string, args: readonly string[]): Promise<number> {
    const machine = this.#machine;
    const life = this.#life;
    if (!machine || !life) return 0;
    const process = await machine.spawn(command, [...args], { terminal: { cols: 100, rows: 24 } });
    if (life.signal.aborted) return 0;
    this.#process = process;
    const { onOutput } = this.#options;
    const printed = process.output
      .pipeTo(new WritableStream({ write: (text) => onOutput(text) }), { signal: life.signal })
      .catch(() => undefined); // it was torn down
    const ended = new Promise<number>((resolve) =>
      life.signal.addEventListener('abort', () => resolve(0), { once: true }),
    );
    try {
      const code = await Promise.race([process.exit, ended]);
      await Promise.race([printed, new Promise((resolve) => setTimeout(resolve, 500))]); // some containers never close it
      return code;
    } finally {
      if (this.#process === process) this.#process = null;
    }
  }
}

class SilenceError extends Error {}

/** @throws SilenceError when it takes longer than `ms` */
async function soon<T>(work: T | Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilenceError(`no answer within ${Math.round(ms / 1000)} s`)), ms);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Files as the package wants them: folders in folders. */
export function treeOf(files: Files): FileSystemTree {
  const tree: FileSystemTree = {};
  for (const [path, contents] of files) {
    const names = path.split('/');
    const last = names.pop() ?? path;
    let folder = tree;
    for (const name of names) {
      const there = folder[name];
      const next = there && 'directory' in there ? there : { directory: {} };
      folder[name] = next;
      folder = next.directory;
    }
    folder[last] = { file: { contents } };
  }
  return tree;
}
