/** RMSNorm on WASM: one pass for the mean square, one for the result; four features at a time, the rest one by one. */
import { sum4 } from '../../wasm/math.as';

/** 1/√(mean(x²) + eps) of one row. */
function inverseRms(x: usize, d: i32, eps: f32): f32 {
  let squares = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= d; i += 4, x += 16) {
    const v = v128.load(x);
    squares = f32x4.add(squares, f32x4.mul(v, v));
  }
  let sum = sum4(squares);
  for (; i < d; i++, x += 4) sum += f32.load(x) * f32.load(x);
  return <f32>1 / sqrt<f32>(sum / <f32>d + eps);
}

export function rmsNormForward(n: i32, d: i32, eps: f32, x: usize, gain: usize, y: usize): void {
  for (let row = 0; row < n; row++) {
    const r = inverseRms(x, d, eps);
    const r4 = f32x4.splat(r);
    let i = 0;
    let g = gain;
    for (; i + 4 <= d; i += 4, x += 16, y += 16, g += 16) {
      v128.store(y, f32x4.mul(f32x4.mul(v128.load(x), r4), v128.load(g)));
    }
    for (; i < d; i++, x += 4, y += 4, g += 4) f32.store(y, f32.load(x) * r * f32.load(g));
  }
}

/** dx = r·g·dy − x·r³/d·Σ(g·dy·x);  dgain = Σ_rows dy·x·r. `dgain` must start as zeros. */
export function rmsNormBackward(
  n: i32,
  d: i32,
  eps: f32,
  x: usize,
  gain: usize,
  dy: usize,
  dx: usize,
  dgain: usize,
): void {
  const bytes = (<usize>d) << 2;
  const whole = bytes & ~15;
  for (let row = 0; row < n; row++, x += bytes, dy += bytes, dx += bytes) {
    const r = inverseRms(x, d, eps);
    const r4 = f32x4.splat(r);
    let dots = f32x4.splat(0);
    for (let i: usize = 0; i < whole; i += 16) {
      const t = f32x4.mul(v128.load(dy + i), v128.load(x + i));
      dots = f32x4.add(dots, f32x4.mul(t, v128.load(gain + i)));
      v128.store(dgain + i, f32x4.add(v128.load(dgain + i), f32x4.mul(t, r4)));
    }
    let dot = sum4(dots);
    for (let i = whole; i < bytes; i += 4) {
      const t = f32.load(dy + i) * f32.load(x + i);
      dot += t * f32.load(gain + i);
      f32.store(dgain + i, f32.load(dgain + i) + t * r);
    }
    const back = (dot * r * r * r) / <f32>d;
    const back4 = f32x4.splat(back);
    for (let i: usize = 0; i < whole; i += 16) {
      const direct = f32x4.mul(f32x4.mul(v128.load(dy + i), v128.load(gain + i)), r4);
      v128.store(dx + i, f32x4.sub(direct, f32x4.mul(v128.load(x + i), back4)));
    }
    for (let i = whole; i < bytes; i += 4) {
      f32.store(dx + i, f32.load(dy + i) * f32.load(gain + i) * r - f32.load(x + i) * back);
    }
  }
}
