/**
 * Reads sizes off the page once a frame, all of them before anything is changed after them. Read one at a time, between changes,
 * each would have the browser lay the page out anew.
 */

interface Measurement {
  /** Reads only. @returns what is to be done with it */
  readonly read: () => () => void;
}

const waiting = new Set<Measurement>();
let frame = 0;

function measureAll(): void {
  frame = 0;
  const all = [...waiting];
  waiting.clear();
  for (const use of all.map(({ read }) => read())) use();
}

/** Measures in the next frame. @returns a function that forgets about it */
export function measured<T>(read: () => T, use: (value: T) => void): () => void {
  const measurement: Measurement = {
    read() {
      const value = read();
      return () => use(value);
    },
  };
  waiting.add(measurement);
  frame ||= requestAnimationFrame(measureAll);
  return () => waiting.delete(measurement);
}
