/** Who writes a run's folder: a file with the number of its process, so that no two commands write the same run. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

const ofFolder = (folder: string): string => resolve(folder, 'writer.pid');

/** The files of this process. One that is killed leaves its own behind; who comes next sees that it is gone. */
const held = new Set<string>();
process.once('exit', () => {
  for (const file of held) rmSync(file, { force: true });
});

/** From now on this process writes the folder. @throws Error when another one that still runs does */
export function takeFolder(folder: string): void {
  const file = ofFolder(folder);
  if (held.has(file)) return;
  mkdirSync(folder, { recursive: true });
  while (!made(file)) {
    const writer = Number(readFileSync(file, 'utf8'));
    if (isRunning(writer))
      throw new Error(
        `${folder}: process ${writer} is writing this run. Wait until it is done, or stop it; if it is another program that ` +
          `got this number since, delete ${join(folder, 'writer.pid')}.`,
      );
    rmSync(file, { force: true });
  }
  held.add(file);
}

export function leaveFolder(folder: string): void {
  const file = ofFolder(folder);
  if (held.delete(file)) rmSync(file, { force: true });
}

/** Whether the file was made; false: it is there. */
function made(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0); // asks only
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // of another user
  }
}

const codeOf = (error: unknown): unknown => error instanceof Error && 'code' in error && error.code;
