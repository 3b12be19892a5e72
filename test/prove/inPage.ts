/** What is done with a page over a model that others trained, as by hand, and what is measured of it. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';

/** Of anything that a model of this size does, on a machine that has other work. */
export const patience = 45 * 60_000;

/** What was measured, by name. */
export type Figures = Record<string, string>;

export async function status(page: Page, pattern: RegExp): Promise<void> {
  const said = await page.waitForFunction(
    (source) => {
      const text = document.querySelector('[data-testid=status]')?.textContent ?? '';
      return new RegExp(source).test(text) || text.startsWith('Stopped') ? text : false;
    },
    pattern.source,
    { timeout: patience },
  );
  const text = String(await said.jsonValue());
  if (!pattern.test(text)) throw new Error(`The page says: ${text}`);
}

/** Drops a file in the middle of the page, as a file manager does. */
export async function drop(page: Page, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 640, y: 450, data });
  await session.detach();
}

/** The most memory that any process of the browser has had so far, bytes, where the system tells: the one of the page and its workers. */
export async function memoryOf(page: Page): Promise<number> {
  const browser = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await browser?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  const peaks = processInfo.map(({ id }) => {
    try {
      return 1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
    } catch {
      return NaN; // another system, or it has ended
    }
  });
  await browser?.detach();
  const told = peaks.filter((peak) => peak > 0);
  return told.length > 0 ? Math.max(...told) : NaN;
}

export const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`;
export const gigabytes = (bytes: number): string =>
  bytes > 0 ? `${(bytes / 1e9).toFixed(2)} GB` : 'not told here';
export const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true }).click();

/** The logs of the runs that the page keeps, as they are written. */
export const keptLogs = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
    const texts: string[] = [];
    for await (const name of runs.keys()) {
      const log = await (await runs.getDirectoryHandle(name)).getFileHandle('log.jsonl');
      texts.push(await (await log.getFile()).text());
    }
    return texts;
  });
