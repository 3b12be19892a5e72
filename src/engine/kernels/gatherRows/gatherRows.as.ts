/** Row gather and its gradient on WASM. Both return −1, or the first place whose id is outside the table. */

function firstBad(n: i32, rows: i32, ids: usize): i32 {
  for (let i = 0; i < n; i++) {
    if (<u32>i32.load(ids + ((<usize>i) << 2)) >= <u32>rows) return i;
  }
  return -1;
}

export function gatherForward(n: i32, rows: i32, d: i32, table: usize, ids: usize, y: usize): i32 {
  const bad = firstBad(n, rows, ids);
  if (bad >= 0) return bad;
  const bytes = (<usize>d) << 2;
  for (let i = 0; i < n; i++, y += bytes) {
    memory.copy(y, table + <usize>i32.load(ids + ((<usize>i) << 2)) * bytes, bytes);
  }
  return -1;
}

/** Adds each row of dy to its row of `dtable`, which must start as zeros. */
export function scatterAdd(n: i32, rows: i32, d: i32, dy: usize, ids: usize, dtable: usize): i32 {
  const bad = firstBad(n, rows, ids);
  if (bad >= 0) return bad;
  const bytes = (<usize>d) << 2;
  for (let r = 0; r < n; r++, dy += bytes) {
    const to = dtable + <usize>i32.load(ids + ((<usize>r) << 2)) * bytes;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(dy + i)));
    }
    for (; i < bytes; i += 4) f32.store(to + i, f32.load(to + i) + f32.load(dy + i));
  }
  return -1;
}
