/** The page's end of the service worker (offline.worker.ts), which keeps the playground's files in the browser. */
import * as v from 'valibot';
import { whyRefused, endingOf } from './window.ts';

const messageSchema = v.variant('offline', [
  /** service worker → page: not everything could be kept. */
  v.object({ offline: v.literal('failed'), reason: v.string() }),
  /** service worker → the next version of itself: go to work. */
  v.object({ offline: v.literal('take over') }),
]);
export type OfflineMessage = v.InferOutput<typeof messageSchema>;

/** The message, or null when it is none of ours. */
export function offlineMessage(data: unknown): OfflineMessage | null {
  const result = v.safeParse(messageSchema, data);
  return result.success ? result.output : null;
}

export type Offline =
  /** Nothing was asked for yet. */
  | { readonly kind: 'idle' }
  /** Files are on their way into the browser's cache. */
  | { readonly kind: 'storing' }
  /** The page opens without a network. `problem`: why a newer version could not be stored, or null. */
  | { readonly kind: 'ready'; readonly problem: string | null }
  /** It does, and a newer version is stored for the next visit. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Starts to keep the files and says how it stands, now and after every change. */
export type KeepOffline = (onChange: (state: Offline) => void) => Promise<void>;

/** For the built page. Never rejects: a browser that keeps nothing only needs the network next time. */
export const keepOffline: KeepOffline = async (onChange) => {
  onChange({ kind: 'storing' });
  try {
    await caches.keys(); // says more clearly than a service worker why nothing may be kept
  } catch (error) {
    return onChange({ kind: 'failed', reason: whyRefused(error) });
  }
  if (!('serviceWorker' in navigator)) {
    return onChange({ kind: 'failed', reason: 'this kind of window has no service worker' });
  }
  const { serviceWorker } = navigator;
  try {
    const script = new URL('service-worker.js', document.baseURI);
    const registration = await serviceWorker.register(script, { updateViaCache: 'none' });
    let problem: string | null = null;
    const look = (): void => {
      const { active, waiting, installing } = registration;
      if (active) onChange(waiting ? { kind: 'newer' } : { kind: 'ready', problem });
      else if (installing ?? waiting) onChange({ kind: 'storing' });
      else onChange({ kind: 'failed', reason: problem ?? 'the browser did not say why' });
    };
    serviceWorker.addEventListener('message', (event: MessageEvent<unknown>) => {
      const message = offlineMessage(event.data);
      if (message?.offline !== 'failed') return;
      problem = message.reason;
      look();
    });
    const watch = (): void => {
      problem = null;
      registration.installing?.addEventListener('statechange', look);
    };
    registration.addEventListener('updatefound', watch);
    watch();
    look();
  } catch (error) {
    onChange({ kind: 'failed', reason: endingOf(error) });
  }
};
