/** Any numbers as JSON, and JSON packed: what a run's log and its answers are written in. */
import { isObject } from '../config/outside.ts';
import type { Bytes } from './store.ts';

/** Bytes of one update's answers, unpacked, at most: many times those of the largest experiment. */
const maxUnpacked = 256 << 20;

/** JSON in which NaN is {"number": "NaN"}, for there is a null in a verdict. */
export const toJson = (value: unknown): string => JSON.stringify(value, (_, item: unknown) => packed(item));

/** Reads what `toJson` and `entryLine` write. @throws SyntaxError */
export const fromJson = (text: string): unknown =>
  text.includes('{"number":')
    ? JSON.parse(text, (_, item: unknown) =>
        isObject(item) && typeof item['number'] === 'string' ? Number(item['number']) : item,
      )
    : JSON.parse(text); // many times as fast

/** Of a number what JSON can say. */
export function packed(item: unknown): unknown {
  if (typeof item !== 'number' || (Number.isFinite(item) && !Object.is(item, -0))) return item;
  return { number: Object.is(item, -0) ? '-0' : String(item) };
}

/** JSON, packed with gzip: to a fifth or less. */
export async function packJson(value: unknown): Promise<Bytes> {
  return through(new TextEncoder().encode(toJson(value)), new CompressionStream('gzip'));
}

/** @throws Error naming the blob, when it is damaged */
export async function unpackJson(bytes: Bytes, name: string): Promise<unknown> {
  try {
    const text = await through(bytes, new DecompressionStream('gzip'), maxUnpacked);
    return fromJson(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (error) {
    throw new Error(`${name} is damaged: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** @param most bytes that may come of it: a blob may be a stranger's, and a few kilobytes can hold gigabytes */
async function through(
  bytes: Bytes,
  transform: CompressionStream | DecompressionStream,
  most = Infinity,
): Promise<Bytes> {
  let sum = 0;
  const counted = new TransformStream<Bytes, Bytes>({
    transform(chunk, controller) {
      sum += chunk.byteLength;
      if (sum > most) throw new Error(`it unpacks to more than ${most / 2 ** 20} MB`);
      controller.enqueue(chunk);
    },
  });
  const writer = transform.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const read = new Response(transform.readable.pipeThrough(counted)).arrayBuffer();
  const [buffer] = await Promise.all([read, written]);
  return new Uint8Array(buffer);
}
