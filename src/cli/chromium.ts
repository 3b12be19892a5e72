/**
 * Finds a Chromium on this machine. In order: CHROMIUM_PATH, a Chromium or Chrome on the system, the full Chromium that
 * Playwright installs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright';

const systemNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macChrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

export const noBrowser = `No Chromium could be found or installed on this machine.
Install Chromium or Chrome with your system's package manager (on Debian: apt-get install chromium),
or set CHROMIUM_PATH to the program.`;

/** True when the program starts: a browser whose shared libraries are missing does not count. */
function starts(path: string): boolean {
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
}

export function onPath(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** A Chromium that is already there and starts, or null. Throws when CHROMIUM_PATH is set to one that does not. */
export function findChromium(): string | null {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (!starts(chosen)) throw new Error(`CHROMIUM_PATH is "${chosen}", which does not start as a browser.`);
    return chosen;
  }
  const candidates = [...systemNames.map(onPath), macChrome, chromium.executablePath()];
  return candidates.find((path) => path !== null && existsSync(path) && starts(path)) ?? null;
}
