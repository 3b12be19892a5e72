/** The tensor engine: everything the model and the training loop may use. */
export { tf } from './tf.ts';
export type { NamedTensorMap, Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from './tf.ts';
export { openBackend, usefulThreads } from './backend.ts';
export type { Workload } from './probe.ts';
export { measureRates } from './rates.ts';
export { backendFault, reopenBackend } from './reopen.ts';
export { heapBytes, memoryLimits } from './limits.ts';
export { useThreads } from './wasm/kernels.ts';
export { BackendLostError, OutOfMemoryError } from './faults.ts';
export { releaseUnused } from './webgpu/buffers.ts';
export { throwGpuErrors } from './webgpu/errors.ts';
export { countOps } from './countOps.ts';
export type { BackendOptions, BackendRequest, OpenedBackend } from './backend.ts';
export { qkvWidth } from './kernels/shape.ts';
export type { RopeShape, HeadShape } from './kernels/shape.ts';
export { rmsNorm } from './kernels/rmsNorm/op.ts';
export { linear, matMul, matMulTransposed } from './kernels/linear/op.ts';
export { MAX_POSITIONS, rope } from './kernels/rope/op.ts';
export { causalAttention } from './kernels/causalAttention/op.ts';
export type { SequenceShape } from './kernels/causalAttention/op.ts';
export { swiglu } from './kernels/swiglu/op.ts';
export { gatherRows } from './kernels/gatherRows/op.ts';
export { tokenLogProbs } from './kernels/tokenLogProbs/op.ts';
export type { HeadOptions, TokenLogProbs } from './kernels/tokenLogProbs/op.ts';
export { logits } from './kernels/logits/op.ts';
export { sampleToken } from './kernels/sampleToken/op.ts';
export type { SampledTokens, SampleOptions } from './kernels/sampleToken/op.ts';
export { below, type IdRange } from './kernels/banned.ts';
export { merged } from './weight.ts';
export type { BlockWeight, LowRank, PlainWeight, Weight } from './weight.ts';
export {
  blockMatrix,
  halfMatrix,
  isBlocks,
  takesBlocks,
  tensorOf,
  unblocked,
  valuesOf,
} from './blockMatrix.ts';
export type { BlockMatrix, Table } from './blockMatrix.ts';
export { quantised } from './blocks.ts';
export type { BlockType, HostBlocks } from './blocks.ts';
export { decoderForward } from './decoder.ts';
export type { DecoderLayer, DecoderModel } from './decoder.ts';
export { FrozenPanels } from './frozenPanels.ts';
export { fitsPanels, fromPanels, inPanels } from './panels.ts';
export { openDecoder } from './kernels/decodeTurn/open.ts';
export { openDecoderReference } from './kernels/decodeTurn/op.ts';
export type { Decoder, TurnSampling, TurnStart, TurnTokens, TurnWriter } from './kernels/decodeTurn/op.ts';
export { attendCached } from './kernels/attendCached/op.ts';
export type { LayerCache } from './kernels/attendCached/op.ts';
export { KVCache } from './kvCache.ts';
export { AdamW } from './kernels/adamW/op.ts';
export type { AdamWOptions, AdamWState, GradNorms } from './kernels/adamW/op.ts';
