/**
 * The service worker of the built playground. It keeps the files in the browser, so that the page opens and trains
 * with the network off, and adds the headers of isolation.ts, so that from the second visit on the page's threads may
 * share memory on any static host.
 *
 * Never a mix of two versions: this script is built with the hash of each file (vite.config.ts), files are kept under
 * their hash, and what does not match is refused. A new version is a new script. It installs beside the old one,
 * fetching only what changed, and takes over at the first visit or reload with no other tab open.
 */
import { hasSimd } from '../engine/simd.ts';
import { isolationHeaders } from './isolation.ts';
import { isSpoken, keptWith, machineKey, type ExtraBackend, type OnDemand } from './onDemand.ts';
import { offlineMessage, type OfflineMessage } from './offline.ts';

/** Path below the site's root → SHA-256 of the file, base64. Put in by the build. */
declare const OFFLINE_FILES: Readonly<Record<string, string>>;
/** Those of them that a machine keeps when they are asked for. Put in by the build. */
declare const OFFLINE_ON_DEMAND: OnDemand;

/** What TypeScript's library for pages does not know of a service worker. */
interface LifecycleEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface RequestEvent extends LifecycleEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Pages {
  matchAll(options?: { includeUncontrolled: boolean }): Promise<readonly Pick<Worker, 'postMessage'>[]>;
}
interface ServiceWorkerScope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: Pages;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LifecycleEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown> & LifecycleEvent) => void): void;
}
const scope: ServiceWorkerScope = globalThis as typeof globalThis & ServiceWorkerScope;

const files = new Map(Object.entries(OFFLINE_FILES));
const root = new URL(scope.registration.scope);
const openCache = (): Promise<Cache> => caches.open('cocos-files');

/** Where a file is kept: an address that nobody asks for, with the file's hash in it. */
const placeOf = (path: string, hash: string): string =>
  new URL(`${path}?${encodeURIComponent(hash)}`, root).href;

/** The file an address means, if it is one of this version. */
function fileAt(address: string): { path: string; hash: string } | null {
  const { origin, pathname } = new URL(address);
  if (origin !== root.origin || !pathname.startsWith(root.pathname)) return null;
  const path = decodeURIComponent(pathname.slice(root.pathname.length)) || 'index.html';
  const hash = files.get(path);
  return hash === undefined ? null : { path, hash };
}

/** Fetches a file of this version. Rejects when it is missing or of another one. */
async function load(path: string, hash: string, cache: RequestCache): Promise<Response> {
  // The page too by its name: a bucket has no folders. Hosts that send from one to the other do no harm, its hash is checked.
  const response = await fetch(new URL(path, root), { cache, credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  if (btoa(String.fromCharCode(...digest)) !== hash) throw new Error('the host has another version of it');
  const type = response.headers.get('Content-Type') ?? 'application/octet-stream';
  return new Response(bytes, { headers: { 'Content-Type': type, ...isolationHeaders } });
}

/** A file of this version: from the browser's ordinary cache if that has it, as after a first visit. */
const loadAny = (path: string, hash: string): Promise<Response> =>
  load(path, hash, 'default').catch(() => load(path, hash, 'reload'));

/** Fetches a file and keeps it. */
const keep = async (cache: Cache, path: string, hash: string): Promise<void> =>
  cache.put(placeOf(path, hash), await loadAny(path, hash));

/** What is wanted later, if it can be had now; then it is asked for again. */
async function keepLater(cache: Cache, path: string): Promise<void> {
  const hash = files.get(path);
  if (hash !== undefined && !(await cache.match(placeOf(path, hash)))) await keep(cache, path, hash);
}

const adapter = () => navigator.gpu.requestAdapter().catch(() => null);
/** A graphics process that crashed may never answer, and a version that waits for it would keep a page from loading. */
const afterAWhile = () => new Promise<null>((resolve) => setTimeout(resolve, 2000, null));

/** What this machine keeps only when it is asked for. */
async function waiting(): Promise<ReadonlySet<string>> {
  const gpu = 'gpu' in navigator ? await Promise.race([adapter(), afterAWhile()]) : null;
  const has: ExtraBackend[] = [...(gpu ? ['webgpu' as const] : []), ...(hasSimd() ? [] : ['cpu' as const])];
  const later = OFFLINE_ON_DEMAND[machineKey(has)] ?? [];
  return new Set(later.filter((path) => !isSpoken(path, navigator.languages)));
}

async function install(): Promise<void> {
  let current = 'the cache';
  try {
    const cache = await openCache();
    const later = await waiting();
    for (const [path, hash] of files) {
      if (later.has(path)) continue;
      current = path;
      if (!(await cache.match(placeOf(path, hash)))) await keep(cache, path, hash);
    }
  } catch (error) {
    const reason = `${current}: ${error instanceof Error ? error.message : String(error)}`;
    const message: OfflineMessage = { offline: 'failed', reason };
    for (const page of await scope.clients.matchAll({ includeUncontrolled: true })) page.postMessage(message);
    throw error; // the browser drops this version and tries again at a later visit
  }
}

/** Forgets the files of other versions. */
async function forgetOthers(): Promise<void> {
  const cache = await openCache();
  const ours = new Set([...files].map(([path, hash]) => placeOf(path, hash)));
  for (const { url } of await cache.keys()) if (!ours.has(url)) await cache.delete(url);
}

/** Keeps a file that was not there any more, or was not wanted before, and what goes with it. */
async function keepAgain(cache: Cache, path: string, hash: string, response: Response): Promise<void> {
  await cache.put(placeOf(path, hash), response).catch(() => undefined);
  for (const other of keptWith(path, files.keys())) await keepLater(cache, other).catch(() => undefined);
}

async function serve(event: RequestEvent, path: string, hash: string): Promise<Response> {
  const { request } = event;
  if (request.mode === 'navigate' && (await handOver())) return askAgain();
  // Where the browser refuses the cache, or lost what is in it, the page is served all the same, as long as there is a network.
  const cache = await openCache().catch(() => null);
  const kept = await cache?.match(placeOf(path, hash)).catch(() => undefined);
  if (kept) return kept;
  // The network may have another version by now: then this one is at its end.
  try {
    const response = await loadAny(path, hash);
    if (cache) event.waitUntil(keepAgain(cache, path, hash, response.clone()));
    return response;
  } catch (error) {
    if (request.mode !== 'navigate') throw error;
    const response = await fetch(request).catch(() => null);
    if (!response) return lost();
    await scope.registration.unregister();
    return response;
  }
}

/** In place of what the browser would say of a page that it no longer has, where no network is. */
const lost = (): Response =>
  new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>CoCoS Playground</title><link rel="icon" href="data:,">
    <p>This browser no longer has the files of CoCoS Playground, and there is no network. Reload when there is one.</p>`,
    { status: 503, headers: { 'Content-Type': 'text/html', ...isolationHeaders } },
  );

/**
 * A page that asks for itself once more when the new version is in its place. (A Refresh header stops at an address with a "#".) In
 * Chromium a request that meets a version on its way out may never be answered, so it asks later, too, and less and less often.
 */
const askAgain = (): Response =>
  new Response(
    `<link rel="icon" href="data:,"><script>
      let patience = 10000;
      const ask = () => {
        location.reload();
        setTimeout(ask, patience);
        patience *= 2;
      };
      (async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        for (let i = 0; i < 100 && (registration?.waiting || registration?.active?.state !== 'activated'); i++)
          await new Promise((resolve) => setTimeout(resolve, 50));
      })().finally(ask);
    </script>`,
    { headers: { 'Content-Type': 'text/html', ...isolationHeaders } },
  );

/** Lets a version that waits take over, unless another tab still shows this one. */
async function handOver(): Promise<boolean> {
  const { waiting } = scope.registration;
  if (!waiting || (await scope.clients.matchAll()).length > 1) return false;
  const message: OfflineMessage = { offline: 'take over' };
  waiting.postMessage(message);
  return true;
}

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(forgetOthers()));
scope.addEventListener('message', (event) => {
  if (offlineMessage(event.data)?.offline === 'take over') event.waitUntil(scope.skipWaiting());
});
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const file = request.method === 'GET' ? fileAt(request.url) : null;
  if (file) event.respondWith(serve(event, file.path, file.hash));
});
