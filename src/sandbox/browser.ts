/** The sandbox on a page: makes the frame, gives it Pyodide's files from our own origin, and opens ports for trainers. */
import { frameDocument } from './frame.ts';
import type { Role } from './frame-worker.ts';

export interface BrowserSandboxHost {
  /** A fresh port for `connectSandbox`. Rejects with a clear message when the frame or Pyodide's files cannot load. */
  openPort(): Promise<MessagePort>;
  /** Removes the frame and with it every worker. */
  dispose(): void;
}

export interface BrowserSandboxOptions {
  /** Folder of the hosted Pyodide files, with a closing slash, relative to the page. */
  readonly pyodide?: string;
  /** Interpreters that grade at once (about 120 MB each). */
  readonly workers?: number;
}

/** The frame answers at once or not at all. */
const FRAME_PATIENCE_MS = 20_000;

/** Creates the sandbox's frame. Nothing is loaded before the first `openPort`. */
export function createBrowserSandboxHost(options: BrowserSandboxOptions = {}): BrowserSandboxHost {
  const { pyodide = 'pyodide/', workers = Math.min(2, Math.max(1, navigator.hardwareConcurrency - 1)) } =
    options;
  let frame: Promise<HTMLIFrameElement> | null = null;

  async function start(): Promise<HTMLIFrameElement> {
    const base = new URL(pyodide, document.baseURI);
    const [{ default: script, hash }, wasm, stdlib, lock] = await Promise.all([
      import('virtual:sandbox-frame-worker'),
      load(base, 'pyodide.asm.wasm').then((r) => r.arrayBuffer()),
      load(base, 'python_stdlib.zip').then((r) => r.arrayBuffer()),
      load(base, 'pyodide-lock.json').then((r) => r.text()),
    ]);
    const element = await openFrame(hash);
    const role: Role = { role: 'supervisor', files: { wasm, stdlib, lock }, script, workers };
    element.contentWindow?.postMessage(role, '*', [wasm, stdlib]); // its origin is opaque: no other target fits
    return element;
  }

  return {
    async openPort() {
      frame ??= start();
      const failed = frame;
      const element = await failed.catch((error: unknown) => {
        if (frame === failed) frame = null; // the next attempt starts afresh
        throw error;
      });
      const { port1, port2 } = new MessageChannel();
      element.contentWindow?.postMessage({ port: port2 }, '*', [port2]);
      return port1;
    },
    dispose() {
      void frame?.then(
        (element) => element.remove(),
        () => undefined,
      );
      frame = null;
    },
  };
}

async function load(base: URL, name: string): Promise<Response> {
  const address = new URL(name, base);
  const response = await fetch(address).catch((error: unknown) => {
    throw new Error(
      `Python could not be loaded: ${address.href} cannot be reached. Check the connection and reload.`,
      {
        cause: error,
      },
    );
  });
  if (!response.ok) {
    throw new Error(
      `Python could not be loaded: ${address.href} answered ${response.status}. The host must serve the folder "pyodide".`,
    );
  }
  return response;
}

function openFrame(hash: string): Promise<HTMLIFrameElement> {
  const element = document.createElement('iframe');
  element.setAttribute('sandbox', 'allow-scripts');
  element.setAttribute('aria-hidden', 'true');
  element.title = 'Python sandbox';
  element.style.display = 'none';
  element.srcdoc = frameDocument(hash);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      removeEventListener('message', listen);
      element.remove();
      reject(
        new Error(
          "the sandbox's frame did not start; a browser extension or policy may block frames or workers",
        ),
      );
    }, FRAME_PATIENCE_MS);
    function listen(event: MessageEvent): void {
      if (event.source !== element.contentWindow || event.data?.sandbox !== 'loaded') return;
      clearTimeout(timer);
      removeEventListener('message', listen);
      resolve(element);
    }
    addEventListener('message', listen);
    document.body.append(element);
  });
}
