/**
 * CoCoS as its authors' released code has it (May 2025): one y_1 a prompt, k samples of what follows, gradient and KL penalty on
 * what follows only. All tries of a prompt share r_1, so a baseline of the group's own cancels it, and γ with it, for T = 2.
 */
import { accumulated, constantWeights } from './cocos.ts';
import { comparing } from './comparing.ts';

const sharedTurns = 1;
const trainedTurns = (turns: number): boolean[] => Array.from({ length: turns }, (_, t) => t >= sharedTurns);

export const releasedCode = comparing({
  title: 'CoCoS, released code',
  sharedTurns,
  trainedTurns,
  weights: constantWeights,
  earns: (rewards, e) => [accumulated(rewards, trainedTurns(rewards.length), e)],
});
