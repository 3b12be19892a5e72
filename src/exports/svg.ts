/** What drawings share: SVG as text, which other programs read, too. */

/** Okabe-Ito: a colour for light and one for dark ground. */
export const inks = {
  blue: { light: '#0063a3', dark: '#6cb8f0' },
  orange: { light: '#a85200', dark: '#f0a04b' },
  green: { light: '#007256', dark: '#3cc9a0' },
  purple: { light: '#9c3a74', dark: '#e58fc0' },
  grey: { light: '#5f6a77', dark: '#a9b4c0' },
  yellow: { light: '#7a6a00', dark: '#d8c84a' },
} as const;

/** Text as it may stand in SVG, within an attribute too. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A colour of the page by the name of its custom property, as SVG takes it: '#a85200'. */
export type Palette = (name: string) => string;

/** An element with its attributes; numbers to a tenth. @param inside elements, or text that is escaped already */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  inside = '',
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === 'number' ? Math.round(10 * value) / 10 : escaped(value ?? '')}"`,
    );
  return inside === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inside}</${name}>`;
}

/** Text, its baseline at y. */
export const textAt = (
  x: number,
  y: number,
  text: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
): string => element('text', { x, y, ...attributes }, escaped(text));

/** A whole drawing on its ground. @param title what a screen reader says of it */
export const drawing = (
  width: number,
  height: number,
  title: string,
  ground: string,
  parts: readonly string[],
): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${Math.ceil(height)}" width="${width}" height="${Math.ceil(height)}" role="img" font-family="${fonts.text}">`,
    `<title>${escaped(title)}</title>`,
    element('rect', { width, height: Math.ceil(height), fill: ground }),
    ...parts,
    '</svg>\n',
  ].join('\n');

/** Families that other programs have, too. */
export const fonts = {
  text: "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif",
  code: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace",
} as const;

/** About as wide as it will be drawn, in an ordinary face: there is nothing here to measure it with. */
export const widthOf = (text: string, size: number): number => 0.56 * size * [...text].length;
