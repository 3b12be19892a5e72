/** Keeps the memory snapshot in the page's cache between visits. */

const NAME = 'cocos-sandbox';

async function sha256(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The key of a snapshot: it fits this script (Pyodide's JavaScript, grader, warm-up) and this WebAssembly. */
export async function snapshotKey(script: string, wasm: ArrayBuffer): Promise<string> {
  if (!('caches' in globalThis)) return ''; // only pages on https or localhost have a cache
  return (await sha256(new TextEncoder().encode(script))) + (await sha256(wasm));
}

const address = (key: string, hash: string): string => `/snapshot/${key}/${hash}`;

/** The snapshot of an earlier visit, checked against its hash, or null. */
export async function loadSnapshot(key: string): Promise<ArrayBuffer | null> {
  if (key === '') return null;
  const cache = await caches.open(NAME);
  for (const request of await cache.keys()) {
    const [, name, kept, hash] = new URL(request.url).pathname.split('/');
    if (name !== 'snapshot' || kept !== key) continue;
    const bytes = await (await cache.match(request))?.arrayBuffer();
    if (bytes && (await sha256(bytes)) === hash) return bytes;
  }
  return null;
}

/** Keeps a snapshot, and only that one. A browser that refuses only starts more slowly next time. */
export async function saveSnapshot(key: string, bytes: ArrayBuffer): Promise<void> {
  if (key === '') return;
  try {
    await caches.delete(NAME);
    const cache = await caches.open(NAME);
    await cache.put(address(key, await sha256(bytes)), new Response(bytes));
  } catch (error) {
    console.warn('The Python snapshot could not be kept:', error);
  }
}
