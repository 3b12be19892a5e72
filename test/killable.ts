/** A Chromium that is killed, not closed, and opened again with what it had kept. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import process from 'node:process';
import { chromium, type Page } from 'playwright';
import { noBrowser } from '../src/cli/chromium.ts';
import { chromiumArgs, lightestChromium } from './browser.ts';

export interface Killable {
  readonly page: Page;
  /** As `kill -9` does, all its processes. */
  kill(): Promise<void>;
}

/** @param profile folder that keeps what the browser kept */
export async function launchKillable(profile: string): Promise<Killable> {
  const path = lightestChromium();
  if (path === null) throw new Error(noBrowser);
  const flags = [
    '--headless=new',
    '--remote-debugging-port=0',
    '--no-first-run',
    '--force-prefers-reduced-motion',
  ];
  const folder = `--user-data-dir=${resolve(profile)}`;
  // A group of its own, so that its children die with it.
  const browser = spawn(path, [...chromiumArgs, ...flags, folder, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const { pid } = browser;
  if (pid === undefined) throw new Error(`${path} did not start.`);
  const kill = async (): Promise<void> => {
    if (browser.exitCode !== null || browser.signalCode !== null) return;
    const gone = once(browser, 'exit');
    process.kill(-pid, 'SIGKILL');
    await gone;
  };
  try {
    const connected = await chromium.connectOverCDP(await addressOf(browser));
    const [context] = connected.contexts();
    const page = context?.pages()[0] ?? (await context?.newPage());
    if (!page) throw new Error('The browser has no window.');
    page.setDefaultTimeout(240_000); // only catches a hang
    await page.setViewportSize({ width: 1280, height: 900 });
    return { page, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

/** Where it can be spoken to, as it says when it has started. */
function addressOf({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stderr?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const address = /^DevTools listening on (\S+)/m.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    });
    stderr?.on('close', () => reject(new Error(`The browser ended: ${text.slice(-500)}`)));
  });
}
