import { readFileSync } from 'node:fs';
import { families } from '../../../src/tasks/families/index.ts';
import type { Choice } from '../../../src/tasks/families/family.ts';
import type { Spec } from '../../../src/tasks/spec.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';

export const tokenizerFile = (): Record<string, unknown> =>
  JSON.parse(
    readFileSync(new URL('../../../public/models/tokenizer.json', import.meta.url), 'utf8'),
  ) as Record<string, unknown>;

export const shippedTokenizer = (): Tokenizer => Tokenizer.fromJson(tokenizerFile());

/** Every composition there is, with the longest constants. */
export function everySpec(): Spec[] {
  const constants = { k: 6, m: 9, j: 4, d: -1, ch: 'a', sp: '-' };
  return families.flatMap((family) => {
    let choices: Choice[] = [{}];
    for (const [slot, options] of Object.entries(family.slots)) {
      choices = choices.flatMap((choice) =>
        Object.keys(options).map((name) => ({ ...choice, [slot]: name })),
      );
    }
    return choices.filter((choice) => family.valid(choice)).map((choice) => ({ family, choice, constants }));
  });
}
