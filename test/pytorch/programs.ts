/** Runs our commands and the exported projects' Python, each in a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';

export interface At {
  /** An interpreter with torch, transformers, accelerate and peft. */
  readonly python: string;
  /** Empty, for what is written. */
  readonly folder: string;
}

const root = resolve(import.meta.dirname, '../..');

/** One of our commands. @throws Error with what it said */
export function ours(command: string, args: readonly string[]): void {
  ended(
    spawnSync(process.execPath, ['--import', 'tsx', `src/cli/${command}.ts`, ...args], {
      cwd: root,
      encoding: 'utf8',
    }),
    command,
  );
}

const environment = {
  ...process.env,
  HF_HUB_OFFLINE: '1',
  OMP_NUM_THREADS: '1',
  ACCELERATE_USE_CPU: 'true',
  PYTHONDONTWRITEBYTECODE: '1',
};

/** `accelerate launch`; on a CPU it starts several processes only where it is told that they are GPUs (accelerate 1.15). */
const accelerate = ['-c', 'from accelerate.commands.launch import main; main()', '--multi_gpu'];
const launched = (processes: number, args: readonly string[]): string[] =>
  processes === 1 ? [...args] : [...accelerate, '--num_processes', String(processes), ...args];

/** A script of a project, in one process or, by `accelerate launch`, in several. @throws Error with what it said */
export function python(at: At, project: string, args: readonly string[], processes = 1): string {
  return ended(
    spawnSync(at.python, launched(processes, args), {
      cwd: project,
      encoding: 'utf8',
      env: environment,
      maxBuffer: 1 << 26,
    }),
    args[0] ?? '',
  );
}

/** Runs a script and kills it as soon as `until` says so. */
export function killed(
  at: At,
  project: string,
  args: readonly string[],
  until: () => boolean,
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(at.python, args, { cwd: project, stdio: 'ignore', env: environment });
    const timer = setInterval(() => until() && child.kill('SIGKILL'), 20);
    child.on('error', fail);
    child.on('close', () => {
      clearInterval(timer);
      done();
    });
  });
}

function ended({ status, stdout, stderr, error }: ReturnType<typeof spawnSync>, name: string): string {
  if (error) throw error;
  if (status !== 0)
    throw new Error(
      `${name} ended with ${status}:\n${String(stdout).slice(-1500)}\n${String(stderr).slice(-3000)}`,
    );
  return String(stdout);
}

export const jsonLinesOf = (file: string): Record<string, number | null>[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number | null>);
