/**
 * Content in a link: JSON, deflated (RFC 1951), its CRC-32 behind it, in base64url, between an r and a z. These two mark where it
 * begins and ends, so that what stands beside it in a mail can be told from it.
 *
 * Whoever made a link may have made it to do harm. So nothing is unpacked beyond a limit, and whoever asked for it checks what comes out.
 */
import { deflateSync, Inflate } from 'fflate';
import { base64, bytesOfBase64 } from './base64.ts';
import { BoundedBytes } from './outside.ts';

/** Most bytes of JSON that are unpacked. */
const maxUnpacked = 1 << 20;
/** Bytes that are unpacked at a time: no more than a thousand times as many can come out. */
const portion = 256;

/** It is not what was packed. */
export class DamagedError extends Error {
  constructor(cause?: unknown) {
    super('it was cut short or changed on the way', { cause });
  }
}

const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));

/** Whether a text, packed, would be unpacked again. */
export const isPackable = (text: string): boolean =>
  text.length <= maxUnpacked && bytesOf(text).length <= maxUnpacked;

/** Any value of JSON. */
export function packJson(value: unknown): string {
  const json = bytesOf(value);
  const packed = deflateSync(json, { level: 9 });
  const bytes = new Uint8Array(packed.length + 4);
  bytes.set(packed);
  new DataView(bytes.buffer).setUint32(packed.length, crc32(json));
  return `r${base64(bytes)}z`;
}

/** @throws Error, a clause: what is wrong with it; a DamagedError where that is not for a person to mend */
export function unpackJson(text: string): unknown {
  const bytes = bytesOfBase64(text.slice(1, -1));
  if (!/^r.*z$/s.test(text) || !bytes || bytes.length < 5) throw new DamagedError();
  const sum = new DataView(bytes.buffer).getUint32(bytes.length - 4);
  const json = inflate(bytes.subarray(0, -4));
  if (crc32(json) !== sum) throw new DamagedError();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new Error('it is not JSON');
  }
}

function inflate(packed: Uint8Array): Uint8Array {
  const unpacked = new BoundedBytes(maxUnpacked);
  let ended = false;
  const stream = new Inflate((chunk, final) => {
    ended = final;
    if (!unpacked.add(chunk)) throw new TooLargeError(`it unpacks to more than ${maxUnpacked} bytes`);
  });
  try {
    for (let at = 0; at < packed.length; at += portion)
      stream.push(packed.subarray(at, at + portion), at + portion >= packed.length);
  } catch (error) {
    if (error instanceof TooLargeError) throw error;
    throw new DamagedError(error);
  }
  if (!ended) throw new DamagedError();
  return unpacked.whole();
}

class TooLargeError extends Error {}

/** As in gzip and PNG (RFC 1952, section 8). */
function crc32(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
