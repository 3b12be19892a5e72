/**
 * GPU errors arrive as events, later, and nothing stops: a kernel that fails to compile is dropped with everything submitted
 * beside it, and old values stay in place. So they are collected here, and whoever reads a result back asks first.
 */
import { BackendLostError, OutOfMemoryError } from '../faults.ts';

const errors: Error[] = [];
const watched = new WeakSet<GPUDevice>();
let running: GPUDevice | undefined;

/** Starts collecting the errors of a device, and its loss. */
export function watchGpu(device: GPUDevice): void {
  running = device;
  if (watched.has(device)) return;
  watched.add(device);
  const report = (error: Error) => {
    if (device === running) errors.push(error);
  };
  device.addEventListener('uncapturederror', ({ error }) => report(classified(error)));
  void device.lost.then(({ reason, message }) =>
    report(new BackendLostError(`The GPU was lost (${message || reason}).`)),
  );
}

/** The device is abandoned: nothing it reports counts any more. */
export function forgetGpu(): void {
  running = undefined;
  errors.length = 0;
}

/** @throws the gravest GPU error since the last call, if there was one: results since then cannot be trusted */
export function throwGpuErrors(): void {
  const since = errors.splice(0);
  const error =
    since.find((one) => one instanceof BackendLostError) ??
    since.find((one) => one instanceof OutOfMemoryError) ??
    since[0];
  if (error) throw error;
}

/** A buffer beyond the device's limit is a validation error, but what helps is the same: less at once. */
function classified(error: GPUError): Error {
  const tooLarge = /exceeds the max buffer size|larger than the max(imum)? (storage )?buffer binding size/i;
  return error instanceof GPUOutOfMemoryError || tooLarge.test(error.message)
    ? new OutOfMemoryError(`The GPU ran out of memory: ${error.message}`)
    : new Error(`The GPU reported an error, so its results are not valid: ${error.message}`);
}
