/** Runs a command in this process, where everything it needs is loaded: its output and its exit code, as from outside. */
import process from 'node:process';
import { vi } from 'vitest';
import { exitCodeOf, type Command } from '../src/cli/common.ts';

export interface Ended {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One at a time. */
export async function inThisProcess(command: Command, args: readonly string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text.toString();
      return true;
    }),
  );
  const { exitCode } = process;
  try {
    return { code: await exitCodeOf(command, args), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = exitCode; // the command's, not ours
  }
}
