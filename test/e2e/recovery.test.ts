/** The GPU is lost in the middle of an update: the page says so, and the update is done all the same. */
import type { Page, Worker } from 'playwright';
import { expect, it } from 'vitest';
import { withPlayground } from './page.ts';
import { button, microLink, statusOf, stepOf, waitForReady, waitForStatus } from './playground.ts';

/** In the trainer: keeps the devices it opens, so that the test can take them away. */
const watchDevices = `
  globalThis.devices = [];
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await request.call(this, descriptor);
    globalThis.devices.push(device);
    return device;
  };`;

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
