/** Between a number field and the position of its slider; on a log scale the slider moves by equal factors. */
import type { NumberField } from '../../config/types.ts';

export interface Slider {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** More positions than this do not help: such a field (the seed) is typed. */
const maxPositions = 2000;

/** The slider of a field, or null when it is better typed. */
export function sliderOf(field: NumberField): Slider | null {
  if (field.scale === 'log') {
    return { min: 0, max: Math.ceil(Math.log(field.max / field.min) / Math.log(field.step)), step: 1 };
  }
  const min = Math.floor(field.min / field.step) * field.step; // so that the positions are round numbers
  const positions = (field.max - min) / field.step;
  return positions <= maxPositions ? { min, max: field.max, step: field.step } : null;
}

/** Where the slider stands for a value; the low end for what is not a number. */
export function toSlider(field: NumberField, value: number): number {
  if (!Number.isFinite(value)) return field.scale === 'log' ? 0 : field.min;
  return field.scale === 'log' ? Math.log(value / field.min) / Math.log(field.step) : value;
}

/** The value of a position: within range, whole where the field is, and without the noise of binary fractions. */
export function fromSlider(field: NumberField, position: number): number {
  const raw = field.scale === 'log' ? field.min * field.step ** position : position;
  const value = Number(raw.toPrecision(field.scale === 'log' ? 2 : 10));
  const inside = Math.min(field.max, Math.max(field.min, value));
  return field.kind === 'int' ? Math.round(inside) : inside;
}
