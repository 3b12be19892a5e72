/** Files that do not arrive: a message that names them and says what to do, and a page that recovers. */
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { withPlayground, type OpenPage } from './page.ts';
import { button, microLink, stepOf, waitForReady } from './playground.ts';

/** What the browser and TensorFlow.js themselves say about a file that did not arrive. */
const missingFile = [
  /Failed to load resource/,
  /^HTTP 404/,
  /^request failed: .*ERR_FAILED/,
  /wasm streaming compile failed|falling back to ArrayBuffer|asynchronously prepare wasm|^console warning: Aborted/,
  /Initialization of backend wasm failed|server can serve the `.wasm` file/,
];

interface Fault {
  readonly name: string;
  /** Addresses that fail. */
  readonly files: string;
  readonly how: (page: Page, files: string) => Promise<unknown>;
  /** Said in the message or its detail. */
  readonly words: readonly string[];
}

const blocked = (page: Page, files: string) => page.route(files, (route) => route.abort());
const absent = (page: Page, files: string) =>
  page.route(files, (route) => route.fulfill({ status: 404, body: 'no such file' }));
const cut = (page: Page, files: string) =>
  page.route(files, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    await route.fulfill({ response, headers: {}, body: body.subarray(0, body.length / 2) });
  });

const faults: readonly Fault[] = [
  {
    name: 'Python is blocked',
    files: '**/pyodide/**',
    how: blocked,
    words: ['Python', 'pyodide', 'cannot be reached', 'Reload the page'],
  },
  {
    name: 'the model is missing',
    files: '**/models/boost/**',
    how: absent,
    words: ['The model "boost" could not be loaded', 'tokenizer.json: 404', 'Reload the page'],
  },
  {
    name: 'the weights are cut short',
    files: '**/model.safetensors',
    how: cut,
    words: ['The model "boost" could not be loaded', 'model.safetensors', 'damaged'],
  },
  {
    name: 'the back end is missing',
    files: '**/wasm/*.wasm',
    how: absent,
    words: ['back end did not start', 'Choose another back end'],
  },
];

async function expectFailure({ page, screenshot }: OpenPage, words: readonly string[]): Promise<void> {
  const alert = page.getByRole('alert');
  await alert.waitFor();
  await screenshot('fault');
  for (const word of words) expect(await alert.textContent()).toContain(word);
}

describe('when', () => {
  it.each(faults)('$name, the page says so, and Reset tries again', async ({ files, how, words }) => {
    const options = {
      path: microLink(),
      ignore: missingFile,
      prepare: (page: Page) => how(page, files),
    };
    await withPlayground(options, async (playground) => {
      const { page, problems } = playground;
      await expectFailure(playground, words);
      await page.unroute(files);
      await button(page, 'Reset').click();
      await waitForReady(playground);
      expect(await page.getByRole('alert').count()).toBe(0);
      expect(await stepOf(page)).toBe(0);
      expect(problems).toEqual([]);
    });
  });
});
