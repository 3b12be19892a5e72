/** What is missing or lost: files that do not arrive, the GPU in the middle of an update. The page says so, what to do, and recovers. */
import type { Page, Worker } from 'playwright';
import { expect, it } from 'vitest';
import { amount, inProof } from '../amount.ts';
import { withPlayground } from './page.ts';
import { button, microLink, statusOf, stepOf, waitForReady, waitForStatus } from './playground.ts';

/** What the browser and TensorFlow.js themselves say about a file that did not arrive. */
const missingFile = [/Failed to load resource/, /^HTTP 404/, /^request failed: .*ERR_FAILED/];

interface Fault {
  readonly name: string;
  /** Addresses that fail. */
  readonly files: string;
  readonly how: (page: Page, files: string) => Promise<unknown>;
  /** Said in the message or its detail; the first by no other fault. */
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

const faults: readonly [Fault, ...Fault[]] = [
  {
    name: 'Python is blocked',
    files: '**/pyodide/**',
    how: blocked,
    words: ['Python could not be loaded', 'pyodide', 'cannot be reached', 'Reload the page'],
  },
  {
    name: 'the model is missing',
    files: '**/models/boost/**',
    how: absent,
    words: ['tokenizer.json: 404', 'The model "boost" could not be loaded', 'Reload the page'],
  },
  {
    name: 'the weights are cut short',
    files: '**/model.safetensors',
    how: cut,
    words: ['damaged', 'The model "boost" could not be loaded', 'model.safetensors'],
  },
  {
    name: 'the back end is missing',
    files: '**/wasm/*.wasm',
    how: absent,
    words: ['back end did not start', 'Choose another back end'],
  },
];

it('says what did not arrive and what to do, and Reset tries again', async () => {
  const [first, ...others] = faults;
  const tried = others.slice(0, amount(2, others.length));
  const options = {
    path: microLink(),
    firstVisit: true, // later the service worker has the files
    ignore: missingFile,
    prepare: (page: Page) => first.how(page, first.files),
  };
  await withPlayground(options, async (playground) => {
    const { page, problems } = playground;
    const alert = page.getByRole('alert');
    const expectFailure = async ({ name, words }: Fault) => {
      await alert.filter({ hasText: words[0] }).waitFor();
      for (const word of words) expect(await alert.textContent(), name).toContain(word);
    };
    await expectFailure(first);
    for (const fault of tried) {
      await page.unrouteAll();
      await fault.how(page, fault.files);
      await button(page, 'Reset').click();
      await expectFailure(fault);
    }
    await page.unrouteAll();
    await button(page, 'Reset').click();
    await waitForReady(playground);
    expect(await alert.count()).toBe(0);
    expect(await stepOf(page)).toBe(0);
    expect(problems).toEqual([]);
  });
});

/** In the trainer: keeps the devices it opens, so that the test can take them away. */
const watchDevices = `
  globalThis.devices = [];
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await request.call(this, descriptor);
    globalThis.devices.push(device);
    return device;
  };`;

inProof(() => {
  it('goes on after the GPU was lost', async () => {
    // A software adapter is slow: as little work as an update can be.
    const changes = {
      promptsPerUpdate: 1,
      k: 2,
      turns: 1,
      maxNewTokens: 8,
      evalTasks: 4,
      trainTasks: 16,
    };
    let trainer: Worker | undefined;
    const options = {
      path: microLink({ ...changes, evalEvery: 1000 }),
      ignore: [/AbortError|device (was|is) lost|A valid external Instance/i],
      prepare: (page: Page) => {
        page.on('worker', (worker) => {
          if (!worker.url().includes('trainer')) return;
          trainer = worker;
          void worker.evaluate(watchDevices);
        });
        return Promise.resolve();
      },
    };
    await withPlayground(options, async (playground) => {
      const { page, problems, waitFor } = playground;
      await waitForReady(playground);
      await page.getByRole('button', { name: /^Back end:/ }).click();
      await page.getByText('WebGPU', { exact: true }).click();
      await waitForReady(playground);
      await page.getByRole('button', { name: /^Back end: WebGPU/ }).waitFor();
      await button(page, 'Step').click(); // not Run, which would evaluate at the end
      await waitFor(
        'update 1',
        () => statusOf(page),
        (status) => status.startsWith('Update 1: '), // writing, before most of its kernels have been compiled
      );
      await trainer?.evaluate('globalThis.devices.at(-1).destroy()');
      await page.getByText(/The GPU was lost.*from its start/).waitFor();
      await waitForStatus(playground, /^Paused after update 1\./);
      expect(await stepOf(page)).toBe(1);
      expect(await trainer?.evaluate('globalThis.devices.length')).toBe(2);
      expect(problems).toEqual([]);
    });
  });
});
