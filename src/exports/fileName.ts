/** A name as part of a file's name. */
export const fileName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll('γ', 'gamma')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80) || 'run';
