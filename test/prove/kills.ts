/**
 * Whenever the browser is killed while a run trains, the run goes on, opened again, at the last update that it had told of, or
 * later; and in the end its log is that of a run that was never interrupted: every metric, and the digest of weights and
 * optimizer after every update.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import * as v from 'valibot';
import { uniform } from '../../src/rl/random.ts';
import { readLog } from '../../src/train/logFormat.ts';
import { Entries } from '../../src/train/entries.ts';
import { serveBuilt } from '../e2e/setup.ts';
import { microLink } from '../e2e/playground.ts';
import { launchKillable, type Killable } from '../killable.ts';
import type { Found, Part, Stretch } from './part.ts';

/** Updates of a run for each kill that it has to bear: there is time for it. */
export const stepsFor = (kills: number): number => 4 + 10 * kills;
/** A kill comes after so many more updates at most, and then as long into another, ms. */
const [updates, into] = [4, 300];

/** Everything that a run left and that must not depend on interruptions, a line each. */
type Track = readonly string[];

interface KillsOptions extends Stretch {
  /** Of the playground. */
  readonly address: string;
  /** Opens what will be killed, each time with what it had kept before. */
  readonly launch: () => Promise<Killable>;
  /** Updates of the run. */
  readonly steps: number;
}

/** Trains one run, kills it as often as the stretch says, and compares what it left with what another leaves. */
export async function killRun(options: KillsOptions, signal?: AbortSignal): Promise<Found> {
  const { address, launch, steps, seed, from, count } = options;
  const examples: Record<string, string> = {};
  const counts = { kills: 0, 'gone on at the update told': 0, 'gone on later': 0, 'runs compared': 0 };
  let browser = await launch();
  try {
    await open(browser.page, address, steps);
    await run(browser.page);
    let now = 0;
    for (let at = from; at < from + count; at++) {
      signal?.throwIfAborted();
      const { page, kill } = browser;
      const soon = Math.max(1, now + Math.round(uniform(seed, 2 * at) * updates)); // before, there is nothing to keep
      await toldOf(page, Math.min(steps, soon));
      await page.waitForTimeout(uniform(seed, 2 * at + 1) * into);
      const told = await toldOf(page, 0);
      if (told >= steps) throw new Error('The run was through before it was killed: it needs more updates.');
      await kill();
      counts.kills++;
      browser = await launch();
      await open(browser.page, address, steps);
      now = await goOn(browser.page);
      if (now === told) counts['gone on at the update told']++;
      else if (now > told) counts['gone on later']++; // made between the look at the page and the kill
      else examples[`kill ${at}`] = `It had told of update ${told}, and went on at update ${now}.`;
    }
    const { page } = browser;
    await status(page, `^Finished after ${steps} `);
    await page.getByRole('button', { name: 'Reset', exact: true }).click(); // the same again, without interruption
    await status(page, '^Ready');
    await run(page);
    await status(page, `^Finished after ${steps} `);
    const [track = [], whole = []] = await tracksOf(page);
    counts['runs compared']++;
    const i = Array.from({ length: Math.max(track.length, whole.length) }, (_, j) => j).find(
      (j) => track[j] !== whole[j],
    );
    if (i !== undefined) examples[`the run of kill ${from} and after`] = `${track[i]}\nis not\n${whole[i]}`;
    return { counts, failed: Object.keys(examples).length, examples };
  } finally {
    await browser.kill();
  }
}

async function open(page: Page, address: string, steps: number): Promise<void> {
  await page.goto(address + microLink({ steps, evalEvery: 5 }));
  await status(page, '^Ready');
}

const run = (page: Page): Promise<void> => page.getByRole('button', { name: 'Run', exact: true }).click();

/** Goes on with the run that was left in its middle, which then trains. @returns the update at which it does */
async function goOn(page: Page): Promise<number> {
  const offered = page.getByRole('button', { name: /^Go on at update \d+$/ });
  try {
    const now = Number(/\d+/.exec(await offered.innerText())?.[0] ?? NaN);
    await offered.click();
    return now;
  } catch (error) {
    const notices = await page.locator('.notices').innerText();
    throw new Error(`No run was offered to go on with: ${notices}`, { cause: error });
  }
}

async function status(page: Page, pattern: string): Promise<string> {
  const found = await page.waitForFunction((source) => {
    const text = document.querySelector('[data-testid=status]')?.textContent ?? '';
    return new RegExp(source).test(text) && text;
  }, pattern);
  return String(await found.jsonValue());
}

/** Updates that the page has told of, once it is as many as these. */
async function toldOf(page: Page, step: number): Promise<number> {
  const found = await page.waitForFunction((wanted) => {
    const at = Number(document.querySelector('[data-testid=step]')?.textContent);
    return at >= wanted && { at };
  }, step);
  return Number(v.parse(v.object({ at: v.number() }), await found.jsonValue()).at);
}

/** Of every run that is kept, the oldest first. */
async function tracksOf(page: Page): Promise<Track[]> {
  const logs = await page.evaluate(async () => {
    const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
    const found: [string, string][] = [];
    for await (const name of runs.keys()) {
      const log = await (await runs.getDirectoryHandle(name)).getFileHandle('log.jsonl');
      found.push([name, await (await log.getFile()).text()]);
    }
    return found;
  });
  return logs.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => trackOf(text));
}

function trackOf(text: string): Track {
  const { manifest, entries: lines } = readLog(text);
  const entries = new Entries(manifest);
  const digests = new Map<number, string | undefined>();
  for (const { entry } of lines) {
    entries.add(entry);
    if (entry.kind === 'checkpoint') digests.set(entry.step, entry.sha256);
  }
  return [...entries.of('update'), ...entries.of('evaluation').toSorted((a, b) => a.step - b.step)].map(
    ({ kind, step, metrics }) => `${kind} ${step} ${digests.get(step)} ${JSON.stringify(metrics)}`,
  );
}

const stretch = 10;

export const kills: Part = {
  name: 'kills',
  claim: 'a run whose browser is killed at random moments loses at most the update under way',
  unit: 'kills',
  cases: 50,
  stretch,
  async open() {
    const { address, close } = await serveBuilt('test-results/dist-kills', 4283);
    const steps = stepsFor(stretch);
    return {
      async prove(some, signal) {
        const profile = mkdtempSync(join(tmpdir(), 'cocos-kills-'));
        const launch = () => launchKillable(profile);
        try {
          return await killRun({ ...some, address, launch, steps }, signal);
        } finally {
          rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
        }
      },
      close,
    };
  },
};
