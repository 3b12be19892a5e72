/**
 * `npm run prove`: what takes too long for `npm test`, on request, part by part. A part that was stopped (Ctrl+C, or killed) goes on
 * where it was when it is asked for again with the same code. Ends with code 1 if a claim does not hold, 2
 * for a wrong flag, 130 if it was stopped.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { browsers } from './browsers.ts';
import { cpython } from './cpython.ts';
import { fullDisk } from './fullDisk.ts';
import { halfBillion } from './halfBillion.ts';
import { kills } from './kills.ts';
import { links } from './links.ts';
import { lora } from './lora.ts';
import { nodeProject } from './nodeProject.ts';
import { pageLearns } from './pageLearns.ts';
import { pageModel } from './pageModel.ts';
import type { Part } from './part.ts';
import { pytorch } from './pytorch.ts';
import { receipts } from './receipts.ts';
import { codeNow, keptIn, prove, summary, type ProofRecord, type Request } from './proof.ts';
import { samples } from './samples.ts';
import { smollm2 } from './smollm2.ts';

const parts: readonly Part[] = [
  cpython,
  samples,
  links,
  receipts,
  kills,
  fullDisk,
  browsers,
  smollm2,
  lora,
  halfBillion,
  pageModel,
  pageLearns,
  nodeProject,
  pytorch,
];

const usage = `npm run prove -- NAME…|all [--cases N] [--seed N] [--from N] [--anew]

${parts.map(({ name, claim, cases, unit }) => `  ${name.padEnd(14)}${claim} (${cases} ${unit})`).join('\n')}

  --cases N   how many cases, instead of the number above
  --seed N    which sequence of cases; 1 unless given
  --from N    the number of the first case, to repeat some: --from 123 --cases 1; nothing is kept of that
  --anew      forget what was found before with this code and seed`;

interface Asked extends Omit<Request, 'cases'> {
  readonly chosen: readonly Part[];
  /** Null for each part's own number. */
  readonly cases: number | null;
}

/** Reads the command line; ends the process where it cannot be done. */
function asked(): Asked {
  const number = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { cases: number, seed: number, from: number, anew: { type: 'boolean' } },
    });
    const whole = (flag: 'cases' | 'seed' | 'from'): number | null => {
      const given = values[flag];
      if (given === undefined) return null;
      if (!/^\d+$/.test(given)) throw new Error(`--${flag} must be a whole number, not "${given}".`);
      return Number(given);
    };
    const unknown = positionals.find((name) => name !== 'all' && !parts.some((part) => part.name === name));
    if (unknown !== undefined) throw new Error(`There is no part "${unknown}".`);
    if (positionals.length === 0) throw new Error('Which part?');
    return {
      chosen: parts.filter(({ name }) => positionals.includes('all') || positionals.includes(name)),
      cases: whole('cases'),
      seed: whole('seed') ?? 1,
      from: whole('from'),
      anew: values.anew ?? false,
      code: codeNow(),
      folder: keptIn,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

/** Tells how far a part is, over the same line of a terminal. */
function progress(part: Part, record: ProofRecord, cases: number): void {
  if (!process.stderr.isTTY) return;
  const left = Math.ceil((record.seconds / Math.max(1, record.done)) * (cases - record.done));
  process.stderr.write(
    `\r${record.done} of ${cases} ${part.unit}, failed ${record.failed}, ${left} s left   `,
  );
}

const { chosen, cases, ...request } = asked();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
let failed = 0;
for (const part of chosen) {
  if (stop.signal.aborted) break;
  console.log(`${part.name}: ${part.claim}`);
  const wanted = cases ?? part.cases;
  const record = await prove(part, { ...request, cases: wanted }, stop.signal, {
    line: console.log,
    progress: (so) => progress(part, so, wanted),
  });
  if (process.stderr.isTTY) process.stderr.write('\n');
  for (const [kind, example] of Object.entries(record.examples)) console.log(`\n${kind}\n${example}`);
  console.log(`\n${summary(part, record, new Date())}`);
  failed += record.failed;
}
if (stop.signal.aborted) console.log('Stopped. Asked for again, it goes on from here.');
process.exit(failed > 0 ? 1 : stop.signal.aborted ? 130 : 0);
