/**
 * A receipt made in Chromium verifies in Node, and the other way round, for each preset, in so many updates. Even cases are made in
 * Chromium, by hand as a user would: Run, Share, with what came of it; odd ones in Node. `npm test` does one of each
 * (test/e2e/receipts.test.ts) on the smallest preset.
 */
import process from 'node:process';
import { chromium, type Page } from 'playwright';
import { build } from '../../src/config/build.ts';
import { withChanges, type Experiment } from '../../src/config/experiment.ts';
import { encodeLink } from '../../src/config/link.ts';
import { presetExperiment, presets } from '../../src/config/presets.ts';
import { loadModel, shippedModel, threadCount } from '../../src/cli/common.ts';
import { sharedModelOf } from '../../src/cli/drive.ts';
import { digestOf } from '../../src/cli/runFolder.ts';
import { again } from '../../src/cli/verifyCommand.ts';
import { openBackend, reopenBackend } from '../../src/engine/index.ts';
import { compare } from '../../src/receipts/compare.ts';
import { receiptOf, type Measured, type RunSoFar } from '../../src/receipts/receipt.ts';
import { fragmentOf, readShared } from '../../src/receipts/shared.ts';
import { explanation, headline } from '../../src/receipts/words.ts';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import type { SharedModel } from '../../src/train/sharedModel.ts';
import { chromiumArgs, obtainChromium } from '../browser.ts';
import { serveBuilt } from '../e2e/setup.ts';
import type { Part } from './part.ts';

/** Enough for the weights to move, and for the second update to be sampled from what the first has learned. */
const updates = 3;

const short = (experiment: Experiment) => withChanges(experiment, { steps: updates, evalEvery: updates });

async function modelHere(experiment: Experiment): Promise<SharedModel> {
  // As commands do, for tests share a process: whoever opens it first decides whether its memory can be shared.
  const how = { environment: 'node', threads: threadCount(undefined) } as const;
  const backend = await openBackend('wasm', how);
  const sandbox = createNodeSandbox();
  await sandbox.ready();
  const reopen = () => reopenBackend('wasm', how);
  return sharedModelOf({
    experiment,
    model: await loadModel(shippedModel(experiment.model)),
    backend,
    sandbox,
    reopen,
  });
}

/** A link with a receipt, made in Node. */
export async function madeInNode(experiment: Experiment): Promise<string> {
  const loaded = await modelHere(experiment);
  const run = await loaded.begin(experiment);
  try {
    const made: RunSoFar['updates'][number][] = [];
    const evaluations: Measured[] = [await run.evaluate()];
    while (made.length < experiment.steps) made.push(await run.update());
    evaluations.push(await run.evaluate());
    const so: RunSoFar = { experiment, changes: [], updates: made, evaluations, backends: ['wasm'] };
    const modelDigest = await digestOf(shippedModel(experiment.model));
    const link = fragmentOf({
      experiment,
      madeOn: { backend: 'wasm', modelDigest },
      receipt: await receiptOf(so, build),
    });
    if (link === null) throw new Error('The link would be too long.');
    return link;
  } finally {
    run.dispose();
    loaded.dispose();
  }
}

/** What Node says of a link. */
export async function checkedInNode(link: string): Promise<string> {
  const { link: read, receipt } = readShared(link);
  const { backend } = read.madeOn;
  if (!receipt || !backend) throw new Error(`There is no receipt in ${link}`);
  const { experiment } = read;
  const loaded = await modelHere(experiment);
  try {
    const claim = { receipt, experiment, backend };
    const outcome = await compare(claim, await again(claim, loaded), 'wasm');
    return `${headline(outcome, claim, 'wasm')}. ${explanation(outcome, claim, 'wasm')}`;
  } finally {
    loaded.dispose();
  }
}

/** Only catches a hang, on a machine however busy; ms. */
const patience = 600_000;

const status = (page: Page, words: RegExp) =>
  page.getByTestId('status').filter({ hasText: words }).waitFor({ timeout: patience });

async function runToEnd(page: Page): Promise<void> {
  await status(page, /Press Run/);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await status(page, /^Finished/);
}

/** A link with a receipt, as the page shares it. */
export async function madeInPage(page: Page, address: string, experiment: Experiment): Promise<string> {
  await page.goto(address + encodeLink(experiment));
  await runToEnd(page);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByLabel('With its result').check();
  const link = await page.getByLabel('Link', { exact: true }).inputValue();
  await page.keyboard.press('Escape');
  return link;
}

/** What the page says of a link, once it has trained again. */
export async function checkedInPage(page: Page, address: string, fragment: string): Promise<string> {
  await page.goto(address + fragment);
  await runToEnd(page);
  const said = page.getByTestId('check');
  await said.filter({ hasText: /^(Reproduced|Differs|Cannot)/ }).waitFor();
  return ((await said.textContent()) ?? '').trim();
}

export const receipts: Part = {
  name: 'receipts',
  claim: `a receipt of ${updates} updates made in Chromium verifies in Node, and the other way round, for each preset`,
  unit: 'receipts',
  cases: 2 * presets.length,
  stretch: 1,
  async open() {
    const { address, close } = await serveBuilt('test-results/prove-receipts', 4373);
    const browser = await chromium.launch({ executablePath: obtainChromium(), args: [...chromiumArgs] });
    return {
      standard: `Chromium ${browser.version()}, Node ${process.version}`,
      async prove({ from }) {
        const preset = presets[Math.floor(from / 2) % presets.length];
        if (!preset) throw new Error('There are no presets.');
        const experiment = short(presetExperiment(preset));
        const page = await browser.newPage();
        page.setDefaultTimeout(patience);
        try {
          const inPage = from % 2 === 0;
          const said = inPage
            ? await checkedInNode(await madeInPage(page, address, experiment))
            : await checkedInPage(page, address, await madeInNode(experiment));
          const same = said.startsWith('Reproduced to the last bit');
          const name = `${preset.id}, ${inPage ? 'Chromium to Node' : 'Node to Chromium'}`;
          return {
            counts: { receipts: 1, reproduced: same ? 1 : 0 },
            failed: same ? 0 : 1,
            examples: same ? {} : { [name]: said },
          };
        } finally {
          await page.close();
        }
      },
      async close() {
        await browser.close();
        await close();
      },
    };
  },
};
