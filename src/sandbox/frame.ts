/**
 * The document of the sandbox's frame. Its origin is opaque (`sandbox="allow-scripts"`, never `allow-same-origin`),
 * so nothing in it can reach the page, its storage or its server, and its policy allows no connection at all.
 * The script below is the only one in the document; pages with a Content-Security-Policy must allow its hash
 * (a srcdoc frame inherits the page's policy), see vitePlugin.ts.
 */
import * as v from 'valibot';
import type { Limits } from './limits.ts';

/** Pyodide's files, read by the page from its own origin. */
export interface FrameFiles {
  readonly wasm: ArrayBuffer;
  readonly stdlib: ArrayBuffer;
  readonly lock: string;
}

/** The page's first message to the frame: what its workers run. The others are for the supervisor. */
export interface FrameSetup {
  readonly script: string;
}

/** A worker's first message. Both come from our own code: the page's host (browser.ts) and the supervisor. */
export type Role =
  | {
      readonly role: 'supervisor';
      readonly files: FrameFiles;
      /** The snapshot of an earlier visit. */
      readonly snapshot: ArrayBuffer | null;
      readonly workers: number;
      readonly limits: Limits;
    }
  | {
      readonly role: 'runner';
      readonly wasm: WebAssembly.Module;
      readonly files: Pick<FrameFiles, 'stdlib' | 'lock'>;
      readonly port: MessagePort;
    };

/** What the supervisor asks of the frame: a runner with this number, or its end. Everything else it posts is for the page. */
export type FrameOrder =
  | { readonly spawn: number; readonly role: Extract<Role, { role: 'runner' }> }
  | { readonly end: number };

/** What the supervisor gets after its role: a trainer's port from the page, or from the frame that a runner died by itself. */
export type ToSupervisor =
  | { readonly port: MessagePort }
  | { readonly lost: number; readonly message: string };

/** What the frame tells the page. */
export const frameReport = v.variant('sandbox', [
  v.object({ sandbox: v.literal('loaded') }),
  v.object({ sandbox: v.literal('started') }),
  v.object({ sandbox: v.literal('failed'), message: v.string() }),
  /** A memory snapshot, made before any candidate ran, to be kept for the next visit. */
  v.object({ sandbox: v.literal('snapshot'), bytes: v.instance(ArrayBuffer) }),
]);
export type FrameReport = v.InferOutput<typeof frameReport>;

/**
 * Starts the supervisor at the first message of the page, hands the later ones on, whole files without a copy, and makes and ends the runners: a worker of
 * Firefox that ends one of its own in the middle of a loop may wait for ever when it makes the next. Must stay one constant text.
 */
export const frameScript = `
let supervisor = null;
const runners = new Map();
addEventListener('message', (event) => {
  if (event.source !== parent) return;
  if (!supervisor) {
    const script = URL.createObjectURL(new Blob([event.data.script], { type: 'text/javascript' }));
    supervisor = new Worker(script);
    supervisor.onmessage = ({ data }) => {
      if ('spawn' in data) {
        const runner = new Worker(script);
        runners.set(data.spawn, runner);
        runner.onerror = (error) => supervisor.postMessage({ lost: data.spawn, message: error.message || 'the worker failed' });
        runner.postMessage(data.role, [data.role.port]);
      } else if ('end' in data) {
        runners.get(data.end)?.terminate();
        runners.delete(data.end);
      } else parent.postMessage(data, '*', 'bytes' in data ? [data.bytes] : []);
    };
    supervisor.onerror = (error) => parent.postMessage({ sandbox: 'failed', message: error.message || 'the worker did not start' }, '*');
    return;
  }
  const { files, snapshot } = event.data;
  const buffers = files ? [files.wasm, files.stdlib, snapshot].filter((bytes) => bytes) : [];
  supervisor.postMessage(event.data, [...event.ports, ...buffers]);
});
parent.postMessage({ sandbox: 'loaded' }, '*');
`;

/** The frame's own policy, with the hash of its script (base64 of SHA-256). */
export function framePolicy(scriptHash: string): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${scriptHash}' blob: 'wasm-unsafe-eval'`,
    'worker-src blob:',
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
}

export function frameDocument(scriptHash: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="${framePolicy(scriptHash)}">`;
  return `<!doctype html><html><head>${policy}</head><body><script>${frameScript}</script></body></html>`;
}
