/** How formulas are written for people. */

/** 12 → ₁₂ */
export function subscript(n: number): string {
  return [...String(n)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('');
}

/** Three digits are enough to recognise a number of the form by. */
export const numeral = (x: number): string => String(Number(x.toPrecision(3)));
