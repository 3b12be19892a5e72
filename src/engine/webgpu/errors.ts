/**
 * GPU errors arrive as events, later, and nothing stops: a kernel that fails to compile is dropped with everything submitted
 * beside it, and old values stay in place. So they are collected here, and whoever reads a result back asks first.
 */
const errors: string[] = [];
const watched = new WeakSet<GPUDevice>();

/** Starts collecting a device's errors, and its loss. */
export function watchGpu(device: GPUDevice): void {
  if (watched.has(device)) return;
  watched.add(device);
  device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
  void device.lost.then(({ reason, message }) => errors.push(`the device was lost (${reason}): ${message}`));
}

/** @throws the first GPU error since the last call, if there was one: results since then cannot be trusted */
export function throwGpuErrors(): void {
  const [first] = errors.splice(0);
  if (first !== undefined)
    throw new Error(`The GPU reported an error, so its results are not valid: ${first}`);
}
