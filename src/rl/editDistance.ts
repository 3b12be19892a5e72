import { distance } from 'fastest-levenshtein';

/**
 * Levenshtein distance between two answers in UTF-16 characters, divided by the longer one's length: 0 (same) to 1.
 * Two empty answers are the same.
 */
export function editDistance(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 0 : distance(a, b) / longer;
}
