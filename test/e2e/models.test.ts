/** Models that others trained, in the page: from a hub on this machine that sends us to another origin, and from files. */
import { Buffer } from 'node:buffer';
import type { Page } from 'playwright';
import { expect, inject, it } from 'vitest';
import { inProof } from '../amount.ts';
import { zip } from '../../src/exports/zip.ts';
import { tinyAdapter, tinyGguf } from '../tinyModel.ts';
import { expectNoBarrier } from './barriers.ts';
import { onePlayground, withPlayground } from './page.ts';
import {
  button,
  lanesOf,
  leaveDialog,
  microLink,
  region,
  trainOnce,
  waitForReady,
  waitForStatus,
} from './playground.ts';

const inThePage = onePlayground();
/** Remarks that the page left its origin: of these tests they are the user's own doing. */
const toTheHub = [inject('hub'), inject('hubContent')].map((address) => `left its origin: ${address}`);

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Models' });
const row = (page: Page, name: string) =>
  dialog(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name, exact: true }) });
const shows = (page: Page, words: string | RegExp) => dialog(page).getByText(words).first().waitFor();

async function look(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name on the hub').fill(name);
  await button(page, 'Look').click();
}

it('a model of the hub is looked at, fetched, looked into, writes, and is deleted; a dropped file is kept', async () => {
  await inThePage(microLink(), async ({ page, problems }) => {
    // The page may ask its hub and where that sends it, and nobody else.
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toContain(`connect-src 'self' blob: ${inject('hub')} ${inject('hubContent')};`);

    await button(page, 'Models').click();
    await dialog(page).waitFor();
    await look(page, 'cocos/gated');
    await shows(page, 'cocos/gated is gated: its owner gives it only to those who accept its terms.');

    await look(page, 'cocos/tiny');
    await shows(page, /vocabulary 284 · context 4,096 · licence mit · cocos\/tiny at commit c0c05c0/);
    await shows(page, /about .* (second|minute|hour)/);
    await dialog(page)
      .getByRole('button', { name: /^Fetch/ })
      .click();
    const hubs = row(page, 'cocos/tiny');
    await hubs.waitFor();

    await hubs.getByRole('button', { name: 'Look inside' }).click();
    await shows(page, '<|im_start|>assistant');
    await page.getByLabel('A text as it reads it').fill('def add(a, b)');
    await shows(page, /\d+ tokens for 13 characters; its vocabulary has 281/);
    await expectNoBarrier(page, dialog(page), 'a model is looked into');

    await hubs.getByRole('button', { name: 'Write something' }).click();
    await hubs.getByLabel('Tokens').fill('8');
    const write = async (): Promise<string> => {
      await button(page, 'Write').click();
      await hubs.getByText('reading included').waitFor();
      return page.getByTestId('written').innerText();
    };
    const first = await write();
    expect(first.trim()).not.toBe('');
    expect(await write()).toBe(first);

    const transfer = await page.evaluateHandle(
      (bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], 'mine.gguf'));
        return data;
      },
      [...tinyGguf()],
    );
    await page.dispatchEvent('dialog[open]', 'drop', { dataTransfer: transfer });
    await row(page, 'mine').getByText('from files of yours').waitFor();

    for (const name of ['cocos/tiny', 'mine']) {
      await row(page, name).getByRole('button', { name: 'Delete', exact: true }).click();
      await row(page, name)
        .getByRole('button', { name: /^Delete \d/ })
        .click();
      await row(page, name).waitFor({ state: 'detached' });
    }
    const left = await page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('models');
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      return names;
    });
    expect(left).toEqual([]);
    expect(problems.filter((problem) => !toTheHub.some((address) => problem.includes(address)))).toEqual([]);
    await leaveDialog(page);
  });
});

it('a model with its boost is dropped, trained on, and gone on with after a reload', async () => {
  // By the plain address: one that names an experiment opens that, and offers no run to go on with.
  await withPlayground({}, async (playground) => {
    const { page, problems } = playground;
    await button(page, 'Models').click();
    const choose = (name: string, bytes: Uint8Array) =>
      dialog(page)
        .getByLabel('Choose a .gguf or .zip')
        .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
    // The second while the first is still being read.
    await choose('mine.gguf', tinyGguf());
    await choose('boosted.zip', zip(new Map(Object.entries(tinyAdapter()))));
    await row(page, 'mine').getByText('from files of yours').waitFor();
    const boosted = row(page, 'mine+boost');
    await boosted.getByText('begins with an adapter of rank 4 over mine').waitFor();
    await boosted.getByRole('button', { name: 'Train on it' }).click();
    await boosted.getByText(/^Adapter rank/).waitFor();
    await expectNoBarrier(page, dialog(page), 'a run over a model of others is about to begin');
    await button(page, 'Begin the run').click();
    await dialog(page).waitFor({ state: 'hidden' });
    await trainOnce(playground);
    expect(await lanesOf(page).count()).toBeGreaterThan(1);
    await region(page, 'Episode').getByRole('article', { name: 'Turn 2' }).waitFor();

    await page.reload();
    await button(page, 'Open it').click(); // it stood still
    await waitForStatus(playground, /^Paused after update 1\./);
    await button(page, 'Step').click();
    await waitForStatus(playground, /^Paused after update 2\./);
    expect(problems).toEqual([]);
  });
});

inProof(() => {
  it('problems of one’s own are looked at as a kept model reads them', async () => {
    const ignore = toTheHub.map((address) => new RegExp(address));
    await withPlayground({ path: microLink(), ignore }, async (playground) => {
      const { page, problems } = playground;
      await button(page, 'Models').click();
      await dialog(page).waitFor();
      await look(page, 'cocos/tiny');
      await dialog(page)
        .getByRole('button', { name: /^Fetch/ })
        .click();
      // Whoever wants the short problems is told that a model is needed, and the problems come with the page.
      await button(page, 'Close').click();
      await page.getByLabel('Preset').selectOption('short-problems');
      await shows(page, 'SmolLM2 on short problems');
      await dialog(page).getByRole('button', { name: 'Train on it' }).first().click();
      const short = dialog(page).getByRole('checkbox', { name: /^On the short problems/ });
      expect(await short.isChecked()).toBe(true);
      await button(page, 'Begin the run').click();
      await dialog(page).waitFor({ state: 'hidden' });
      await waitForReady(playground);
      await page.getByText('short.jsonl').first().waitFor({ state: 'attached' }); // the form may be folded
      await button(page, 'Problem sets').click();
      await button(page, 'Write problems yourself').click();
      await page
        .getByTestId('how-it-is-read')
        .getByText(/The model reads \d+ tokens\./)
        .waitFor();
      // The model reads letters, so the solution is two tokens longer than an answer may be here.
      await button(page, 'Allow 50').click();
      await page.getByText('Trained on: 1 of 1 problem.').waitFor();
      expect(problems).toEqual([]);
    });
  });
});
