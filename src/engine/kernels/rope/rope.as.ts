/**
 * Rotary embedding on WASM. Angles come from a table made once: row p holds cos(p·f_i) for i < half, then sin(p·f_i).
 * `sign` −1 turns back, which is the gradient.
 */
export function ropeRotate(
  n: i32,
  turned: i32,
  half: i32,
  width: i32,
  positions: usize,
  table: usize,
  sign: f32,
  from: usize,
  to: usize,
): void {
  const halfBytes = (<usize>half) << 2;
  const rowBytes = (<usize>width) << 2;
  const sign4 = f32x4.splat(sign);
  for (let row = 0; row < n; row++, from += rowBytes, to += rowBytes) {
    const cos = table + <usize>i32.load(positions + ((<usize>row) << 2)) * 2 * halfBytes;
    const sin = cos + halfBytes;
    let at: usize = 0;
    for (let head = 0; head < turned; head++, at += 2 * halfBytes) {
      const second = at + halfBytes;
      let i: usize = 0;
      for (; i + 16 <= halfBytes; i += 16) {
        const a = v128.load(from + at + i);
        const b = v128.load(from + second + i);
        const c = v128.load(cos + i);
        const s = f32x4.mul(v128.load(sin + i), sign4);
        v128.store(to + at + i, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
        v128.store(to + second + i, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)));
      }
      for (; i < halfBytes; i += 4) {
        const a = f32.load(from + at + i);
        const b = f32.load(from + second + i);
        const c = f32.load(cos + i);
        const s = f32.load(sin + i) * sign;
        f32.store(to + at + i, a * c - b * s);
        f32.store(to + second + i, b * c + a * s);
      }
    }
    memory.copy(to + at, from + at, rowBytes - at);
  }
}
