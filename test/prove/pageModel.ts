/**
 * A real language model, trained in the page: SmolLM2-135M-Instruct (a GGUF file in Q4_1) is dropped on it as by hand, kept, trained on the
 * short problems, looked at, and gone on with after the browser was killed. `COCOS_SMOLLM2` names the file; the one that
 * `npm run prove -- smollm2` has fetched will do. Without one the case fails and says so: nothing was proved then.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright';
import { lanesOf, region, stepOf } from '../e2e/playground.ts';
import { serveBuilt } from '../e2e/setup.ts';
import { launchKillable } from '../killable.ts';
import {
  drop,
  gigabytes,
  keptLogs,
  memoryOf,
  patience,
  press,
  seconds,
  status,
  type Figures,
} from './inPage.ts';
import type { Found, Part } from './part.ts';
import { smollm2File } from './smollm2File.ts';

/** Pictures to look at. */
const pictures = resolve(import.meta.dirname, '../../test-results/page-model');
const picture = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });

async function begin(page: Page, address: string, file: string, figures: Figures): Promise<void> {
  await page.goto(address);
  await status(page, /^Ready/);
  await page.getByLabel('Preset').selectOption('short-problems');
  const models = page.getByRole('dialog', { name: 'Models' });
  await models.getByText('SmolLM2 on short problems').waitFor();
  const dropped = performance.now();
  await drop(page, file);
  const trainOnIt = models.getByRole('button', { name: 'Train on it' });
  await trainOnIt.waitFor();
  figures['dropped and kept'] = seconds(dropped);
  await trainOnIt.click();
  const told = models.getByText(/A new run begins with/);
  await told.filter({ hasText: /an update, .* for all/ }).waitFor({ timeout: patience });
  figures['told before'] = (await told.innerText()).replace(/\s+/g, ' ');
  await picture(page, '1-before');
  const begun = performance.now();
  await press(page, 'Begin the run');
  await models.waitFor({ state: 'hidden' });
  await status(page, /^Ready/);
  figures['loaded'] = seconds(begun);
}

async function train(page: Page, update: number, figures: Figures): Promise<void> {
  const began = performance.now();
  await press(page, 'Step');
  await status(page, new RegExp(`^Paused after update ${update}\\.`));
  figures[`update ${update}`] = seconds(began);
}

/** Lanes, tests, what a token's chances became, the tokenizer's pieces, and the same answers by other rules. @throws Error naming what is not there */
async function look(page: Page, figures: Figures): Promise<void> {
  const episode = region(page, 'Episode');
  figures['lanes'] = (await lanesOf(page).evaluateAll((all) => all.map((one) => one.ariaLabel ?? ''))).join(
    ' | ',
  );
  await picture(page, '2-lanes');
  const turn = episode.getByRole('article', { name: 'Turn 1' });
  await turn.scrollIntoViewIfNeeded();
  figures['first answer'] = JSON.stringify((await turn.innerText()).slice(0, 600));
  const cells = await turn.getByRole('button', { name: /^Turn 1, / }).count();
  figures['unit tests shown'] = String(cells);
  await picture(page, '3-answer');
  const began = performance.now();
  await turn.getByRole('button').first().focus();
  await page.keyboard.press('ArrowRight');
  const token = page.getByRole('region', { name: 'Token 2 of turn 1' });
  await token.getByRole('row').nth(5).waitFor({ timeout: patience });
  figures['a token looked at'] = seconds(began);
  figures['token'] = JSON.stringify((await token.innerText()).slice(0, 400));
  await picture(page, '4-token');
  await episode.getByText('What if?', { exact: false }).click();
  const panel = page.getByTestId('what-if');
  await panel.getByRole('button', { name: 'γ = 0', exact: true }).click();
  figures['what if γ = 0'] = ((await panel.getByRole('status').textContent()) ?? '').trim();
  await panel.scrollIntoViewIfNeeded();
  await picture(page, '5-what-if');
}

/** Updates in the logs of the runs that are kept. */
const kept = async (page: Page): Promise<number> =>
  (await keptLogs(page)).join('').match(/"kind":"update"/g)?.length ?? 0;

async function receipt(page: Page): Promise<string> {
  await press(page, 'Share');
  await page.getByLabel('With its result').check();
  const link = await page.getByLabel('Link', { exact: true }).inputValue();
  await picture(page, '6-receipt');
  await page.keyboard.press('Escape');
  return link;
}

async function trainInPage(address: string, file: string): Promise<Found> {
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  const figures: Figures = { machine: `${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}` };
  const profile = mkdtempSync(join(tmpdir(), 'cocos-model-'));
  let browser = await launchKillable(profile);
  let failed = 0;
  let updates = 0;
  try {
    await browser.page.setViewportSize({ width: 1440, height: 900 });
    await begin(browser.page, address, file, figures);
    for (; updates < 2; updates++) await train(browser.page, updates + 1, figures);
    figures['most memory of a process'] = gigabytes(await memoryOf(browser.page));
    await look(browser.page, figures);
    figures['link with receipt, characters'] = String((await receipt(browser.page)).length);
    figures['updates in the log'] = String(await kept(browser.page));
    await press(browser.page, 'Run');
    await status(browser.page, new RegExp(`^Update ${updates + 1}: `)); // it is killed in the middle of that
    await browser.kill();

    browser = await launchKillable(profile);
    const { page } = browser;
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(address);
    const again = performance.now();
    // A run is known to be under way once an update has been written since it was started.
    await press(page, new RegExp(`^(Go on at update ${updates}|Open it)$`));
    await status(page, new RegExp(`^Paused after update ${updates}\\.`));
    figures['gone on after a kill'] = seconds(again);
    await train(page, ++updates, figures);
    figures['most memory after that'] = gigabytes(await memoryOf(page));
    await picture(page, '7-gone-on');
    if ((await stepOf(page)) !== updates) throw new Error(`The page is at update ${await stepOf(page)}.`);
  } catch (error) {
    failed = 1;
    figures['went wrong'] = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await picture(browser.page, 'failed').catch(() => undefined);
  } finally {
    await browser.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
  const lines = Object.entries(figures).map(([name, figure]) => `${name}: ${figure}`);
  return { counts: { updates }, failed, examples: { 'a run in the page': lines.join('\n') } };
}

export const pageModel: Part = {
  name: 'page-model',
  claim:
    'SmolLM2-135M is dropped on the page, trained, looked at, and gone on with after the browser was killed',
  unit: 'runs',
  cases: 1,
  stretch: 1,
  async open() {
    const file = smollm2File();
    if (file === null) {
      const why =
        'NOT RUN, nothing was proved: set COCOS_SMOLLM2 to SmolLM2-135M-Instruct.Q4_1.gguf (npm run prove -- smollm2 fetches one).';
      return {
        standard: why,
        prove: () => Promise.resolve({ counts: { 'not run': 1 }, failed: 1, examples: { 'not run': why } }),
        close: () => undefined,
      };
    }
    const { address, close } = await serveBuilt('test-results/dist-model', 4303);
    return { standard: file, prove: () => trainInPage(address, file), close };
  },
};
