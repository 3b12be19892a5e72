/**
 * Numbers as people read them: with the decimal sign of the page's language, and one minus sign (U+2212) everywhere; NaN is "–". What
 * leaves the page for other tools (CSV, JSON, code) has a point and no language.
 */
import { listedValues } from '../config/experiment.ts';
import type { Field } from '../config/types.ts';
import { decimals, points, say, spoken, told } from './say.svelte.ts';

const minus = (text: string) => decimals(text.replaceAll('-', '−'));

/** All digits that a number has: a value of the form. */
export const whole = (x: number): string => minus(String(x));

/**
 * A number as somebody typed it, for `valueFromText`. A comma is a decimal sign, as on many number pads, and in a whole number groups of
 * three digits are thousands, whichever sign parts them: "1.000" is not 1.
 */
export function typedNumber(text: string, kind: 'int' | 'float'): string {
  if (kind === 'float') return text.replace(/^([^.,]*),(\d+)$/, '$1.$2');
  return /^\s*[1-9]\d{0,2}([.,]\d{3})+\s*$/.test(text) ? text.replace(/[.,]/g, '') : text;
}

/** Several of them in one text, as `listedValues` takes them apart. */
export const typedValues = (text: string, kind: Field['kind']): string[] =>
  kind === 'int'
    ? listedValues(text).map((value) => typedNumber(value, kind))
    : listedValues(kind === 'float' ? points(text) : text);

/** 49152 → "49,152", in German "49.152". */
export const grouped = (x: number): string => x.toLocaleString(spoken());

/** A number with at most `digits` significant digits, without an exponent in the usual range. */
export function significant(x: number, digits = 3): string {
  if (!Number.isFinite(x)) return '–';
  if (x === 0) return '0';
  const size = Math.abs(x);
  if (size < 1e-3 || size >= 1e6)
    return minus(
      x
        .toExponential(Math.max(0, digits - 2))
        .replace(/\.?0+e/, 'e')
        .replace(/e\+?(-?\d+)$/, (_, power: string) => `·10${superscript(power)}`),
    );
  return minus(String(Number(x.toPrecision(digits))));
}

/** "-4" → "⁻⁴" */
const superscript = (power: string): string =>
  [...power].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '⁻').join('');

/** A number with exactly `digits` decimals. */
export function fixed(x: number, digits = 2): string {
  if (!Number.isFinite(x)) return '–';
  const text = x.toFixed(digits);
  return minus(Number(text) === 0 ? (0).toFixed(digits) : text);
}

/** The same with a sign in front, as for advantages and differences. */
export function signed(x: number, digits = 2): string {
  const text = fixed(x, digits);
  return Number.isFinite(x) && x > 0 && Number(x.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** A share 0..1 as a percentage; the space does not break. */
export function percent(x: number, digits = 0): string {
  return Number.isFinite(x) ? `${fixed(100 * x, digits)}\u00a0%` : '–';
}

/** 1234567 → "1.2 M", 172032 → "172 k". */
export function compact(x: number): string {
  if (!Number.isFinite(x)) return '–';
  if (x >= 1e6) return `${significant(x / 1e6, 2)} M`;
  if (x >= 1e4) return `${Math.round(x / 1e3)} k`;
  return String(Math.round(x));
}

/** Bytes in the unit that reads best: 73400320 → "73 MB", 5.1e9 → "5.1 GB", 1400 → "1.4 kB"; the space does not break. */
export function byteSize(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  if (bytes < 1e3) return `${Math.round(bytes)}\u00a0bytes`;
  const [value, unit] =
    bytes >= 1e9 ? [bytes / 1e9, 'GB'] : bytes >= 1e5 ? [bytes / 1e6, 'MB'] : [bytes / 1e3, 'kB'];
  return `${value >= 10 ? Math.round(value) : significant(value, 2)}\u00a0${unit}`;
}

/** "27 Nov 2026, 10:25", as the language of the page has it. @param ms since 1970 */
export const whenText = (ms: number): string =>
  new Intl.DateTimeFormat(spoken() === 'en' ? 'en-GB' : spoken(), {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(ms);

/** "1 update", "2 updates", in the language of the page. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${told(count === 1 ? one : many)}`;
}

/** Seconds as people say them: "40 seconds", "3.5 minutes", "14.4 hours", "3.2 days". */
export function durationWords(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < 5400) return say('{n} minutes', { n: fixed(seconds / 60, seconds < 600 ? 1 : 0) });
  if (seconds < 48 * 3600) return say('{n} hours', { n: fixed(seconds / 3600, 1) });
  return say('{n} days', { n: fixed(seconds / 86_400, 1) });
}
