/** Opening the back ends in tests. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { beforeAll, beforeEach, type TestContext } from 'vitest';
import { openBackend, tf } from '../../src/engine/index.ts';
import type { BackendRequest } from '../../src/engine/index.ts';
import { throwGpuErrors } from '../../src/engine/webgpu/errors.ts';
import { dawnOptions } from '../browser.ts';
import { notRun } from '../notRun.ts';

export { evaluate, lossAt, relativeError, toTensor, type CaseResult } from './evaluating.ts';

/**
 * Fails when the GPU has reported an error since the last call. Without this a kernel that does not compile passes: its
 * whole submission is dropped, and two results that were never computed are equal.
 */
export async function expectNoGpuErrors(): Promise<void> {
  if (tf.getBackend() !== 'webgpu') return;
  await (tf.backend() as WebGPUBackend).queue.onSubmittedWorkDone();
  throwGpuErrors();
}

type Name = Exclude<BackendRequest, 'auto'>;

/** Gives Node the WebGPU that the engine would give it, with options of the tests. */
async function provideGpu(): Promise<void> {
  if (typeof navigator !== 'undefined' && 'gpu' in navigator) return;
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const base: object = typeof navigator === 'undefined' ? {} : navigator;
  const value: unknown = Object.assign(Object.create(base), { gpu: create([...dawnOptions]) });
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
}

/** Opens a back end; where WebGPU has no adapter, says so instead. Every other failure is an error. */
async function tryToOpen(name: Name, gpu: 'provided' | 'as it is'): Promise<string | null> {
  try {
    if (name === 'webgpu' && gpu === 'provided') await provideGpu();
    await openBackend(name, { environment: 'node' });
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (name !== 'webgpu' || !why.includes('no graphics adapter')) throw error;
    return `${why} Install Chromium's SwiftShader or use a machine with a GPU.`;
  }
}

/** Opens a back end that every machine has. */
export async function open(name: Exclude<Name, 'webgpu'>): Promise<void> {
  await openBackend(name, { environment: 'node' });
}

/**
 * Opens a back end for one test, which is not run where there is none.
 * @param gpu 'as it is' leaves it to the engine to give Node a WebGPU
 */
export async function openFor(
  context: TestContext,
  name: Name,
  gpu: 'provided' | 'as it is' = 'provided',
): Promise<void> {
  const missing = await tryToOpen(name, gpu);
  if (missing !== null) notRun(context, `the engine on ${name}`, missing);
}

/** Opens a back end before the tests of a suite, which are not run where there is none. */
export function openForAll(name: Name): void {
  let missing: string | null = null;
  beforeAll(async () => {
    missing = await tryToOpen(name, 'provided');
  });
  beforeEach((context) => {
    if (missing !== null) notRun(context, `the engine on ${name}`, missing);
  });
}
