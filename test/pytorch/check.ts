/**
 * Proves the exported Python projects, claim by claim (checks.ts).
 *
 *     npx tsx test/pytorch/check.ts [--python /path/to/python] [--only WORDS]
 *
 * By hand, or as `npm run prove -- pytorch`: torch is 3 GB. What Python lacks is said loudly, and ends it with code 2.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { checks, missing } from './checks.ts';

const { values } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, only: { type: 'string', default: '' } },
});
const notRun: string[] = [];
for (const check of checks.filter(({ name }) => name.includes(values.only))) {
  const lacks = missing(values.python, check);
  if (lacks !== '') {
    notRun.push(`${check.name}: ${lacks}`);
    continue;
  }
  const folder = mkdtempSync(join(tmpdir(), 'pytorch-'));
  const began = performance.now();
  try {
    const told = await check.run({ python: values.python, folder });
    process.stdout.write(`✓ ${check.name}: ${told} (${Math.round((performance.now() - began) / 1000)} s)\n`);
  } catch (error) {
    process.stdout.write(`✗ ${check.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (notRun.length > 0) {
  process.stderr.write(`\nNOT RUN, so not proved:\n${notRun.map((line) => `  ${line}\n`).join('')}`);
  process.exitCode ||= 2;
}
