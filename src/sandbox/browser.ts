/** The sandbox on a page: makes the frame, gives it Pyodide's files from our own origin, and opens ports for trainers. */
import * as v from 'valibot';
import type { ClientMessage } from './clientProtocol.ts';
import { keptSnapshot } from './browserStore.ts';
import hash from 'virtual:sandbox-frame-hash';
import { frameDocument, frameReport, type FrameReport, type FrameSetup, type Role } from './frame.ts';
import { usefulWorkers, withDefaults } from './limits.ts';

export interface BrowserSandboxHost {
  /**
   * A fresh port for `connectSandbox`, into a new frame when the one there is no longer answers. Rejects with a clear message when
   * the frame or Pyodide's files cannot load.
   */
  openPort(): Promise<MessagePort>;
  /** Removes the frame and with it every worker. */
  dispose(): void;
}

export interface BrowserSandboxOptions {
  /** Folder of the hosted Pyodide files, with a closing slash, relative to the page. */
  readonly pyodide?: string;
  /** Interpreters that grade at once (about 120 MB each); unless given, as the machine allows (`limits.ts`). */
  readonly workers?: number;
  readonly perTestMs?: number;
  readonly perProgramMs?: number;
  /** How long a supervisor may take to greet a port, which it does at once, whatever the programs do; then it is replaced. */
  readonly greetingMs?: number;
  /** Hears why the browser keeps no memory snapshot, so that Python starts more slowly at every visit. */
  readonly onUnkept?: (error: unknown) => void;
}

/** The frame starts at once or not at all. */
const framePatienceMs = 20_000;

/** Creates the sandbox's frame. Nothing is loaded before the first `openPort`. */
export function createBrowserSandboxHost(options: BrowserSandboxOptions = {}): BrowserSandboxHost {
  const { pyodide = 'pyodide/', workers = asTheMachineAllows(), greetingMs = 10_000 } = options;
  const { onUnkept = () => undefined } = options;
  let started: Promise<Frame> | null = null;

  async function start(): Promise<Frame> {
    const base = new URL(pyodide, document.baseURI);
    const bundle = import('virtual:sandbox-frame-worker');
    const kept = bundle.then(({ key }) => keptSnapshot(key, onUnkept));
    const frame = new Frame(hash, (bytes) => void kept.then(({ keep }) => keep(bytes)));
    try {
      // The frame is a process and its worker a long script: both start while the files are read.
      const begun = Promise.all([bundle, frame.report('loaded')]).then(([{ default: script }]) => {
        const setup: FrameSetup = { script };
        frame.post(setup, []);
      });
      const [wasm, stdlib, lock, { snapshot }] = await Promise.all([
        load(base, 'pyodide.asm.wasm', '\0asm'),
        load(base, 'python_stdlib.zip', 'PK'),
        load(base, 'pyodide-lock.json', '{').then((bytes) => new TextDecoder().decode(bytes)),
        kept,
        begun,
      ]);
      const limits = withDefaults(options);
      const role: Role = { role: 'supervisor', files: { wasm, stdlib, lock }, snapshot, workers, limits };
      frame.post(role, snapshot ? [wasm, stdlib, snapshot] : [wasm, stdlib]);
      await frame.report('started');
      return frame;
    } catch (error) {
      frame.remove();
      throw error;
    }
  }

  return {
    async openPort() {
      const before = started;
      if (before) {
        const frame = await before.catch(() => null); // whoever began it was told
        if (started === before && !(await frame?.answers(greetingMs))) {
          frame?.remove();
          if (started === before) started = null;
        }
      }
      started ??= start();
      const attempt = started;
      const frame = await attempt.catch((error: unknown) => {
        if (started === attempt) started = null; // the next attempt starts afresh
        throw error;
      });
      return frame.openPort();
    },
    dispose() {
      void started?.then(
        (frame) => frame.remove(),
        () => undefined,
      );
      started = null;
    },
  };
}

/** One core is left to the trainer. Some browsers keep both numbers to themselves; memory is told up to 8 GB. */
function asTheMachineAllows(): number {
  const cores: number | undefined = navigator.hardwareConcurrency;
  const gigabytes: unknown = Reflect.get(navigator, 'deviceMemory');
  return usefulWorkers(cores ?? 2, 1, typeof gigabytes === 'number' ? gigabytes : 0);
}

/** One of Pyodide's files. `start` is how its bytes begin: some hosts answer with a page where a file is missing. */
async function load(base: URL, name: string, start: string): Promise<ArrayBuffer> {
  const address = new URL(name, base).href;
  const wanted = 'The host must serve the folder "pyodide" next to the page.';
  const response = await fetch(address).catch((cause: unknown) => {
    throw new Error(`Python could not be loaded: ${address} cannot be reached. Check the connection.`, {
      cause,
    });
  });
  if (!response.ok)
    throw new Error(`Python could not be loaded: ${address} answered ${response.status}. ${wanted}`);
  const bytes = await response.arrayBuffer();
  const begins = new TextDecoder('latin1').decode(bytes.slice(0, start.length));
  if (begins !== start) throw new Error(`Python could not be loaded: ${address} is another file. ${wanted}`);
  return bytes;
}

/** The iframe, and what it reports. */
class Frame {
  readonly #element = document.createElement('iframe');
  readonly #reports: FrameReport[] = [];
  readonly #onSnapshot: (bytes: ArrayBuffer) => void;
  #changed: () => void = () => undefined;

  constructor(hash: string, onSnapshot: (bytes: ArrayBuffer) => void) {
    this.#onSnapshot = onSnapshot;
    this.#element.setAttribute('sandbox', 'allow-scripts');
    this.#element.setAttribute('aria-hidden', 'true');
    this.#element.title = 'Python sandbox';
    this.#element.style.display = 'none';
    this.#element.srcdoc = frameDocument(hash);
    addEventListener('message', this.#listen);
    document.body.append(this.#element);
  }

  readonly #listen = (event: MessageEvent): void => {
    if (event.source !== this.#element.contentWindow) return;
    const report = v.safeParse(frameReport, event.data);
    if (!report.success) return;
    if (report.output.sandbox === 'snapshot') return this.#onSnapshot(report.output.bytes);
    this.#reports.push(report.output);
    this.#changed();
  };

  /** Waits until the frame reported this; rejects, and removes the frame, when it failed or stays silent. */
  async report(wanted: FrameReport['sandbox']): Promise<void> {
    const patience = setTimeout(() => {
      this.#reports.push({
        sandbox: 'failed',
        message: 'it stays silent; an extension or a policy may block frames or workers',
      });
      this.#changed();
    }, framePatienceMs);
    try {
      for (;;) {
        const failed = this.#reports.find((report) => report.sandbox === 'failed');
        if (failed?.sandbox === 'failed')
          throw new Error(`the sandbox's frame did not start: ${failed.message}`);
        if (this.#reports.some((report) => report.sandbox === wanted)) return;
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    } catch (error) {
      this.remove();
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  /** Its origin is opaque, so no other target than '*' fits; only the frame's window gets the message. */
  post(message: unknown, transfer: Transferable[]): void {
    this.#element.contentWindow?.postMessage(message, '*', transfer);
  }

  openPort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.post({ port: port2 }, [port2]);
    return port1;
  }

  /** Whether the supervisor is still there. A lost one may be a thread that hangs, or one that the browser took away. */
  async answers(withinMs: number): Promise<boolean> {
    const port = this.openPort();
    const greeted = await new Promise<boolean>((resolve) => {
      const patience = setTimeout(() => resolve(false), withinMs);
      port.onmessage = () => {
        clearTimeout(patience);
        resolve(true);
      };
    });
    const done: ClientMessage = { kind: 'close' };
    port.postMessage(done);
    port.close();
    return greeted;
  }

  remove(): void {
    removeEventListener('message', this.#listen);
    this.#element.remove();
  }
}
