/** Everything the compiled module exports; `build.ts` compiles from here. */
export { gemm, gemmPanels, gemmPanelsTransposed, gemmScratch } from './gemm.as';
export { gemmBlocks, gemmBlocksScratch } from './blocks.as';
export { gatherBlocks, gemmBlocksTransposed, gemmBlocksTransposedScratch } from './unpack.as';
export { rmsNormForward, rmsNormBackward } from '../kernels/rmsNorm/rmsNorm.as';
export { ropeRotate } from '../kernels/rope/rope.as';
export {
  attentionForward,
  attentionForwardScratch,
  attentionBackward,
  attentionBackwardScratch,
} from '../kernels/causalAttention/causalAttention.as';
export { swigluForward, swigluBackward } from '../kernels/swiglu/swiglu.as';
export { gatherForward, scatterAdd } from '../kernels/gatherRows/gatherRows.as';
export {
  headForward,
  headBackward,
  headForwardScratch,
  headBackwardScratch,
  firstBadTarget,
  headBlocksForward,
  headBlocksBackward,
  headBlocksScratch,
} from '../kernels/tokenLogProbs/tokenLogProbs.as';
export { sample, sampleScratch } from '../kernels/sampleToken/sampleToken.as';
export { attend, attendScratch, fillCache } from '../kernels/attendCached/attendCached.as';
export { decodeToken, packWeight } from '../kernels/decodeTurn/decodeTurn.as';
export { decodeScratch, decodeCommonScratch } from '../kernels/decodeTurn/layout.as';
export { adamW } from '../kernels/adamW/adamW.as';
