/** The policy gradient at the outputs of the model, and the clipped ratio. */

/**
 * Norm of ∂loss/∂logits at one token, for the loss −c log softmax(z/τ)_y: |c|/τ·‖p − onehot(y)‖ = |c|/τ·sqrt(1 − 2p_y + Σp²).
 * Needs no second backward pass.
 * @param c the token's coefficient; 0 where no gradient flows.
 * @param p probability of the sampled token.
 * @param sumSq Σ over the vocabulary of p².
 * @param temperature τ
 */
export function tokenGradNorm(c: number, p: number, sumSq: number, temperature = 1): number {
  return (Math.abs(c) / temperature) * Math.sqrt(Math.max(0, 1 - 2 * p + sumSq));
}

/**
 * Gradient coefficient of log π under the clipped objective min(ρA, clip(ρ, 1−ε, 1+ε)·A), ρ = exp(logRatio):
 * ρA, or 0 where clipping stops the push. On the policy that sampled (ρ = 1) it is A.
 * @param logRatio Σ over the tokens of the sample of log π_now − log π_sampled, nats.
 * Source: PPO (arXiv 1707.06347), at sequence level as in the released code.
 */
export function clippedCoefficient(A: number, logRatio: number, epsilon: number): number {
  const ratio = Math.exp(logRatio);
  const stopped = A > 0 ? ratio > 1 + epsilon : ratio < 1 - epsilon;
  return stopped ? 0 : ratio * A;
}
