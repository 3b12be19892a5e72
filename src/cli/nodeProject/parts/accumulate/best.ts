/** R: the reward of an episode. Its best answer counts. @param r r_1 … r_T, so r[0] is the first */
export function accumulate(r: readonly number[]): number {
  return Math.max(...r);
}
