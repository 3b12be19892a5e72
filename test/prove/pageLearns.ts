/**
 * What `npm run learn` proves at the command line, in the page: SmolLM2-135M-Instruct and the adapter that `npm run boost` taught it are
 * dropped on Chromium, then the experiment as a file with its problems; it trains to its end, and held-out tasks are compared before and
 * after. Case 0 is seed 1, case 1 its control with shuffled rewards, case 2 seed 2, and so on. Where `COCOS_LEARN` names the folder of
 * `npm run learn`, every update and evaluation is compared with the same run there: they are equal but for their times.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import type { Page } from 'playwright';
import { modelDirOption } from '../../src/cli/common.ts';
import { FolderStore } from '../../src/cli/folderStore.ts';
import { learningHeads, rowOf } from '../../src/cli/learnCommand.ts';
import { withOtherModel } from '../../src/cli/otherModel.ts';
import { parseTrainingFlags } from '../../src/cli/startFrom.ts';
import { withChanges, type Experiment } from '../../src/config/experiment.ts';
import { zip } from '../../src/exports/zip.ts';
import { fileOf } from '../../src/receipts/shared.ts';
import { RunLog } from '../../src/train/log.ts';
import { MemoryStore } from '../../src/train/store.ts';
import { serveBuilt } from '../e2e/setup.ts';
import { launchKillable } from '../killable.ts';
import { drop, gigabytes, keptLogs, memoryOf, press, seconds, status, type Figures } from './inPage.ts';
import type { Found, Part, Stretch } from './part.ts';
import { smollm2File } from './smollm2File.ts';

/** Pictures to look at, and the logs. */
const left = resolve(import.meta.dirname, '../../test-results/page-learns');

interface Given {
  /** The model, a GGUF file. */
  readonly model: string;
  /** The folder that `npm run boost` wrote. */
  readonly boosted: string;
  /** What `npm run learn` does, but for the seed and the control. */
  readonly experiment: Experiment;
  readonly problems: string;
}

async function given(): Promise<Given | string> {
  const model = smollm2File();
  const boosted = process.env['COCOS_BOOSTED'];
  if (model === null || boosted === undefined || !existsSync(boosted))
    return 'NOT RUN, nothing was proved: set COCOS_SMOLLM2 to SmolLM2-135M-Instruct.Q4_1.gguf, and COCOS_BOOSTED to what npm run boost wrote over it.';
  const argv = await withOtherModel(['--preset', 'decisions', '--model', boosted]);
  const { experiment, problems } = await parseTrainingFlags(argv, modelDirOption);
  if (problems === undefined) throw new Error('The experiment has no problems of its own.');
  return { model, boosted, experiment, problems };
}

const nameOf = ({ seed, control }: Experiment) => `control-${control}/seed-${seed}`;

/** A case's experiment: a seed with its rewards, then its control. */
const experimentOf = ({ experiment }: Given, index: number): Experiment =>
  withChanges(experiment, { seed: 1 + (index >> 1), control: index % 2 ? 'shuffled' : 'none' });

async function begin(page: Page, { model, boosted, problems }: Given, e: Experiment): Promise<void> {
  const files = new Map<string, Uint8Array>();
  for (const name of await readdir(boosted)) files.set(name, await readFile(join(boosted, name)));
  const folder = mkdtempSync(join(tmpdir(), 'cocos-learns-'));
  const write = (name: string, bytes: string | Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  try {
    await press(page, 'Models');
    const models = page.getByRole('dialog', { name: 'Models' });
    await models.getByText('Choose a .gguf or .zip').waitFor();
    await drop(page, model);
    await models.getByText('from files of yours').waitFor();
    await drop(page, write('boosted.zip', zip(files)));
    await models.getByText(/begins with an adapter of rank/).waitFor();
    await press(page, 'Close');
    await drop(page, write('experiment.json', fileOf({ experiment: e, madeOn: {}, problems })));
    await status(page, /^Ready/);
    await page
      .getByText(e.otherModel.split('@')[0] ?? '')
      .first()
      .waitFor({ state: 'attached' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The log of the run that the page keeps. @throws Error when it keeps none or several with updates */
async function logIn(page: Page, e: Experiment): Promise<RunLog> {
  const [text, ...others] = (await keptLogs(page)).filter((one) => one.includes('"kind":"update"'));
  if (text === undefined || others.length > 0) throw new Error('The page does not keep just this run.');
  mkdirSync(join(left, nameOf(e)), { recursive: true });
  writeFileSync(join(left, nameOf(e), 'log.jsonl'), text);
  const store = new MemoryStore();
  await store.appendLog(text);
  return RunLog.open(store);
}

/** Times of an update and of an evaluation, and the file that has an update's answers. */
const circumstances = ['timing', 'ms', 'rollouts'];

/** Where the page's log and that of the command line say something else; but for times, and for the names of files with answers. */
async function differences(
  log: RunLog,
  e: Experiment,
): Promise<{ readonly compared: number; readonly unequal: string[] }> {
  const folder = process.env['COCOS_LEARN'];
  const path = folder === undefined ? null : join(folder, nameOf(e));
  if (path === null || !existsSync(join(path, 'log.jsonl'))) return { compared: 0, unequal: [] };
  const other = await RunLog.open(new FolderStore(path));
  const told = (one: RunLog) =>
    [...one.entriesOf('update'), ...one.entriesOf('evaluation')].map((entry) =>
      JSON.stringify(entry, (key, value: unknown) => (circumstances.includes(key) ? undefined : value)),
    );
  const [here, there] = [told(log), told(other)];
  const unequal = here.flatMap((entry, i) =>
    entry === there[i]
      ? []
      : [`${entry.slice(0, 400)}\ninstead of\n${(there[i] ?? 'nothing').slice(0, 400)}`],
  );
  return { compared: here.length, unequal };
}

async function learnInPage(address: string, material: Given, index: number): Promise<Found> {
  const e = experimentOf(material, index);
  const figures: Figures = { machine: `${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}` };
  const counts: Record<string, number> = { runs: 1 };
  const profile = mkdtempSync(join(tmpdir(), 'cocos-learns-'));
  const browser = await launchKillable(profile);
  const { page } = browser;
  const picture = (name: string) => page.screenshot({ path: join(left, nameOf(e), `${name}.png`) });
  let failed = 0;
  try {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(address);
    await status(page, /^Ready/);
    await begin(page, material, e);
    const began = performance.now();
    await press(page, 'Run');
    await page.waitForTimeout(60_000);
    await picture('1-under-way');
    await status(page, new RegExp(`^Finished after ${e.steps} updates`));
    figures['the whole run'] = seconds(began);
    figures['most memory of a process'] = gigabytes(await memoryOf(page));
    await picture('2-at-its-end');
    const log = await logIn(page, e);
    const row = rowOf(e.control, String(e.seed), e.steps, [log]);
    learningHeads.forEach((head, i) => (figures[head] = row[i] ?? ''));
    const { compared, unequal } = await differences(log, e);
    counts['entries compared with npm run learn'] = compared;
    counts['entries that differ'] = unequal.length;
    failed = Number(unequal.length > 0);
    if (unequal[0] !== undefined) figures['first difference'] = unequal[0];
  } catch (error) {
    failed = 1;
    figures['went wrong'] = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await picture('failed').catch(() => undefined);
  } finally {
    await browser.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
  const lines = Object.entries(figures).map(([name, figure]) => `${name}: ${figure}`);
  return { counts, failed, examples: { [nameOf(e)]: lines.join('\n') } };
}

export const pageLearns: Part = {
  name: 'page-learns',
  claim: 'SmolLM2-135M trains in the page to the end of a run of npm run learn, and to the same numbers',
  unit: 'runs',
  cases: 1,
  stretch: 1,
  async open() {
    const material = await given();
    if (typeof material === 'string') {
      const found: Found = { counts: { 'not run': 1 }, failed: 1, examples: { 'not run': material } };
      return { standard: material, prove: () => Promise.resolve(found), close: () => undefined };
    }
    const { address, close } = await serveBuilt('test-results/dist-learns', 4304);
    const prove = ({ from }: Stretch) => learnInPage(address, material, from);
    return { standard: material.boosted, prove, close };
  },
};
