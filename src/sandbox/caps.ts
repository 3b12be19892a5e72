/** Cuts texts that come from a program: where they are made, and again where they are read. The caps are in limits.ts. */
import { expressionCap, messageCap, shownCap, typeCap } from './limits.ts';
import type { TestVerdict } from './types.ts';

/** `text`, or its beginning and `…`: at most `cap` characters. What is cut off can be freed. */
export function capText(text: string, cap: number): string {
  if (text.length <= cap) return text;
  // A slice would keep the whole text in memory, so its beginning is copied.
  const bytes = new TextEncoder().encode(text.slice(0, cap - 1));
  return `${new TextDecoder().decode(bytes)}…`;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = new TextEncoder().encode(
  '"\\[]{}',
);

/** Whether JSON, as UTF-8, nests deeper than that. In linear time; text that is not JSON is counted all the same. */
export function nestsDeeper(json: Uint8Array, depth: number): boolean {
  let open = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) inText = !inText;
    else if (inText) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) open++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) open--;
    if (open > depth) return true;
  }
  return false;
}

/** What a program raised, cut. */
export const capException = (raised: NonNullable<TestVerdict['exception']>): typeof raised => ({
  type: capText(raised.type, typeCap),
  message: capText(raised.message, messageCap),
  line: raised.line,
});

/** What people see of a test before it runs, cut. */
export const capShown = <T extends Pick<TestVerdict, 'expression' | 'expected'>>(test: T): T => ({
  ...test,
  expression: capText(test.expression, expressionCap),
  expected: capText(test.expected, shownCap),
});

/** A verdict, cut. */
export const capVerdict = (verdict: TestVerdict): TestVerdict => ({
  ...capShown(verdict),
  got: capText(verdict.got, shownCap),
  exception: verdict.exception && capException(verdict.exception),
});
