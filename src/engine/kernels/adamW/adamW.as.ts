/**
 * AdamW on WASM: both moments and the parameter in one pass instead of a dozen. m and v change in place; the new parameter
 * goes to `out`. `keep` = 1 − lr·λ, `step` = lr/(1 − β1^t), `correct` = 1/(1 − β2^t).
 */
export function adamW(
  n: i32,
  param: usize,
  grad: usize,
  m: usize,
  v: usize,
  out: usize,
  clip: f32,
  beta1: f64,
  beta2: f64,
  keep: f32,
  step: f32,
  correct: f32,
  eps: f32,
): void {
  const b1 = <f32>beta1;
  const b2 = <f32>beta2;
  const new1 = <f32>(1 - beta1);
  const new2 = <f32>(1 - beta2);
  const end = (<usize>n) << 2;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const g = f32x4.mul(v128.load(grad + i), f32x4.splat(clip));
    const mean = f32x4.add(f32x4.mul(v128.load(m + i), f32x4.splat(b1)), f32x4.mul(g, f32x4.splat(new1)));
    const square = f32x4.add(
      f32x4.mul(v128.load(v + i), f32x4.splat(b2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(new2)),
    );
    v128.store(m + i, mean);
    v128.store(v + i, square);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(square, f32x4.splat(correct))), f32x4.splat(eps));
    const change = f32x4.div(f32x4.mul(mean, f32x4.splat(step)), root);
    v128.store(out + i, f32x4.sub(f32x4.mul(v128.load(param + i), f32x4.splat(keep)), change));
  }
  for (; i < end; i += 4) {
    const g = f32.load(grad + i) * clip;
    const mean = f32.load(m + i) * b1 + g * new1;
    const square = f32.load(v + i) * b2 + g * g * new2;
    f32.store(m + i, mean);
    f32.store(v + i, square);
    const change = (mean * step) / (sqrt<f32>(square * correct) + eps);
    f32.store(out + i, f32.load(param + i) * keep - change);
  }
}
