/** A browser that refuses storage: the page hears why, in words, and nothing is thrown. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keptSnapshot } from '../../../src/sandbox/browserStore.ts';
import { keepOffline, type Offline } from '../../../src/worker/offline.ts';
import { whyRefused } from '../../../src/worker/window.ts';

/** A cache in memory; `full`: it takes nothing more. */
class FakeCaches {
  readonly #kept = new Map<string, Map<string, ArrayBuffer>>();
  full = false;
  async keys(): Promise<string[]> {
    return [...this.#kept.keys()];
  }
  async delete(name: string): Promise<boolean> {
    return this.#kept.delete(name);
  }
  async open(name: string) {
    const files = this.#kept.get(name) ?? new Map<string, ArrayBuffer>();
    this.#kept.set(name, files);
    return {
      keys: async () => [...files.keys()].map((url) => ({ url })),
      match: async ({ url }: { url: string }) => new Response(files.get(url)),
      put: async (path: string, response: Response) => {
        if (this.full) throw new DOMException('Quota exceeded.', 'QuotaExceededError');
        files.set(new URL(path, 'https://host').href, await response.arrayBuffer());
      },
    };
  }
  /** Changes the first byte of everything kept. */
  damage(): void {
    for (const files of this.#kept.values())
      for (const bytes of files.values()) new Uint8Array(bytes)[0] ^= 1;
  }
}

const blocked = () => Promise.reject(new DOMException('Access is denied.', 'SecurityError'));
let caches: FakeCaches;

beforeEach(() => {
  caches = new FakeCaches();
  vi.stubGlobal('caches', caches);
  vi.stubGlobal('self', { origin: 'https://host' });
  vi.stubGlobal('isSecureContext', true);
});
afterEach(() => vi.unstubAllGlobals());

describe('the memory snapshot', () => {
  const bytes = Uint8Array.of(1, 2, 3).buffer;
  const open = async (key = 'c0de') => {
    const refused: unknown[] = [];
    return { refused, ...(await keptSnapshot(key, (error) => refused.push(error))) };
  };

  it('comes back for the same key, and only whole', async () => {
    const first = await open();
    expect(first.snapshot).toBeNull();
    await first.keep(bytes);
    expect((await open()).snapshot).toEqual(bytes);
    expect((await open('0ther')).snapshot).toBeNull();
    caches.damage();
    const after = await open();
    expect([after.snapshot, after.refused, first.refused]).toEqual([null, [], []]);
  });

  it('is done without where there is no cache, where it is blocked, and where it is full', async () => {
    caches.full = true;
    const full = await open();
    await full.keep(bytes);
    expect(full.refused.map(whyRefused)).toEqual(['Quota exceeded']);

    vi.stubGlobal('caches', { open: blocked });
    const strict = await open();
    await strict.keep(bytes);
    expect(strict.snapshot).toBeNull();
    expect(strict.refused.map(whyRefused)).toEqual(['the browser blocks cookies and site data here']);
    const safaris = new DOMException('The operation failed for an unknown transient reason', 'UnknownError');
    expect(whyRefused(safaris)).toBe(
      'the browser keeps nothing here, perhaps because the window is a private one',
    );

    vi.stubGlobal('caches', undefined);
    vi.stubGlobal('isSecureContext', false);
    const insecure = await open();
    expect(insecure.snapshot).toBeNull();
    expect(insecure.refused.map(whyRefused)).toEqual(['browsers allow it on https and localhost only']);
  });
});

describe('use without a network', () => {
  const ends = async (navigator: object): Promise<Offline | undefined> => {
    vi.stubGlobal('navigator', navigator);
    vi.stubGlobal('document', { baseURI: 'https://host/folder/' });
    const states: Offline[] = [];
    await keepOffline((state) => states.push(state));
    expect(states[0]).toEqual({ kind: 'storing' });
    return states.at(-1);
  };
  const failed = (reason: string): Offline => ({ kind: 'failed', reason });

  it('says why there is none', async () => {
    expect(await ends({})).toEqual(failed('this kind of window has no service worker'));
    const register = () => Promise.reject(new DOMException('The script has another type.', 'SecurityError'));
    expect(await ends({ serviceWorker: { register } })).toEqual(failed('The script has another type'));
    vi.stubGlobal('caches', { keys: blocked });
    expect(await ends({})).toEqual(failed('the browser blocks cookies and site data here'));
    vi.stubGlobal('self', { origin: 'null' });
    expect(await ends({})).toEqual(
      failed('the frame around the page is sandboxed without "allow-same-origin"'),
    );
  });
});
