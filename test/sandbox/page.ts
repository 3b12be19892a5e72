/** The page of the browser tests: the host on the page and the client, as in the app. */
import { createBrowserSandboxHost } from '../../src/sandbox/browser.ts';
import { connectSandbox } from '../../src/sandbox/client.ts';
import { frameDocument } from '../../src/sandbox/frame.ts';
import type { GradeRequest, Sandbox, Verdict } from '../../src/sandbox/types.ts';
import { AS_LONG_AS_IT_TAKES, HASTY, PATIENT } from './patient.ts';
import hash from 'virtual:sandbox-frame-hash';

/** Which limits: those of patient.ts. */
export type Patience = 'hasty' | 'patient' | 'slow';

declare global {
  interface Window {
    sandboxGrade: (requests: GradeRequest[], patience: Patience) => Promise<Verdict[]>;
    /** Grades over a port of its own, of the same host. */
    gradeByNewPort: (requests: GradeRequest[]) => Promise<Verdict[]>;
    /** Runs a script where the sandbox's workers run, and returns what it posts. */
    insideFrame: (script: string) => Promise<unknown>;
    failingHost: () => Promise<string>;
  }
}

const pyodide = '/node_modules/pyodide/';
/** A supervisor that hangs takes a core as long as it is waited for. */
const patient = createBrowserSandboxHost({ pyodide, workers: 1, ...PATIENT, greetingMs: 2000 });
const hasty = createBrowserSandboxHost({ pyodide, workers: 1, ...HASTY });
const slow = createBrowserSandboxHost({ pyodide, workers: 1, ...AS_LONG_AS_IT_TAKES });
const hosts = { hasty, patient, slow };
const open = new Map<Patience, Promise<Sandbox>>();

window.sandboxGrade = async (requests, patience) => {
  const opened = open.get(patience) ?? hosts[patience].openPort().then(connectSandbox);
  open.set(patience, opened);
  const sandbox = await opened;
  await sandbox.ready();
  return sandbox.grade(requests);
};

window.gradeByNewPort = async (requests) => {
  const sandbox = connectSandbox(await patient.openPort());
  await sandbox.ready();
  return sandbox.grade(requests);
};

window.insideFrame = (script) => {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = frameDocument(hash);
  return new Promise((resolve) => {
    addEventListener('message', (event) => {
      if (event.source !== frame.contentWindow) return;
      if (event.data.sandbox === 'loaded') frame.contentWindow?.postMessage({ script }, '*');
      else resolve(event.data);
    });
    document.body.append(frame);
  });
};

window.failingHost = () =>
  createBrowserSandboxHost({ pyodide: '/nowhere/' })
    .openPort()
    .then(
      () => 'opened',
      (error: Error) => error.message,
    );
