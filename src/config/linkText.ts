/**
 * Any text in letters, digits, hyphens and points, so that nothing on the way of a link changes it: "r[2] / 2" is
 * "r-5b2-5d-20-2f-202". A letter or digit stands for itself, and so does a point between digits; anything else is a hyphen and its
 * code, two hexadecimal digits, or "-u" and four. The first character is never a digit, nor the last one a point (`undoOnce`).
 */

const code = (unit: string): string => {
  const hex = unit.charCodeAt(0).toString(16);
  return hex.length > 2 ? `-u${hex.padStart(4, '0')}` : `-${hex.padStart(2, '0')}`;
};

export function encodeText(text: string): string {
  // By UTF-16 unit: a character of two becomes two codes.
  return text.replace(/^\d|(?<!\d)\.|\.(?!\d)|[^A-Za-z\d.]/g, code);
}

/** @throws Error for what `encodeText` cannot have written */
export function decodeText(encoded: string): string {
  if (!/^(?:[A-Za-z\d.]|-[\da-f]{2}|-u[\da-f]{4})*$/.test(encoded)) throw new Error('not a text of a link');
  return encoded.replace(/-u([\da-f]{4})|-([\da-f]{2})/g, (_, long: string | undefined, short: string) =>
    String.fromCharCode(parseInt(long ?? short, 16)),
  );
}
