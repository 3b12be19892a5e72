/**
 * Kernels of our own beside TensorFlow.js': compiled once, bound once to the tensors they work on, recorded as often as
 * needed. Bindings are kept, because making one takes longer than starting a kernel.
 *
 * Commands go into TensorFlow.js' own list, so they run in the order in which they were asked for, whoever asked.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import type { Tensor } from '../tf.ts';

/** One WGSL kernel over the buffers `Name`, with numbers `Uniform` that change from binding to binding. */
export interface Stage<Name extends string = string, Uniform extends string = string> {
  /** For error messages of the GPU. */
  readonly name: string;
  /** In the order of binding: what a buffer holds, and whether the kernel may change it. A device promises eight. */
  readonly buffers: Readonly<
    Record<Name, `${'read' | 'read_write'} ${'f32' | 'i32' | 'u32' | 'vec4f' | 'vec4u' | 'Row'}`>
  >;
  /**
   * `uniforms.name` in the code. Sizes belong here: whatever is written into the code as a constant makes it another kernel, and
   * compiling one can take as long as a whole update.
   */
  readonly uniforms: Readonly<Record<Uniform, 'i32' | 'f32'>>;
  /** Invocations of a workgroup. */
  readonly threads: number;
  /** WGSL with a `fn main()`; `localId` and `workgroupId` are there. */
  readonly code: string;
  /** It has a `fn main(index : i32)` instead, which counts invocations over all workgroups. */
  readonly indexed?: boolean;
}

/** A maker of stages that makes each once: a stage is known by itself (`compiled`), its code is long. */
export function once<Args extends readonly (string | number | boolean)[], Made>(
  make: (...args: Args) => Made,
): (...args: Args) => Made {
  const known = new Map<string, Made>();
  return (...args) => {
    const key = args.join(' ');
    const made = known.get(key) ?? make(...args);
    known.set(key, made);
    return made;
  };
}

/** A kernel with its buffers and its number of workgroups. */
export interface Bound {
  readonly pipeline: GPUComputePipeline;
  readonly buffers: GPUBindGroup;
  readonly groups: readonly [x: number, y: number, z?: number];
}

interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Its bindings so far. */
  readonly known: Map<string, GPUBindGroup>;
}

/** A training step finds its buffers again in the same places (`buffers.ts`): so many bindings a kernel are kept. */
const keptBindings = 4096;

/** By the stage itself, which most kernels make once, and by code, where equal ones are made anew. */
interface Pipelines {
  readonly byStage: WeakMap<Stage, Compiled>;
  readonly byCode: Map<string, Compiled>;
}

const pipelinesOf = new WeakMap<GPUDevice, Pipelines>();

/** `size` numbers of a tensor from `offset` on, which must be a multiple of 64: a device promises no finer steps. */
export interface Part {
  readonly tensor: Pick<Tensor, 'dataId'>;
  readonly offset: number;
  readonly size: number;
}

/** The tensors must outlive the last `record`. What the host has read of those that change is out of date from now on. */
export function bind<Name extends string, Uniform extends string>(
  gpu: WebGPUBackend,
  stage: Stage<Name, Uniform>,
  tensors: Readonly<Record<Name, Tensor | Part>>,
  numbers: Readonly<Record<Uniform, number>>,
  groups: Bound['groups'],
): Bound {
  const { pipeline, layout, known } = compiled(gpu.device, stage);
  const entries = (Object.keys(stage.buffers) as Name[]).map((name, binding) => {
    const given: Tensor | Part = tensors[name];
    const { tensor, offset, size } =
      'tensor' in given ? given : { tensor: given, offset: 0, size: given.size };
    const buffer = bufferOf(gpu, tensor);
    if (stage.buffers[name].startsWith('read_write')) forgetHostCopy(gpu, tensor);
    return { binding, resource: { buffer, offset: 4 * offset, size: 4 * size } };
  });
  const types = Object.entries(stage.uniforms) as [Uniform, 'i32' | 'f32'][];
  const places = entries.map(({ resource: { buffer, offset, size } }) => [numberOf(buffer), offset, size]);
  const key = `${places.join(' ')} ${types.map(([name]) => numbers[name]).join(' ')}`;
  const buffers = known.get(key) ?? made();
  return { pipeline, buffers, groups };

  function made(): GPUBindGroup {
    if (types.length > 0) {
      const values = types.map(([name, type]) => [type, numbers[name]] as const);
      const resource = { ...uniformPlace(gpu.device, values), size: 4 * types.length };
      entries.push({ binding: entries.length, resource });
    }
    const group = gpu.device.createBindGroup({ layout, entries });
    if (known.size === keptBindings) known.clear();
    known.set(key, group);
    return group;
  }
}

/** Buffers are gone, and what was bound to them is not found again. */
export function forgetBindings(device: GPUDevice): void {
  for (const { known } of pipelinesOf.get(device)?.byCode.values() ?? []) known.clear();
}

const numbered = new WeakMap<GPUBuffer, number>();
let nextNumber = 0;

/** A buffer's own number. */
export function numberOf(buffer: GPUBuffer): number {
  const number = numbered.get(buffer) ?? nextNumber++;
  numbered.set(buffer, number);
  return number;
}

/** Binds and records a kernel that runs once. */
export function run<Name extends string, Uniform extends string>(
  gpu: WebGPUBackend,
  stage: Stage<Name, Uniform>,
  tensors: Readonly<Record<Name, Tensor | Part>>,
  numbers: Readonly<Record<Uniform, number>>,
  groups: Bound['groups'],
): void {
  record(gpu, [bind(gpu, stage, tensors, numbers, groups)]);
  countDispatch(gpu);
}

/** Numbers of kernels lie in one buffer after the other, in places that every device can bind. */
interface Uniforms {
  readonly places: Map<string, { readonly buffer: GPUBuffer; readonly offset: number }>;
  buffer: GPUBuffer | null;
  used: number;
}
const uniformsOf = new WeakMap<GPUDevice, Uniforms>();
const uniformStep = 256;
/** The sizes of a model recur, those of its sequences do not: then it is begun anew. What is bound lives on. */
const uniformBytes = 512 * uniformStep;

/** Where these numbers lie, which nobody changes. */
function uniformPlace(
  device: GPUDevice,
  values: readonly (readonly [type: 'i32' | 'f32', value: number])[],
): { readonly buffer: GPUBuffer; readonly offset: number } {
  const uniforms = uniformsOf.get(device) ?? { places: new Map(), buffer: null, used: 0 };
  uniformsOf.set(device, uniforms);
  const key = values.join(' ');
  const known = uniforms.places.get(key);
  if (known) return known;
  if (uniforms.buffer === null || uniforms.used === uniformBytes) {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    uniforms.buffer = device.createBuffer({ size: uniformBytes, usage });
    uniforms.used = 0;
    uniforms.places.clear();
  }
  const bytes = new ArrayBuffer(4 * values.length);
  const view = new DataView(bytes);
  values.forEach(([type, value], i) =>
    type === 'i32' ? view.setInt32(4 * i, value, true) : view.setFloat32(4 * i, value, true),
  );
  const place = { buffer: uniforms.buffer, offset: uniforms.used };
  // Never written again, so it does not matter that this comes before what is recorded already.
  device.queue.writeBuffer(place.buffer, place.offset, bytes);
  uniforms.used += uniformStep;
  uniforms.places.set(key, place);
  return place;
}

function compiled(device: GPUDevice, stage: Stage): Compiled {
  const pipelines = pipelinesOf.get(device) ?? { byStage: new WeakMap(), byCode: new Map() };
  pipelinesOf.set(device, pipelines);
  const found = pipelines.byStage.get(stage) ?? compiledCode(device, pipelines.byCode, stage);
  pipelines.byStage.set(stage, found);
  return found;
}

function compiledCode(
  device: GPUDevice,
  known: Map<string, Compiled>,
  { name, buffers, uniforms, threads, code, indexed = false }: Stage,
): Compiled {
  const declarations = Object.entries(buffers).map(([buffer, kind], i) => {
    const [access, type] = kind.split(' ');
    return `@group(0) @binding(${i}) var<storage, ${access}> ${buffer} : array<${type}>;`;
  });
  const numbers = Object.entries(uniforms).map(([number, type]) => `${number} : ${type},`);
  if (numbers.length > 0) {
    declarations.push(`struct Uniforms { ${numbers.join(' ')} }
    @group(0) @binding(${declarations.length}) var<uniform> uniforms : Uniforms;`);
  }
  const source = `${declarations.join('\n')}
    var<private> localId : vec3u;
    var<private> workgroupId : vec3u;
    ${code}
    @compute @workgroup_size(${threads})
    fn start(
      @builtin(local_invocation_id) local : vec3u,
      @builtin(workgroup_id) group : vec3u,
      @builtin(num_workgroups) groups : vec3u
    ) {
      localId = local;
      workgroupId = group;
      main(${indexed ? `i32((group.y * groups.x + group.x) * ${threads}u + local.x)` : ''});
    }`;
  const found = known.get(source);
  if (found) return found;
  const module = device.createShaderModule({ label: name, code: source });
  const pipeline = device.createComputePipeline({ label: name, layout: 'auto', compute: { module } });
  const made = { pipeline, layout: pipeline.getBindGroupLayout(0), known: new Map<string, GPUBindGroup>() };
  known.set(source, made);
  return made;
}

/** Appends these kernels, one after the other; each sees what those before it wrote. */
export function record(gpu: WebGPUBackend, kernels: Iterable<Bound>): void {
  const pass = openPass(gpu);
  for (const { pipeline, buffers, groups } of kernels) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, buffers);
    pass.dispatchWorkgroups(...groups);
  }
}

/** Appends a copy of a whole tensor into another of its size. */
export function recordCopy(gpu: WebGPUBackend, from: Tensor, to: Tensor): void {
  const [source, target] = [bufferOf(gpu, from), bufferOf(gpu, to)]; // uploading appends commands of its own, or submits
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
    const source = bufferOf(gpu, tensor); // uploading appends commands of its own, or submits
    commands(gpu).copyBufferToBuffer(source, 4 * from, staging, 0, size);
    gpu.submitQueue();
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    staging.destroy();
  }
}

/** A tensor that the first kernel to write it will fill. */
export function newTensor<T extends Tensor>(
  gpu: WebGPUBackend,
  shape: number[],
  dtype: 'float32' | 'int32' = 'float32',
): T {
  return tf.engine().makeTensorFromTensorInfo(gpu.makeTensorInfo(shape, dtype)) as T;
}

/** The same; it outlives any `tf.tidy`. */
export function unfilled<T extends Tensor>(...made: Parameters<typeof newTensor>): T {
  return tf.keep(newTensor<T>(...made));
}

/** TensorFlow.js keeps what the host has read of a tensor; after a change behind its back that copy is wrong. */
function forgetHostCopy(gpu: WebGPUBackend, tensor: Part['tensor']): void {
  Object.assign(gpu.tensorMap.get(tensor.dataId), { values: null });
}

function bufferOf(gpu: WebGPUBackend, tensor: Part['tensor']): GPUBuffer {
  gpu.uploadToGPU(tensor.dataId);
  const { resource } = gpu.tensorMap.get(tensor.dataId);
  if (resource instanceof GPUBuffer) return resource;
  throw new Error("TensorFlow.js' WebGPU back end holds this tensor in no buffer.");
}

/** TensorFlow.js' pass, in which its kernels run as well; its published type hides it. */
function openPass(gpu: WebGPUBackend): GPUComputePassEncoder {
  const backend: object = gpu;
  if ('computePassEncoder' in backend && backend.computePassEncoder instanceof GPUComputePassEncoder) {
    return backend.computePassEncoder;
  }
  const computePassEncoder = commands(gpu).beginComputePass();
  return Object.assign(backend, { computePassEncoder }).computePassEncoder;
}

/** So many workgroups, or a few more, within what a device promises in one dimension. */
export function inTwoDimensions(groups: number): readonly [x: number, y: number] {
  const y = Math.ceil(groups / 65_535);
  return [Math.ceil(groups / y), y];
}

/** As TensorFlow.js does after so many of its kernels, ours are submitted: then the GPU does not wait for the end of a step. */
function countDispatch(gpu: WebGPUBackend): void {
  const backend: object = gpu;
  if (!('dispatchCountInPass' in backend) || typeof backend.dispatchCountInPass !== 'number') return;
  Object.assign(backend, { dispatchCountInPass: backend.dispatchCountInPass + 1 });
  if (backend.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) submit(gpu);
}

/** TensorFlow.js' list of commands, outside of a pass; its published type hides it. */
export function commands(gpu: WebGPUBackend): GPUCommandEncoder {
  gpu.ensureCommandEncoderReady();
  gpu.endComputePassEncoder();
  const backend: object = gpu;
  if ('commandEncoder' in backend && backend.commandEncoder instanceof GPUCommandEncoder) {
    return backend.commandEncoder;
  }
  throw new Error("TensorFlow.js' WebGPU back end does not expose its commands.");
}
