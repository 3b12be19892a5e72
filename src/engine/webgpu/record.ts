/**
 * Kernels of our own beside TensorFlow.js': compiled once, bound once to the tensors they work on, recorded as often as
 * needed. `runGpu` (program.ts) makes new uniforms and bindings at every call and has one output; a turn of 48 tokens would do
 * that a thousand times.
 *
 * Commands go into TensorFlow.js' own list, so they run in the order in which they were asked for, whoever asked.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import type { Tensor } from '../tf.ts';

/** One WGSL kernel over the buffers `Name`. */
export interface Stage<Name extends string = string> {
  /** For error messages of the GPU. */
  readonly name: string;
  /** In the order of binding: what a buffer holds, and whether the kernel may change it. A device promises eight. */
  readonly buffers: Readonly<Record<Name, `${'read' | 'read_write'} ${'f32' | 'i32' | 'Row'}`>>;
  /** Invocations of a workgroup. */
  readonly threads: number;
  /** WGSL with a `fn main()`; `localId` and `workgroupId` are there. Sizes are written in as constants. */
  readonly code: string;
}

/** A kernel with its buffers and its number of workgroups. */
export interface Bound {
  readonly pipeline: GPUComputePipeline;
  readonly buffers: GPUBindGroup;
  readonly groups: readonly [x: number, y: number];
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

/** `size` numbers of a tensor from `offset` on, which must be a multiple of 64: a device promises no finer steps. */
export interface Part {
  readonly tensor: Tensor;
  readonly offset: number;
  readonly size: number;
}

/** The tensors must outlive the last `record`. What the host has read of those that change is out of date from now on. */
export function bind<Name extends string>(
  gpu: WebGPUBackend,
  stage: Stage<Name>,
  tensors: Readonly<Record<Name, Tensor | Part>>,
  groups: Bound['groups'],
): Bound {
  const pipeline = compiled(gpu.device, stage);
  const entries = (Object.keys(stage.buffers) as Name[]).map((name, binding) => {
    const given: Tensor | Part = tensors[name];
    const { tensor, offset, size } =
      'tensor' in given ? given : { tensor: given, offset: 0, size: given.size };
    const buffer = bufferOf(gpu, tensor);
    if (stage.buffers[name].startsWith('read_write')) forgetHostCopy(gpu, tensor);
    return { binding, resource: { buffer, offset: 4 * offset, size: 4 * size } };
  });
  const buffers = gpu.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  return { pipeline, buffers, groups };
}

function compiled(device: GPUDevice, { name, buffers, threads, code }: Stage): GPUComputePipeline {
  const declarations = Object.entries(buffers).map(([buffer, kind], i) => {
    const [access, type] = kind.split(' ');
    return `@group(0) @binding(${i}) var<storage, ${access}> ${buffer} : array<${type}>;`;
  });
  const source = `${declarations.join('\n')}
    var<private> localId : vec3u;
    var<private> workgroupId : vec3u;
    ${code}
    @compute @workgroup_size(${threads})
    fn start(@builtin(local_invocation_id) local : vec3u, @builtin(workgroup_id) group : vec3u) {
      localId = local;
      workgroupId = group;
      main();
    }`;
  const known = pipelines.get(device) ?? new Map<string, GPUComputePipeline>();
  pipelines.set(device, known);
  const found = known.get(source);
  if (found) return found;
  const module = device.createShaderModule({ label: name, code: source });
  const pipeline = device.createComputePipeline({ label: name, layout: 'auto', compute: { module } });
  known.set(source, pipeline);
  return pipeline;
}

/** Appends these kernels, one after the other; each sees what those before it wrote. */
export function record(gpu: WebGPUBackend, kernels: Iterable<Bound>): void {
  const pass = commands(gpu).beginComputePass();
  for (const { pipeline, buffers, groups } of kernels) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, buffers);
    pass.dispatchWorkgroups(...groups);
  }
  pass.end();
}

/** Appends a copy of a whole tensor into another of its size. */
export function recordCopy(gpu: WebGPUBackend, from: Tensor, to: Tensor): void {
  const [source, target] = [bufferOf(gpu, from), bufferOf(gpu, to)]; // uploading appends commands of its own
  commands(gpu).copyBufferToBuffer(source, 0, target, 0, 4 * from.size);
}

/** Hands everything recorded so far to the GPU, TensorFlow.js' kernels included. */
export function submit(gpu: WebGPUBackend): void {
  commands(gpu);
  gpu.submitQueue();
}

/** Submits, and reads the float32 values [from, to) of a tensor as they are then. What is recorded meanwhile does not wait. */
export async function readBack(
  gpu: WebGPUBackend,
  tensor: Tensor,
  from: number,
  to: number,
): Promise<Float32Array> {
  const size = 4 * (to - from);
  const { COPY_DST, MAP_READ } = GPUBufferUsage;
  const staging = gpu.device.createBuffer({ size, usage: COPY_DST | MAP_READ });
  try {
    commands(gpu).copyBufferToBuffer(bufferOf(gpu, tensor), 4 * from, staging, 0, size);
    gpu.submitQueue();
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    staging.destroy();
  }
}

/** A tensor that the first kernel to write it will fill; it outlives any `tf.tidy`. */
export function unfilled<T extends Tensor>(
  gpu: WebGPUBackend,
  shape: number[],
  dtype: 'float32' | 'int32' = 'float32',
): T {
  return tf.keep(tf.engine().makeTensorFromTensorInfo(gpu.makeTensorInfo(shape, dtype)) as T);
}

/** TensorFlow.js keeps what the host has read of a tensor; after a change behind its back that copy is wrong. */
export function forgetHostCopy(gpu: WebGPUBackend, tensor: Tensor): void {
  Object.assign(gpu.tensorMap.get(tensor.dataId), { values: null });
}

function bufferOf(gpu: WebGPUBackend, tensor: Tensor): GPUBuffer {
  gpu.uploadToGPU(tensor.dataId);
  const { resource } = gpu.tensorMap.get(tensor.dataId);
  if (resource instanceof GPUBuffer) return resource;
  throw new Error("TensorFlow.js' WebGPU back end holds this tensor in no buffer.");
}

/** TensorFlow.js' list of commands, outside of a pass; its published type hides it. */
function commands(gpu: WebGPUBackend): GPUCommandEncoder {
  gpu.ensureCommandEncoderReady();
  gpu.endComputePassEncoder();
  const backend: object = gpu;
  if ('commandEncoder' in backend && backend.commandEncoder instanceof GPUCommandEncoder) {
    return backend.commandEncoder;
  }
  throw new Error("TensorFlow.js' WebGPU back end does not expose its commands.");
}
