/**
 * A fake of StackBlitz's WebContainer, for tests: it implements the package's own types and runs nothing. The real one cannot be
 * reached from where the tests run, so what it does beyond its types is not tested by them.
 */
import type { FileSystemTree, WebContainer, WebContainerProcess } from '@webcontainer/api';
import type { Machine } from '../../../src/ui/project/container.ts';

/** What a fake process prints, and how it ends. */
export interface FakeProcess {
  readonly print: (text: string) => void;
  readonly exit: (code: number) => void;
  /** Fires when it is killed. */
  readonly killed: AbortSignal;
}

export interface FakeOptions {
  /** What a command does; by default it ends with 0 at once. */
  readonly command?: (line: string, process: FakeProcess, files: ReadonlyMap<string, string>) => void;
}

export class FakeContainer implements Machine {
  /** Texts of files by path. */
  readonly files = new Map<string, string>();
  /** What was called, in order. */
  readonly calls: string[] = [];
  readonly #options: FakeOptions;
  readonly #errors: ((error: { message: string }) => void)[] = [];

  constructor(options: FakeOptions = {}) {
    this.#options = options;
  }

  readonly fs: Machine['fs'] = {
    writeFile: (path, data) => {
      this.calls.push(`write ${path}`);
      this.files.set(path, typeof data === 'string' ? data : new TextDecoder().decode(data));
      return Promise.resolve();
    },
  };

  mount(tree: Parameters<WebContainer['mount']>[0]): Promise<void> {
    this.calls.push('mount');
    if (!(tree instanceof Uint8Array) && !(tree instanceof ArrayBuffer)) this.#take(tree, '');
    return Promise.resolve();
  }

  spawn: WebContainer['spawn'] = (command: string, args?: unknown) => {
    const line = [command, ...(Array.isArray(args) ? args.map(String) : [])].join(' ');
    this.calls.push(`spawn ${line}`);
    const killed = new AbortController();
    let print: (text: string) => void = () => undefined;
    let close: () => void = () => undefined;
    const output = new ReadableStream<string>({
      start(controller) {
        print = (text) => controller.enqueue(text);
        close = () => controller.close();
      },
    });
    const exit = new Promise<number>((resolve) => {
      const end = (code: number): void => {
        if (killed.signal.aborted && code !== 143) return;
        close();
        close = print = () => undefined;
        resolve(code);
      };
      killed.signal.addEventListener('abort', () => end(143));
      const run = this.#options.command ?? ((_, process) => process.exit(0));
      queueMicrotask(() =>
        run(line, { print: (text) => print(text), exit: end, killed: killed.signal }, this.files),
      );
    });
    const process: WebContainerProcess = {
      ...{ exit, output, input: new WritableStream<string>() },
      kill: () => killed.abort(),
      resize: () => undefined,
    };
    return Promise.resolve(process);
  };

  on: WebContainer['on'] = (event: string, listener: unknown) => {
    if (event === 'error' && typeof listener === 'function')
      this.#errors.push((error) => void Reflect.apply(listener, undefined, [error]));
    return () => undefined;
  };

  /** As when the container is lost. */
  die(message: string): void {
    for (const tell of this.#errors) tell({ message });
  }

  teardown(): void {
    this.calls.push('teardown');
  }

  #take(tree: FileSystemTree, below: string): void {
    for (const [name, node] of Object.entries(tree)) {
      if ('directory' in node) this.#take(node.directory, `${below}${name}/`);
      else if ('contents' in node.file) {
        const { contents } = node.file;
        this.files.set(
          below + name,
          typeof contents === 'string' ? contents : new TextDecoder().decode(contents),
        );
      }
    }
  }
}
