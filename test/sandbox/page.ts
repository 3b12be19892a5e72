/** The page of the browser tests: the host on the page, the client in a worker, as in the app. */
import { createBrowserSandboxHost } from '../../src/sandbox/browser.ts';
import { connectSandbox } from '../../src/sandbox/client.ts';
import type { GradeRequest, Verdict } from '../../src/sandbox/types.ts';

const host = createBrowserSandboxHost({ pyodide: '/pyodide/', workers: 1 });

declare global {
  interface Window {
    sandboxReady: () => Promise<void>;
    sandboxGrade: (requests: GradeRequest[]) => Promise<Verdict[]>;
  }
}

const connected = host.openPort().then(connectSandbox);
connected.catch(() => undefined);
window.sandboxReady = async () => (await connected).ready();
window.sandboxGrade = async (requests) => (await connected).grade(requests);
