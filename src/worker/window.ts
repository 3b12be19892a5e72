/** What the window allows that the page is in. Some have no origin, some are not secure, some keep nothing. */

/** In a frame sandboxed without "allow-same-origin" nothing is of the page's own origin, not even its own files. */
const hasOrigin = (): boolean => self.origin !== 'null';

/** What an error says, for the end of a sentence. */
export const endingOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');

/** Why this window did not let the page keep something, for the end of a sentence. */
export function whyRefused(error: unknown): string {
  if (!hasOrigin()) return 'the frame around the page is sandboxed without "allow-same-origin"';
  if (!isSecureContext) return 'browsers allow it on https and localhost only';
  if (error instanceof DOMException && error.name === 'SecurityError')
    return 'the browser blocks cookies and site data here';
  if (error instanceof DOMException && error.name === 'UnknownError')
    // Safari's for files
    return 'the browser keeps nothing here, perhaps because the window is a private one';
  return endingOf(error);
}

/**
 * Starts a worker from one of our own modules.
 * @param address from an import with `?worker&url`
 */
export function startWorker(address: string): Worker {
  if (hasOrigin()) return new Worker(address, { type: 'module' });
  // A worker's script must be of the page's origin; here only a blob of the page's own making is. Chromium takes none as a module,
  // so it is a classic script that imports ours, and keeps the messages that come before it has.
  const script = `
    const early = [];
    const keep = (event) => early.push(event);
    addEventListener('message', keep);
    import(${JSON.stringify(new URL(address, document.baseURI).href)}).then(
      () => {
        removeEventListener('message', keep);
        for (const { data, ports } of early) dispatchEvent(new MessageEvent('message', { data, ports }));
      },
      (error) => reportError(error),
    );`;
  return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
}
