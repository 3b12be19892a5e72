/** What `npm run verify` does: a receipt's run, trained again and compared update by update. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { backendTitles, type BackendName } from '../config/backends.ts';
import { changesBetween, modelNameOf } from '../config/experiment.ts';
import { field } from '../config/fields.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import type { ChangeRecord } from '../rl/records.ts';
import { compare, firstDifference, isFar, mayDiffer, type Claim, type Outcome } from '../receipts/compare.ts';
import { experimentAfter, type Measured, type RunSoFar } from '../receipts/receipt.ts';
import { maxFileBytes, readShared, type Shared } from '../receipts/shared.ts';
import { explanation, headline } from '../receipts/words.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import type { Loaded } from '../train/trainable.ts';
import {
  backendOptions,
  duration,
  loadModel,
  modelDirOption,
  modelFolderOf,
  openNodeBackend,
  progressLine,
  reopenNodeBackend,
  type Command,
} from './common.ts';
import { sharedModelOf } from './drive.ts';
import { problemsFor, problemsOf, problemsOption } from './ownProblems.ts';
import { digestOf } from './runFolder.ts';

const options: ExtraOptions = {
  updates: { value: 'N', help: 'Check only the first N updates.' },
  ...problemsOption,
  'model-dir': { value: 'DIR', help: modelDirOption['model-dir']?.help ?? '' },
  ...backendOptions,
};
const usage = `npm run verify -- LINK|FILE [flags]

Trains again what a link with a result, or a file that Share saved, says was trained, and compares each update: tasks, token ids,
verdicts, rewards, weights. Quote the link: the shell takes # and & for its own. Exit status: 0 it is reproduced, to the last bit or,
on another back end, within tolerance; 1 it is not; 2 there is nothing to verify in it, or a flag is wrong.`;

export const verify: Command = async (argv) => {
  const [first = '', ...rest] = argv;
  const named = first !== '' && !first.startsWith('-');
  const flags = parseFlags(named ? rest : argv, options, []);
  if (flags.help) return void process.stdout.write(helpText(usage, options, []));
  if (!named) throw new FlagError('Give a link or a file: npm run verify -- LINK|FILE. --help says more.');
  const { link, receipt, problems: carried } = read(first);
  const { backend, modelDigest } = link.madeOn;
  if (!receipt || !backend || !modelDigest)
    throw new FlagError('There is no result in it, only an experiment: there is nothing to verify.');
  for (const note of link.notes) process.stderr.write(`The link: ${note}.\n`);
  const { experiment } = link;
  const claim: Claim = { receipt, experiment, backend };
  const upTo = updatesOf(flags.options['updates'], receipt.updates);

  const file = flags.options['problems'];
  const given = typeof file === 'string' ? (await problemsOf(file)).text : carried;
  const problems = await problemsFor(experiment, given, 'it');
  const folder = await modelFolderOf(flags.options['model-dir'] as string | undefined, experiment);
  const digest = await digestOf(folder);
  if (!digest?.startsWith(modelDigest)) {
    process.stdout.write(
      `Not reproduced: it was made with another version of the model "${modelNameOf(experiment)}" (sha256-${modelDigest}…, ` +
        `this is sha256-${digest?.slice(0, 12)}…).\n`,
    );
    process.exitCode = 1;
    return;
  }
  const model = await loadModel(folder);
  const computes = { ...flags.options, backend: flags.options['backend'] ?? backend };
  const opened = await openNodeBackend(computes);
  const sandbox = createNodeSandbox();
  await sandbox.ready();
  const loaded = sharedModelOf({
    ...{ experiment, model, backend: opened, sandbox },
    reopen: () => reopenNodeBackend(computes),
  });
  await loaded.problems?.take(problems);
  const line = progressLine();
  const began = performance.now();
  try {
    const here = await again(claim, loaded, upTo, (done) => {
      const left = ((performance.now() - began) / done) * (upTo - done);
      line.show(`update ${done}/${upTo}  the same so far  ${duration(left / 1000)} left`);
    });
    line.end();
    const outcome = await compare(claim, here, opened.name);
    process.stdout.write(`${told(outcome, claim, opened.name, upTo)}\n`);
    process.exitCode = reproduced(outcome, upTo) ? 0 : 1;
  } finally {
    line.end();
    loaded.dispose();
  }
};

/** @throws FlagError saying what is wrong with the link or the file */
function read(given: string): Shared {
  try {
    if (!existsSync(given)) return readShared(given);
    if (statSync(given).size > maxFileBytes) throw new Error(`${given} is too long: it is no file of Share.`);
    return readShared(readFileSync(given, 'utf8'));
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function updatesOf(given: string | true | undefined, all: number): number {
  const count = given === undefined ? all : Number(given);
  if (Number.isInteger(count) && count >= 1 && count <= all) return count;
  throw new FlagError(`--updates must be a whole number from 1 to ${all}, not "${String(given)}".`);
}

/**
 * Trains a receipt's run again, up to its end, or the first difference that cannot come from another back end.
 * @param show hears how many updates are done
 */
export async function again(
  claim: Claim,
  loaded: Loaded,
  upTo = claim.receipt.updates,
  show: (done: number) => void = () => undefined,
): Promise<RunSoFar> {
  const { receipt, experiment } = claim;
  const changes: ChangeRecord[] = [];
  const updates: RunSoFar['updates'][number][] = [];
  const evaluations: Measured[] = [];
  const backends: BackendName[] = [];
  let run = await loaded.begin(experiment, {});
  const { heldOutTasks } = run.model;
  const here: RunSoFar = { experiment, changes, updates, evaluations, heldOutTasks, backends };
  try {
    for (let done = 0; ; done++) {
      const now = run.experiment;
      const then = experimentAfter(receipt, experiment, done);
      const made = changesBetween(now, then);
      if (made.length > 0) {
        changes.push({ step: done, changes: made });
        if (made.every((one) => field(one.field).when === 'live')) run.experiment = then;
        else {
          // A fork: another run, over the same weights.
          const { state } = run;
          run.dispose();
          run = await loaded.begin(then, { state });
        }
      }
      if (receipt.evaluations.some(({ step }) => step === done)) evaluations.push(await run.evaluate());
      if (done === upTo) return here;
      const record = await run.update();
      updates.push(record);
      backends.push(record.backend);
      if (firstDifference(claim, here, done) && !mayDiffer(claim.backend, record.backend)) return here;
      show(done + 1);
    }
  } finally {
    run.dispose();
  }
}

const reproduced = (outcome: Outcome, upTo: number): boolean =>
  outcome.kind === 'same' ||
  outcome.kind === 'close' ||
  (outcome.kind === 'open' &&
    outcome.done >= upTo &&
    (outcome.difference === null || (outcome.rounding && outcome.gaps.length > 0 && !isFar(outcome.gaps))));

function told(outcome: Outcome, claim: Claim, here: BackendName, upTo: number): string {
  const { receipt, backend } = claim;
  const what = `${receipt.updates} updates, made on ${backendTitles[backend]} by version ${receipt.build}`;
  const some = upTo < receipt.updates ? `, of which ${upTo} were checked` : '';
  const words = explanation(outcome, claim, here);
  return `${headline(outcome, claim, here)}.\n${what}${some}.${words ? `\n${words}` : ''}`;
}
