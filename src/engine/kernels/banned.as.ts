/** Ids that are never written, on WASM: `holes` has the first and last of each range of them, int32. */

/** Score of a banned id, as in the reference. */
export const MASKED: f32 = -1e9;

/** Replaces the scores of banned ids in a row that begins with the id `from`, which is none. */
export function maskHoles(row: usize, from: i32, count: i32, holes: usize): void {
  for (let h = 0; h < count; h++) {
    const hole = holes + ((<usize>h) << 3);
    const last = i32.load(hole + 4);
    for (let id = i32.load(hole); id <= last; id++) f32.store(row + ((<usize>(id - from)) << 2), MASKED);
  }
}

export function isHole(id: i32, count: i32, holes: usize): bool {
  for (let h = 0; h < count; h++) {
    const hole = holes + ((<usize>h) << 3);
    if (id >= i32.load(hole) && id <= i32.load(hole + 4)) return true;
  }
  return false;
}
