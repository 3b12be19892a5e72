/**
 * No silent skips: a test that finds the machine lacks what it needs calls `notRun` and returns, and test/run.ts
 * repeats the notice loudly after the results.
 */
import { appendFileSync } from 'node:fs';
import process from 'node:process';

/** Name of the environment variable that holds the file in which the notices are collected. */
export const noticesVariable = 'COCOS_NOT_RUN';

/**
 * Says that something could not be tested on this machine.
 * @param what the tests left out, e.g. "engine ops on webgpu"
 * @param why what was missing and how to get it
 */
export function notRun(what: string, why: string): void {
  const notice = `${what}: ${why}`;
  console.warn(`NOT RUN  ${notice}`);
  const file = process.env[noticesVariable];
  if (file) appendFileSync(file, `${notice}\n`);
}
