/**
 * The one script of the workers in the sandbox's frame, bundled to a classic script (vitePlugin.ts). Its first
 * message says what it is: the supervisor, which holds the pool and its watchdog, or a runner with an interpreter.
 */
import './workerPrelude.ts';
import values from './values.py?raw';
import setup from './setup.py?raw';
import expressions from './expressions.py?raw';
import cutter from './cutter.py?raw';
import prepare from './prepare.py?raw';
import grader from './grader.py?raw';
import { serveRunner } from './runner.ts';
import type { Role } from './frame.ts';
import { supervise } from './supervisor.ts';

/** Pyodide asks for its files below this address; nothing is fetched. */
const nowhereUrl = 'https://pyodide.invalid/';

/** Ways out of a worker. The frame's policy forbids them too. */
const waysOut = [
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'EventSource',
  'WebTransport',
  'RTCPeerConnection',
  'Worker',
  'SharedWorker',
  'BroadcastChannel',
  'indexedDB',
  'caches',
  'Notification',
  'postMessage',
  'close',
];

self.addEventListener('message', start, { once: true });

function start(event: MessageEvent<Role>): void {
  const role = event.data;
  if (role.role === 'supervisor') supervise(role);
  else run(role);
}

function run({ wasm, files, port }: Extract<Role, { role: 'runner' }>): void {
  for (const name of waysOut) Reflect.defineProperty(globalThis, name, { value: undefined });
  const hosted: Record<string, BodyInit> = {
    'pyodide.asm.wasm': '', // compiled already
    'python_stdlib.zip': files.stdlib,
    'pyodide-lock.json': files.lock,
  };
  const fetch = (address: unknown): Promise<Response> => {
    const body = hosted[String(address).replace(nowhereUrl, '')];
    return body === undefined
      ? Promise.reject(new TypeError(`the sandbox has no network: ${String(address)}`))
      : Promise.resolve(new Response(body, { headers: { 'Content-Type': 'application/wasm' } }));
  };
  Reflect.defineProperty(globalThis, 'fetch', { value: fetch });
  const serve = serveRunner(
    { wasm, grader: [values, setup, expressions, cutter, prepare, grader].join('\n'), indexURL: nowhereUrl },
    (message) => port.postMessage(message),
  );
  port.onmessage = (event) => serve(event.data);
}
