/** The records of a problem file: JSON Lines or one JSON array, as Python's `json` writes them. */

/** A piece of the file that should hold one record. */
export interface RecordText {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly content: string;
}

/**
 * The pieces of a file that should each hold a record: the elements when it is one JSON array, else its lines that are
 * not empty. LF or CRLF, with or without a byte order mark.
 */
export function recordTexts(text: string): Generator<RecordText> {
  const body = text.replace(/^\uFEFF/, '');
  return /^\s*\[/.test(body) ? arrayElements(body) : filledLines(body);
}

function* filledLines(text: string): Generator<RecordText> {
  let line = 0;
  for (const content of text.split('\n')) {
    line++;
    if (content.trim() !== '') yield { line, content };
  }
}

/** Cuts a JSON array without parsing it, so that a bad element costs itself only. */
function* arrayElements(text: string): Generator<RecordText> {
  const marks = /["[\]{},\n]/g;
  let depth = 0;
  let line = 1;
  let start = 0;
  let startLine = 1;
  const element = (end: number): RecordText[] => {
    const raw = text.slice(start, end);
    const content = raw.trim();
    const blank = raw.slice(0, raw.length - raw.trimStart().length);
    return content === '' ? [] : [{ line: startLine + blank.split('\n').length - 1, content }];
  };
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    const at = mark.index;
    if (mark[0] === '"') marks.lastIndex = endOfString(text, at);
    else if (mark[0] === '\n') line++;
    else if (mark[0] === ',') {
      if (depth !== 1) continue;
      yield* element(at);
      [start, startLine] = [at + 1, line];
    } else if (mark[0] === '[' || mark[0] === '{') {
      if (depth++ === 0) [start, startLine] = [at + 1, line];
    } else if (--depth === 0) {
      yield* element(at);
      [start, startLine] = [at + 1, line];
      break;
    }
  }
  yield* element(text.length); // what a file that was cut off, or goes on after the array, has left
}

/** Where the JSON string that begins at `quote` ends: the position after its last quote. */
function endOfString(text: string, quote: number): number {
  for (let end = text.indexOf('"', quote + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

/**
 * The fields of a record. A field that is null, or NaN as pandas writes a missing value, counts as absent.
 * @throws Error when the text holds no JSON object.
 */
export function parseRecord(content: string): Readonly<Record<string, unknown>> {
  const json = parseJson(content);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not a JSON object');
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(withoutConstants(text));
    } catch (error) {
      throw new Error(`not JSON: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
}

/** Python writes NaN, Infinity and -Infinity, which JSON lacks: null, and numbers too large for a double. */
function withoutConstants(json: string): string {
  let text = '';
  for (let at = 0; at < json.length;) {
    const quote = json.indexOf('"', at);
    const outside = quote < 0 ? json.length : quote;
    text += json
      .slice(at, outside)
      .replace(/\bNaN\b/g, 'null')
      .replace(/\bInfinity\b/g, '1e999');
    at = quote < 0 ? json.length : endOfString(json, quote);
    text += json.slice(outside, at);
  }
  return text;
}
