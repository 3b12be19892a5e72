/** Runs commands, as a person does: in a process of their own, looked at from outside; or, which costs less, in this one. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { vi } from 'vitest';
import { exportCommand } from '../../src/cli/exportCommand.ts';
import { lessonsCommand } from '../../src/cli/lessonsCommand.ts';
import { reproduce as reproduceCommand } from '../../src/cli/reproduceCommand.ts';
import { sweepCommand } from '../../src/cli/sweep/command.ts';
import { train as trainCommand } from '../../src/cli/trainCommand.ts';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import { inThisProcess, type Ended } from '../inThisProcess.ts';
import { readMetrics, type MetricsLine } from '../traces/golden.ts';

/** A command under way. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Sends SIGINT to everything in the terminal's foreground, as Ctrl-C does. */
  interrupt(): void;
}

function start(program: string, args: readonly string[]): Running {
  // A process group of its own: a signal to it must not reach the test runner.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    ended,
    interrupt() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    },
  };
}

const command =
  (name: string) =>
  (...args: string[]): Promise<Ended> =>
    start(process.execPath, ['--import', 'tsx', `src/cli/${name}.ts`, ...args]).ended;

/** The command itself. */
export const trainAlone = command('train');

/** All commands in this process are lent one sandbox, in which Python has been started. */
vi.mock('../../src/sandbox/node.ts', async (original) => {
  const real = await original<{ createNodeSandbox: typeof createNodeSandbox }>();
  const lent = real.createNodeSandbox();
  lent.dispose = () => undefined; // it ends with the process
  return { ...real, createNodeSandbox: () => lent };
});

/** Commands in this process, where everything they need is loaded. One at a time. */
export const train = (...args: string[]): Promise<Ended> => inThisProcess(trainCommand, args);
export const lessons = (...args: string[]): Promise<Ended> => inThisProcess(lessonsCommand, args);
export const exportRun = (...args: string[]): Promise<Ended> => inThisProcess(exportCommand, args);
export const reproduce = (...args: string[]): Promise<Ended> => inThisProcess(reproduceCommand, args);
export const sweep = (...args: string[]): Promise<Ended> => inThisProcess(sweepCommand, args);

/** `npm run train -- …`, with everything npm puts in between. */
export const npmTrain = (...args: string[]): Running => start('npm', ['run', 'train', '--', ...args]);

/** The metrics a run has written so far; a line half written does not count. */
export function metricsOf(run: string): MetricsLine[] {
  try {
    return readMetrics(readFileSync(join(run, 'metrics.jsonl'), 'utf8').replace(/[^\n]*$/, ''));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The same lines without the times, which no two runs share. */
export const withoutTimes = (lines: readonly MetricsLine[]): MetricsLine[] =>
  lines.map((line) => Object.fromEntries(Object.entries(line).filter(([name]) => !name.startsWith('time/'))));

/** An empty folder, and what removes it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cocos-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
