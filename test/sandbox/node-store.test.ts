import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileStore } from '../../src/sandbox/nodeStore.ts';

describe('fileStore', () => {
  it('gives back what it kept, and nothing that was changed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'snapshot-'));
    const snapshot = new Uint8Array([1, 2, 3]);
    expect(await fileStore(folder, 'a').load()).toBeNull();
    fileStore(folder, 'a').save(snapshot);
    expect(await fileStore(folder, 'a').load()).toEqual(snapshot);
    fileStore(folder, 'b').save(snapshot);
    expect(readdirSync(folder)).toEqual(['b.snapshot']);
    const bytes = readFileSync(join(folder, 'b.snapshot'));
    writeFileSync(join(folder, 'b.snapshot'), bytes.with(bytes.length - 1, 4));
    expect(await fileStore(folder, 'b').load()).toBeNull();
  });
});
