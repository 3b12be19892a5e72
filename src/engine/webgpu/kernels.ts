/** Our kernels for a GPU, all of them: what is loaded once there is one to run them on (`running.ts`). */
import { adamWGpu, squaredNormsGpu } from '../kernels/adamW/webgpu.ts';
import { attendGpu, fillCacheGpu } from '../kernels/attendCached/webgpu.ts';
import { attentionGpu, attentionGpuBackward } from '../kernels/causalAttention/webgpu.ts';
import { openDecoderGpu } from '../kernels/decodeTurn/webgpu.ts';
import { gatherGpu, scatterAddGpu } from '../kernels/gatherRows/webgpu.ts';
import { columnProductsGpu, matMulGpu, timesBlocksGpu } from '../kernels/linear/webgpu.ts';
import { rmsNormGpu, rmsNormGpuBackward } from '../kernels/rmsNorm/webgpu.ts';
import { ropeGpu } from '../kernels/rope/webgpu.ts';
import { sampleGpu } from '../kernels/sampleToken/webgpu.ts';
import { swigluGpu, swigluGpuBackward } from '../kernels/swiglu/webgpu.ts';
import { headGpu, headGpuBackward } from '../kernels/tokenLogProbs/webgpu.ts';
import { roundBuffers } from './buffers.ts';
import { newTensor } from './record.ts';
import { useOwnSums } from './sums.ts';
import { shareUploads } from './uploads.ts';

export const kernels = {
  adamWGpu,
  squaredNormsGpu,
  attendGpu,
  fillCacheGpu,
  attentionGpu,
  attentionGpuBackward,
  openDecoderGpu,
  gatherGpu,
  scatterAddGpu,
  columnProductsGpu,
  matMulGpu,
  timesBlocksGpu,
  rmsNormGpu,
  rmsNormGpuBackward,
  ropeGpu,
  sampleGpu,
  swigluGpu,
  swigluGpuBackward,
  headGpu,
  headGpuBackward,
  newTensor,
  roundBuffers,
  shareUploads,
  useOwnSums,
} as const;

/** Said here, because they import what asks for the GPU that runs: the other way round would be a circle. */
declare module './running.ts' {
  interface Gpu {
    readonly kernels: typeof kernels;
  }
}
