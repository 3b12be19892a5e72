/** Half-precision numbers, widened exactly. */

/** Writes the values of 16-bit numbers into `out`; infinities and NaN stay what they are. */
export function widenHalves(halves: Uint16Array, dtype: 'F16' | 'BF16', out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  const widen = dtype === 'BF16' ? (half: number) => half << 16 : halfToFloatBits;
  for (let i = 0; i < halves.length; i++) bits[i] = widen(halves[i]);
}

/** The bits of an IEEE 754 half as those of the equal float32. */
function halfToFloatBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  let fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: fraction · 2⁻²⁴. Moved up until its leading bit is the implied one.
  let shift = 0;
  while ((fraction & 0x400) === 0) {
    fraction <<= 1;
    shift++;
  }
  return sign | ((113 - shift) << 23) | ((fraction & 0x3ff) << 13);
}

const one = { halves: new Uint16Array(1), value: new Float32Array(1) };

/** The value of one IEEE 754 half. */
export function halfValue(half: number): number {
  one.halves[0] = half;
  widenHalves(one.halves, 'F16', one.value);
  return one.value[0];
}

/** The bits of the half that is nearest to a finite number, even where two are; infinity beyond the largest. */
export function halfBits(value: number): number {
  one.value[0] = value;
  const bits = new Uint32Array(one.value.buffer)[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(one.value[0]);
  if (magnitude >= 65520) return sign | 0x7c00;
  // Halves have 11 significant bits, and below 2⁻¹⁴ a fixed step of 2⁻²⁴.
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 1e-30)));
  const steps = roundEven(magnitude / 2 ** (exponent - 10));
  return sign | (magnitude < 2 ** -14 ? steps : ((exponent + 14) << 10) + steps);
}

function roundEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}
