/**
 * Before the engine tests: lets WebGPU in Node (Dawn) find the software Vulkan driver that comes with Chromium, so that
 * WebGPU is tested on a machine without a GPU. A driver chosen with VK_ICD_FILENAMES is left alone.
 */
import { dirname } from 'node:path';
import process from 'node:process';
import { softwareVulkan } from './browser.ts';

export default function setup(): void {
  const driver = softwareVulkan();
  if (driver === null || process.env.VK_ICD_FILENAMES) return; // the tests then say which back ends they left out
  process.env.VK_ICD_FILENAMES = driver;
  // The Vulkan loader, libvulkan, lies beside the driver; the workers started after this find it there.
  process.env.LD_LIBRARY_PATH = [dirname(driver), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
}
