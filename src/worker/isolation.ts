/**
 * The headers that make a page cross-origin isolated: only then may its threads share memory. Our own servers send
 * them; on a host that cannot, the service worker adds them from the second visit on (offline.worker.ts).
 * Nothing here comes from another origin, so the strict form costs nothing. The sandbox's frame stays outside: its
 * origin is opaque, so it has no permission to be isolated (tested in test/sandbox/browser.test.ts).
 */
export const isolationHeaders: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
