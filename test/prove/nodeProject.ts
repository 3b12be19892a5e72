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
import { presets } from '../../src/config/presets.ts';
import { root } from '../source.ts';
import type { Found, Part } from './part.ts';

const updates = 3;
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
  await run('npm', ['run', 'train', '--', '--preset', preset, ...short, '--out', join(folder, 'ours')], root);

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
  const held: Record<string, boolean> = {
    'computes the same': ours === theirs,
    'is changed by an edit': ours !== edited,
    'names a mistake': wrong.code === 1 && /reward\.ts:\d+/.test(wrong.said),
  };
  const broken = Object.keys(held).filter((claim) => !held[claim]);
  return {
    counts: { projects: 1, values: ours.split(',').length },
    failed: broken.length > 0 ? 1 : 0,
    examples: Object.fromEntries(
      broken.map((claim) => [
        `${preset}: not so that it ${claim}`,
        claim === 'names a mistake' ? wrong.said : `${ours}\n${theirs}\n${edited}`,
      ]),
    ),
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
