import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { fasterOf } from './auto.ts';
import { closeBackend } from './close.ts';
import { probe, type Workload } from './probe.ts';
import { tf } from './tf.ts';
import { guardAllocator } from './wasm/allocator.ts';
import { useWasmKernels } from './wasm/kernels.ts';
import { nodeBinary } from './wasm/nodeBinary.ts';
import { whyNoSharedMemory, withSharedMemory } from './wasm/sharedMemory.ts';
import { throwGpuErrors, watchGpu } from './webgpu/errors.ts';
import { useGpuKernels } from './webgpu/running.ts';
import { hasSimd } from './simd.ts';

export type BackendRequest = 'auto' | 'webgpu' | 'wasm' | 'cpu';

export interface OpenedBackend {
  readonly name: 'webgpu' | 'wasm' | 'cpu';
  /** What computes, in words: a GPU's name, or "WebAssembly SIMD". */
  readonly device: string;
  /** Why this back end was taken; a sentence for the user. */
  readonly why: string;
  /** Threads that compute; 1 except on WASM. Results do not depend on it. */
  readonly threads: number;
}

export interface BackendOptions {
  /** Where the page and a worker find the .wasm files: a folder ending in "/", or a map of file name to URL. Node needs none. */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  readonly environment: 'browser' | 'node';
  /** false: every operation as plain TensorFlow.js ops, for comparison. Default true. */
  readonly kernels?: boolean;
  /** What the back end is for: `auto` then tries a GPU and WebAssembly on such work. Asked for only where there is a real GPU. */
  readonly workload?: () => Promise<Workload>;
  /** Threads on WASM, the caller's included. Default: as many as pay where threads can share memory, else 1. */
  readonly threads?: number;
}

/**
 * Starts a TensorFlow.js back end and makes it the current one. Back ends are imported only when they are tried.
 *
 * auto = WebGPU on a real GPU, unless a short trial of the workload runs faster on WebAssembly; else WebAssembly with SIMD, else
 * plain JavaScript. A software WebGPU adapter is right but about 100× slower than WebAssembly, so it is used only on explicit
 * request.
 * In Node, WebGPU comes from the `webgpu` package (Dawn); for a software adapter the caller sets VK_ICD_FILENAMES before.
 *
 * @throws when the requested back end cannot run here, saying why and what to choose instead
 */
export async function openBackend(
  requested: BackendRequest,
  options: BackendOptions,
): Promise<OpenedBackend> {
  switch (requested) {
    case 'webgpu':
      return openWebGPU(options);
    case 'wasm':
      return openWasm(options, 'requested');
    case 'cpu':
      return openCpu('requested');
    case 'auto':
      return openBest(options);
    default:
      requested satisfies never;
      throw new Error(`Unknown back end "${String(requested)}"; choose auto, webgpu, wasm or cpu.`);
  }
}

async function openBest(options: BackendOptions): Promise<OpenedBackend> {
  const gpu = await findAdapter(options);
  if (typeof gpu !== 'string' && !gpu.software) {
    return options.workload && hasSimd()
      ? openFaster(gpu.device, await options.workload(), options)
      : openWebGPU(options);
  }
  const noGpu =
    typeof gpu === 'string'
      ? gpu
      : `WebGPU here is a software adapter (${gpu.device}), slower than WebAssembly`;
  if (!hasSimd()) {
    return openCpu(`${noGpu}; this browser has no WebAssembly SIMD either, so training will be very slow`);
  }
  return openWasm(options, noGpu);
}

/** The back end that does such work faster; the other is closed again. */
async function openFaster(gpu: string, workload: Workload, options: BackendOptions): Promise<OpenedBackend> {
  const { name, why } = await fasterOf(gpu, async (tried) => {
    await openBackend(tried, options);
    const ms = await probe(workload);
    throwGpuErrors(); // or what was timed was not done
    return ms;
  });
  const other = name === 'wasm' ? 'webgpu' : 'wasm';
  const opened = name === 'wasm' ? await openWasm(options, why) : { ...(await openWebGPU(options)), why };
  if (other in tf.engine().registry) closeBackend(other);
  return opened;
}

async function openWebGPU(options: BackendOptions): Promise<OpenedBackend> {
  const found = await findAdapter(options);
  if (typeof found === 'string') throw new Error(`${found}. Choose "wasm" or "auto".`);
  await import('@tensorflow/tfjs-backend-webgpu');
  await activate('webgpu');
  const kernels = (options.kernels ?? true) ? (await import('./webgpu/kernels.ts')).kernels : null;
  useGpuKernels(kernels);
  kernels?.roundBuffers(tf.backend() as WebGPUBackend);
  kernels?.shareUploads(tf.backend() as WebGPUBackend);
  kernels?.useOwnSums();
  watchGpu((tf.backend() as WebGPUBackend).device);
  const why = found.software
    ? 'requested; this is a software adapter: the results are right, but it is far slower than WebAssembly'
    : 'WebGPU runs on a real GPU';
  return { name: 'webgpu', device: found.device, why, threads: 1 };
}

async function openWasm(options: BackendOptions, why: string): Promise<OpenedBackend> {
  if (!hasSimd()) {
    throw new Error(
      'WebAssembly SIMD is not supported here. Use a browser from 2021 or later, or choose "cpu" (very slow).',
    );
  }
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const unshared = whyNoSharedMemory();
  let threads = options.threads ?? (unshared === null ? defaultThreads(options.environment) : 1);
  let whyOne = options.threads === undefined ? unshared : null;
  if (threads > 1 && unshared !== null) throw new Error(`${threads} threads cannot be used: ${unshared}.`);
  // TensorFlow.js' own threads stay off: they would split only work that our kernels do.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await providingBinary(setWasmPaths, options, threads > 1, () =>
    options.environment === 'node' ? keepingProcessListeners(() => activate('wasm')) : activate('wasm'),
  );
  guardAllocator(tf.backend() as BackendWasm);
  try {
    await useWasmKernels(options.kernels ?? true, threads);
  } catch (error) {
    if (threads === 1 || options.threads !== undefined) throw error;
    whyOne = `no other starts (${error instanceof Error ? error.message : String(error)})`;
    threads = 1;
    await useWasmKernels(options.kernels ?? true, threads);
  }
  const device = `WebAssembly SIMD, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
  const one = whyOne === null ? '' : `; one thread, because ${whyOne}`;
  return { name: 'wasm', device, why: why + one, threads };
}

/** In Node the caller decides: a test wants one thread, a command what the machine has. */
function defaultThreads(environment: BackendOptions['environment']): number {
  if (environment === 'node') return 1;
  // Some browsers keep it to themselves.
  const cores: number | undefined = navigator.hardwareConcurrency;
  return usefulThreads(cores ?? 1);
}

/**
 * How many threads make a whole update faster on so many cores. As many as cores, although the graders of the programs
 * need some too: they wait for answers most of the time (measured in docs/log.md). More than four were not measured.
 */
export function usefulThreads(cores: number): number {
  return Math.max(1, Math.min(4, cores));
}

/** TensorFlow.js' three builds; with its threads off and SIMD there, it loads the second. */
const binaries = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
] as const;

type SetWasmPaths = typeof import('@tensorflow/tfjs-backend-wasm').setWasmPaths;

/**
 * Gives the back end its binary; for several threads, a copy of it whose memory is shared. In a browser it is read here, because
 * TensorFlow.js complains in the console when a host does not call it `application/wasm`, as many do not.
 */
async function providingBinary(
  setWasmPaths: SetWasmPaths,
  { wasmPaths, environment }: BackendOptions,
  shared: boolean,
  start: () => Promise<void>,
): Promise<void> {
  if ('wasm' in tf.engine().registry) return start(); // it is loaded
  const binary = await readBinary(environment, wasmPaths);
  const bytes = shared ? withSharedMemory(binary) : binary;
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/wasm' }));
  try {
    setWasmPaths(Object.fromEntries(binaries.map((name) => [name, address])), true);
    await start();
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function readBinary(
  environment: BackendOptions['environment'],
  wasmPaths: BackendOptions['wasmPaths'],
): Promise<Uint8Array<ArrayBuffer>> {
  const name = binaries[1];
  if (environment === 'node') return nodeBinary(name);
  const address = typeof wasmPaths === 'object' ? wasmPaths[name] : `${wasmPaths ?? ''}${name}`;
  const response = await fetch(address ?? name);
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!isWebAssembly(bytes)) throw new Error(`${response.url}: the host answered with another file.`);
  return bytes;
}

/** Whether it begins as every module does. Some hosts answer with a page where a file is missing. */
function isWebAssembly(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 4)) === '\0asm';
}

async function openCpu(why: string): Promise<OpenedBackend> {
  await import('@tensorflow/tfjs-backend-cpu');
  await activate('cpu');
  return { name: 'cpu', device: 'plain JavaScript', why, threads: 1 };
}

async function activate(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) {
    throw new Error(
      `The ${name} back end did not start; the console says why. Check that its files can be loaded.`,
    );
  }
  await tf.ready();
}

/**
 * The WASM back end's loader makes every uncaught error of a Node process print its whole minified source; this takes the
 * listeners it adds away again.
 */
async function keepingProcessListeners(start: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => new Set(process.rawListeners(event)));
  await start();
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event)) {
      if (!before[i]?.has(listener)) process.off(event, listener as (...args: unknown[]) => void);
    }
  });
}

interface FoundAdapter {
  readonly device: string;
  readonly software: boolean;
}

/** The adapter TensorFlow.js would use, or a sentence saying why there is none. */
async function findAdapter(options: BackendOptions): Promise<FoundAdapter | string> {
  if (options.environment === 'node') {
    const problem = await provideNodeWebGPU();
    if (problem !== null) return problem;
  }
  if (typeof navigator === 'undefined' || !('gpu' in navigator) || !navigator.gpu)
    return globalThis.isSecureContext === false
      ? 'browsers allow WebGPU on https and localhost only'
      : 'WebGPU is not available here';
  const adapter = await navigator.gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch((error: Error) => error); // a policy may refuse it
  if (adapter instanceof Error) return `WebGPU was refused (${adapter.message})`;
  if (!adapter) return 'WebGPU found no graphics adapter';
  const { vendor, architecture, device, description } = adapter.info;
  const words = [vendor, architecture, description || device].filter((word) => word).join(' ');
  return { device: words || 'unnamed adapter', software: isSoftware(adapter.info, words) };
}

function isSoftware(info: GPUAdapterInfo, words: string): boolean {
  return (
    info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i.test(words)
  );
}

/**
 * Gives Node a `navigator.gpu` from the `webgpu` package, once; returns null, or a sentence saying why not.
 * The package's name is hidden from bundlers: no page needs it.
 */
async function provideNodeWebGPU(): Promise<string | null> {
  if (typeof navigator !== 'undefined' && 'gpu' in navigator) return null;
  const packageName = 'webgpu';
  try {
    const dawn = (await import(/* @vite-ignore */ packageName)) as typeof import('webgpu');
    Object.assign(globalThis, dawn.globals);
    const base = typeof navigator === 'undefined' ? {} : navigator;
    const value: unknown = Object.assign(Object.create(base), { gpu: dawn.create([]) });
    Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Node has no WebGPU without the package "webgpu", which could not be loaded (${reason})`;
  }
}
