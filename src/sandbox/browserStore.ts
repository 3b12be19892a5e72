/** Keeps Python's memory snapshot in the page's cache between visits. */

const cacheName = 'cocos-sandbox';

/** What the browser kept of earlier visits, and the way to keep more. */
export interface KeptSnapshot {
  /** The snapshot of an earlier visit with the same files, checked against its hash, or null. */
  readonly snapshot: ArrayBuffer | null;
  /** Keeps a snapshot, and only that one. Never rejects. */
  keep(bytes: ArrayBuffer): Promise<void>;
}

/**
 * Opens the cache. Never rejects: where the browser refuses it (no https, cookies blocked, a frame of another site, no room), Python
 * only starts more slowly.
 * @param key says what a snapshot depends on, in hexadecimal digits
 * @param onRefused hears why nothing could be read or kept
 */
export async function keptSnapshot(key: string, onRefused: (error: unknown) => void): Promise<KeptSnapshot> {
  try {
    const cache = await caches.open(cacheName);
    return {
      snapshot: await load(cache, key),
      keep: (bytes) => save(key, bytes).catch(onRefused),
    };
  } catch (error) {
    onRefused(error);
    return { snapshot: null, keep: () => Promise.resolve() };
  }
}

async function load(cache: Cache, key: string): Promise<ArrayBuffer | null> {
  for (const request of await cache.keys()) {
    const [, name, kept, hash] = new URL(request.url).pathname.split('/');
    if (name !== 'snapshot' || kept !== key) continue;
    const bytes = await (await cache.match(request))?.arrayBuffer();
    if (bytes && (await sha256(bytes)) === hash) return bytes;
  }
  return null;
}

async function save(key: string, bytes: ArrayBuffer): Promise<void> {
  await caches.delete(cacheName);
  const cache = await caches.open(cacheName);
  await cache.put(`/snapshot/${key}/${await sha256(bytes)}`, new Response(bytes));
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
