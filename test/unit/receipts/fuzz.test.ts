import { expect, it } from 'vitest';
import { brokenLink, whatBecomesOf } from './fuzz.ts';

/** `npm run prove -- links` tries 10,000. */
const count = 500;

it(`${count} broken links and files break nothing, and each that is refused says why in a sentence`, async () => {
  const became = { refused: 0, taken: 0 };
  for (let number = 0; number < count; number++) {
    const text = brokenLink(1, number);
    const what = await whatBecomesOf(text).catch((error: unknown) => {
      throw new Error(`link ${number}: ${JSON.stringify(text.slice(0, 300))}`, { cause: error });
    });
    became[what]++;
  }
  expect(became.refused).toBeGreaterThan(count / 3);
  expect(became.taken).toBeGreaterThan(count / 20);
});
