/** What a run is called by the program: in the page, in its log's forks, as its folder. */

/** Unlike any other of this browser, and of any other whose runs may come here. */
export function newRunId(): string {
  const now = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const random = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  return `${now}-${random.join('')}`;
}

/** Whether it may be the name of a folder. */
export const isRunId = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,63}$/.test(text);
