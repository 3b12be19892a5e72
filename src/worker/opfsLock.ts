/** Who has a folder of the browser's own file system: a lock, which the browser lets go of when its worker is gone, however that came. */
import { nameOf } from './opfsFiles.ts';

/** A worker that ends lets go of what it holds a moment later, ms. */
export const patience = 700;

/** Not in every browser, and not everywhere on the web; then files that are open for writing are lock enough. */
export const lockManager = (): LockManager | undefined =>
  'locks' in navigator ? navigator.locks : undefined;

const gaveUp = new Set(['TimeoutError', 'AbortError']);

/**
 * @param mode shared: several may have it so at once
 * @returns lets go of it; null when somebody else has it and does not let go
 */
export function lock(name: string, mode: LockMode = 'exclusive'): Promise<(() => void) | null> {
  const locks = lockManager();
  if (!locks) return Promise.resolve(() => undefined);
  return new Promise((resolve, reject) => {
    const held = locks.request(name, { mode, signal: AbortSignal.timeout(patience) }, () => {
      return new Promise<void>((release) => resolve(release));
    });
    held.catch((error: unknown) => (gaveUp.has(nameOf(error)) ? resolve(null) : reject(error)));
  });
}
