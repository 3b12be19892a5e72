/** R: the reward of an episode. Only the last answer counts. @param r r_1 … r_T, so r[0] is the first */
export function accumulate(r: readonly number[]): number {
  return r[r.length - 1];
}
