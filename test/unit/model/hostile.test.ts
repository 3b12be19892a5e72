/** Checkpoints that are damaged or want to do harm: each is refused in one sentence, before anything big is read. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { bytesInMemory, type ByteSource } from '../../../src/model/byteSource.ts';
import { openGguf } from '../../../src/model/gguf/container.ts';
import { openFolder, openGgufFile, type OpenedCheckpoint } from '../../../src/model/openCheckpoint.ts';
import { writeSafetensors } from '../../../src/model/safetensors.ts';
import { parametersFrom } from '../../../src/model/tensors.ts';

interface Fixture {
  readonly models: Readonly<Record<string, { readonly files: Readonly<Record<string, string>> }>>;
}
const { models } = JSON.parse(
  readFileSync(new URL('../../transformers/families.json', import.meta.url), 'utf8'),
) as Fixture;
const filesOf = (name: string) =>
  Object.fromEntries(
    Object.entries(models[name]?.files ?? {}).map(([file, text]) => [
      file,
      Uint8Array.from(Buffer.from(text, 'base64')),
    ]),
  );
const good = filesOf('qwen2 gguf, biases')['model.gguf'] ?? new Uint8Array();
const sharded = filesOf('llama, linear scaling, tied, in shards');

const openBytes = (bytes: Uint8Array) => openGgufFile(bytesInMemory('x.gguf', bytes));
const openFiles = (files: Record<string, Uint8Array | null>) =>
  openFolder((name) => {
    const bytes = files[name];
    return Promise.resolve(bytes ? bytesInMemory(name, bytes) : null);
  });

async function readAll({ config, tensors }: OpenedCheckpoint): Promise<number> {
  let parameters = 0;
  for await (const [, values] of parametersFrom(config, tensors)) parameters += values.length;
  return parameters;
}

/** A header of a GGUF file, piece by piece. */
class Header {
  readonly #bytes: number[] = [...new TextEncoder().encode('GGUF')];
  constructor(tensors: number, entries: number, version = 3) {
    this.u32(version).u64(tensors).u64(entries);
  }
  u32(value: number): this {
    this.#bytes.push(...new Uint8Array(Uint32Array.of(value).buffer));
    return this;
  }
  u64(value: number | bigint): this {
    this.#bytes.push(...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
    return this;
  }
  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    this.#bytes.push(...bytes);
    return this;
  }
  tensor(name: string, shape: readonly (number | bigint)[], type: number, offset: number | bigint): this {
    this.text(name).u32(shape.length);
    for (const size of shape) this.u64(size);
    return this.u32(type).u64(offset);
  }
  /** With so many bytes of data after it. */
  file(data = 0): Uint8Array {
    const start = Math.ceil(this.#bytes.length / 32) * 32;
    const out = new Uint8Array(start + data);
    out.set(this.#bytes);
    return out;
  }
}

describe('a GGUF file', () => {
  it('is read whole', async () => {
    expect(await readAll(await openBytes(good))).toBeGreaterThan(5000);
  });

  it.each([
    ['not GGUF', new Uint8Array(64).fill(255), 'this is not a GGUF file (its first four bytes are not GGUF)'],
    ['empty', new Uint8Array(), 'it ends within its header'],
    ['of another version', new Header(0, 0, 1).file(), 'GGUF version 1 is not supported'],
    ['with 2⁶⁴−1 tensors', new Header(0, 0).file().fill(255, 8, 16), 'it has 18446744073709551615 tensors'],
    [
      'with a name of 4 GB',
      new Header(1, 0).u64(2 ** 32).file(),
      'the name of a tensor has 4294967296 bytes',
    ],
    [
      'with a list of lists',
      new Header(0, 1).text('k').u32(9).u32(9).u64(1).u32(4).u64(0).file(),
      'list of lists',
    ],
    [
      'with a list of 2⁴⁰ bytes',
      new Header(0, 1)
        .text('k')
        .u32(9)
        .u32(0)
        .u64(2 ** 40)
        .file(),
      '1099511627776 items',
    ],
    [
      'with an unknown type',
      new Header(0, 1).text('k').u32(13).u32(0).file(),
      'metadata k has the unknown type 13',
    ],
    [
      'with an unsafe number',
      new Header(0, 1)
        .text('k')
        .u32(10)
        .u64(2n ** 63n)
        .file(),
      'has the number 9223372036854775808',
    ],
    [
      'with a key twice',
      new Header(0, 2).text('k').u32(4).u32(0).text('k').u32(4).u32(0).file(),
      'k is there twice',
    ],
    [
      'with no alignment',
      new Header(0, 1).text('general.alignment').u32(4).u32(0).file(),
      'general.alignment is 0',
    ],
    ['with no dimensions', new Header(1, 0).tensor('t', [], 0, 0).file(), 'tensor t has 0 dimensions'],
    ['with five', new Header(1, 0).tensor('t', [1, 1, 1, 1, 1], 0, 0).file(4), 'tensor t has 5 dimensions'],
    ['with an empty tensor', new Header(1, 0).tensor('t', [0], 0, 0).file(), 'tensor t has shape [0]'],
    ['with a huge one', new Header(1, 0).tensor('t', [2 ** 40, 2 ** 40], 0, 0).file(), 'tensor t has shape'],
    [
      'with half a block',
      new Header(1, 0).tensor('t', [48], 8, 0).file(68),
      'rows of 48 values are no whole blocks',
    ],
    [
      'with a type that is not read',
      new Header(1, 0).tensor('t', [256], 10, 0).file(84),
      'stored as Q2_K; F32, F16',
    ],
    [
      'with a negative offset',
      new Header(1, 0).tensor('t', [8], 0, 2n ** 64n - 32n).file(32),
      'has the number',
    ],
    [
      'with an offset past the end',
      new Header(1, 0).tensor('t', [8], 0, 4096).file(32),
      'begins at 4096, expected 0',
    ],
    [
      'with overlaps',
      new Header(2, 0).tensor('a', [8], 0, 0).tensor('b', [8], 0, 0).file(64),
      'tensor b begins at 0, expected 32',
    ],
    [
      'with a tensor twice',
      new Header(2, 0).tensor('a', [8], 0, 0).tensor('a', [8], 0, 32).file(64),
      'two tensors have one name',
    ],
    [
      'cut in its data',
      new Header(1, 0).tensor('a', [64], 0, 0).file(96),
      'it has 96 bytes of data, its header describes 256',
    ],
    [
      'with more after it',
      new Header(1, 0).tensor('a', [8], 0, 0).file(640),
      'it has 640 bytes of data, its header describes 32',
    ],
  ])('%s is refused', async (_, bytes, problem) => {
    await expect(openGguf(bytesInMemory('x.gguf', bytes))).rejects.toThrow(problem);
    await expect(openGguf(bytesInMemory('x.gguf', bytes))).rejects.toThrow(/^x\.gguf: .+\. .+\.$/);
  });

  it('cut short anywhere is refused', async () => {
    for (let length = 0; length < good.length - 32; length += 97) {
      await expect(openBytes(good.slice(0, length))).rejects.toThrow(/^x\.gguf: .+\. .+\.$/);
    }
  });

  it('with any bytes changed is read or refused, and nothing else happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1400), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const bytes = good.slice();
          for (const [at, value] of changes) bytes[at] = value;
          const problem = await openBytes(bytes)
            .then(readAll)
            .catch((error: unknown) => error);
          if (typeof problem !== 'number') {
            expect(problem).toBeInstanceOf(Error);
            expect(String(problem)).toMatch(/^Error: x\.gguf: /);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('names what its model has and ours does not', async () => {
    const text = Buffer.from(good).toString('latin1');
    const renamed = (from: string, to: string) =>
      Uint8Array.from(Buffer.from(text.replace(from, to), 'latin1'));
    await expect(openBytes(renamed('qwen2.block_count', 'qwen2.expert_coun'))).rejects.toThrow(
      'x.gguf: qwen2.block_count is missing.',
    );
    await expect(openBytes(renamed('general.architecture', 'general.architectuRe'))).rejects.toThrow(
      'general.architecture is nothing; llama and qwen2 are supported',
    );
    await expect(openBytes(renamed('qwen2.vocab_size', 'qwen2.expert_cnt'))).rejects.toThrow(
      "x.gguf: qwen2.expert_cnt is 24; the playground's model has 0.",
    );
    await expect(openBytes(renamed('attn_k.bias', 'attn_k.bIas')).then(readAll)).rejects.toThrow(
      'x.gguf: tensor model.layers.0.self_attn.k_proj.bias is missing; x.gguf asks for it.',
    );
  });
});

describe('a folder', () => {
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const index = 'model.safetensors.index.json';
  const parsed = JSON.parse(new TextDecoder().decode(sharded[index])) as {
    weight_map: Record<string, string>;
  };
  const withMap = (changes: Record<string, unknown>) => ({
    ...sharded,
    [index]: json({ ...parsed, weight_map: { ...parsed.weight_map, ...changes } }),
  });
  const norm = 'model.norm.weight';

  it('in shards is read whole', async () => {
    expect(await readAll(await openFiles(sharded))).toBeGreaterThan(5000);
  });

  it.each([
    [{ ...sharded, 'config.json': null }, 'config.json is missing'],
    [{ ...sharded, [index]: null }, 'model.safetensors is missing, and model.safetensors.index.json as well'],
    [{ ...sharded, [index]: json([]) }, 'weight_map is nothing, not an object'],
    [withMap({ [norm]: '../../secret.safetensors' }), 'is not the name of a safetensors file beside it'],
    [withMap({ [norm]: 7 }), '7 is not the name of a safetensors file beside it'],
    [withMap({ [norm]: 'other.safetensors' }), 'other.safetensors is missing'],
    [withMap({ surplus: parsed.weight_map[norm] }), 'has no tensor surplus'],
    [withMap({ [norm]: undefined }), 'has the tensor model.norm.weight, and'],
    [
      { ...sharded, [parsed.weight_map[norm] ?? '']: null },
      'is missing; model.safetensors.index.json names it',
    ],
    [
      {
        ...sharded,
        [parsed.weight_map[norm] ?? '']: sharded[parsed.weight_map[norm] ?? '']?.slice(0, -1) ?? null,
      },
      'The file is cut short or damaged',
    ],
  ])('with a fault is refused: %#', async (files, problem) => {
    await expect(openFiles(files)).rejects.toThrow(problem);
  });

  it('of an unsupported model is refused before its weights are looked at', async () => {
    const asked: string[] = [];
    const config = JSON.parse(new TextDecoder().decode(sharded['config.json'])) as object;
    const open = (change: object) =>
      openFolder((name) => {
        asked.push(name);
        return Promise.resolve(bytesInMemory(name, json({ ...config, ...change })));
      });
    await expect(open({ rope_parameters: { rope_type: 'yarn' } })).rejects.toThrow('"yarn" is not supported');
    await expect(open({ quantization_config: { quant_method: 'gptq' } })).rejects.toThrow(
      'quantization_config',
    );
    expect(new Set(asked)).toEqual(new Set(['config.json']));
  });

  it('is read a tensor at a time', async () => {
    const ranges: number[] = [];
    const largest = Math.max(...Object.values(sharded).map((bytes) => bytes.length));
    const watched = (name: string, bytes: Uint8Array): ByteSource => {
      const whole = bytesInMemory(name, bytes);
      return {
        ...whole,
        read: (begin, end) => {
          ranges.push(end - begin);
          return whole.read(begin, end);
        },
      };
    };
    const opened = await openFolder((name) => {
      const bytes = sharded[name];
      return Promise.resolve(bytes ? watched(name, bytes) : null);
    });
    await readAll(opened);
    expect(Math.max(...ranges)).toBeLessThan(largest);
  });

  it.each([NaN, Infinity])('with the value %s is refused, and the tensor is named', async (bad) => {
    const { config, tensors } = await openFiles(sharded);
    const copies = new Map(
      await Promise.all(
        [...tensors.tensors].map(async ([name, { shape }]) => {
          const data = Float32Array.from(await tensors.read(name));
          if (name === norm) data[3] = bad;
          return [name, { shape, data }] as const;
        }),
      ),
    );
    const files = {
      'config.json': sharded['config.json'] ?? null,
      'model.safetensors': writeSafetensors(copies),
    };
    expect(config.hidden_size).toBe(32);
    await expect(openFiles(files).then(readAll)).rejects.toThrow(
      `model.safetensors: tensor model.norm.weight has the value ${bad} at place 3.`,
    );
  });
});
