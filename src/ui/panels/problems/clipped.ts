/** The first `length` characters of a text from a file: a field may hold megabytes. */
export const clipped = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
