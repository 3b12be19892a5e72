/** Verdicts on programs seen before. Bounded by bytes too, because programs and tests may be long. */
import { cacheBytes, cacheSize } from './limits.ts';
import type { Verdict } from './types.ts';

/** A text takes two bytes a character at most. */
const textBytes = (...texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + 2 * text.length, 0);

function bytesOf(key: string, { stdout, tests }: Verdict): number {
  return tests.reduce(
    (sum, { expression, expected, got, exception }) =>
      sum + textBytes(expression, expected, got, exception?.type ?? '', exception?.message ?? ''),
    textBytes(key, stdout),
  );
}

export class VerdictCache {
  readonly #kept = new Map<string, { readonly verdict: Verdict; readonly bytes: number }>();
  #bytes = 0;

  /** Bytes of the texts that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Verdict | undefined {
    return this.#kept.get(key)?.verdict;
  }

  /** Keeps a verdict; the oldest ones leave when it gets too much. */
  set(key: string, verdict: Verdict): void {
    this.#drop(key);
    const bytes = bytesOf(key, verdict);
    if (bytes > cacheBytes) return;
    this.#kept.set(key, { verdict, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= cacheSize && this.#bytes <= cacheBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
