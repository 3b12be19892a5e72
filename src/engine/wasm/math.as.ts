/**
 * Elementary functions without tables: the module must own no static memory, because it lives in the memory of
 * TensorFlow.js' WASM back end.
 */

// pmin and pmax are one instruction on x86; min and max, which promise more about NaN and −0, are seven.

/** exp of four floats, about 1 unit in the last place; exactly 0 below −87.3 (Cephes' expf, by S. Moshier). */
export function exp4(x: v128): v128 {
  const tooSmall = f32x4.lt(x, f32x4.splat(-87.33));
  x = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.3)), f32x4.splat(-87.33));
  // Adding 1.5·2²³ rounds to an integer and leaves it in the low bits: cheaper than a saturating conversion.
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.4426950408889634)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  const y = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
  return v128.andnot(f32x4.mul(y, power), tooSmall);
}

/** Natural logarithm of a positive normal number (Cephes' logf). */
export function log(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  let e = ((bits >> 23) & 0xff) - 126;
  let m = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000);
  if (m < <f32>0.7071067811865476) {
    e -= 1;
    m = m + m - 1;
  } else {
    m = m - 1;
  }
  const z = m * m;
  let y: f32 = 7.0376836292e-2;
  y = y * m + <f32>-1.151461031e-1;
  y = y * m + <f32>1.167699874e-1;
  y = y * m + <f32>-1.2420140846e-1;
  y = y * m + <f32>1.4249322787e-1;
  y = y * m + <f32>-1.6668057665e-1;
  y = y * m + <f32>2.0000714765e-1;
  y = y * m + <f32>-2.4999993993e-1;
  y = y * m + <f32>3.3333331174e-1;
  y = y * m * z;
  y += <f32>e * <f32>-2.1219444e-4;
  y -= <f32>0.5 * z;
  return m + y + <f32>e * <f32>0.693359375;
}

/** Sum of the four lanes. */
export function sum4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Largest of n floats; n may be 0 (then the lowest float). */
export function maxOf(from: usize, n: i32): f32 {
  let best = f32x4.splat(-3.4e38);
  let i = 0;
  for (; i + 4 <= n; i += 4, from += 16) best = f32x4.pmax(best, v128.load(from));
  let top: f32 = max(
    max(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1)),
    max(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)),
  );
  for (; i < n; i++, from += 4) top = max(top, f32.load(from));
  return top;
}

/**
 * Replaces n floats x by exp((x − top)·scale) and returns their sum. Memory up to the next multiple of four floats is
 * overwritten with zeros: rows need that much room.
 */
export function expRow(at: usize, n: i32, top: f32, scale: f32): f32 {
  const end = at + ((<usize>n) << 2);
  const padded = at + ((<usize>(n + 3) & ~3) << 2);
  for (let p = end; p < padded; p += 4) f32.store(p, -3.4e38);
  const shift = f32x4.splat(top);
  const factor = f32x4.splat(scale);
  let sum = f32x4.splat(0);
  for (; at < padded; at += 16) {
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(at), shift), factor));
    v128.store(at, e);
    sum = f32x4.add(sum, e);
  }
  return sum4(sum);
}

/** Multiplies n floats by a factor; memory up to the next multiple of four is scaled too. */
export function scaleRow(at: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (const end = at + ((<usize>n) << 2); at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), f));
}
