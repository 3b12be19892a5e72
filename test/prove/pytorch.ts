/**
 * The exported Python projects do what we do: test/pytorch/checks.ts has the claims. `COCOS_PYTHON` names a Python with torch,
 * transformers, accelerate, peft, trl and datasets (`python3` unless it is set). A case whose packages are not there fails and says so.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { checks, missing } from '../pytorch/checks.ts';
import type { Found, Part } from './part.ts';

const interpreter = process.env['COCOS_PYTHON'] ?? 'python3';

async function prove(number: number): Promise<Found> {
  const check = checks[number]!;
  const lacks = missing(interpreter, check);
  if (lacks !== '')
    return { counts: { missing: 1 }, failed: 1, examples: { [check.name]: `not run: ${lacks}` } };
  const folder = mkdtempSync(join(tmpdir(), 'pytorch-'));
  try {
    const told = await check.run({ python: interpreter, folder });
    return { counts: { held: 1 }, failed: 0, examples: { [check.name]: told } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { counts: {}, failed: 1, examples: { [check.name]: why } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const pytorch: Part = {
  name: 'pytorch',
  claim: 'an exported Python project computes what we compute, goes on, learns; TRL learns from ours',
  unit: 'claims',
  cases: checks.length,
  stretch: 1,
  open: () =>
    Promise.resolve({
      standard: interpreter,
      prove: ({ from }) =>
        from < checks.length ? prove(from) : Promise.resolve({ counts: {}, failed: 0, examples: {} }),
      close: () => undefined,
    }),
};
