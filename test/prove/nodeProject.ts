/**
 * `npm run export -- --to node` for each preset, unpacked into a clean folder: `npm ci && npm start` measures what `npm run train`
 * measures, to the last digit; with another reward.ts it measures something else; a mistake in it is named with its line. Needs
 * npm's registry.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { unzipSync } from 'fflate';
import * as v from 'valibot';
import { presets } from '../../src/config/presets.ts';
import { root } from '../source.ts';
import type { Found, Part } from './part.ts';

const updates = 3;
/** A preset is tried so often once more where what differed first was a timeout. */
const mostAgain = 2;
const short = ['--steps', `${updates}`, '--eval-every', `${updates}`];

interface Ended {
  readonly code: number;
  /** Both streams. */
  readonly said: string;
}

/** Runs a command to its end. */
const command = (name: string, args: readonly string[], cwd: string, signal: AbortSignal): Promise<Ended> =>
  new Promise((resolve, reject) => {
    execFile(name, [...args], { cwd, signal, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (signal.aborted) reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
      else resolve({ code: error ? Number(error.code ?? 1) : 0, said: stdout + stderr });
    });
  });

async function unpack(archive: string, into: string): Promise<string> {
  for (const [name, bytes] of Object.entries(unzipSync(new Uint8Array(await readFile(archive))))) {
    await mkdir(dirname(join(into, name)), { recursive: true });
    await writeFile(join(into, name), bytes);
  }
  return join(into, 'cocos-experiment');
}

/** Each line of metrics.jsonl without its times. */
async function metricsIn(folder: string): Promise<string> {
  const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines
    .map((line) =>
      JSON.stringify(
        JSON.parse(line, (key, value: unknown) => (key.startsWith('time/') ? undefined : value)),
      ),
    )
    .join('\n');
}

/**
 * Where two metrics.jsonl first say something else, in a sentence; null: nowhere. A program is given its time by the clock, so on a
 * machine that is busy otherwise an answer may time out that did not: then timeouts differ, and that says nothing of the code.
 */
export function differenceOf(
  ours: string,
  theirs: string,
): { readonly said: string; readonly timedOut: boolean } | null {
  const [here, there] = [ours, theirs].map((text) =>
    text.split('\n').map((line) => new Map(Object.entries(v.parse(measured, JSON.parse(line))))),
  );
  for (let at = 0; at < Math.max(here?.length ?? 0, there?.length ?? 0); at++) {
    const [a, b] = [here?.[at] ?? new Map(), there?.[at] ?? new Map()];
    const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
    // What timed out otherwise is why all else in the line differs; an answer that timed out on both sides may have by other tests.
    const timeouts = (name: string) => name.includes('/timeout@');
    const first = names.find(timeouts) ?? names[0];
    if (first === undefined) continue;
    const timedOut = [...a, ...b].some(([name, share]) => timeouts(name) && share !== 0);
    const why = !timedOut
      ? ''
      : timeouts(first)
        ? ': an answer timed out on one side only, as happens on a busy machine'
        : ': an answer timed out on both sides, perhaps by another number of its tests';
    return {
      said: `line ${at + 1}, ${first}: ${String(a.get(first))} here, ${String(b.get(first))} there${why}`,
      timedOut,
    };
  }
  return null;
}

const measured = v.record(v.string(), v.nullable(v.number()));

/** What one preset came to. @throws Error when it cannot even be tried */
async function tried(preset: string, folder: string, signal: AbortSignal): Promise<Found> {
  const run = async (name: string, args: readonly string[], cwd: string): Promise<void> => {
    const { code, said } = await command(name, args, cwd, signal);
    if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code}:\n${said.slice(-2000)}`);
  };
  await run(
    'npm',
    ['run', 'export', '--', '--to', 'node', join(folder, 'x.zip'), '--preset', preset, ...short],
    root,
  );
  const project = await unpack(join(folder, 'x.zip'), join(folder, 'clean'));
  await run('npm', ['ci'], project);
  await run('npm', ['start'], project);
  const train = (to: string) =>
    run('npm', ['run', 'train', '--', '--preset', preset, ...short, '--out', join(folder, to)], root);
  await train('ours');
  const between = async (oursIn: string, theirsIn: string) =>
    differenceOf(await metricsIn(join(folder, oursIn)), await metricsIn(join(project, theirsIn)));
  let difference = await between('ours', 'runs/1');
  let again = 0;
  for (; difference?.timedOut && again < mostAgain; again++) {
    await train(`ours-${again}`);
    await run('npm', ['start', '--', '--out', `again/${again}`], project);
    difference = await between(`ours-${again}`, `again/${again}`);
  }

  const rewardFile = join(project, 'reward.ts');
  const source = await readFile(rewardFile, 'utf8');
  await writeFile(
    rewardFile,
    `${source.replace('function reward(', 'function before(')}\nexport const reward = (all: readonly TestStatus[]): number => 1 - before(all);\n`,
  );
  await run('npm', ['start'], project);
  await writeFile(rewardFile, source.replace('number {', 'number {{'));
  const wrong = await command('npm', ['start'], project, signal);

  const [ours, theirs, edited] = [
    await metricsIn(join(folder, 'ours')),
    await metricsIn(join(project, 'runs/1')),
    await metricsIn(join(project, 'runs/2')),
  ];
  // A machine so busy that answers time out each time says nothing of the code: that is counted, and neither held nor broken.
  const unjudged = difference?.timedOut ?? false;
  const held: Record<string, boolean> = {
    'computes the same': difference === null || unjudged,
    'is changed by an edit': ours !== edited,
    'names a mistake': wrong.code === 1 && /reward\.ts:\d+/.test(wrong.said),
  };
  const broken = Object.keys(held).filter((claim) => !held[claim]);
  return {
    counts: {
      ...{ projects: 1, values: unjudged ? 0 : ours.split(',').length },
      ...{ 'tried again after a timeout': again, 'not judged, the machine was too busy': unjudged ? 1 : 0 },
    },
    failed: broken.length > 0 ? 1 : 0,
    examples: {
      ...(unjudged ? { [`${preset}: not judged`]: difference?.said ?? '' } : {}),
      ...Object.fromEntries(
        broken.map((claim) => [
          `${preset}: not so that it ${claim}`,
          claim === 'names a mistake'
            ? wrong.said
            : `${difference?.said ?? ''}\n${ours}\n${theirs}\n${edited}`,
        ]),
      ),
    },
  };
}

export const nodeProject: Part = {
  name: 'node-project',
  claim: `an exported Node project, installed with npm ci in a clean folder, measures in ${updates} updates what train measures, to the last digit, and something else once reward.ts is edited`,
  unit: 'presets',
  cases: presets.length,
  stretch: 1,
  open: () =>
    Promise.resolve({
      standard: `Node ${process.version}`,
      async prove({ from }, signal) {
        const preset = presets[from % presets.length];
        if (!preset) throw new Error('There are no presets.');
        const folder = await mkdtemp(join(tmpdir(), 'cocos-project-'));
        try {
          return await tried(preset.id, folder, signal);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
      close: () => undefined,
    }),
};
