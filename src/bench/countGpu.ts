/** Counts what a piece of work asks of the GPU. */

export interface GpuCalls {
  /** Kernels started. */
  readonly dispatches: number;
  /** Lists of commands handed to the GPU. */
  readonly submissions: number;
  /** Buffers read by the host; each waits until the GPU is done. */
  readonly readbacks: number;
  /** Kernels compiled. */
  readonly pipelines: number;
  /** Buffers made, and kernels bound to buffers anew: each takes the host longer than starting a kernel. */
  readonly buffers: number;
  readonly bindings: number;
}

/** Runs `work` and counts its calls, of all devices. Unlike time, the counts have no noise. */
export async function countGpu(work: () => Promise<unknown>): Promise<GpuCalls> {
  const calls = { dispatches: 0, submissions: 0, readbacks: 0, pipelines: 0, buffers: 0, bindings: 0 };
  const [pass, queue, buffer] = [GPUComputePassEncoder.prototype, GPUQueue.prototype, GPUBuffer.prototype];
  const { dispatchWorkgroups, dispatchWorkgroupsIndirect } = pass;
  const { submit } = queue;
  const device = GPUDevice.prototype;
  const { createComputePipeline, createBuffer, createBindGroup } = device;
  const { mapAsync } = buffer;
  pass.dispatchWorkgroups = function (...args) {
    calls.dispatches++;
    return dispatchWorkgroups.apply(this, args);
  };
  pass.dispatchWorkgroupsIndirect = function (...args) {
    calls.dispatches++;
    return dispatchWorkgroupsIndirect.apply(this, args);
  };
  queue.submit = function (...args) {
    calls.submissions++;
    return submit.apply(this, args);
  };
  buffer.mapAsync = function (...args) {
    if (args[0] & GPUMapMode.READ) calls.readbacks++;
    return mapAsync.apply(this, args);
  };
  device.createComputePipeline = function (...args) {
    calls.pipelines++;
    return createComputePipeline.apply(this, args);
  };
  device.createBuffer = function (...args) {
    calls.buffers++;
    return createBuffer.apply(this, args);
  };
  device.createBindGroup = function (...args) {
    calls.bindings++;
    return createBindGroup.apply(this, args);
  };
  try {
    await work();
  } finally {
    Object.assign(pass, { dispatchWorkgroups, dispatchWorkgroupsIndirect });
    Object.assign(queue, { submit });
    Object.assign(device, { createComputePipeline, createBuffer, createBindGroup });
    Object.assign(buffer, { mapAsync });
  }
  return calls;
}
