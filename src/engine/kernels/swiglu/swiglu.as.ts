/** SwiGLU on WASM, forward and backward in one pass each, four features at a time. */
import { exp4 } from '../../wasm/math.as';

function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

export function swigluForward(n: i32, f: i32, gateUp: usize, y: usize): void {
  const bytes = (<usize>f) << 2;
  for (let row = 0; row < n; row++, gateUp += 2 * bytes, y += bytes) swigluRow(f, gateUp, gateUp + bytes, y);
}

/** Of one row, n features. */
export function swigluRow(n: i32, gate: usize, up: usize, y: usize): void {
  const bytes = (<usize>n) << 2;
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const g = v128.load(gate + i);
    v128.store(y + i, f32x4.mul(f32x4.mul(g, sigmoid(g)), v128.load(up + i)));
  }
  for (; i < bytes; i += 4) {
    const g = f32.load(gate + i);
    const s = f32x4.extract_lane(sigmoid(f32x4.splat(g)), 0);
    f32.store(y + i, g * s * f32.load(up + i));
  }
}

/** d gate = dy·up·σ(g)·(1 + g·(1 − σ(g)));  d up = dy·g·σ(g). */
export function swigluBackward(n: i32, f: i32, gateUp: usize, dy: usize, dx: usize): void {
  const bytes = (<usize>f) << 2;
  const one = f32x4.splat(1);
  for (let row = 0; row < n; row++, gateUp += 2 * bytes, dx += 2 * bytes, dy += bytes) {
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const g = v128.load(gateUp + i);
      const d = v128.load(dy + i);
      const s = sigmoid(g);
      const slope = f32x4.mul(s, f32x4.add(one, f32x4.mul(g, f32x4.sub(one, s))));
      v128.store(dx + i, f32x4.mul(f32x4.mul(d, v128.load(gateUp + bytes + i)), slope));
      v128.store(dx + bytes + i, f32x4.mul(d, f32x4.mul(g, s)));
    }
    for (; i < bytes; i += 4) {
      const g = f32.load(gateUp + i);
      const d = f32.load(dy + i);
      const s = f32x4.extract_lane(sigmoid(f32x4.splat(g)), 0);
      f32.store(dx + i, d * f32.load(gateUp + bytes + i) * s * (1 + g * (1 - s)));
      f32.store(dx + bytes + i, d * g * s);
    }
  }
}
