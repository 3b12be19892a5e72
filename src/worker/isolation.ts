/**
 * The two headers that make a page cross-origin isolated: only then may its threads share memory. Our own servers send
 * them; on a host that cannot, the service worker adds them from the second visit on (offline.worker.ts).
 *
 * Nothing here comes from another origin, so 'require-corp' would do as well. But WebKit (Safari) knows only that one, and in a
 * page so isolated it starts no worker from a blob in the sandbox's frame, which then also is isolated. So in Safari the page is
 * not, and computes on one thread. Elsewhere the frame stays outside: its origin is opaque, so it has no permission to be
 * isolated (tested in test/sandbox/browser.test.ts).
 *
 * The third lets pages of other sites embed this one even where they are isolated themselves (docs/embedding.md).
 */
export const isolationHeaders: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'credentialless',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
