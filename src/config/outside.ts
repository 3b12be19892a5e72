/** What the readers of foreign files share: how a value is shown in an error, JSON read within a limit, common bounds. */

/** Most tokens a model and its tokenizer may have, 2¹⁸. */
export const maxVocabulary = 262_144;

const longestShown = 60;

/** A key, name or text from a file on one short line: nothing in it can fill the screen or move the cursor. */
export function shownText(text: string, longest = longestShown): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  // eslint-disable-next-line no-control-regex -- control characters are what must not reach a terminal
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A value from a JSON file, short: scalars as JSON writes them, the first items of a list, the keys of an object. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return `"${shownText(value)}"`;
  if (Array.isArray(value)) {
    const items = value
      .slice(0, 4)
      .map((item) => (typeof item === 'object' && item !== null ? '…' : String(item)));
    return `[${shownText(items.join(', '))}${value.length > items.length ? ', …' : ''}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length === 0 ? '{}' : `{${shownText(keys.join(', '))}}`;
  }
  return String(value);
}

/**
 * Parses a JSON file.
 * @param file its name, for the error
 * @param maxBytes checked before a byte is decoded
 * @throws Error naming the file
 */
export function readJson(bytes: Uint8Array, file: string, maxBytes: number): unknown {
  if (bytes.byteLength > maxBytes) {
    throw new Error(
      `${file} has ${bytes.byteLength} bytes; at most ${maxBytes} are read. It is not a model file.`,
    );
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error(`${file} is not JSON. The file is damaged or of another kind; download it again.`);
  }
}

/** Whether a value is an object of JSON, as opposed to a list, null or a scalar. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Bytes that come in pieces from somewhere that may send too many. */
export class BoundedBytes {
  readonly #most: number;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns false when it is more than may come: then nothing is kept of it */
  add(piece: Uint8Array): boolean {
    this.#size += piece.length;
    if (this.#size > this.#most) return false;
    this.#pieces.push(piece);
    return true;
  }

  /** All of them in one. */
  whole(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}
