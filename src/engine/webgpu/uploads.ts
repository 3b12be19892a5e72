/** What the host sends to the GPU, through one buffer. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { commands, submit } from './record.ts';

/** Ids, targets and coefficients of an update have room; large parameters, which go up once, do not. */
const ringBytes = 1 << 20;

const known = new WeakSet<WebGPUBackend>();

/**
 * TensorFlow.js makes a buffer for every upload, which takes the driver half a millisecond; a training step has ten. From here on small
 * ones are written into a buffer that stays, and copied from there in their turn. Once a back end.
 */
export function shareUploads(gpu: WebGPUBackend): void {
  if (known.has(gpu)) return;
  known.add(gpu);
  const { uploadToGPU, device } = gpu;
  const ring = device.createBuffer({
    size: ringBytes,
    usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  let used = 0;
  Object.assign(gpu, {
    uploadToGPU(dataId: object): void {
      const data = gpu.tensorMap.get(dataId);
      const bytes = data.resource == null ? smallBytes(data.values, data.dtype) : null;
      if (!bytes) {
        uploadToGPU.call(gpu, dataId);
        return;
      }
      if (used + bytes.byteLength > ringBytes) {
        submit(gpu); // what is written from now on is written after these copies
        used = 0;
      }
      device.queue.writeBuffer(ring, used, bytes);
      // Without values it only finds the tensor a buffer.
      Object.assign(data, { values: null });
      uploadToGPU.call(gpu, dataId);
      if (data.resource instanceof GPUBuffer)
        commands(gpu).copyBufferToBuffer(ring, used, data.resource, 0, bytes.byteLength);
      used += bytes.byteLength;
    },
  });
}

/** As the GPU has them: float32, or int32 for whole numbers and booleans; null where nothing is to be sent, or too much. */
function smallBytes(values: unknown, dtype: string): Float32Array | Int32Array | null {
  const typed =
    values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array;
  if (!typed || values.length === 0 || 4 * values.length > ringBytes) return null;
  return dtype === 'int32' || dtype === 'bool' ? Int32Array.from(values) : Float32Array.from(values);
}
