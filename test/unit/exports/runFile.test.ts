import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { runFileOf, openRun, packRun, readRunFile } from '../../../src/exports/runFile.ts';
import { MemoryStore, type Bytes } from '../../../src/train/store.ts';
import { evaluation, logOf, state } from '../train/logs.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/** A run of three updates with an evaluation and a state. */
async function run() {
  const { log, store } = await logOf(3);
  await log.evaluation(evaluation(3));
  await log.checkpoint(state(3));
  return runFileOf(store, 'γ 0.5');
}

/** The file, unpacked, changed, and packed again. */
async function changed(change: (files: Record<string, Uint8Array>) => void): Promise<Bytes> {
  const { log, blobs } = await run();
  const files: Record<string, Uint8Array> = {
    'run.json': encode(JSON.stringify({ kind: 'run', format: 1, name: 'a run', sha256: {} })),
    'log.jsonl': encode(log),
    ...Object.fromEntries([...blobs].map(([name, bytes]) => [`blobs/${name}`, bytes])),
  };
  change(files);
  return zipSync(files);
}

describe('a run as one file', () => {
  it('comes back as it was, to the last byte, with its states', async () => {
    const before = await run();
    const read = await readRunFile(await packRun(before), 'a.cocos');
    expect(read.name).toBe('γ 0.5');
    expect(read.log).toBe(before.log);
    expect(new Map(read.blobs)).toEqual(new Map(before.blobs));
    expect(await read.opened.stateAt(Infinity)).toEqual(state(3));
    expect((await openRun(read)).step).toBe(3);
  });

  it('is the same file when it is packed twice, and leaves out what the log does not name', async () => {
    const before = await run();
    const more = new Map([...before.blobs, ['checkpoint-9.safetensors', new Uint8Array(9)]]);
    expect(await packRun({ ...before, blobs: more })).toEqual(await packRun(before));
  });

  it('is not packed when its log cannot be read', async () => {
    await expect(runFileOf(new MemoryStore(), 'none').then(packRun)).rejects.toThrow(/line 1/);
  });

  const refused: readonly [string, (files: Record<string, Uint8Array>) => void, RegExp][] = [
    [
      'a file that climbs out',
      (f) => (f['../evil.txt'] = encode('x')),
      /"\.\.\/evil\.txt" does not belong in it/,
    ],
    ['an absolute path', (f) => (f['/etc/passwd'] = encode('x')), /"\/etc\/passwd" does not belong/],
    ['a blob that climbs out', (f) => (f['blobs/../log.jsonl'] = encode('x')), /does not belong/],
    ['a blob with a backslash', (f) => (f['blobs/..\\x'] = encode('x')), /does not belong/],
    ['no log', (f) => delete f['log.jsonl'], /log\.jsonl is missing/],
    ['no run.json', (f) => delete f['run.json'], /run\.json is missing/],
    ['a run.json that is no JSON', (f) => (f['run.json'] = encode('{')), /run\.json: it is not JSON/],
    [
      'another kind of file',
      (f) => (f['run.json'] = encode('{"kind":"cake","name":"","sha256":{}}')),
      /run\.json: kind: must be "run"/,
    ],
    [
      'a newer format',
      (f) => (f['run.json'] = encode('{"format":2,"kind":"run","name":"","sha256":{}}')),
      /run\.json: made by a newer version/,
    ],
    ['an empty log', (f) => (f['log.jsonl'] = encode('')), /log\.jsonl: line 1: is no manifest/],
    [
      'a damaged line',
      (f) =>
        (f['log.jsonl'] = encode(new TextDecoder().decode(f['log.jsonl']).replace('"step":2', '"step":-2'))),
      /log\.jsonl: line 3: update\.step/,
    ],
    [
      'a file that was altered',
      (f) => {
        const sha256 = { 'log.jsonl': 'ab'.repeat(32) };
        f['run.json'] = encode(JSON.stringify({ kind: 'run', format: 1, name: '', sha256 }));
      },
      /log\.jsonl is damaged \(its SHA-256 does not match\)/,
    ],
  ];
  it.each(refused)('is refused with %s', async (_, change, message) => {
    const read = readRunFile(await changed(change), 'some.cocos');
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toThrow(/^some\.cocos is no run that can be opened: .*Nothing was changed\. /);
  });

  it('is refused when it is something else, cut short, or a bomb', async () => {
    const refuses = async (bytes: Uint8Array, message: RegExp) =>
      expect(readRunFile(bytes, 'x.cocos')).rejects.toThrow(message);
    await refuses(encode('{"format":6}'), /it is no zip archive/);
    await refuses(new Uint8Array(0), /it is no zip archive/);
    const whole = await packRun(await run());
    for (const share of [0.01, 0.5, 0.99])
      await refuses(whole.slice(0, share * whole.length), /no zip|cut short/);
    const torn = whole.slice();
    torn.fill(255, 60, 120);
    await refuses(torn, /damaged|does not|missing|cut short/);
    const bomb = zipSync({ 'run.json': new Uint8Array(9 << 20) });
    expect(bomb.byteLength).toBeLessThan(1 << 17);
    await refuses(bomb, /"run\.json" unpacks to more than 8 MB/);
    const many = Object.fromEntries(
      Array.from({ length: 20_001 }, (_, i) => [`blobs/b${i}`, new Uint8Array(0)]),
    );
    await refuses(zipSync(many), /more than 20,000 files/);
  }, 60_000);
});
