/**
 * Compares a model's logits with those of transformers, which loads it and saves it in every variant first.
 *
 *     npx tsx test/transformers/check.ts [--python /path/to/python] [--model public/models/boost]
 *
 * By hand, because torch is 3 GB; `npm test` compares a tiny model with recorded values (test/unit/model/transformers.test.ts).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { openBackend } from '../../src/engine/index.ts';
import { compareLogits, referenceSchema } from './compare.ts';

/** Float32 on both sides, summed in another order. */
const tolerance = 1e-3;

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    model: { type: 'string', default: 'public/models/boost' },
  },
});

const has = spawnSync(values.python, ['-c', 'import torch, transformers'], { encoding: 'utf8' });
if (has.status !== 0) {
  console.error(
    `${values.python} cannot import torch and transformers; pip install torch transformers, then --python PATH.`,
  );
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'transformers-'));
try {
  const file = join(folder, 'reference.json');
  const made = spawnSync(values.python, [join(import.meta.dirname, 'reference.py'), values.model, file], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`reference.py failed:\n${made.stderr}`);
  const reference = v.parse(referenceSchema, JSON.parse(readFileSync(file, 'utf8')));
  process.stdout.write(`${values.model}, ${reference.madeWith}\n`);
  for (const backend of ['cpu', 'wasm'] as const) {
    await openBackend(backend, { environment: 'node' });
    for (const [name, largest] of Object.entries(await compareLogits(reference))) {
      const good = largest <= tolerance;
      process.stdout.write(
        `${good ? '✓' : '✗'} ${backend}, ${name}: logits differ by at most ${largest.toExponential(1)}\n`,
      );
      if (!good) process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
