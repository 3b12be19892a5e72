/** What drawings of the command line share. */

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
