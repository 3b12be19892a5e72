/** A run goes from the page to the command line and back as one file, and loses nothing on the way. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from 'playwright';
import { afterAll, describe, expect, it } from 'vitest';
import { exportRun, metricsOf, temporaryFolder, train } from '../commands/command.ts';
import { onePlayground } from './page.ts';
import { button, microLink, region, waitForReady, waitForStatus, waitForStep } from './playground.ts';

const inThePage = onePlayground();
const folder = temporaryFolder();
afterAll(folder.remove);

/** Saves what a button of Files gives. */
async function saved(page: Page, name: string): Promise<string> {
  const coming = page.waitForEvent('download');
  await page.getByRole('dialog', { name: 'Files' }).getByRole('button', { name }).click();
  const file = await coming;
  const path = join(folder.path, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

/** Only what was measured of training. */
const trained = (rows: readonly Record<string, unknown>[]) =>
  rows.flatMap((row) => {
    const entries = Object.entries(row).filter(([name]) => name === 'step' || name.startsWith('train/'));
    return entries.length > 1 ? [Object.fromEntries(entries)] : [];
  });
const linesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('files', () => {
  it('take a run to the command line and back', async () => {
    await inThePage(microLink({ steps: 4, evalEvery: 2 }), async (playground) => {
      const { page } = playground;
      const files = page.getByRole('dialog', { name: 'Files' });
      const close = () => files.getByRole('button', { name: 'Close' }).click();
      await waitForReady(playground);
      for (const step of [1, 2]) {
        await button(page, 'Step').click();
        await waitForStep(playground, step);
        await waitForStatus(playground, /^Paused/);
      }
      await button(page, 'Files').click();
      const half = await saved(page, 'Save run');
      const model = await saved(page, 'Save model');
      expect((await readFile(model)).subarray(0, 2).toString()).toBe('PK');
      const project = unzipSync(await readFile(await saved(page, 'Save for PyTorch')));
      const of = (file: string) => strFromU8(project[`cocos-pytorch/${file}`] ?? new Uint8Array());
      expect(of('train.py')).toContain('accelerate launch');
      expect(of('tasks.jsonl').trim().split('\n')).toHaveLength(36);
      expect(of('reference/config.json')).toContain('LlamaForCausalLM');
      await close();
      await button(page, 'Run').click();
      await waitForStatus(playground, /^Finished/);
      await button(page, 'Files').click();
      const whole = await linesOf(await saved(page, 'Metrics: Save as JSON Lines'));
      await close();

      // In Node it goes on as it did here.
      const out = join(folder.path, 'there');
      const ended = await train('--resume', half, '--out', out);
      expect(ended, ended.stderr).toMatchObject({ code: 0 });
      expect(trained(metricsOf(out))).toEqual(trained(whole));

      // And what came of it there opens here.
      const back = join(folder.path, 'back.cocos');
      expect(await exportRun('--run', out, '--out', back)).toMatchObject({ code: 0 });
      await button(page, 'Files').click();
      await files.locator('input[type=file]').setInputFiles(back);
      await files.waitFor({ state: 'hidden' });
      await waitForStatus(playground, /^Finished/);
      await button(page, 'Files').click();
      expect(trained(await linesOf(await saved(page, 'Metrics: Save as JSON Lines')))).toEqual(
        trained(whole),
      );
      await close();

      // What is no run is refused, and all stays as it was.
      const words = await region(page, 'Learning').innerText();
      await button(page, 'Files').click();
      await files.locator('input[type=file]').setInputFiles(join(folder.path, 'there', 'metrics.jsonl'));
      await expect.poll(() => files.getByRole('alert').innerText()).toContain('cannot be opened');
      await close();
      expect(await region(page, 'Learning').innerText()).toBe(words);
    });
  }, 240_000);
});
