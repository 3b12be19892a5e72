/** Our kernels for a GPU, all of them: what is loaded once there is one to run them on (`running.ts`). */
export { adamWGpu, squaredNormsGpu } from '../kernels/adamW/webgpu.ts';
export { attendGpu, fillCacheGpu } from '../kernels/attendCached/webgpu.ts';
export { attentionGpu, attentionGpuBackward } from '../kernels/causalAttention/webgpu.ts';
export { openDecoderGpu } from '../kernels/decodeTurn/webgpu.ts';
export { gatherGpu, scatterAddGpu } from '../kernels/gatherRows/webgpu.ts';
export { matMulGpu, timesBlocksGpu } from '../kernels/linear/webgpu.ts';
export { rmsNormGpu, rmsNormGpuBackward } from '../kernels/rmsNorm/webgpu.ts';
export { ropeGpu } from '../kernels/rope/webgpu.ts';
export { sampleGpu } from '../kernels/sampleToken/webgpu.ts';
export { swigluGpu, swigluGpuBackward } from '../kernels/swiglu/webgpu.ts';
export { headGpu, headGpuBackward } from '../kernels/tokenLogProbs/webgpu.ts';
export { newTensor } from './record.ts';
