/** Links and files that somebody broke, very many of them; `npm test` tries 500. */
import { brokenLink, whatBecomesOf } from '../unit/receipts/fuzz.ts';
import type { Part } from './part.ts';

export const links: Part = {
  name: 'links',
  claim:
    'broken, truncated, re-encoded and hostile links and files break nothing: each is taken whole, or refused in a sentence',
  unit: 'links',
  cases: 10_000,
  stretch: 250,
  open: () =>
    Promise.resolve({
      async prove({ seed, from, count }) {
        const counts = { refused: 0, taken: 0, broken: 0 };
        const examples: Record<string, string> = {};
        for (let number = from; number < from + count; number++) {
          const text = brokenLink(seed, number);
          try {
            counts[await whatBecomesOf(text)]++;
          } catch (error) {
            counts.broken++;
            examples['a link that broke something'] = `${number}: ${String(error)}\n${text.slice(0, 500)}`;
          }
        }
        return { counts, failed: counts.broken, examples };
      },
      close: () => undefined,
    }),
};
