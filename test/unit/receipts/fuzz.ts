/** Links and files that somebody broke, by chance or on purpose; each is made from its number alone. */
import { deflateSync } from 'fflate';
import { encodeLink } from '../../../src/config/link.ts';
import { withChanges } from '../../../src/config/experiment.ts';
import { base64 } from '../../../src/config/base64.ts';
import { compare } from '../../../src/receipts/compare.ts';
import { packJson } from '../../../src/config/packed.ts';
import { receiptOf, writtenReceipt } from '../../../src/receipts/receipt.ts';
import { fileOf, fragmentOf, readShared } from '../../../src/receipts/shared.ts';
import { explanation, headline } from '../../../src/receipts/words.ts';
import { uniform } from '../../../src/rl/random.ts';
import { madeOn, madeRun } from './made.ts';

type Dice = (sides: number) => number;

/** What unpacks to one, two, three and four megabytes. */
const bombs = [1, 2, 3, 4].map((size) => base64(deflateSync(new Uint8Array(size << 20))));

const run = {
  ...madeRun(12),
  changes: [{ step: 4, changes: [{ field: 'gamma' as const, from: 0.75, to: 0.5 }] }],
};
const experiment = withChanges(run.experiment, { accumulate: 'formula', formula: 'max(r[1], r[2]) - γ' });
const receipt = await receiptOf({ ...run, experiment }, '0.1.0');
const shared = { experiment, madeOn, view: { update: 3, task: 1, lang: 'de' }, receipt };
const fragment = fragmentOf(shared) ?? '';
const file = fileOf(shared);
const good = [fragment, file, encodeLink(experiment, madeOn), `https://x.example/#v=1&gamma=0.5`, fragment];
const strange = [
  '\0',
  '%',
  '%00',
  '&',
  '=',
  '#',
  '🧨',
  '"',
  '{',
  '}',
  '[',
  ']',
  '\n',
  '..',
  '__proto__',
  '1e999',
  '-',
  '_',
  'NaN',
];
const values: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  1e9,
  0.5,
  '',
  'x'.repeat(5000),
  [],
  {},
  [[]],
  { format: 1 },
  '__proto__',
  Array.from({ length: 20_000 }, () => 1),
];

/** Somewhere in a value of JSON, another value. */
function altered(value: unknown, dice: Dice): unknown {
  if (typeof value !== 'object' || value === null || dice(6) === 0) return values[dice(values.length)];
  if (Array.isArray(value)) {
    const items: unknown[] = [...value];
    const at = dice(items.length + 1);
    items.splice(at, dice(2), altered(items[at], dice));
    return items;
  }
  const entries: [string, unknown][] = Object.entries(value);
  const at = dice(entries.length + 1);
  const [name, inner] = entries[at] ?? ['more', null];
  if (dice(8) === 0) return Object.fromEntries(entries.filter((_, i) => i !== at));
  return { ...value, [name]: altered(inner, dice) };
}

const breakings: readonly ((text: string, dice: Dice) => string)[] = [
  (text, dice) => text.slice(0, dice(text.length)),
  (text, dice) => text.slice(dice(text.length)),
  (text, dice) => spliced(text, dice, 1, ''),
  (text, dice) => spliced(text, dice, 1, String.fromCharCode(32 + dice(95))),
  (text, dice) => spliced(text, dice, 0, strange[dice(strange.length)] ?? ''),
  (text, dice) => spliced(text, dice, dice(200), ''),
  (text, dice) => spliced(text, dice, 0, text.slice(dice(text.length))),
  (text) => encodeURIComponent(text),
  (text, dice) => text + text.slice(dice(text.length)),
  (text, dice) => text.replace(/z=[^&]*/, `z=${packJson(altered(writtenReceipt(receipt), dice))}`),
  (text, dice) => text.replace(/z=[^&]*/, `z=r${bombs[dice(bombs.length)]}z`),
  (_, dice) => JSON.stringify(altered(JSON.parse(file), dice)),
  (text, dice) => text.replace(/=[^&]*/, `=${'9'.repeat(dice(40_000))}`),
];

function spliced(text: string, dice: Dice, count: number, by: string): string {
  const at = dice(text.length);
  return text.slice(0, at) + by + text.slice(at + count);
}

export function brokenLink(seed: number, number: number): string {
  let thrown = 0;
  const dice: Dice = (sides) => Math.floor(sides * uniform(seed, number, thrown++));
  let text = good[dice(good.length)] ?? '';
  for (let times = 1 + dice(3); times > 0; times--)
    text = breakings[dice(breakings.length)]?.(text, dice) ?? text;
  return text;
}

/** @returns 'refused' in one sentence, or 'taken', and then it can be worked with; @throws where it breaks something */
export async function whatBecomesOf(text: string): Promise<'refused' | 'taken'> {
  let read;
  try {
    read = readShared(text);
  } catch (error) {
    if (!(error instanceof Error) || error.constructor !== Error)
      throw new Error(`not a message for the user: ${String(error)}`, { cause: error });
    const { message } = error;
    if (message === '' || message.length > 400 || /[\n\0]|\[object/.test(message))
      throw new Error(`not a message for the user: ${message}`, { cause: error });
    return 'refused';
  }
  const { link, receipt: claimed } = read;
  const backend = link.madeOn.backend;
  if (claimed && backend) {
    const claim = { receipt: claimed, experiment: link.experiment, backend };
    const outcome = await compare(claim, run, 'wasm');
    headline(outcome, claim, 'wasm');
    explanation(outcome, claim, 'wasm');
    fragmentOf({ experiment: link.experiment, madeOn: link.madeOn, view: link.view, receipt: claimed });
  }
  return 'taken';
}
