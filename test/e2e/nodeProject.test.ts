/**
 * The page of an experiment as a Node project, as it is built, policy and all. In the place of StackBlitz's package stands a fake
 * (test/ui/project/fakeBoot.ts), which installs and trains nothing: the real one cannot be reached from here.
 */
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { describe, expect, inject, it } from 'vitest';
import { root } from '../source.ts';
import { expectNoBarrier } from './barriers.ts';
import { withPlayground, type OpenPage } from './page.ts';
import { button, microLink } from './playground.ts';

/** Puts the fake in the place of the package that boots. */
async function withFake(page: Page): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'test/ui/project/fakeBoot.ts')],
    ...{ bundle: true, write: false, format: 'esm', target: 'es2022' },
  });
  const body = outputFiles[0]?.text ?? '';
  await page.route('**/assets/webcontainer-*.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body }),
  );
}

/** A first visit: a service worker would answer in the place of the fake. */
const inProject = (body: (playground: OpenPage) => Promise<void>) =>
  withPlayground({ path: `project.html${microLink()}`, firstVisit: true, prepare: withFake }, body);

const status = ({ page, waitFor }: OpenPage, words: RegExp) =>
  waitFor(
    `status ${String(words)}`,
    async () => (await page.getByTestId('project-status').textContent()) ?? '',
    (text) => words.test(text),
    60_000,
  );

const behave = (page: Page, how: string) =>
  page.evaluate((value) => localStorage.setItem('fake', value), how);

/** Types at the beginning of a line of the open file that says so. */
async function typeBefore(page: Page, line: string, text: string): Promise<void> {
  await page.locator('.cm-line', { hasText: line }).first().click();
  await page.keyboard.press('Home');
  await page.keyboard.type(text);
}

describe('the page of a project (the container is a fake)', () => {
  it('runs it, draws what it measures, and runs it again with what was edited', async () => {
    await inProject(async (playground) => {
      const { page, problems } = playground;
      await status(playground, /^Nothing runs yet/);
      await page.locator('.cm-line', { hasText: 'export function reward' }).waitFor();
      await expectNoBarrier(page, null, 'before it runs');
      await button(page, 'Start a WebContainer').click();
      await status(playground, /^Done after update 8\./);
      await page.getByText('58 %', { exact: true }).first().waitFor(); // of turn 2, in the legend
      await button(page, 'As text').click();
      expect(await page.getByLabel('What the project printed').textContent()).toMatch(
        /added 5 packages[^]*update 8\/100/,
      );
      expect(await page.getByLabel('What the project printed').textContent()).not.toContain('{"step"');

      await typeBefore(page, 'return passed / statuses.length', 'return 1 - ');
      await page.getByRole('tab', { name: 'reward.ts (edited)' }).waitFor();
      await button(page, 'Run again').click();
      await page.getByText('run 2; the one before faintly').waitFor();
      await status(playground, /^Done/);
      expect(await page.getByLabel('What the project printed').textContent()).toContain(
        'edited since the project was made: reward.ts',
      );
      await expectNoBarrier(page, null, 'after two runs');

      await typeBefore(page, 'export function accumulate', 'oops ');
      await button(page, 'Run again').click();
      await status(playground, /^It ended with code 1; the terminal says why/);

      const coming = page.waitForEvent('download');
      await button(page, 'Save as zip').click();
      const files = unzipSync(new Uint8Array(await readFile(await (await coming).path())));
      const reward = new TextDecoder().decode(files['cocos-experiment/reward.ts']);
      expect(reward).toContain('return 1 - return passed');
      expect(Object.keys(files)).toContain('cocos-experiment/engine/engine.mjs');
      expect(problems).toEqual([]); // in particular, nothing left its origin
    });
  });

  it('says in a sentence why it cannot, keeps the edits, and goes on when it can', async () => {
    await inProject(async (playground) => {
      const { page, problems } = playground;
      const failure = page.getByRole('alert');
      await page.locator('.cm-line', { hasText: 'return passed' }).waitFor();
      await typeBefore(page, 'return passed', '// mine ');

      await page.context().setOffline(true);
      await button(page, 'Start a WebContainer').click();
      await failure
        .filter({ hasText: 'This browser is offline' })
        .filter({ hasText: 'Your edits are kept' })
        .waitFor();
      await page.context().setOffline(false);
      for (const [how, words] of [
        ['refuse', 'The WebContainer did not start.'],
        ['mount', 'The WebContainer started, and did not take the project’s files.'],
        ['install', 'npm ci ended with code 1: the packages were not installed.'],
        ['die', 'The WebContainer stopped in the middle.'],
      ] as const) {
        await behave(page, how);
        await button(page, 'Start a WebContainer').click();
        await failure
          .filter({ hasText: words })
          .filter({ hasText: 'Or save the project as a zip' })
          .waitFor();
      }
      await behave(page, 'endless');
      await page.reload();
      await page.locator('.cm-line', { hasText: '// mine return passed' }).waitFor();
      await button(page, 'Start a WebContainer').click();
      await status(playground, /^Running/);
      await button(page, 'Stop').click();
      await status(playground, /^Stopped/);
      await button(page, 'End the container').click();
      await status(playground, /^Nothing runs yet/);
      expect(problems).toEqual([]);
    });
  });

  it('has a policy of its own, and the playground’s knows nothing of it', async () => {
    const policyOf = async (path: string): Promise<string> => {
      const html = await (await fetch(new URL(path, inject('playground')))).text();
      return (
        /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'") ??
        ''
      );
    };
    const [playground, project] = [await policyOf('index.html'), await policyOf('project.html')];
    expect(playground).toContain("frame-src 'self' blob: data:;");
    expect(playground).toContain("form-action 'none'");
    expect(playground).not.toContain('stackblitz');
    expect(project).toContain('frame-src https://stackblitz.com;');
    expect(project.match(/https:\/\/[^ ;]+/g)).toEqual(['https://stackblitz.com', 'https://stackblitz.com']);
    expect(project).not.toContain('unsafe-eval');
  });
});
