/** What a run is called by the program: in the page, by the logs of its forks, as its folder. */

/** Unlike any other of this browser, and of any other whose runs may come here. @param now ms since 1970 */
export function newRunId(now = Date.now()): string {
  const [day, time] = new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  const random = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  return `${day}-${time}-${random.join('')}`;
}

/** When it was made, ms since 1970; NaN of another id. */
export function madeAt(id: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(id);
  const [, year, month, day, hour, minute, second] = parts ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Whether it may be the name of a folder. */
export const isRunId = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,63}$/.test(text);
