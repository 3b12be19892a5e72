/**
 * A browser that grants a run only so much room: the oldest checkpoints are dropped, which the page says; the run is kept all the
 * same, to its last update, and can be opened again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import * as v from 'valibot';
import { uniform } from '../../src/rl/random.ts';
import { microLink } from '../e2e/playground.ts';
import { serveBuilt } from '../e2e/setup.ts';
import { launchKillable } from '../killable.ts';
import type { Found, Part, Stretch } from './part.ts';

const steps = 60;
/**
 * What the browser grants beyond what the page has stored already, bytes. Chromium sets aside 1 MB for the log and twice its size for
 * each of the two last states: 9 MB. With answers and checkpoints such a run would take 20.
 */
const [least, most] = [11e6, 17e6];

async function status(page: Page, pattern: RegExp): Promise<void> {
  const matches = (source: string): boolean =>
    new RegExp(source).test(document.querySelector('[data-testid=status]')?.textContent ?? '');
  await page.waitForFunction(matches, pattern.source, { timeout: 600_000 });
}

/** Lets the browser grant the page so many bytes more than it uses. */
async function grant(page: Page, room: number): Promise<void> {
  const estimate: unknown = await page.evaluate(() => navigator.storage.estimate());
  const { usage } = v.parse(v.object({ usage: v.number() }), estimate);
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: Math.round(usage + room) });
}

/** Updates in the log of the one run that is kept. */
const updatesKept = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
    let updates = 0;
    for await (const name of runs.keys()) {
      const log = await (await runs.getDirectoryHandle(name)).getFileHandle('log.jsonl');
      updates += (await (await log.getFile()).text()).match(/"kind":"update"/g)?.length ?? 0;
    }
    return updates;
  });

/** What was wrong in one room; null: nothing. */
async function trainIn(address: string, room: number): Promise<string | null> {
  const profile = mkdtempSync(join(tmpdir(), 'cocos-full-'));
  const { page, kill } = await launchKillable(profile);
  try {
    await page.goto(address + microLink({ steps, evalEvery: steps }));
    await status(page, /^Ready/);
    const kept = (): boolean =>
      /^Works offline/.test(document.querySelector('[data-testid=offline]')?.textContent ?? '');
    await page.waitForFunction(kept, undefined, { timeout: 600_000 }); // nothing else is stored from here on
    await grant(page, room);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await status(page, new RegExp(`^Finished after ${steps} `));
    const said = (await page.locator('.notices').innerText()).replace(/\s+/g, ' ');
    if (/not kept from here on/.test(said)) return `It gave up: ${said}`;
    if (!/the oldest checkpoints of this run were dropped/.test(said)) return `It did not say so: ${said}`;
    await page.waitForTimeout(1000); // the last line is written behind the picture
    const updates = await updatesKept(page);
    if (updates !== steps) return `Its log has ${updates} of ${steps} updates.`;
    await page.goto(address); // not by its link again: whoever comes by one is not asked of a run that was finished
    await page.getByRole('button', { name: /^(Open it|Go on at update)/ }).click();
    await status(page, new RegExp(`^Finished after ${steps} `));
    return null;
  } finally {
    await kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function rooms(address: string, { seed, from, count }: Stretch, signal: AbortSignal): Promise<Found> {
  const examples: Record<string, string> = {};
  for (let at = from; at < from + count; at++) {
    signal.throwIfAborted();
    const room = least + (most - least) * uniform(seed, at);
    const wrong = await trainIn(address, room);
    if (wrong !== null) examples[`room ${at}, ${(room / 1e6).toFixed(1)} MB`] = wrong;
  }
  return { counts: { rooms: count }, failed: Object.keys(examples).length, examples };
}

export const fullDisk: Part = {
  name: 'full-disk',
  claim: 'a run that has no more room loses its oldest checkpoints, says so, and is kept to its end',
  unit: 'rooms',
  cases: 3,
  stretch: 1,
  async open() {
    const { address, close } = await serveBuilt('test-results/dist-full', 4293);
    return { prove: (some, signal) => rooms(address, some, signal), close };
  },
};
